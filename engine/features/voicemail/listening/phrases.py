"""What the menu of a box says, whatever the language (engine.features.voicemail.listening.sentences)."""

import time
from typing import NamedTuple

DAY_SECONDS = 86_400


class Phrases(NamedTuple):
    """The sentences of one language. {new} and {old} are numbers; {caller} is digits one by one or `withheld`;
    {when} is `today`, `yesterday` or `on_day`.
    """

    ask_number: str
    ask_pin: str
    wrong_pin: str
    too_many: str
    counts: str
    main_menu: str
    no_messages: str
    no_more: str
    new_message: str
    old_message: str
    withheld: str
    today: str
    yesterday: str
    on_day: str
    message_menu: str
    deleted_menu: str
    deleted: str
    undeleted: str
    saved: str
    ask_forward: str
    forwarded: str
    not_forwarded: str
    no_such_box: str
    box_full: str
    options_menu: str
    greeting_all: str
    greeting_busy: str
    greeting_away: str
    greeting_menu: str
    greeting_default: str
    greeting_reset: str
    record_now: str
    review_menu: str
    greeting_kept: str
    greeting_refused: str
    new_pin: str
    new_pin_again: str
    pins_differ: str
    pin_refused: str
    pin_changed: str
    pin_kept: str
    wrong_key: str
    unplayable: str
    goodbye: str

    def said_message(self, caller: str, received: float, now: float, *, read: bool) -> str:
        """What introduces a message: who left it, and when (UTC)."""
        sentence = self.old_message if read else self.new_message
        spoken = " ".join(caller.removeprefix("+")) if caller else self.withheld
        return sentence.format(caller=spoken, when=self._when(received, now))

    def _when(self, received: float, now: float) -> str:
        at = time.gmtime(received)
        clock = {
            "hour": f"{at.tm_hour:02}",
            "minute": f"{at.tm_min:02}",
            "day": str(at.tm_mday),
            "month": str(at.tm_mon),
        }
        days = int(now // DAY_SECONDS) - int(received // DAY_SECONDS)
        sentence = self.today if days <= 0 else self.yesterday if days == 1 else self.on_day
        return sentence.format(**clock)
