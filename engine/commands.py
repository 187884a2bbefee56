"""The contract in: what a caller of the engine may ask. Each command names what it returns, or the error it raises.

Those of conferences are in engine.conference_commands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.calls.call import Call
from engine.calls.cause import HangupCause
from engine.model.leg_options import Reach, Transport
from engine.tasks.kinds import AnyTask

R = TypeVar("R", covariant=True)
Retag = Callable[[str], str]
"""Makes a call's next tag of the one that it has: two that change it at once lose nothing of each other's."""


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
    `reach`, `transport`, `private` and `headers` are as those of engine.tasks.dial.Dial.

    Raises NumberRefused (NoSuchExtension), HeadersRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
    `tag` comes back in the call's events; `root` is the call whose customer-visible story this leg belongs to.
    `reports_tree`: RootEnded is told when this call and all that it dialled are over.
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
    reach: Reach = "any"
    transport: Transport = "udp"
    private: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    reports_tree: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Enqueue(Command[tuple[str, ...]]):
    """Append tasks to a live call's or conference's queue; returns their ids, in order.

    `now` puts them before what is queued; those that hold no queue begin at once, beside the task that does.
    `tag`, if given, becomes the tag of every live leg of the call's root, or makes it of what that is then.

    Raises NoSuchCall or NoSuchConference (also when it belongs to another account), EngineUnavailable.
    """

    account: str
    owner: str
    tasks: tuple[AnyTask, ...]
    now: bool = False
    tag: str | Retag | None = None


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
    live leg of the call's root, or makes it of what that is then. `refused` says why the customer's answer cannot be
    done, `remarks` what was overlooked in it: both are told as events. `silent`: the customer said nothing, and the
    question's own default is done. Raises NoSuchQuestion where it is answered, or its time or its call is over.
    """

    account: str
    call: str
    question: str
    tasks: tuple[AnyTask, ...] = ()
    replace: bool = True
    tag: str | Retag | None = None
    refused: str = ""
    remarks: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect(Command[None]):
    """Let a live call do something else: what runs and holds its queue is stopped, what is queued discarded.

    `resume`: what is queued follows these instead, behind a prompt that was stopped, which then begins again.
    Raises NoSuchCall.
    """

    account: str
    call: str
    tasks: tuple[AnyTask, ...]
    tag: str | Retag | None = None
    resume: bool = False


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
