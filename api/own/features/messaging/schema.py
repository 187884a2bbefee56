"""Texts, opt-outs and an account's rules, in requests and answers."""

from typing import Annotated

from api.own.operations import Parameter
from api.own.schema.calls import Callback, Event
from api.own.schema.fields import Given, Moment, MomentOrNone, Money, Shown, says

PATH = {"message": "The text's id.", "word": "The keyword."}
NOUNS = ("messages", "opt-outs", "texting")
STATES = "queued, sent, delivered, failed, expired, unknown or received"
SENDER = "One of the account's numbers for texts; null: its default."
STOP_WORDS = "Whether STOP and START in a text to the account count."
PACE = "How many texts of the account are sent in a second."
DEFAULT = "The account's default sender; empty: the first of its numbers for texts."
DIRECTION = Parameter(name="direction", kind=Annotated[str, says("out: only those sent; in: only those received.")])
NUMBER = Parameter(name="number", kind=Annotated[str, says("Only those from or to this number or extension.")])
STATE = Parameter(name="state", kind=Annotated[str, says(f"Only those in these states, by commas: {STATES}.")])
SINCE = Parameter(
    name="since", kind=Annotated[str, says("Only those from this time on; written as in the list of calls.")]
)
USER = Parameter(name="user", kind=Annotated[str, says("Only those in this user's inbox: an id or e-mail address.")])
AFTER = Parameter(name="after", kind=Annotated[str, says("A number; those behind it are listed.")])


class NewMessage(Given, frozen=True, kw_only=True):
    """A text to send."""

    to: Annotated[str, says("A telephone number, read with the account's country, or an extension of the account.")]
    text: Annotated[
        str,
        says(
            "The text with the links of its files: at most 39015 characters; of those that GSM-7 lacks, 17085. "
            "It must not be empty unless there are files."
        ),
    ] = ""
    files: Annotated[
        tuple[str, ...],
        says(
            "At most 10: ids of files of the account, or http or https URLs, which are fetched and kept as files. "
            "A line with a link, good for 30 days and without a key, is appended to the text for each."
        ),
    ] = ()
    sender: Annotated[str | None, says(SENDER)] = None
    at: Annotated[
        float | str | None,
        says("Not before: Unix seconds, or a date and a time with an offset as ISO 8601; null: now."),
    ] = None
    valid_seconds: Annotated[
        float | None, says("For how long it may be tried, up to 259200 seconds; null: as long.", minimum=0)
    ] = None
    application: Annotated[
        str | None, says("The name of an application of the account; subscriptions of that hear of it.")
    ] = None


class Message(Shown, frozen=True, kw_only=True):
    """A text, sent or received."""

    id: Annotated[str, says("Its id.")]
    account: Annotated[str, says("The account's id; its name in the administrator's API.")]
    direction: Annotated[str, says("out: the account sent it; in: it came in.")]
    sender: Annotated[str, says("Who sent it: digits, a short code, letters, or an extension.")]
    recipient: Annotated[str, says("To whom: digits, or an extension.")]
    text: Annotated[str, says("The text. […] stands for parts that did not come.")]
    state: Annotated[str, says(f"{STATES}.")]
    reason: Annotated[str, says("Why it failed, expired, is unknown or still waits; empty: none is known.")]
    parts: Annotated[int, says("How many parts it has, each of which is charged.")]
    price: Annotated[Money, says("What was charged.")]
    currency: Annotated[str, says("The currency, as ISO 4217.")]
    carrier: Annotated[str, says("The SMSC's name; sip: a phone of the account; empty: none was chosen yet.")]
    created: Moment
    at: Annotated[MomentOrNone, says("When it may be tried next; null: it is not queued.")]
    sent: MomentOrNone
    ended: MomentOrNone
    application: Annotated[str | None, says("The id of the application that it belongs to.")]
    reply_to: Annotated[str | None, says("The id of the text that it replies to.")]
    origin: Annotated[
        str,
        says(
            "Who wrote one that is sent; empty: a program. extension:101: that phone; relay: whoever texted the number "
            "that leads to the phone; confirmation: of a STOP or START; notice: why a phone's text was not sent; "
            "verification: a code, masked."
        ),
    ]
    user: Annotated[str | None, says("The id of the user in whose inbox it is; null: in nobody's.")]
    files: Annotated[
        tuple[str, ...], says("The ids of the files that its text has links to; one may have been deleted since.")
    ]


class Messages(Shown, frozen=True, kw_only=True):
    """Texts."""

    messages: Annotated[tuple[Message, ...], says("The texts, the newest first.")]


class MessagePart(Shown, frozen=True, kw_only=True):
    """One part of a text that is sent."""

    number: Annotated[int, says("Its place, from 1.")]
    state: Annotated[str, says("waiting, submitting, accepted, delivered, failed, expired or unknown.")]
    reason: Annotated[str, says("Why, if there is something to say.")]
    carrier: Annotated[str, says("The SMSC that took it, or is to take it.")]
    carrier_id: Annotated[str | None, says("Its id at the SMSC, which the SMSC's receipts name; null: none.")]
    at: Annotated[MomentOrNone, says("When its state changed last.")]


class MessageHistory(Shown, frozen=True, kw_only=True):
    """All that is known of a text."""

    message: Annotated[Message, says("The text.")]
    parts: Annotated[tuple[MessagePart, ...], says("Its parts; of one that came in none.")]
    events: Annotated[tuple[Event, ...], says("Its events, in their order.")]
    callbacks: Annotated[tuple[Callback, ...], says("Its callbacks.")]


class NewOptOut(Given, frozen=True, kw_only=True):
    """A number that is to get no texts of the account."""

    number: Annotated[str, says("The number, read with the account's country.")]


class OptOut(Shown, frozen=True, kw_only=True):
    """A number that gets no texts of the account."""

    number: Annotated[str, says("The number.")]
    since: Moment
    word: Annotated[str, says("What it sent, such as STOP; empty: it was added by hand.")]


class OptOuts(Shown, frozen=True, kw_only=True):
    """Numbers that get no texts of the account."""

    opt_outs: Annotated[tuple[OptOut, ...], says("The numbers, in their order.")]


class ChangedTexting(Given, frozen=True, kw_only=True):
    """What changes of an account's rules. Null and what is left out stay."""

    sender: Annotated[str | None, says(DEFAULT)] = None
    per_second: Annotated[float | None, says(f"{PACE} Up to 1000.")] = None
    stop_words: Annotated[bool | None, says(STOP_WORDS)] = None


class Texting(Shown, frozen=True, kw_only=True):
    """What an account has set for its texts."""

    sender: Annotated[str, says(DEFAULT)]
    per_second: Annotated[float, says(PACE)]
    stop_words: Annotated[bool, says(STOP_WORDS)]
