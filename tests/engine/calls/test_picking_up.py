"""A call that rings at an extension is taken by another one of its account."""

from typing import Any

from engine.calls.admission_protocol import Route
from engine.calls.directory import Answering
from engine.calls.pair import other_of
from engine.events import RootEnded, TaskEnded, TaskRemarked, TaskStarted
from engine.tasks.dial import Dial
from engine.tasks.pick_up import PickUp
from engine.tasks.results import Completed, Dialled, Failed
from engine.tasks.ring import Ring
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.ringing import led_in, ringing


async def rings(exchange: Exchange, asterisk: FakeAri, **answering: Any) -> tuple[str, str]:
    """A call that came in on in-1 and rings at 101: it, and the leg that rings."""
    exchange.admission.routes_of["101"] = (Route(endpoint="PJSIP/101"),)
    await led_in(exchange, asterisk, Dial(to="101"), **answering)
    started = await exchange.event(TaskStarted, kind="dial")
    await settled()
    leg = other_of(started.task)
    asterisk.rings(leg)
    await settled()
    return started.subject, leg


async def picks_up(exchange: Exchange, asterisk: FakeAri, extension: str = "101", account: str = ACCOUNT) -> None:
    """The phone of 103 dials the code, on the channel in-3."""
    answering = Answering(account=account, tasks=(PickUp(extension=extension),), caller="103")
    exchange.directory.extensions[f"**{extension}"] = answering
    asterisk.incoming("in-3", ["extension", f"**{extension}"], name="PJSIP/103-1")
    await settled()


async def test_it_is_connected_in_the_place_of_the_phone_that_rang_and_is_a_leg_of_the_tree(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, leg = await rings(exchange, asterisk, reports_tree=True)
    await picks_up(exchange, asterisk)
    ended = await exchange.event(TaskEnded, kind="dial")
    assert isinstance(ended.outcome, Completed) and isinstance(ended.outcome.result, Dialled)
    took = ended.outcome.result.call
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", "in-3"]
    assert (await exchange.ended(leg)).cause == "answered_elsewhere"
    assert "picked up by 103" in (await exchange.event(TaskRemarked, subject=call)).remark
    asterisk.hangs_up("in-1")
    assert (await exchange.ended(took)).hung_up_by == "other"
    whole = await exchange.event(RootEnded, subject=call)
    assert whole.answered and {one.call: one.answered for one in whole.legs} == {call: True, leg: False, took: True}
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}


async def test_the_next_controller_holds_the_two_together(exchange: Exchange, asterisk: FakeAri) -> None:
    call, _ = await rings(exchange, asterisk)
    await picks_up(exchange, asterisk)
    await exchange.event(TaskEnded, kind="dial")
    await settled()
    await exchange.leave()
    await exchange.start()
    asterisk.hangs_up("in-3")
    assert (await exchange.ended(call)).hung_up_by == "other"
    await settled()
    assert asterisk.world.bridges == {} and asterisk.world.channels == {}


async def test_any_call_that_rings_is_taken_and_the_rest_of_a_group_stops(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    _, legs = await ringing(exchange, asterisk, Ring(members=("101", "102", "104"), seconds=30))
    for leg in legs[:2]:
        asterisk.rings(leg)
    await settled()
    await picks_up(exchange, asterisk, "")
    ended = await exchange.event(TaskEnded, kind="ring")
    assert isinstance(ended.outcome, Completed)
    for leg in legs:
        assert (await exchange.ended(leg)).cause == "answered_elsewhere"


async def test_nothing_that_rings_in_another_account_is_taken(exchange: Exchange, asterisk: FakeAri) -> None:
    _, leg = await rings(exchange, asterisk)
    await picks_up(exchange, asterisk, account="acct-2")
    ended = await exchange.event(TaskEnded, kind="pick_up")
    assert ended.outcome == Failed("nothing_rings", "No call rings at extension 101.")
    assert (await exchange.ended(ended.subject)).cause == "unavailable"
    assert leg in asterisk.world.channels


async def test_a_call_whose_picker_hangs_up_at_once_rings_on(exchange: Exchange, asterisk: FakeAri) -> None:
    call, leg = await rings(exchange, asterisk)
    session = exchange.engine.registry.get(leg)
    assert session
    exchange.directory.extensions["**"] = Answering(account=ACCOUNT, tasks=(PickUp(),), caller="103")
    asterisk.incoming("in-3", ["extension", "**"], name="PJSIP/103-1")
    asterisk.hangs_up("in-3")
    await settled()
    asterisk.picks_up(leg)
    ended = await exchange.event(TaskEnded, kind="dial")
    assert ended.outcome == Completed(Dialled(call=leg, answered=True))
    (bridge,) = asterisk.world.bridges.values()
    assert bridge["channels"] == ["in-1", leg]
    assert ended.subject == call
