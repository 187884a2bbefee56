"""What our own API shows of a queue."""

import json

from api.own import render
from engine.store.tasks import TaskRow
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.task import Phase, TaskState


def test_what_dialects_note_on_tasks_is_not_shown_of_tasks_within_tasks_either() -> None:
    dial = Dial(to="100", tag="secret", call_tag="secret", before_bridge=(DetectMachine(beside=True, tag="secret"),))
    row = TaskRow(
        id="task-1", owner="call-1", position=1, task=dial, state=TaskState.QUEUED, phase=Phase.NONE, queued=0.0
    )
    shown = render.task(row)
    assert shown["parameters"]["before_bridge"][0]["kind"] == "detect_machine"
    assert "secret" not in json.dumps(shown)
