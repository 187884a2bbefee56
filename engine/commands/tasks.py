"""Commands that change the queue of a call or a conference."""

from dataclasses import dataclass

from engine.commands.base import Command
from engine.commands.questions import Retag
from engine.tasks.kinds import AnyTask


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
class StopTasks(Command[int]):
    """Stop the running (background) tasks of one kind, e.g. "record" or "detect_dtmf", now; returns how many.

    `tag`, if given, replaces the tag of their TaskEnded events. Raises NoSuchCall, NoSuchConference.
    """

    account: str
    owner: str
    kind: str
    tag: str | None = None
