"""A fax machine calls a number of people: it is heard, and the call goes where faxes go, whatever it is in."""

import asyncio

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering, NoDestination
from engine.calls.group_ringing import member_of
from engine.calls.pair import other_of
from engine.events import CallAnswered, CallEnded, CallTransferred, TaskEnded, TaskRemarked, TaskStarted
from engine.tasks.answer import Answer
from engine.tasks.detect_fax import DetectFax
from engine.tasks.dial import Dial
from engine.tasks.fax import ReceiveFax
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.menu import Choice, Menu
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.ring import Ring
from engine.tasks.run_menu import RunMenu
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange, Left

FAXES = "fax:box-1"
DETECT = DetectFax(destination=FAXES, written="fax:office")
FAX = (Pause(seconds=5.0), HangUp())
"""What the destination means here: a fax is received by its own tests."""
MOVED = "A fax machine called: the call goes to fax:office."
GREETING = Play(source="http://host/greeting.wav")
MENU = RunMenu(first="m", menus=(Menu(id="m", main=(GREETING,), choices=(Choice(digit="1", value="one"),)),))


async def arrives(exchange: Exchange, asterisk: FakeAri, *tasks: AnyTask) -> str:
    """A call by the trunk to a number with fax_to; returns its id."""
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(DETECT, *tasks))
    exchange.directory.destinations.setdefault(FAXES, Answering(account=ACCOUNT, tasks=FAX))
    for number in ("102", "103"):
        exchange.admission.routes_of[number] = (Route(endpoint=f"PJSIP/{number}"),)
    asterisk.incoming("in-1", ["inbound", "500"], number="12015550171")
    return (await exchange.event(TaskStarted, kind="detect_fax")).subject


async def rung(exchange: Exchange, asterisk: FakeAri, call: str, kind: str = "dial") -> tuple[str, ...]:
    """The legs that ring for a call."""
    task = await exchange.task_of(call, kind)
    legs = (other_of(task),) if kind == "dial" else (member_of(task, 0), member_of(task, 1))
    for leg in legs:
        await asterisk.asked("POST", f"/channels/{leg}/dial")
        asterisk.rings(leg)
    await settled()
    return legs


async def listens(exchange: Exchange, asterisk: FakeAri, call: str, times: int = 1) -> str:
    """The snoop that is in the dialplan."""
    snoop = f"snoop-{await exchange.task_of(call, 'detect_fax')}"
    asked = await asterisk.asked("POST", f"/channels/{snoop}/continue", times)
    assert asked.query["context"] == "detect-fax"
    assert (await asterisk.asked("POST", f"/channels/in-1/snoop/{snoop}", times)).query["spy"] == "in"
    assert asterisk.world.variables[snoop, "RETURN_TO"] == f"{APPLICATION},detected,{snoop}"
    return snoop


async def heard(exchange: Exchange, asterisk: FakeAri, call: str, said: str = "1") -> None:
    """The dialplan comes back with what it heard, and the task is over."""
    snoop = await listens(exchange, asterisk, call)
    asterisk.world.variables[snoop, "FAX_HEARD"] = said
    asterisk.world.enter_stasis(snoop, ["detected", snoop])
    await exchange.event(TaskEnded, subject=call, kind="detect_fax")
    await settled()
    assert not [channel for channel in asterisk.world.channels if channel.startswith("snoop-")]


def remarks(exchange: Exchange, call: str) -> list[str]:
    return [one.remark for one in exchange.told_of(TaskRemarked, subject=call, kind="detect_fax")]


async def is_faxed(exchange: Exchange, asterisk: FakeAri, call: str) -> None:
    """The call is where faxes go, alone, and ends as that says; nothing is left of it."""
    assert remarks(exchange, call) == [MOVED]
    moved = await exchange.event(CallTransferred, subject=call)
    assert (moved.to, moved.call) == (FAXES, "")
    await exchange.event(TaskStarted, subject=call, kind="pause")
    await settled()
    assert set(asterisk.world.channels) == {"in-1"} and asterisk.world.bridges == {}
    assert (await exchange.ended(call)).hung_up_by == "us"
    await settled()
    assert asterisk.world.channels == {}
    await exchange.told_once_each()


async def goes_on(exchange: Exchange, asterisk: FakeAri, call: str) -> None:
    """The call is as it was, and its party hangs up."""
    assert exchange.told_of(CallTransferred) == [] and exchange.told_of(CallEnded, subject=call) == []
    asterisk.hangs_up("in-1")
    await exchange.ended(call)
    await settled()
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}
    await exchange.told_once_each()


async def talking(exchange: Exchange, asterisk: FakeAri) -> tuple[str, str]:
    """The call is connected with a phone that picked up; returns the two."""
    call = await arrives(exchange, asterisk, Dial(to="102"))
    (leg,) = await rung(exchange, asterisk, call)
    assert not asterisk.was_asked("POST", "/channels/in-1/answer")
    asterisk.picks_up(leg)
    await exchange.event(TaskEnded, subject=call, kind="dial")
    await listens(exchange, asterisk, call)
    return call, leg


async def test_it_does_not_answer_a_call_nor_listen_before_somebody_does(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, Dial(to="102"))
    (leg,) = await rung(exchange, asterisk, call)
    await asyncio.sleep(30)
    assert not asterisk.was_asked("POST", "/channels/in-1/answer") and not asterisk.was_asked("POST", "*/snoop/*")
    asterisk.picks_up(leg)
    snoop = await listens(exchange, asterisk, call)
    assert asterisk.world.variables[snoop, "SECONDS"] == "60", "from the answer"
    await goes_on(exchange, asterisk, call)


@pytest.mark.parametrize("restart", [False, True], ids=["", "over a restart"])
async def test_whoever_talks_is_released_and_the_fax_goes_to_its_box(
    exchange: Exchange, asterisk: FakeAri, restart: bool
) -> None:
    call, leg = await talking(exchange, asterisk)
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", leg])
    if restart:
        await exchange.leave()
        await exchange.start()
        await listens(exchange, asterisk, call, times=2)
    await heard(exchange, asterisk, call)
    ended = await exchange.ended(leg)
    assert (ended.cause, ended.hung_up_by) == ("normal", "us")
    await is_faxed(exchange, asterisk, call)


async def test_in_a_menu_that_rings_a_phone_the_ringing_ends(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, Answer(), Dial(to="102"), GREETING)
    (leg,) = await rung(exchange, asterisk, call)
    await heard(exchange, asterisk, call)
    assert (await exchange.ended(leg)).cause == "cancelled"
    await is_faxed(exchange, asterisk, call)
    assert "dial stopped replaced" in exchange.story(call) and "play discarded replaced" in exchange.story(call)


async def test_a_group_that_rings_is_left_alone(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, Answer(), Ring(members=("102", "103"), seconds=30.0))
    legs = await rung(exchange, asterisk, call, "ring")
    await heard(exchange, asterisk, call)
    for leg in legs:
        assert (await exchange.ended(leg)).cause == "cancelled"
    await is_faxed(exchange, asterisk, call)


@pytest.mark.parametrize(("tasks", "kind"), [((MENU,), "run_menu"), ((GREETING, Record(wait=True), HangUp()), "play")])
async def test_a_menu_or_a_greeting_is_stopped(
    exchange: Exchange, asterisk: FakeAri, tasks: tuple[AnyTask, ...], kind: str
) -> None:
    call = await arrives(exchange, asterisk, *tasks)
    await exchange.played()
    await heard(exchange, asterisk, call)
    await is_faxed(exchange, asterisk, call)
    assert f"{kind} stopped replaced" in exchange.story(call)
    assert asterisk.world.playbacks == {} and not asterisk.was_asked("POST", "*/record")


async def test_a_message_that_is_being_recorded_ends(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, Record(wait=True), HangUp())
    await asterisk.asked("POST", "/channels/*/record")
    await exchange.task_of(call, "record")
    await heard(exchange, asterisk, call)
    await is_faxed(exchange, asterisk, call)


async def test_a_fax_that_is_being_received_is_not_moved_again(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, ReceiveFax(file="fax-1"), HangUp())
    await asterisk.asked("POST", "/channels/create")
    await heard(exchange, asterisk, call)
    assert remarks(exchange, call) == [] and exchange.told_of(CallTransferred) == []
    asterisk.hangs_up("in-1")
    await exchange.ended(call)


@pytest.mark.parametrize("said", ["", "0"])
async def test_a_person_s_call_goes_on_as_it_is(exchange: Exchange, asterisk: FakeAri, said: str) -> None:
    call, leg = await talking(exchange, asterisk)
    await heard(exchange, asterisk, call, said)
    assert remarks(exchange, call) == []
    (bridge,) = asterisk.world.bridges.values()
    assert sorted(bridge["channels"]) == sorted(["in-1", leg])
    await goes_on(exchange, asterisk, call)


async def test_a_snoop_that_does_not_come_back_changes_nothing(exchange: Exchange, asterisk: FakeAri) -> None:
    call, _ = await talking(exchange, asterisk)
    await exchange.event(TaskEnded, subject=call, kind="detect_fax")
    await settled()
    assert not [channel for channel in asterisk.world.channels if channel.startswith("snoop-")]
    await goes_on(exchange, asterisk, call)


async def test_a_call_that_nobody_answers_ends_with_its_task_waiting(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await arrives(exchange, asterisk, Dial(to="102"))
    await rung(exchange, asterisk, call)
    await goes_on(exchange, asterisk, call)
    assert "detect_fax stopped call_ended" in exchange.story(call) and not asterisk.was_asked("POST", "*/snoop/*")


@pytest.mark.parametrize("who", ["the caller", "whoever talks"])
async def test_a_hang_up_while_it_listens_leaves_nothing(exchange: Exchange, asterisk: FakeAri, who: str) -> None:
    call, leg = await talking(exchange, asterisk)
    asterisk.hangs_up("in-1" if who == "the caller" else leg)
    await exchange.ended(call)
    await exchange.ended(leg)
    await settled()
    assert "detect_fax stopped call_ended" in exchange.story(call)
    assert asterisk.world.channels == {} and asterisk.world.bridges == {}
    await exchange.told_once_each()


async def test_a_snoop_that_is_refused_ends_the_listening_and_not_the_call(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asterisk.refuse("POST", "/channels/in-1/snoop/*", 500)
    call = await arrives(exchange, asterisk, Answer(), Pause(seconds=300.0))
    await exchange.event(TaskEnded, subject=call, kind="detect_fax")
    assert "detect_fax failed asterisk_error" in exchange.story(call)
    await goes_on(exchange, asterisk, call)


async def test_after_a_restart_it_listens_for_what_remains(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange  # the call was answered 50 s ago
    task = DetectFax(id="task-1", destination=FAXES, written="fax:office")
    call = await exchange.left_behind(Left(task=task, ago=58.0), Left(task=Pause(id="task-2", seconds=300.0)))
    asterisk.world.snoop(call.id, "snoop-task-1", [])
    await exchange.start()
    await asterisk.asked("DELETE", "/channels/snoop-task-1")
    await asterisk.asked("POST", "/channels/snoop-task-1/continue")
    assert 9 <= int(asterisk.world.variables["snoop-task-1", "SECONDS"]) <= 10
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_after_its_time_a_restart_listens_no_more(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    task = DetectFax(id="task-1", destination=FAXES, seconds=30.0)
    call = await exchange.left_behind(Left(task=task, ago=58.0), Left(task=Pause(id="task-2", seconds=300.0)))
    await exchange.start()
    await exchange.event(TaskEnded, kind="detect_fax")
    assert not asterisk.was_asked("POST", "*/snoop/*")
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_box_that_is_gone_leaves_the_call_where_it_is_and_says_so(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.destinations[FAXES] = NoDestination("The account has no fax box office.")
    call, _ = await talking(exchange, asterisk)
    await heard(exchange, asterisk, call)
    said = "A fax machine called, but the call was not moved to fax:office: The account has no fax box office."
    assert remarks(exchange, call) == [said]
    await goes_on(exchange, asterisk, call)


async def test_a_call_in_a_conference_stays_there_and_the_timeline_says_why(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await arrives(exchange, asterisk, JoinConference(name="sales"))
    await exchange.event(CallAnswered, subject=call)
    await exchange.event(TaskStarted, subject=call, kind="join_conference")
    await settled()
    await heard(exchange, asterisk, call)
    (said,) = remarks(exchange, call)
    assert said.startswith(
        "A fax machine called, but the call was not moved to fax:office: The call is in a conference"
    )
    asterisk.hangs_up("in-1")
    await exchange.ended(call)
