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


class NoSuchQuestion(CommandRefused):
    """Nobody waits for this reply (any more)."""


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

    `now` puts them before what is queued; those that hold no queue begin at once, beside the task that does.
    `tag`, if given, becomes the tag of every live leg of the call's root.

    Raises NoSuchCall or NoSuchConference (also when it belongs to another account), EngineUnavailable.
    """

    account: str
    owner: str
    tasks: tuple[AnyTask, ...]
    now: bool = False
    tag: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelTask(Command[None]):
    """Take a task that is still queued out of the queue. Raises NoSuchTask."""

    account: str
    owner: str
    task: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply(Command[None]):
    """Say what the call that asked does next: `tasks` are run at once, before what is queued.

    `question` is the asking task's id. `replace` discards what is queued. `tag`, if given, becomes the tag of every
    live leg of the call's root. `refused` says why the customer's answer cannot be done, `remarks` what was overlooked
    in it: both are told as events. `silent`: the customer said nothing, and the question's own default is done.
    Raises NoSuchQuestion where it is answered, or its time or its call is over.
    """

    account: str
    call: str
    question: str
    tasks: tuple[AnyTask, ...] = ()
    replace: bool = True
    tag: str | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect(Command[None]):
    """Let a live call do something else: what runs and holds its queue is stopped, what is queued discarded.

    Raises NoSuchCall.
    """

    account: str
    call: str
    tasks: tuple[AnyTask, ...]
    tag: str | None = None


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
    """End a conference (by its id, or by its name) and hang up everybody in it. Raises NoSuchConference."""

    account: str
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class MuteMember(Command[None]):
    """Let the others not hear a participant, or hear it again; doing it twice is harmless.

    The conference is given by its id, or by its name.
    Raises NoSuchConference, NoSuchCall (also when the call is not in it), EngineUnavailable.
    """

    account: str
    call: str
    muted: bool
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldMember(Command[None]):
    """Let a participant neither hear the others nor be heard, or take it back; doing it twice is harmless.

    `music` is the class that it hears meanwhile (see JoinConference); None: silence. Raises as MuteMember.
    """

    account: str
    call: str
    held: bool
    music: str | None = None
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KickMember(Command[None]):
    """Hang up a participant's call, the moderator's too. Raises NoSuchConference, NoSuchCall."""

    account: str
    call: str
    conference: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceMember:
    """One party of a conference: its call, its number in digits, its call's tag, and how it takes part.

    `joined` is Unix seconds; None for a moderator who is not in it yet.
    """

    call: str
    number: str
    tag: str = ""
    muted: bool = False
    held: bool = False
    joined: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ConferenceView:
    """Who is in a conference now, in the order in which they joined.

    `moderator` is None until its call exists, and in a conference that has a `name`.
    """

    id: str
    moderator: ConferenceMember | None
    participants: tuple[ConferenceMember, ...] = field(default=())
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryConference(Command[ConferenceView]):
    """Ask who is in a conference now. Raises NoSuchConference."""

    account: str
    conference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FindConference(Command[ConferenceView]):
    """Ask who is in the account's conference of this name now. Raises NoSuchConference."""

    account: str
    name: str
