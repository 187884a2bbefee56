"""RootEnded: what a customer sees as one call has ended, told once, with its last leg."""

import asyncio

from engine.calls.directory import Answering
from engine.commands import CreditSpent, HangUpCall
from engine.events import CallEnded, RootEnded, TaskEnded
from engine.model.call import Direction
from engine.tasks.dial import Dial
from engine.tasks.hang_up import HangUp
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.dialling import answered_and_dialling, connected, dialling
from tests.support.exchange import ACCOUNT, Exchange

DIAL = Dial(to="12015550199")


async def tree_event(exchange: Exchange, root: str) -> RootEnded:
    return await exchange.event(RootEnded, subject=root)


async def test_a_call_that_is_no_whole_tells_nothing_more(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL)
    asterisk.hangs_up(other)
    await exchange.ended(one)
    await exchange.ended(other)
    assert not exchange.told_of(RootEnded)


async def test_one_leg_alone_is_a_whole(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call(reports_tree=True, data=noted("t"), caller="15550001")
    await asyncio.sleep(10)
    asterisk.hangs_up(call.id)
    told = await tree_event(exchange, call.id)
    ended = await exchange.ended(call.id)
    assert (told.cause, told.hung_up_by, told.answered, told.data) == ("normal", "far", True, noted("t"))
    assert (told.caller, told.callee) == ("15550001", "12015550100")
    assert told.seconds == ended.seconds >= 10 and told.price == ended.price > 0
    assert [leg.call for leg in told.legs] == [call.id]
    assert told.sequence == ended.sequence + 1


async def test_two_connected_are_told_when_the_last_of_them_has_ended(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL, Pause(seconds=300), reports_tree=True)
    await asyncio.sleep(30)
    asterisk.hangs_up(other)
    told = await tree_event(exchange, one)
    mine, its = await exchange.ended(one), await exchange.ended(other)
    assert (told.cause, told.hung_up_by, told.answered) == ("normal", "other", True)
    assert told.seconds == its.seconds and told.price == its.price == mine.price + its.price
    assert [(leg.call, leg.callee, leg.hung_up_by) for leg in told.legs] == [
        (one, "500", "other"),
        (other, "12015550199", "far"),
    ]
    assert told.sequence == max(mine.sequence, its.sequence) + 1
    assert (await exchange.stored(other)).reports_tree


async def test_a_callee_who_is_busy_makes_the_whole_busy_though_the_caller_was_answered(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await answered_and_dialling(exchange, asterisk, DIAL, reports_tree=True)
    await asyncio.sleep(5)
    asterisk.hangs_up(other, 17, 486)
    told = await tree_event(exchange, one)
    assert (told.cause, told.hung_up_by, told.answered, told.seconds) == ("busy", "other", False, 0.0)
    assert told.price == (await exchange.ended(one)).price > 0


async def test_a_caller_who_gives_up_is_told_so(exchange: Exchange, asterisk: FakeAri) -> None:
    one, _ = await dialling(exchange, asterisk, DIAL, reports_tree=True)
    asterisk.hangs_up("in-1")
    told = await tree_event(exchange, one)
    assert (told.hung_up_by, told.answered, told.seconds) == ("far", False, 0.0)
    assert [leg.cause for leg in told.legs][1] == "cancelled"


async def test_a_dial_that_was_refused_is_not_answered(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.refusals["12015550199"] = CreditSpent("no money")
    call = await exchange.call(DIAL, reports_tree=True)
    told = await tree_event(exchange, call.id)
    assert (told.cause, told.hung_up_by, told.answered, told.seconds) == ("no_credit", "us", False, 0.0)
    assert len(told.legs) == 1


async def test_one_who_is_dialled_after_another_was_busy_answers_for_the_whole(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    first, second = Dial(to="12015550198", hang_up_after=False), DIAL
    call = await exchange.call(first, second, reports_tree=True)
    busy = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    await asyncio.sleep(2)
    asterisk.hangs_up(busy, 17, 486)
    other = (await asterisk.asked("POST", "/channels/*/dial", 3)).path.split("/")[2]
    await settled()
    asterisk.picks_up(other)
    await exchange.event(TaskEnded, kind="dial", times=2)
    await asyncio.sleep(20)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    told = await tree_event(exchange, call.id)
    assert (told.cause, told.hung_up_by, told.answered) == ("normal", "us", True)
    assert told.seconds == (await exchange.ended(other)).seconds
    assert [leg.call for leg in told.legs] == [call.id, busy, other]


async def test_an_inbound_call_that_dials_nobody_is_told_with_its_own_seconds(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    tasks = (Play(source="http://host/a.wav"), HangUp())
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=tasks, reports_tree=True, data=noted("mine"))
    asterisk.incoming("in-1", ["inbound", "500"])
    playback = await exchange.played()
    await asyncio.sleep(3)
    asterisk.finishes(playback)
    told = await exchange.event(RootEnded)
    assert (told.answered, told.hung_up_by, told.data) == (True, "us", noted("mine"))
    assert told.seconds >= 3


async def test_the_data_are_the_root_legs_as_it_is_then(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="2", call_data=noted("its"))
    one, other = await connected(exchange, asterisk, dial, reports_tree=True, data=noted("first"))
    asterisk.hangs_up("in-1")
    assert (await tree_event(exchange, one)).data == noted("first")
    assert (await exchange.ended(other)).data == noted("its")


async def test_it_is_told_once_though_the_controller_changes_between_two_ends(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await connected(
        exchange, asterisk, Dial(to="2", hang_up_after=False), Pause(seconds=900), reports_tree=True
    )
    asterisk.hangs_up(other)
    await exchange.ended(other)
    await exchange.leave()
    assert not exchange.told_of(RootEnded)
    await exchange.start()
    asterisk.hangs_up("in-1")
    assert [leg.call for leg in (await tree_event(exchange, one)).legs] == [one, other]


async def test_both_legs_that_ended_while_nobody_watched_are_told_as_one(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL, reports_tree=True)
    await exchange.leave()
    asterisk.hangs_up("in-1")
    asterisk.hangs_up(other)
    await exchange.start()
    told = await tree_event(exchange, one)
    await exchange.event(CallEnded, times=2)
    assert told.cause == "controller_lost" and len(told.legs) == 2


async def test_a_leg_whose_root_is_not_known_tells_nothing(stopped_exchange: Exchange, asterisk: FakeAri) -> None:
    exchange = stopped_exchange
    leg = await exchange.left_behind(id="call-1", root="call-0", reports_tree=True)
    await exchange.start()
    asterisk.hangs_up(leg.id)
    await exchange.ended(leg.id)
    await settled()
    assert not exchange.told_of(RootEnded)


async def test_the_live_legs_of_a_root_are_found(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, DIAL)
    legs = exchange.engine.registry.legs(one)
    assert [leg.call.id for leg in legs] == [one, other]
    assert [leg.call.direction for leg in legs] == [Direction.INBOUND, Direction.OUTBOUND]
    assert exchange.engine.registry.legs("call-unknown") == ()
    asterisk.hangs_up(other)
    await exchange.ended(one)
    await exchange.ended(other)
    await settled()
    assert exchange.engine.registry.legs(one) == ()
