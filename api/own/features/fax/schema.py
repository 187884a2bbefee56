"""Faxes: documents that are sent to fax machines, or received from them; boxes that faxes come into."""

from typing import Annotated, Literal

from api.own.operations import Media, Parameter
from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says

PATH = {"fax": "The fax's id.", "box": "The box's name or id."}
NOUNS = ("faxes", "fax-boxes")
DOCUMENT = Media(
    "The fax as a PDF, as the TIFF that was exchanged, or its first page as a PNG.",
    ("application/pdf", "image/tiff", "image/png"),
)
FORMAT = Parameter(
    name="format", kind=Annotated[Literal["pdf", "tiff", "png"], says("pdf, tiff or png; without it pdf.")]
)
WAY = Parameter(name="way", kind=Annotated[Literal["in", "out"], says("Only faxes that came in, or that go out.")])
STATE = Parameter(
    name="state",
    kind=Annotated[
        Literal["queued", "sending", "sent", "failed", "received", "partial"], says("Only faxes of this state.")
    ],
)
_EMAILS = "E-mail addresses, at most 20."


class NewFax(Given, frozen=True, kw_only=True):
    """A fax to send."""

    to: Annotated[str, says("The fax machine's number, written as in the account's country.")]
    file: Annotated[str, says("The id of a file of the account: a PDF, TIFF, PNG, JPEG or text in UTF-8.")]
    sender: Annotated[str | None, says("The number that is shown; null: the account's default.")] = None
    from_name: Annotated[str, says("Who sends it, at most 200 characters.")] = ""
    to_name: Annotated[str, says("Whom it is for, at most 200 characters.")] = ""
    subject: Annotated[str, says("What it is about, at most 200 characters.")] = ""
    cover: Annotated[
        str,
        says(
            "The text of a cover page before the document, at most 4,000 characters and 90 lines; printable characters"
            " and newlines. Names, numbers, subject, date and the number of pages stand above it. Empty: no cover page."
        ),
    ] = ""
    emails: Annotated[tuple[str, ...], says(f"Where its result is sent to. {_EMAILS}")] = ()
    at: Annotated[
        float | str | None, says("When it is sent: Unix seconds, or RFC 3339 with an offset; null: at once.")
    ] = None
    retries: Annotated[int, says("How often it is tried again at most, 0 to 20.", minimum=0, maximum=20)] = 4
    wait_seconds: Annotated[
        float | None,
        says("How long between two attempts, 1 to 86400 s; null: as the reason asks for.", minimum=1, maximum=86400),
    ] = None
    header: Annotated[bool, says("Whether date, sender and page stand at the top of each page.")] = True


class FaxAttempt(Shown, frozen=True, kw_only=True):
    """One call of a fax."""

    call: Annotated[str, says("The call's id.")]
    begun: Moment
    ended: MomentOrNone
    sent: Annotated[bool, says("Whether all pages were confirmed.")]
    pages: Annotated[int, says("How many pages the other machine confirmed.")]
    error: Annotated[str | None, says("What went wrong: a word of Asterisk's, or a hang-up cause; null: nothing.")]
    detail: Annotated[str | None, says("The same in a sentence.")]
    rate: Annotated[int | None, says("Bits a second in the end; null: nothing was exchanged.")]
    ecm: Annotated[bool, says("Whether errors were corrected.")]
    t38: Annotated[bool, says("Whether it went over T.38, and not as sound.")]


class Fax(Shown, frozen=True, kw_only=True):
    """A fax."""

    id: Annotated[str, says("The fax's id.")]
    way: Annotated[str, says("out or in.")]
    state: Annotated[
        str,
        says("queued, sending, sent or failed; of one that came in received, partial (it was cut off) or failed."),
    ]
    number: Annotated[str | None, says("The other party's number, in international digits; null: it is withheld.")]
    own: Annotated[str | None, says("The account's number; null: it shows none.")]
    pages: Annotated[int, says("How many pages it has, with its cover page.")]
    confirmed: Annotated[int, says("How many of them were confirmed in the last attempt.")]
    file: Annotated[str | None, says("The id of the file that it was made of; null: it came in.")]
    box: Annotated[str | None, says("The name of the box that it came into; null: none.")]
    from_name: Annotated[str, says("Who sends it.")]
    to_name: Annotated[str, says("Whom it is for.")]
    subject: Annotated[str, says("What it is about.")]
    cover: Annotated[str, says("The text of its cover page; empty: it has none.")]
    emails: Annotated[tuple[str, ...], says("Where its result is sent to.")]
    created: Moment
    at: Moment
    ended: MomentOrNone
    attempts: Annotated[int, says("How many calls were made since it was last asked for.")]
    call: Annotated[str | None, says("The id of the last call; null: there was none.")]
    error: Annotated[str | None, says("What went wrong in the last attempt; null: nothing.")]
    detail: Annotated[str | None, says("The same in a sentence.")]
    rate: Annotated[int | None, says("Bits a second in the end; null: nothing was exchanged.")]
    ecm: Annotated[bool, says("Whether errors were corrected.")]
    t38: Annotated[bool, says("Whether it went over T.38, and not as sound.")]
    station: Annotated[str | None, says("What the other machine says that it is; null: nothing.")]


class FaxWithAttempts(Fax, frozen=True, kw_only=True):
    """A fax with its calls."""

    calls: Annotated[tuple[FaxAttempt, ...], says("The calls that were made, the first one first.")]


class Faxes(Shown, frozen=True, kw_only=True):
    """A page of faxes."""

    faxes: Annotated[tuple[Fax, ...], says("The faxes, the newest first.")]


class NewFaxBox(Given, frozen=True, kw_only=True):
    """A box: a number leads to it as fax:NAME."""

    name: Annotated[str, says("Its name: letters, digits, dots, dashes and underscores; empty: its id.")] = ""
    emails: Annotated[tuple[str, ...], says(f"Where faxes are sent on to. {_EMAILS}")] = ()


class ChangedFaxBox(Given, frozen=True, kw_only=True):
    """What of a box is to be changed; null: as it is."""

    name: Annotated[str | None, says("Its name.")] = None
    emails: Annotated[tuple[str, ...] | None, says(f"Where faxes are sent on to. {_EMAILS}")] = None


class FaxBox(Shown, frozen=True, kw_only=True):
    """A box that faxes come into."""

    id: Annotated[str, says("The box's id.")]
    name: Annotated[str, says("Its name.")]
    emails: Annotated[tuple[str, ...], says("Where faxes are sent on to.")]
    created: Moment


class FaxBoxes(Shown, frozen=True, kw_only=True):
    """The account's boxes."""

    boxes: Annotated[tuple[FaxBox, ...], says("The boxes, the oldest first.")]
