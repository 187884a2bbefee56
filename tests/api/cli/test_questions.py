"""Questions and callbacks in `calls show`: address, time, result, bodies."""

import asyncio
from typing import Any

from sqlalchemy import Connection

from api.callbacks.callback import FORM
from engine.features.questions import store as question_attempts
from engine.features.questions.model import QuestionAttempt
from engine.model.call import Call, Party
from engine.store import deliveries
from engine.store.deliveries import DeliveryRow
from tests.api.cli.running import Run
from tests.api.own.installation import Installation

AT = 1_900_000_000.5


def attempt(call: Call, number: int, **fields: Any) -> QuestionAttempt:
    return QuestionAttempt(
        **{
            "id": f"asked-{number}", "account": call.account, "root": call.root, "subject": call.id,
            "question": "task-1", "dialect": "sinch", "name": "ice", "url": "http://shop/ice?token=***",
            "at": AT + number, "seconds": 0.0423, "status": 200, "error": None, "asked": '{"event":"ice"}',
            "answered": '{"action":{"name":"hangup"}}', "answered_bytes": 28,
        }
        | fields
    )  # fmt: skip


async def offered(installation: Installation, *attempts: dict[str, Any]) -> Call:
    """A call with these questions."""
    account = (await installation.account("acme"))["account"]
    call = await installation.engine.offer(account, "app", "+12015550101", "500")

    def write(conn: Connection) -> None:
        for number, fields in enumerate(attempts):
            question_attempts.add(conn, attempt(call, number, **fields))

    await installation.writer.write(write)
    return call


async def test_a_question_is_shown_with_its_address_status_time_and_both_bodies(
    carillon: Run, installation: Installation
) -> None:
    call = await offered(installation, {})
    shown = (await carillon("calls", "show", call.id)).output
    row = next(line for line in shown.splitlines() if "http://shop/ice" in line)
    assert row.split()[:5] == ["17:46:40.500", "ice", "200", "42", "http://shop/ice?token=***"]
    assert 'asked     {"event":"ice"}' in shown and 'answered  {"action":{"name":"hangup"}}' in shown


async def test_an_empty_answer_and_a_missing_one_are_distinguished(carillon: Run, installation: Installation) -> None:
    silent = {"status": None, "answered": None, "answered_bytes": None, "error": "The host did not answer."}
    call = await offered(installation, {"answered": "", "answered_bytes": 0}, silent)
    shown = (await carillon("calls", "show", call.id)).output
    assert "(an empty body)" in shown and "(no answer)" in shown and "The host did not answer." in shown


async def test_a_long_answer_is_cut_in_text_and_complete_in_json(carillon: Run, installation: Installation) -> None:
    call = await offered(installation, {"answered": "x" * 8192 + "\x1b[2J", "answered_bytes": 9000})
    shown = (await carillon("calls", "show", call.id)).output
    assert max(map(len, shown.splitlines())) < 1000 and "\x1b" not in shown
    (question,) = (await carillon("calls", "show", call.id, "--json")).json["questions"]
    assert len(question["answered"]) > 8192 and question["answered_bytes"] == 9000
    assert (question["milliseconds"], question["status"], question["task"]) == (42, 200, "task-1")


async def test_a_call_without_questions_has_no_heading_for_them(carillon: Run, installation: Installation) -> None:
    call = await offered(installation)
    assert "questions" not in (await carillon("calls", "show", call.id)).output


async def test_following_a_call_shows_its_questions_as_they_are_answered(
    carillon: Run, installation: Installation
) -> None:
    call = await offered(installation, {})
    following = asyncio.create_task(carillon("calls", "show", call.id, "--follow"))
    await installation.writer.write(
        lambda conn: question_attempts.add(conn, attempt(call, 1, name="ace", error="The host answered 500."))
    )
    await installation.engine.end(call.id, Party.FAR)
    shown = (await following).output
    assert "asked ice" in shown and '200  42 ms  http://shop/ice?token=***  {"action"' in shown
    assert "asked ace" in shown and "The host answered 500." in shown
    assert "cause=normal" in shown, "and then the whole story"


async def test_a_callback_is_shown_with_its_action_and_time(carillon: Run, installation: Installation) -> None:
    call = await offered(installation)
    row = DeliveryRow(
        id="delivery-1", event="event-1", part=0, position=1, account=call.account, root=call.id, subject=call.id,
        dialect="ringful", host="shop:80", url="http://ann:hunter2@shop/notify", content_type=FORM,
        body="action=CallReceived&callId=1", due=AT, created=AT, state="dead", error="The host answered 500.",
    )  # fmt: skip
    await installation.writer.write(lambda conn: deliveries.add(conn, row))
    shown = (await carillon("calls", "show", call.id)).output
    line = next(line for line in shown.splitlines() if "delivery-1" in line)
    assert line.split()[:3] == ["17:46:40.500", "CallReceived", "dead"]
    assert "http://ann:***@shop/notify" in line and "hunter2" not in shown
    failed = (await carillon("callbacks", "failed")).output
    assert "CallReceived" in failed and "hunter2" not in failed
