"""What a fax is."""

from enum import StrEnum

import msgspec

from engine.features.errors import FeatureError

PREFIX = "fax"
BOX_PREFIX = "faxbox"
LONGEST = 200
"""Characters of a name or subject."""
LONGEST_COVER = 4000
"""Characters of a cover page's text."""
LONGEST_AHEAD = 366 * 86_400.0
"""Seconds from now until a fax is to be sent."""
MOST_EMAILS = 20
MOST_BOXES = 1000
MOST_BYTES = 2_000_000_000
"""Of the pages of an account's faxes."""
MOST_WAITING = 10_000
"""Faxes of an account that are not sent yet."""


class Way(StrEnum):
    """Whether a fax goes out or came in."""

    OUT = "out"
    IN = "in"


class State(StrEnum):
    """Where a fax stands. One that came in is received, or (not all of its pages arrived) partial."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    RECEIVED = "received"
    PARTIAL = "partial"


class NotSendable(FeatureError):
    """What is asked of a fax is possible only in another state; the message says in which."""


class NewFax(msgspec.Struct, frozen=True, kw_only=True):
    """A fax to send. `file` is the id of the account's file (engine.features.files).

    `at`: Unix seconds, None: at once. `retries`: attempts after the first one, at most; `wait_seconds`: between two of
    them, None: as the reason asks for. `header`: date, sender and page are written at the top of each page.
    `cover`: the text of a cover page, "": there is none.
    """

    to: str
    file: str
    sender: str | None = None
    from_name: str = ""
    to_name: str = ""
    subject: str = ""
    emails: tuple[str, ...] = ()
    at: float | None = None
    retries: int = 4
    wait_seconds: float | None = None
    header: bool = True
    cover: str = ""


class Fax(msgspec.Struct, frozen=True, kw_only=True):
    """A fax. `number` is the other party's ("" if it is withheld), `own` the account's, both in digits.

    `pages` are those of the document with its cover page, whose text is `cover` ("": there is none); of them the other
    machine confirmed `confirmed`, in the last attempt. `error` is Asterisk's word for what went wrong there
    (engine.tasks.results.Faxed), or a hang-up cause; `detail` a sentence. `read` and `hidden` are for who receives
    faxes. `file` is what it was made of, "" if it came in.
    `kept` is the name of its pages' file, and `bytes` its size.
    """

    id: str
    account: str
    way: Way
    state: State
    number: str
    own: str
    created: float
    at: float
    pages: int = 0
    confirmed: int = 0
    file: str = ""
    kept: str = ""
    bytes: int = 0
    box: str = ""
    from_name: str = ""
    to_name: str = ""
    subject: str = ""
    cover: str = ""
    emails: tuple[str, ...] = ()
    header: bool = True
    retries: int = 0
    wait_seconds: float | None = None
    attempts: int = 0
    ended: float | None = None
    call: str = ""
    error: str = ""
    detail: str = ""
    rate: int = 0
    ecm: bool = False
    t38: bool = False
    station: str = ""
    read: bool = False
    hidden: bool = False

    @property
    def final(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state not in (State.QUEUED, State.SENDING)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a fax that goes out: its id, which rung of the ladder it is on, and how it ended."""

    call: str
    fax: str
    account: str
    number: int
    begun: float
    rung: int = 0
    ended: float | None = None
    sent: bool = False
    pages: int = 0
    error: str = ""
    detail: str = ""
    rate: int = 0
    ecm: bool = False
    t38: bool = False
    station: str = ""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """Where faxes come in that are sent on by e-mail: a number leads to it as fax:NAME."""

    id: str
    account: str
    name: str
    emails: tuple[str, ...]
    created: float
