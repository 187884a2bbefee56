"""Commands that change the queue of a call or a conference."""

from engine.commands.base import Command
from engine.model.call_data import CallData, DataPatch
from engine.tasks.kinds import AnyTask


class Enqueue(Command[tuple[str, ...]], frozen=True, kw_only=True, tag="enqueue"):
    """Append tasks to a live call's or conference's queue; returns their ids, in order.

    `now` puts them before the queued tasks; those that do not hold the queue begin at once, beside the task that does.
    `patch`, if given, changes the data of every live leg of the call tree.

    Raises NoSuchCall or NoSuchConference (also when it belongs to another account), EngineUnavailable.
    """

    account: str
    owner: str
    tasks: tuple[AnyTask, ...]
    now: bool = False
    patch: DataPatch | None = None


class CancelTask(Command[None], frozen=True, kw_only=True, tag="cancel_task"):
    """Remove a task that has not begun from the queue. Raises NoSuchTask."""

    account: str
    owner: str
    task: str


class StopTasks(Command[int], frozen=True, kw_only=True, tag="stop_tasks"):
    """Stop the running (background) tasks of one kind, e.g. "record" or "detect_dtmf", now; returns how many.

    `data`, if given, replaces that of their TaskEnded events. Raises NoSuchCall, NoSuchConference.
    """

    account: str
    owner: str
    kind: str
    data: CallData | None = None
