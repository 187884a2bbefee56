"""DetectMachine on a real Asterisk: the lab's voicemails, and its people."""

import asyncio

from engine.events import TaskEnded, TaskStarted
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.play import Play
from engine.tasks.results import Completed, Detected
from tests.asterisk.live_exchange import LiveExchange

SAYS_NOTHING, VOICEMAIL, VOICEMAIL_WITHOUT_A_BEEP, SAYS_HELLO = (
    "12015550100", "12015550112", "12015550113", "12015550114",
)  # fmt: skip


async def found(exchange: LiveExchange, callee: str, task: DetectMachine) -> tuple[str, str, float]:
    call = await exchange.call(task, Play(source="100"), callee=callee)
    event = await exchange.event(TaskEnded, kind="detect_machine", subject=call.id)
    assert isinstance(event.outcome, Completed) and isinstance(event.outcome.result, Detected), event.outcome
    await exchange.event(TaskEnded, kind="play", subject=call.id)
    story = await exchange.hang_up(call.id)
    if not task.beside:
        assert story[:4] == [
            "detect_machine started", "detect_machine completed", "play started", "play completed",
        ]  # fmt: skip
    result = event.outcome.result
    return result.status, result.reason, result.seconds


async def test_voicemails_and_people_are_told_apart_within_seconds(exchange: LiveExchange) -> None:
    expected = {
        VOICEMAIL: ("machine", "longgreeting"),
        VOICEMAIL_WITHOUT_A_BEEP: ("machine", "longgreeting"),
        SAYS_HELLO: ("human", "greeting"),
        SAYS_NOTHING: ("machine", "initialsilence"),
    }
    for task in (DetectMachine(), DetectMachine(beside=True)):
        results = await asyncio.gather(*[found(exchange, callee, task) for callee in expected])
        assert [one[:2] for one in results] == list(expected.values())
        assert all(0.5 < seconds < 4 for _, _, seconds in results)


async def test_while_it_listens_beside_the_call_a_prompt_plays(exchange: LiveExchange) -> None:
    call = await exchange.call(DetectMachine(beside=True), Play(source="4000"), callee=SAYS_HELLO)
    await exchange.event(TaskEnded, kind="detect_machine", subject=call.id)
    assert exchange.since_answer(call.id) == [
        "detect_machine started", "play started", "detect_machine completed",
    ]  # fmt: skip
    await exchange.hang_up(call.id)


async def test_a_hang_up_meanwhile_leaves_nothing_behind(exchange: LiveExchange) -> None:
    call = await exchange.call(DetectMachine(), callee=SAYS_NOTHING)
    task = (await exchange.event(TaskStarted, subject=call.id)).task
    story = await exchange.hang_up(call.id)
    assert "detect_machine stopped call_ended" in story
    for _ in range(20):
        left = [one.id for one in await exchange.client.channels.list() if one.id == f"snoop-{task}"]
        if not left:
            break
        await asyncio.sleep(0.1)  # Asterisk tells nobody of a snoop that is gone
    assert left == []
