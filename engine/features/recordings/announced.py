"""What customers hear of recordings."""

from functools import partial

from engine.events import RecordingAvailable, RecordingUndelivered, TaskEnded
from engine.platform.catalogue import Entry, Fields, only
from engine.tasks.results import Completed, Recorded

_SHOWN = only("recording", "name", "format", "destination")


def _of_task(event: TaskEnded) -> Fields:
    assert isinstance(event.outcome, Completed)
    return _SHOWN(event.outcome.result)


def _is_recorded(event: TaskEnded) -> bool:
    """Whether a recording of the customer's ended that is where it should be: nothing is left to do with it."""
    outcome = event.outcome
    if not isinstance(outcome, Completed) or not isinstance(outcome.result, Recorded):
        return False
    return not (outcome.result.pending or outcome.result.purpose)


_of_either = partial(Entry, subject="conference")
ENTRIES = (
    _of_either("recording.available", TaskEnded, _of_task, _is_recorded),
    _of_either("recording.available", RecordingAvailable, _SHOWN),
    _of_either("recording.failed", RecordingUndelivered, only("recording", "reason")),
)
