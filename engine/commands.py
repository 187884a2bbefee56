"""The commands of the engine. Each says what `Engine.submit` returns for it, and which errors it raises.

The commands of conferences are in engine.conference_commands.
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
"""Returns a call's next tag from its present one, so that two changes at the same time both take effect."""


class Command(Generic[R]):
    """A request to the engine; `Engine.submit` returns R."""


class CommandRefused(Exception):
    """The engine refused a command; the message tells the customer why. Nothing was stored or changed."""


class NoSuchCall(CommandRefused):
    """There is no such live call in this account."""


class NoSuchConference(CommandRefused):
    """There is no such live conference in this account."""


class NoSuchTask(CommandRefused):
    """There is no such queued task."""


class NoSuchQuestion(CommandRefused):
    """No question waits for this reply (any more)."""


class NumberRefused(CommandRefused):
    """The number is not valid, or this account may not call it."""


class NoSuchExtension(NumberRefused):
    """The account has no extension of that name."""


class HeadersRefused(CommandRefused):
    """A SIP header of the command may not be sent."""


class CallerRefused(CommandRefused):
    """The caller id is neither owned nor verified by this account."""


class LimitReached(CommandRefused):
    """The account has too many calls at once, or would wait too long for its turn."""


class CreditSpent(CommandRefused):
    """The account's balance or daily spend does not cover another call."""


class EngineUnavailable(CommandRefused):
    """The engine cannot accept new work now; calls in progress continue. Try again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceCall(Command[Call]):
    """Call `callee` (an own extension, or 7 to 15 digits). Returns at once, the call QUEUED; its tasks wait for it.

    `party` is the number of the call that this one will be connected with; it is shown if no `caller` is given.
    `reach`, `transport`, `private` and `headers` are those of engine.tasks.dial.Dial.

    Raises NumberRefused (NoSuchExtension), HeadersRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
    `tag` comes back in the call's events; `root` is the first leg of the call tree that this leg belongs to.
    `reports_tree`: RootEnded is written when this call and all legs that it dialled have ended.
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

    `now` puts them before the queued tasks; those that do not hold the queue begin at once, beside the task that does.
    `tag`, if given, becomes the tag of every live leg of the call tree (a Retag is called with each present tag).

    Raises NoSuchCall or NoSuchConference (also when it belongs to another account), EngineUnavailable.
    """

    account: str
    owner: str
    tasks: tuple[AnyTask, ...]
    now: bool = False
    tag: str | Retag | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelTask(Command[None]):
    """Remove a task that has not begun from the queue. Raises NoSuchTask."""

    account: str
    owner: str
    task: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply(Command[None]):
    """Answer a call's question: `tasks` run at once, before the queued ones.

    `question` is the asking task's id. `replace` discards the queued tasks. `tag`, if given, becomes the tag of every
    live leg of the call tree (a Retag is called with each present tag). `refused` says why the customer's answer cannot
    be carried out, `remarks` what was ignored in it: both become events. `silent`: the customer gave no answer, so the
    question's own default applies. Raises NoSuchQuestion if it was answered, or its time or its call has ended.
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
    """Replace the tasks of a live call: the task that holds the queue is stopped, the queued tasks are discarded.

    `resume`: the queued tasks are kept and follow these, behind a prompt that was stopped, which then begins again.
    Raises NoSuchCall.
    """

    account: str
    call: str
    tasks: tuple[AnyTask, ...]
    tag: str | Retag | None = None
    resume: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUpCall(Command[None]):
    """End a call now; its queued tasks are discarded. Raises NoSuchCall."""

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
