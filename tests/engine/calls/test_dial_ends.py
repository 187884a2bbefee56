"""How one of two legs ends because the other one did."""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.calls.ending import Ending, passed_on
from engine.commands import (
    CommandRefused,
    CreditSpent,
    EngineUnavailable,
    HangUpCall,
    LimitReached,
    NoSuchExtension,
    NumberRefused,
)
from engine.events import CallEnded, TaskEnded
from engine.model.call import Party
from engine.model.cause import HangupCause
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.results import Dialled, Failed
from engine.tasks.task import TaskState
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.dialling import connected, dialling
from tests.support.exchange import ACCOUNT, Exchange, Left

DIAL = Dial(to="12015550199")


@pytest.mark.parametrize(
    ("q850", "sip", "cause"),
    [
        (17, 486, "busy"),
        (21, 603, "rejected"),
        (19, 480, "unavailable"),
        (1, 404, "unknown_number"),
        (34, 503, "congestion"),
    ],
)
async def test_a_party_that_was_not_reached_ends_the_caller_with_its_cause(
    exchange: Exchange, asterisk: FakeAri, q850: int, sip: int, cause: str
) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.hangs_up(other, q850, sip)
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by, ended.answered) == (cause, "other", False)
    assert (await exchange.ended(other)).hung_up_by == "far"


async def test_a_party_that_does_not_answer_in_time_is_the_other_too(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    asterisk.emit({"type": "ChannelHangupRequest", "channel": asterisk.world.channels[other], "soft": True})
    asterisk.hangs_up(other, 19, 480)  # our limit of the ringing, as Asterisk tells it
    assert (await exchange.ended(other)).hung_up_by == "us"
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by) == ("no_answer", "other")


async def test_the_party_that_is_left_ends_normally_by_the_other(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL)
    asterisk.hangs_up("in-1")
    mine, its = await exchange.ended(one), await exchange.ended(other)
    assert (mine.cause, mine.hung_up_by) == ("normal", "far")
    assert (its.cause, its.hung_up_by) == ("normal", "other")


@pytest.mark.parametrize("which", [0, 1])
async def test_what_we_end_ends_both_by_us(exchange: Exchange, asterisk: FakeAri, which: int) -> None:
    legs = await connected(exchange, asterisk, DIAL)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=legs[which]))
    for leg in legs:
        ended = await exchange.ended(leg)
        assert (ended.cause, ended.hung_up_by) == ("normal", "us")


async def test_a_party_whose_media_died_ends_the_other_for_that(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL)
    asterisk.hangs_up(other, 44)
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by) == ("media_timeout", "network")


@pytest.mark.parametrize(
    ("cause", "by", "passed"),
    [
        ("normal", "far", "other"),
        ("normal", "other", "other"),
        ("busy", "far", "other"),
        ("no_answer", "us", "other"),
        ("normal", "us", "us"),
        ("max_duration", "us", "us"),
        ("no_route", "network", "network"),
        ("media_node_lost", "network", "network"),
    ],
)
def test_an_ending_is_passed_on_with_its_cause(cause: str, by: str, passed: str) -> None:
    ending = Ending(cause=HangupCause(cause), by=Party(by), sip_status=486)
    assert passed_on(ending) == Ending(cause=HangupCause(cause), by=Party(passed))


@pytest.mark.parametrize(
    ("refusal", "cause"),
    [
        (NumberRefused("not that one"), "not_allowed"),
        (NoSuchExtension("nobody"), "user_unknown"),
        (CreditSpent("no money"), "no_credit"),
        (LimitReached("too many"), "over_limit"),
        (EngineUnavailable("away"), "error"),
    ],
)
async def test_a_dial_that_is_refused_ends_the_caller_by_us_with_the_reason(
    exchange: Exchange, asterisk: FakeAri, refusal: CommandRefused, cause: str
) -> None:
    exchange.admission.refusals["12015550199"] = refusal
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(DIAL,))
    asterisk.incoming("in-1", ["inbound", "500"])
    ended = await exchange.event(CallEnded)
    assert (ended.cause, ended.hung_up_by) == (cause, "us")
    outcome = exchange.told_of(TaskEnded, kind="dial")[0].outcome
    assert outcome == Failed("not_allowed", str(refusal))


@pytest.mark.parametrize("hang_up_after", [True, False])
async def test_the_time_of_two_connected_counts_from_the_connecting_and_ends_both(
    exchange: Exchange, asterisk: FakeAri, hang_up_after: bool
) -> None:
    dial = Dial(to="2", max_seconds=60, before_bridge=(Pause(seconds=20),), hang_up_after=hang_up_after)
    one, other = await dialling(exchange, asterisk, dial, Pause(seconds=500))
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial")
    began = exchange.clock()
    for leg in (one, other):
        ended = await exchange.ended(leg)
        assert (ended.cause, ended.hung_up_by) == ("max_duration", "us")
    assert exchange.clock() - began == pytest.approx(60, abs=0.5)
    await settled()
    assert not asterisk.world.bridges and not asterisk.world.channels


async def test_the_time_of_two_connected_goes_on_without_a_controller(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, Dial(to="2", max_seconds=60))
    began = exchange.clock()
    await asyncio.sleep(20)
    await exchange.leave()
    await asyncio.sleep(30)
    await exchange.start()
    for leg in (one, other):
        assert (await exchange.ended(leg)).cause == "max_duration"
    assert exchange.clock() - began == pytest.approx(60, abs=0.5)


async def test_a_time_that_was_over_before_the_next_controller_came_ends_both_at_once(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await connected(exchange, asterisk, Dial(to="2", max_seconds=60))
    await exchange.leave()
    await asyncio.sleep(100)
    await exchange.start()
    for leg in (one, other):
        assert (await exchange.ended(leg)).cause == "max_duration"


async def test_one_who_is_left_by_a_party_that_ended_before_the_crash_ends_with_its_cause(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    dialled = Dialled(call="call-1", answered=True)
    left = Left(task=Dial(id="task-1", to="2"), state=TaskState.COMPLETED, result=dialled)
    one = await exchange.left_behind(left, id="call-0")
    await exchange.left_behind(
        id="call-1", root="call-0", channel=None, ended=exchange.clock() - 1, cause="normal", hung_up_by="far"
    )
    asterisk.world.add_bridge("bridge-1", "mixing", "")
    asterisk.world.bridges["bridge-1"]["channels"].append(one.id)
    await exchange.start()
    ended = await exchange.ended(one.id)
    assert (ended.cause, ended.hung_up_by) == ("normal", "other")
    await settled()
    assert not asterisk.world.bridges


async def test_a_party_that_goes_while_it_is_bridged_was_not_reached(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await dialling(exchange, asterisk, DIAL)
    held = asterisk.hold("POST", "/bridges/bridge-*/addChannel")
    asterisk.picks_up(other)
    await held.reached.wait()
    asterisk.hangs_up(other)
    assert held.gate
    held.gate.set()
    ended = await exchange.ended(one)
    assert (ended.cause, ended.hung_up_by) == ("normal", "other")
    await settled()
    assert not asterisk.world.bridges and not asterisk.world.channels


async def test_a_queued_hang_up_names_its_cause(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(HangUp(cause="busy"),))
    asterisk.incoming("in-1", ["inbound", "500"])
    ended = await exchange.event(CallEnded)
    assert (ended.cause, ended.hung_up_by) == ("busy", "us")
    assert (await asterisk.asked("DELETE", "/channels/in-1")).query["reason_code"] == "17"


async def test_a_hang_up_with_a_cause_that_is_none_fails(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(HangUp(cause="boredom"))
    ended = await exchange.event(TaskEnded, kind="hang_up")
    assert isinstance(ended.outcome, Failed) and ended.outcome.reason == "unknown_cause"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
