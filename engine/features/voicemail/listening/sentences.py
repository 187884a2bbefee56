"""The sentences of the menu of a box, by language (those of engine.features.voicemail.wording)."""

from engine.features.voicemail.listening.phrases import Phrases

ENGLISH = Phrases(
    ask_number="Please enter the number of your mailbox, then press pound.",
    ask_pin="Please enter your PIN, then press pound.",
    wrong_pin="That is not correct.",
    counts="New messages: {new}. Old messages: {old}.",
    main_menu="For your messages, press 1. For saved messages, 2. For mailbox options, 0. To end, press pound.",
    no_messages="There are no messages.",
    no_more="There are no more messages.",
    new_message="New message from {caller}, received {when}.",
    old_message="Message from {caller}, received {when}.",
    withheld="an unknown caller",
    today="today at {hour}:{minute} UTC",
    yesterday="yesterday at {hour}:{minute} UTC",
    on_day="on day {day} of month {month} at {hour}:{minute} UTC",
    message_menu="To repeat, press 5. Previous, 4. Next, 6. Delete, 7. Forward, 8. Save, 9. For the main menu, press star.",
    deleted_menu="This message is deleted. To take it back, press 7. Next, 6. For the main menu, press star.",
    deleted="Message deleted.",
    undeleted="Message taken back.",
    saved="Message saved.",
    ask_forward="Enter the number of the mailbox to forward to, then press pound.",
    forwarded="Message forwarded.",
    not_forwarded="The message was not forwarded.",
    no_such_box="There is no such mailbox.",
    box_full="That mailbox is full.",
    options_menu="For your greeting, press 1. For when you are busy, 2. Away, 3. To change your PIN, 5. To go back, star.",
    greeting_all="Your greeting.",
    greeting_busy="Your greeting when you are busy.",
    greeting_away="Your greeting when you are away.",
    greeting_menu="To record it, press 1. To listen to it, 2. For the standard greeting, 3. To go back, press star.",
    greeting_default="The standard greeting is used.",
    greeting_reset="The standard greeting is used from now on.",
    record_now="Speak after the tone, and press pound when you are done.",
    review_menu="To keep your recording, press 1. To listen to it, 2. To record again, 3. To discard it, press star.",
    greeting_kept="Your greeting is saved.",
    greeting_refused="The recording cannot be used.",
    new_pin="Enter the new PIN, then press pound.",
    new_pin_again="Enter it again, then press pound.",
    pins_differ="The two are different.",
    pin_refused="This PIN cannot be used. It needs 4 to 10 digits that are not easy to guess.",
    pin_changed="Your PIN is changed.",
    pin_kept="Your PIN is not changed.",
    wrong_key="That key has no meaning here.",
    unplayable="This message cannot be played.",
    goodbye="Goodbye.",
)
SENTENCES: dict[str, Phrases] = {"en": ENGLISH}


def phrases_of(language: str) -> Phrases:
    """Return the sentences of a box's language (BCP 47)."""
    return SENTENCES.get(language.partition("-")[0].lower(), ENGLISH)
