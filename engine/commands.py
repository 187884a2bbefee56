"""The contract in: what a caller of the engine may ask. Each command names what it returns, or the error it raises."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engine.calls.call import Call
from engine.calls.cause import HangupCause
from engine.tasks.kinds import AnyTask
from engine.tasks.manner import Over, Transport

R = TypeVar("R", covariant=True)


class Command(Generic[R]):
    """Something to do; `Engine.submit` returns R."""


class CommandRefused(Exception):
    """The engine refused a command; the message tells the customer why. Nothing was stored or changed."""


class NoSuchCall(CommandRefused):
    """There is no such live call in this account."""


class NoSuchConference(CommandRefused):
    """There is no such live conference in this account."""


class NoSuchTask(CommandRefused):
    """There is no such queued task."""


class NumberRefused(CommandRefused):
    """The number is not one, or this account may not call it."""


class NoSuchExtension(NumberRefused):
    """The account has no extension of that name."""


class HeadersRefused(CommandRefused):
    """A SIP header that was asked for may not be sent."""


class CallerRefused(CommandRefused):
    """The caller id is neither owned nor verified by this account."""


class LimitReached(CommandRefused):
    """The account has too many calls at once, or waits too long for its turn."""


class CreditSpent(CommandRefused):
    """The account's balance or daily spend does not cover another call."""


class EngineUnavailable(CommandRefused):
    """The engine cannot take new work now; calls in progress go on. Try again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceCall(Command[Call]):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `party` is the number of the call that this one is to be connected with: shown where no `caller` is asked for.
    `over`, `transport`, `private` and `headers` are as those of engine.tasks.dial.Dial.

    Raises NumberRefused (NoSuchExtension), HeadersRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
    `tag` comes back in the call's events; `root` is the call whose customer-visible story this leg belongs to.
    `whole`: RootEnded is told when this call and all that it dialled are over.
    """

    account: str
    callee: str
    caller: str | None = None
    party: str | None = None
    tag: str = ""
    application: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    root: str | None = None
    id: str | None = None
    ring_seconds: float | None = None
    max_seconds: float | None = None
    over: Over = "any"
    transport: Transport = "udp"
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Enqueue(Command[tuple[str, ...]]):
    """Append tasks to a live call's or conference's queue; returns their ids, in order.

    Raises NoSuchCall or NoSuchConference (also when it belongs to another account), EngineUnavailable.
    """

    account: str
    owner: str
    tasks: tuple[AnyTask, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelTask(Command[None]):
    """Take a task that is still queued out of the queue. Raises NoSuchTask."""

    account: str
    owner: str
    task: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUpCall(Command[None]):
    """End a call now; what is queued is discarded. Raises NoSuchCall."""

    account: str
    call: str
    cause: HangupCause = HangupCause.NORMAL


@dataclass(frozen=True, kw_only=True, slots=True)
class StopTasks(Command[int]):
    """Stop the running (background) tasks of one kind, e.g. "record" or "detect_dtmf", now; returns how many.

    `tag`, if given, replaces the tag of their TaskEnded events. Raises NoSuchCall, NoSuchConference.
    """

    account: str
    owner: str
    kind: str
    tag: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Invite:
    """One party whom a conference calls. `before` is run before it joins."""

    callee: str
    caller: str | None = None
    tag: str = ""
    join_tag: str = ""
    before: tuple[AnyTask, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StartConference(Command[str]):
    """Start a conference around a moderator; returns its id at once.

    A live call of this account to the moderator's number is reused, else the number is called.
    `wait_for_participant`: the moderator joins when the first participant does.
    `attendees` are called once the moderator is ready (answered, and past `moderator.before`).
    `waiting_prompt` is what the moderator hears until the first attendee joins.
    Raises what PlaceCall raises; nothing is dialled unless every number may be.
    """

    account: str
    moderator: Invite
    attendees: tuple[Invite, ...] = ()
    wait_for_participant: bool = True
    waiting_prompt: str | None = None
    tag: str = ""
    id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaveNow(Command[None]):
    """Take a call out of a conference now; the moderator stays. Raises NoSuchCall, NoSuchConference."""

    account: str
    conference: str
    call: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUpConference(Command[None]):
    """End a conference and hang up everybody in it. Raises NoSuchConference."""

    account: str
    conference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceMember:
    """One party of a conference: its call, its number in digits, and its call's tag."""

    call: str
    number: str
    tag: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceView:
    """Who is in a conference now. `moderator` is None until its call exists."""

    id: str
    moderator: ConferenceMember | None
    participants: tuple[ConferenceMember, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryConference(Command[ConferenceView]):
    """Ask who is in a conference now. Raises NoSuchConference."""

    account: str
    conference: str
