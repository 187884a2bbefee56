"""What the read models of calls return: plain data, as last committed."""

from typing import NamedTuple

from engine.events import Event
from engine.model.call import Call
from engine.store.tasks import TaskRow
from engine.store.unmatched_calls import UnmatchedCall
from engine.tasks.kinds import AnyTask

__all__ = ["Activity", "Call", "TaskRow", "Timeline", "UnmatchedCall"]


class Activity(NamedTuple):
    """What goes on in a call tree now: its legs that have not ended, and the tasks that the root's queue runs."""

    legs: list[Call]
    running: list[AnyTask]


class Timeline(NamedTuple):
    """What happened to a call: the other legs of its tree, its queue, and its events, each oldest first."""

    legs: list[Call]
    tasks: list[TaskRow]
    events: list[Event]
