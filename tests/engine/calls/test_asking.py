"""A call that asks what to do next."""

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from engine.calls.directory import Answering
from engine.commands import Enqueue, NoSuchCall, NoSuchQuestion, Redirect, Reply
from engine.events import CallEnded, QuestionAsked, ReplyRefused, ReplyRemarked, TaskEnded
from engine.model.call import CallState, Direction
from engine.model.call_data import DataPatch, patched
from engine.tasks.ask import Ask
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.results import Answered, Completed, Digits, Discarded
from engine.tasks.say import Say
from engine.tasks.task import Phase, TaskState
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.dialling import connected
from tests.support.exchange import ACCOUNT, Exchange, Left

OFFERED = Answering(account=ACCOUNT, application="app-1", tasks=(Ask(question="offered", hang_up_on_silence=True),))


def reply(question: QuestionAsked, *tasks: object, **fields: object) -> Reply:
    return Reply(account=ACCOUNT, call=question.subject, question=question.task, tasks=tasks, **fields)  # type: ignore[arg-type]


AFTER = DataPatch(set={"after": "1"}, remove=("note",))
NEW = DataPatch(set={"note": "new"}, dialect="test")


def values_of(event: CallEnded) -> dict[str, str]:
    """What the customer has stored with a call that ended."""
    return event.data.values if event.data else {}


async def asked(exchange: Exchange, times: int = 1) -> QuestionAsked:
    return await exchange.event(QuestionAsked, times=times)


async def test_an_inbound_call_rings_while_its_customer_is_asked(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501"])
    question = await asked(exchange)
    assert question.question == "offered" and question.outcome is None
    await settled()
    assert [one.id for one in exchange.questions] == [question.id]
    assert not asterisk.was_asked("POST", "/channels/in-1/answer")
    await exchange.submit(reply(question, Play(source="http://host/a.wav"), HangUp()))
    asterisk.finishes(await exchange.played())
    ended = await exchange.event(CallEnded)
    assert ended.answered
    await exchange.told_once_each()


async def test_one_commit_is_enough_to_ask_about_a_call(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, units = exchange.writer.write, 0

    async def once(unit: Callable[[Connection], object], **how: bool) -> object:
        nonlocal units
        units += 1
        assert units == 1, "A second commit was waited for."
        return await write(unit, **how)

    monkeypatch.setattr(exchange.writer, "write", once)
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501"])
    question = await asked(exchange)
    await settled()
    assert [one.id for one in exchange.questions] == [question.id]
    (row,) = await exchange.rows(question.subject)
    assert (row.state, row.phase) == (TaskState.RUNNING, Phase.INTENDED)
    assert question.deadline == row.begun + OFFERED.tasks[0].seconds
    monkeypatch.undo()
    asterisk.hangs_up("in-1")
    await exchange.ended(question.subject)


async def test_what_was_said_is_done_before_what_was_queued(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"), Play(id="", source="http://host/last.wav"))
    question = await asked(exchange)
    await exchange.submit(reply(question, Pause(seconds=1), Pause(seconds=2), replace=False))
    playback = await exchange.played()
    asterisk.finishes(playback)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    rows = await exchange.rows(call.id)
    assert [row.task.__class__.__name__ for row in rows] == ["Ask", "Pause", "Pause", "Play"]
    assert [row.position for row in rows] == [1, 2, 3, 4]
    assert all(row.state is TaskState.COMPLETED for row in rows)


async def test_an_answer_may_replace_what_was_queued(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"), Play(source="http://host/never.wav"))
    await exchange.submit(reply(await asked(exchange), HangUp()))
    await exchange.ended(call.id)
    rows = await exchange.rows(call.id)
    assert [row.outcome for row in rows if isinstance(row.task, Play)] == [Discarded("replaced")]
    assert not asterisk.was_asked("POST", "/*/*/play/*")


async def test_a_question_is_answered_once(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"), WaitForDigits())
    question = await asked(exchange)
    await exchange.submit(reply(question, replace=False))
    with pytest.raises(NoSuchQuestion):
        await exchange.submit(reply(question, HangUp()))
    await exchange.task_of(call.id, "wait_for_digits")
    with pytest.raises(NoSuchQuestion):
        await exchange.submit(reply(question, HangUp()))
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_another_account_cannot_answer(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"))
    question = await asked(exchange)
    with pytest.raises(NoSuchQuestion):
        await exchange.submit(Reply(account="acct-2", call=call.id, question=question.task))


async def test_silence_lets_the_call_go_on(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered", seconds=12), Play(source="http://host/a.wav"))
    question = await asked(exchange)
    await asyncio.sleep(11.9)
    assert not asterisk.was_asked("POST", "/*/*/play/*")
    asterisk.finishes(await exchange.played())
    told = await exchange.event(TaskEnded, task=question.task)
    assert told.outcome == Completed(Answered(silent=True))
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize("by", ["time", "word"])
async def test_silence_ends_a_call_that_cannot_go_on(exchange: Exchange, asterisk: FakeAri, by: str) -> None:
    apology = Say(text="Goodbye.")
    call = await exchange.call(
        Ask(question="offered", apology=apology, hang_up_on_silence=True), Play(source="http://host/never.wav")
    )
    if by == "word":
        await exchange.submit(reply(await asked(exchange), silent=True))
    asterisk.finishes(await exchange.played())
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("no_reply", "us")


async def test_a_question_carries_the_outcome_that_it_is_about(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(WaitForDigits(count=2), Ask(question="digits", about="wait_for_digits"))
    await exchange.task_of(call.id, "wait_for_digits")
    asterisk.presses(call.id, "4")
    asterisk.presses(call.id, "2")
    question = await asked(exchange)
    assert question.outcome == Completed(Digits(digits="42"))


async def test_what_is_wrong_with_an_answer_is_told(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="offered", data=noted("mine")))
    question = await asked(exchange)
    await exchange.submit(reply(question, HangUp(cause="illegal_script"), refused="No such thing.", remarks=("Cut.",)))
    ended = await exchange.ended(call.id)
    assert ended.cause == "illegal_script"
    assert (await exchange.event(ReplyRefused)).reason == "No such thing."
    remark = await exchange.event(ReplyRemarked)
    assert (remark.remark, remark.data) == ("Cut.", noted("mine"))


async def test_an_answer_may_change_what_the_call_carries(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"), data=noted("before"))
    changed = patched(noted("before"), AFTER)
    await exchange.submit(reply(await asked(exchange), HangUp(), patch=AFTER))
    assert (await exchange.ended(call.id)).data == changed
    assert (await exchange.stored(call.id)).data == changed


async def test_the_call_may_end_while_the_customer_thinks(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Ask(question="answered"))
    question = await asked(exchange)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    with pytest.raises(NoSuchQuestion):
        await exchange.submit(reply(question, HangUp()))
    await exchange.told_once_each()


async def test_a_restarted_controller_asks_again_under_the_same_id(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    left = Left(task=Ask(id="task-1", question="answered", seconds=12), phase=Phase.INTENDED, ago=5)
    queued = Left(task=Play(id="task-2", source="http://host/a.wav"), state=TaskState.QUEUED)
    call = await exchange.left_behind(left, queued)
    await exchange.start()
    await settled()
    (question,) = exchange.questions
    assert (question.task, question.id, question.subject) == ("task-1", "event-1", call.id)
    assert 6 < question.deadline - exchange.clock() <= 7
    await exchange.leave()
    exchange.questions.clear()
    await exchange.start()
    await settled()
    assert [one.id for one in exchange.questions] == [question.id]
    assert len(exchange.told_of(QuestionAsked)) == 1
    await exchange.submit(reply(question, HangUp()))
    await exchange.ended(call.id)


async def test_an_answer_that_was_committed_is_not_asked_for_again(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    left = Left(task=Ask(id="task-1", question="answered"), phase=Phase.ACCEPTED)
    call = await exchange.left_behind(left, Left(task=HangUp(id="task-2"), state=TaskState.QUEUED))
    await exchange.start()
    await exchange.ended(call.id)
    assert not exchange.questions


async def test_an_inbound_call_that_was_asked_about_still_rings_after_a_restart(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    left = Left(task=Ask(id="task-1", question="offered", hang_up_on_silence=True), phase=Phase.INTENDED, ago=3)
    call = await exchange.left_behind(
        left, state=CallState.RINGING, channel="Ring", direction=Direction.INBOUND, application="app-1"
    )
    await exchange.start()
    await settled()
    (question,) = exchange.questions
    await exchange.submit(reply(question, Play(source="http://host/a.wav")))
    await exchange.played()
    assert asterisk.was_asked("POST", f"/channels/{call.channel_id}/answer")


async def test_replies_to_two_legs_at_once_lose_nothing_of_each_others_data(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asking = Ask(question="answered")
    one, other = await connected(exchange, asterisk, Dial(to="2", call_data=noted("a")), asking)
    await exchange.submit(Enqueue(account=ACCOUNT, owner=other, tasks=(asking,)))
    await exchange.event(QuestionAsked, times=2)
    questions = {event.subject: event for event in exchange.told_of(QuestionAsked)}
    await asyncio.gather(
        exchange.submit(reply(questions[one], patch=DataPatch(set={"b": "1"}, dialect="test"))),
        exchange.submit(reply(questions[other], patch=DataPatch(set={"c": "1"}, dialect="test"))),
    )
    asterisk.hangs_up("in-1")
    assert values_of(await exchange.ended(one)) == {"b": "1", "c": "1"}
    assert values_of(await exchange.ended(other)) == {"note": "a", "b": "1", "c": "1"}


async def test_a_redirect_stops_what_holds_the_queue_and_discards_the_rest(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(WaitForDigits(), Play(source="http://host/never.wav"))
    await exchange.task_of(call.id, "wait_for_digits")
    await exchange.submit(Redirect(account=ACCOUNT, call=call.id, tasks=(HangUp(),), patch=NEW))
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.data) == ("normal", noted("new"))
    assert not asterisk.was_asked("POST", "/*/*/play/*")
    with pytest.raises(NoSuchCall):
        await exchange.submit(Redirect(account=ACCOUNT, call=call.id, tasks=(HangUp(),)))


async def test_a_redirect_that_is_only_a_detour_comes_back_to_the_prompt_and_to_what_is_queued(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call(Play(source="http://host/a.wav"), Play(source="http://host/c.wav"))
    stopped = await exchange.played()
    tasks = (Play(source="http://host/b.wav"),)
    await exchange.submit(Redirect(account=ACCOUNT, call=call.id, tasks=tasks, resume=True))
    for times in (2, 3, 4):
        asterisk.finishes(await exchange.played(times=times))
    asked = (one for one in asterisk.requests if "/play/" in one.path)
    assert [one.query["media"].rpartition("/")[2] for one in asked] == ["a", "b", "a", "c"]
    assert asterisk.was_asked("DELETE", f"/playbacks/{stopped}")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    await exchange.told_once_each()


async def test_what_is_said_in_between_comes_before_what_is_queued(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(Play(source="http://host/a.wav"), Play(source="http://host/c.wav"))
    playback = await exchange.played()
    tasks = (Record(), Play(source="http://host/b.wav"))
    await exchange.submit(Enqueue(account=ACCOUNT, owner=call.id, tasks=tasks, now=True, patch=NEW))
    await exchange.task_of(call.id, "record")  # it holds nothing, and began beside the prompt
    asterisk.finishes(playback)
    await exchange.played(times=2)
    rows = await exchange.rows(call.id)
    sources = [row.task.source for row in rows if isinstance(row.task, Play)]
    assert sources == ["http://host/a.wav", "http://host/b.wav", "http://host/c.wav"]
    asterisk.hangs_up(call.id)
    assert (await exchange.ended(call.id)).data == noted("new")
    await exchange.told_once_each()
