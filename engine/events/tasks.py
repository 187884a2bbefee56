"""What happens to the tasks of a queue."""

from engine.events.base import Event
from engine.tasks.results import Outcome


class TaskStarted(Event, frozen=True, kw_only=True, tag="task_started"):
    """A task's effect began (a prompt plays, a recorder or detector runs, a party joined). At most once a task."""

    task: str
    kind: str


class TaskEnded(Event, frozen=True, kw_only=True, tag="task_ended"):
    """A task has ended; `outcome` says how. Exactly once for every task that was queued."""

    task: str
    kind: str
    outcome: Outcome


class TaskRemarked(Event, frozen=True, kw_only=True, tag="task_remarked"):
    """A task differs from its parameters, such as by another voice; `remark` is a sentence."""

    task: str
    kind: str
    remark: str
