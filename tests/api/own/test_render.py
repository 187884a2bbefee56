"""What our own API shows of a queue."""

import json

from api.own import render
from engine.events import TaskEnded
from engine.store.tasks import TaskRow
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.results import Completed, Detected
from engine.tasks.task import Phase, TaskState
from tests.support.call_data import noted


def test_what_dialects_note_on_tasks_is_not_shown_of_tasks_within_tasks_either() -> None:
    secret = noted("secret")
    before = (DetectMachine(beside=True, data=secret),)
    dial = Dial(to="100", data=secret, call_data=secret, before_bridge=before)
    row = TaskRow(
        id="task-1", owner="call-1", position=1, task=dial, state=TaskState.QUEUED, phase=Phase.NONE, queued=0.0
    )
    shown = render.task(row)
    assert shown["parameters"]["before_bridge"][0]["kind"] == "detect_machine"
    assert "secret" not in json.dumps(shown)


def test_a_detection_without_a_known_reason_is_shown_with_the_reason_it_always_had() -> None:
    found = Completed(Detected(status="notsure", reason="", seconds=5.0))
    row = TaskRow(
        id="task-1", owner="call-1", position=1, task=DetectMachine(), state=TaskState.COMPLETED, phase=Phase.ACCEPTED,
        queued=0.0, outcome=found,
    )  # fmt: skip
    event = TaskEnded(
        id="event-1", account="a", subject="call-1", root="call-1", at=0.0, task="task-1", kind="x", outcome=found
    )
    for outcome in (render.task(row)["outcome"], render.event(event)["outcome"]):
        assert outcome["result"] == {"type": "detected", "status": "notsure", "reason": "n/a", "seconds": 5.0}
