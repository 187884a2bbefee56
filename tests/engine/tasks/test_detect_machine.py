"""DetectMachine: through a snoop that visits the dialplan, holding the queue or beside it."""

import pytest

from engine.calls.answering_machine import detected
from engine.commands import StopTasks
from engine.events import TaskEnded, TaskStarted
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.play import Play
from engine.tasks.results import Completed, Detected
from engine.tasks.task import TaskState
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange, Left

A = Play(source="http://host/a.wav")


async def listening(exchange: Exchange, asterisk: FakeAri, call: str) -> str:
    """The snoop that is in the dialplan."""
    snoop = f"snoop-{await exchange.task_of(call, 'detect_machine')}"
    asked = await asterisk.asked("POST", f"/channels/{snoop}/continue")
    assert asked.query["context"] == "detect-machine"
    assert (await asterisk.asked("POST", f"/channels/{call}/snoop/{snoop}")).query["spy"] == "in"
    assert asterisk.world.variables[snoop, "RETURN_TO"] == f"{APPLICATION},detected,{snoop}"
    return snoop


def found(asterisk: FakeAri, snoop: str, status: str, cause: str) -> None:
    asterisk.world.variables |= {(snoop, "AMDSTATUS"): status, (snoop, "AMDCAUSE"): cause}
    asterisk.world.enter_stasis(snoop, ["detected", snoop])


async def result(exchange: Exchange) -> Detected:
    ended = await exchange.event(TaskEnded, kind="detect_machine")
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Detected)
    return ended.outcome.result


async def test_the_queue_waits_for_what_was_found(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(DetectMachine(), A)
    snoop = await listening(exchange, asterisk, call.id)
    await settled()
    assert not asterisk.was_asked("POST", "/channels/*/play/*")
    found(asterisk, snoop, "MACHINE", "LONGGREETING-1500-1500")
    assert (await result(exchange)).status == "machine"
    await exchange.played()
    assert set(asterisk.world.channels) == {call.id}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_beside_the_queue_goes_on_and_the_result_is_told_later(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(DetectMachine(beside=True), A)
    snoop = await listening(exchange, asterisk, call.id)
    await exchange.played()
    assert exchange.told_of(TaskEnded) == []
    found(asterisk, snoop, "HUMAN", "HUMAN-800-800")
    assert (await result(exchange)).reason == "greeting"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_nothing_found_in_time_is_not_sure(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(DetectMachine())
    await listening(exchange, asterisk, call.id)
    assert await result(exchange) == Detected(status="notsure", reason="", seconds=15.0)
    assert set(asterisk.world.channels) == {call.id}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize("by", ["hang-up", "stop"])
async def test_it_ends_with_its_call_or_by_a_stop_and_leaves_no_snoop(
    exchange: Exchange, asterisk: FakeAri, by: str
) -> None:
    call = await exchange.call(DetectMachine())
    await listening(exchange, asterisk, call.id)
    if by == "stop":
        await exchange.submit(StopTasks(account=ACCOUNT, owner=call.id, kind="detect_machine"))
        await exchange.event(TaskEnded)
        assert set(asterisk.world.channels) == {call.id}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    expected = "requested" if by == "stop" else "call_ended"
    assert f"detect_machine stopped {expected}" in exchange.story(call.id)
    assert asterisk.world.channels == {}


async def test_a_snoop_that_is_lost_in_the_dialplan_fails_the_task_and_the_queue_goes_on(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(DetectMachine(), A)
    snoop = await listening(exchange, asterisk, call.id)
    channel = asterisk.world.channels[snoop]
    asterisk.world.emit({"type": "ChannelDestroyed", "channel": channel, "cause": 16, "cause_txt": ""})
    await exchange.played()
    assert "detect_machine failed asterisk_error" in exchange.story(call.id)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_after_a_restart_it_listens_again(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(Left(task=DetectMachine(id="task-1"), state=TaskState.RUNNING, started=False))
    asterisk.world.snoop(call.id, "snoop-task-1", [])
    await exchange.start()
    await exchange.event(TaskStarted)
    assert await asterisk.asked("DELETE", "/channels/snoop-task-1")
    found(asterisk, "snoop-task-1", "HUMAN", "HUMAN-800-800")
    assert (await result(exchange)).status == "human"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize(
    ("status", "cause", "expected"),
    [
        ("MACHINE", "LONGGREETING-1500-1500", ("machine", "longgreeting")),
        ("MACHINE", "INITIALSILENCE-2500-2500", ("machine", "initialsilence")),
        ("MACHINE", "MAXWORDS-4-3", ("machine", "longgreeting")),
        ("HUMAN", "HUMAN-800-800", ("human", "greeting")),
        ("NOTSURE", "TOOLONG-5000", ("notsure", "")),
        ("HANGUP", "", ("hangup", "")),
        ("", "", ("notsure", "")),
    ],
)
def test_what_amd_says(status: str, cause: str, expected: tuple[str, str]) -> None:
    read = detected(status, cause, 1.0)
    assert (read.status, read.reason) == expected
