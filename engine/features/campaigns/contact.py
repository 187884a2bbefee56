"""The contacts of a campaign: who is called, and what became of it. Times are Unix seconds, money is millionths."""

from enum import StrEnum

import msgspec


class Status(StrEnum):
    """What became of a contact.

    `new`: it was not started. `queued`: it waits for its turn. `active`: it is called or texted now. `retry`: it waits
    for another attempt. The others are the ends: `completed` (the whole message was played, or the text was sent),
    `hung_up` (answered, and hung up before the end of the message), `unanswered`, `busy`, `machine` (a machine answered
    and was not left a message), `failed`, `terminated` (the campaign was stopped meanwhile), `opted_out` (the key that
    asks for no more calls was pressed), `skipped` (it was never called; `reason` says why).
    """

    NEW = "new"
    QUEUED = "queued"
    ACTIVE = "active"
    RETRY = "retry"
    COMPLETED = "completed"
    HUNG_UP = "hung_up"
    UNANSWERED = "unanswered"
    BUSY = "busy"
    MACHINE = "machine"
    FAILED = "failed"
    TERMINATED = "terminated"
    OPTED_OUT = "opted_out"
    SKIPPED = "skipped"

    @property
    def open(self) -> bool:
        """Whether the campaign has something left to do for it."""
        return self in OPEN


OPEN = (Status.QUEUED, Status.ACTIVE, Status.RETRY)
RERUN = (
    Status.NEW,
    Status.COMPLETED,
    Status.HUNG_UP,
    Status.UNANSWERED,
    Status.BUSY,
    Status.MACHINE,
    Status.FAILED,
    Status.TERMINATED,
    Status.SKIPPED,
)
"""The statuses that a start may choose. Who opted out is not called again."""
RETRIED = (Status.BUSY, Status.UNANSWERED, Status.FAILED, Status.MACHINE)
"""The statuses for which a campaign may try again."""


class NewContact(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to call: a number in any spelling of the account's country, and tags by name.

    `line` is where it was read, for what is said of it if it is not valid; 0: nowhere.
    """

    number: str
    tags: dict[str, str] = {}
    line: int = 0


class ContactChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of a contact; None: it stays. `tags` replaces all."""

    number: str | None = None
    tags: dict[str, str] | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact of a campaign, as last committed; one row of its report.

    `id` counts the account's contacts from 1. `number` is its digits. `attempts` is how often it was called or texted,
    `call` the id of the last call or text, `called` when that began, `ended` when it ended. `due`: when it is called
    next, at the earliest. `seconds` counts from the answer, `playback` is the share of the message that was played
    (0 to 1), of the last attempt that was answered; None: none was. `digits` are the keys that were pressed, `price`
    what all attempts cost, `recording` the id of the last recording.
    """

    id: int
    account: str
    campaign: str
    number: str
    tags: dict[str, str]
    status: Status
    attempts: int = 0
    due: float | None = None
    call: str | None = None
    called: float | None = None
    ended: float | None = None
    seconds: float | None = None
    playback: float | None = None
    digits: str = ""
    machine: bool = False
    price: int = 0
    recording: str = ""
    reason: str = ""


class BadContact(msgspec.Struct, frozen=True):
    """A contact that was not added: where it was read (0: nowhere), its number as it was given, and why."""

    line: int
    number: str
    reason: str


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What became of contacts that were given: how many were added, how many were there already, and the bad ones.

    `contacts` are those that were added, in the order in which they were given.
    """

    added: int
    duplicates: int
    bad: tuple[BadContact, ...] = ()
    contacts: tuple[Contact, ...] = ()
