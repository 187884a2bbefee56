"""What campaigns are: plain types. Times are Unix seconds, money is millionths of the account's currency."""

from enum import StrEnum
from typing import Literal

import msgspec

from engine.features.campaigns.contact import Status

Kind = Literal["voice", "text"]
Machine = Literal["hang_up", "leave_message", "play"]
"""What is done if an answering machine answers. `play`: nothing is detected, it hears the message as a person does."""


class State(StrEnum):
    """Where a campaign stands.

    `draft`: it was never started. `scheduled`: it starts at a time. `running`, `paused`. `stopped`: it was ended by a
    request; `ended`: everybody who was chosen was reached, or given up. Both may be started again.
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    ENDED = "ended"

    @property
    def busy(self) -> bool:
        """Whether it has begun and is not over, so that it cannot be started, changed or removed."""
        return self in (State.SCHEDULED, State.RUNNING, State.PAUSED)


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is played or sent.

    `text` is a template: `{name}` is replaced by the contact's tag of that name, `{{` and `}}` are braces. `audio` is
    a URL, or `upload:NAME` of the account. A voice campaign with both plays what `priority` says. `speed`: how fast the
    text is spoken (1: as usual; 2: in half the time). `voice`: one of the voices; None: the locale's first.
    """

    text: str = ""
    audio: str = ""
    priority: Literal["text", "audio"] = "text"
    locale: str = "en-US"
    voice: str | None = None
    speed: float = 1.0

    @property
    def spoken(self) -> bool:
        """Whether a voice campaign speaks the text."""
        return bool(self.text) and not (self.audio and self.priority == "audio")


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """After an attempt that ended with `outcome` (busy, unanswered, failed or machine), up to `times` more of them are
    made, each `wait_seconds` after the end of the one before.
    """

    outcome: Status
    times: int
    wait_seconds: float


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Hours in which contacts may be called or texted, in their own local time: `days` are 1 (Monday) to 7, `start` and
    `end` are HH:MM, the end not included (24:00: midnight).
    """

    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    start: str = "09:00"
    end: str = "21:00"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign goes.

    `caller`: the number that is shown, or that texts come from; None: the account's default.
    `per_second` and `at_once`: how many calls are begun a second, and how many there are at the same time, at most.
    `windows`: when contacts are called; none: at any time. `zone` (IANA) is the time zone of contacts whose number does
    not say one; "": they are not called. `zone_by_number` False: it is the zone of all.
    `keys`: whether keys that are pressed during the message, and for `key_seconds` after it, are reported.
    `opt_out_key` puts the number on the account's do-not-call list; "": none does.
    `priority`: of two campaigns that want the same places, the one with the higher priority gets them (1 to 9).
    """

    caller: str | None = None
    per_second: float = 1.0
    at_once: int = 10
    retries: tuple[Retry, ...] = ()
    windows: tuple[Window, ...] = ()
    zone: str = ""
    zone_by_number: bool = True
    machine: Machine = "play"
    keys: bool = False
    key_seconds: float = 5.0
    opt_out_key: str = ""
    record: bool = False
    ring_seconds: float | None = None
    max_seconds: float | None = None
    priority: int = 5

    @property
    def seconds_for_keys(self) -> float:
        """For how long a call waits for keys after the message (seconds)."""
        return self.key_seconds if self.keys or self.opt_out_key else 0.0


class NewCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to create; the message may come later, with its start. `at`: when it is to start (Unix seconds), if
    its start names no other time.
    """

    name: str
    kind: Kind = "voice"
    description: str = ""
    message: Message = Message()
    options: Options = Options()
    at: float | None = None


class CampaignChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change of a campaign; None: it stays."""

    name: str | None = None
    kind: Kind | None = None
    description: str | None = None
    message: Message | None = None
    options: Options | None = None
    at: float | None = None


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as last committed.

    `serial` counts the account's campaigns from 1, for APIs whose ids are numbers. `tags`: the names of the tags that
    its contacts have. `at`: when it is to start, if it is scheduled, or was given a time before its start. `reason`:
    why it is paused, if we paused it.
    `held_each`: what is held for each contact that waits for its turn. `call_seconds`: for how long a call is answered
    whose message is heard to the end (0: not known; texts).
    """

    id: str
    account: str
    serial: int
    name: str
    kind: Kind
    description: str
    state: State
    created: float
    message: Message
    options: Options
    tags: tuple[str, ...] = ()
    at: float | None = None
    started: float | None = None
    ended: float | None = None
    reason: str = ""
    held_each: int = 0
    call_seconds: float = 0.0
    currency: str = "USD"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call, when, and with which message.

    `statuses`: the contacts of these statuses; `contacts`: those of these ids. With neither: those that are new.
    `at`: not before this time; None: now. `message` replaces the campaign's for good; None: it stays.
    """

    statuses: tuple[Status, ...] = ()
    contacts: tuple[int, ...] = ()
    at: float | None = None
    message: Message | None = None


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that was started or scheduled: how many contacts were chosen, and how much is held for them."""

    campaign: Campaign
    contacts: int
    held: int


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """Why contacts would be skipped, how many, and some of their numbers."""

    reason: str
    contacts: int
    numbers: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a start would do, before anything is dialled.

    `contacts` are called, each once or more: `calls` in all, as earlier contacts of the account ended (`expected`).
    `begins` and `ends` are when the first call begins and the last one ends. `per_minute` is how many calls begin in a
    minute while it runs. `price` is what it costs.
    """

    contacts: int
    calls: int
    begins: float | None
    ends: float | None
    per_minute: float
    price: int
    currency: str
    message_seconds: float
    skipped: tuple[Skipped, ...] = ()


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many contacts a campaign has of each status, and sums over them. `due`: when the next one's turn comes, at
    the earliest (Unix seconds); None: nobody waits.
    """

    by_status: dict[Status, int]
    contacts: int
    seconds: float
    price: int
    held: int
    due: float | None = None


class DoNotCall(msgspec.Struct, frozen=True, kw_only=True):
    """A number that campaigns neither call nor text: of one account, or ("") of all. `why`: `key` (it pressed the key),
    or a note of who added it.
    """

    account: str
    number: str
    at: float
    why: str = ""


class TrunkLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What the campaigns of all accounts together may take of a trunk: calls that begin in a second, and calls at the
    same time. None: as many as they want.
    """

    trunk: str
    per_second: float | None = None
    at_once: int | None = None
