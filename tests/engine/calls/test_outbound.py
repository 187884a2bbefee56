"""Calls that we place, from the command to CallEnded."""

import asyncio

import pytest

from engine.calls.admission_protocol import Route
from engine.commands import CallBarred, EngineUnavailable, HangUpCall, NoSuchCall, NumberRefused
from engine.commands.once import KeyReused, Once
from engine.events import CallAnswered, CallDialing
from engine.model.call import CallState
from engine.model.cause import HangupCause
from engine.store import calls
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

TWO_ROUTES = (Route(endpoint="PJSIP/1@trunk-a", trunk="a"), Route(endpoint="PJSIP/1@trunk-b", trunk="b"))


async def hang_up(exchange: Exchange, call: str, cause: HangupCause = HangupCause.NORMAL) -> None:
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call, cause=cause))


async def test_a_call_is_dialled_rings_is_answered_and_ends(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(caller="15550001")
    assert call.state is CallState.QUEUED
    asterisk.rings(call.id)
    await settled()
    asterisk.picks_up(call.id)
    await settled()
    await asyncio.sleep(30)
    asterisk.hangs_up(call.id)
    ended = await exchange.ended(call.id)
    assert exchange.story(call.id) == ["call dialing", "call ringing", "call answered", "ended normal by far"]
    assert (ended.answered, ended.seconds, ended.price) == (True, 30.0, 30_000)
    stored = await exchange.stored(call.id)
    assert (stored.state, stored.cause, stored.price, stored.trunk) == (CallState.ENDED, "normal", 30_000, "lab")
    assert exchange.admission.places == set()
    assert asterisk.world.variables[call.id, "CONNECTEDLINE(all,i)"] == '"15550001" <15550001>'


async def test_the_dial_waits_for_stasis_and_has_the_ring_limit(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.enters_stasis = False
    call = await exchange.place(ring_seconds=12)
    await asterisk.asked("POST", "/channels/create")
    await settled()
    assert not asterisk.was_asked("POST", f"/channels/{call.id}/dial")
    asterisk.world.enter_stasis(call.id, ["outbound"])
    assert (await asterisk.asked("POST", f"/channels/{call.id}/dial")).query["timeout"] == "12"
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize(
    ("q850", "sip", "cause"),
    [(17, 486, "busy"), (21, 603, "rejected"), (1, 404, "unknown_number"), (19, 480, "unavailable")],
)
async def test_a_refusal_ends_the_call_with_its_cause(
    exchange: Exchange, asterisk: FakeAri, q850: int, sip: int, cause: str
) -> None:
    call = await exchange.dialled(Play(source="http://host/a.wav"))
    asterisk.hangs_up(call.id, q850, sip)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status, ended.answered) == (cause, "far", sip, False)
    assert ended.price == 0
    assert exchange.story(call.id) == ["call dialing", "play discarded call_ended", f"ended {cause} by far"]


async def test_nobody_answers(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled()
    asterisk.rings(call.id)
    asterisk.world.end_channel(call.id, 19, 480, soft=True)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == ("no_answer", "us", None)


async def test_the_next_trunk_is_tried(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = TWO_ROUTES
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    second = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    assert second != call.id
    asterisk.picks_up(second)
    await exchange.event(CallAnswered, subject=call.id)
    assert [one.trunk for one in exchange.told_of(CallDialing)] == ["a", "b"]
    assert (await exchange.stored(call.id)).channel_id == second
    asterisk.hangs_up(second)
    assert (await exchange.ended(call.id)).cause == "normal"


async def test_the_next_trunk_plays_and_hears_on_its_own_channel(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = TWO_ROUTES
    call = await exchange.dialled(Play(source="http://host/a.wav"), callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    second = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    asterisk.picks_up(second)
    playback = await exchange.played()
    assert asterisk.world.playbacks[playback]["target_uri"] == f"channel:{second}"
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)
    assert asterisk.world.channels == {}


async def test_busy_is_final_whatever_other_trunks_there_are(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = TWO_ROUTES
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert len(exchange.told_of(CallDialing)) == 1


async def test_all_trunks_fail(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = TWO_ROUTES
    call = await exchange.dialled(callee="1")
    asterisk.hangs_up(call.id, 34, 503)
    second = (await asterisk.asked("POST", "/channels/*/dial", 2)).path.split("/")[2]
    asterisk.hangs_up(second, 38, 500)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.sip_status) == ("network_error", 500)


async def test_no_route_at_all(exchange: Exchange) -> None:
    exchange.admission.routes_of["1"] = ()
    call = await exchange.place(callee="1")
    assert (await exchange.ended(call.id)).cause == "no_route"


@pytest.mark.parametrize(
    ("last_resort", "q850", "sip", "cause", "by"),
    [
        (True, 1, 404, "no_route", "network"),
        (True, 17, 486, "busy", "far"),
        (False, 1, 404, "unknown_number", "far"),
    ],
)
async def test_what_the_trunk_of_last_resort_does_not_know_no_trunk_carries(
    exchange: Exchange, asterisk: FakeAri, last_resort: bool, q850: int, sip: int, cause: str, by: str
) -> None:
    route = Route(endpoint="PJSIP/4930@trunk-lab", trunk="lab", last_resort=last_resort)
    exchange.admission.routes_of["4930"] = (route,)
    call = await exchange.dialled(callee="4930")
    asterisk.hangs_up(call.id, q850, sip)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == (cause, by, sip)


async def test_a_trunk_that_asterisk_does_not_know_is_passed_over(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["1"] = TWO_ROUTES
    asterisk.refuse("POST", "/channels/create", 500, "Allocation failed")
    call = await exchange.place(callee="1")
    dialled = (await asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    asterisk.picks_up(dialled)
    await exchange.event(CallAnswered, subject=call.id)
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)


async def test_a_channel_that_is_not_made_because_asterisk_shuts_down_is_no_missing_route(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asterisk.refuse("POST", "/channels/create", 500, "Allocation failed")
    asterisk.refuse("GET", "/asterisk/ping", 503)
    call = await exchange.place()
    assert (await exchange.ended(call.id)).cause == "media_node_lost"


async def test_the_pace_holds_a_call_back(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.wait = 7.0
    call = await exchange.place()
    began = exchange.clock()
    await asterisk.asked("POST", f"/channels/{call.id}/dial")
    assert exchange.clock() - began == pytest.approx(7.0, abs=0.1)
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)


async def test_hung_up_while_it_waits_for_its_turn_nothing_is_dialled(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.wait = 7.0
    call = await exchange.place()
    await hang_up(exchange, call.id)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("normal", "us")
    assert not asterisk.was_asked("POST", "/channels/create")


async def test_hung_up_while_the_channel_is_made(exchange: Exchange, asterisk: FakeAri) -> None:
    asked = asterisk.hold("POST", "/channels/create")
    call = await exchange.place()
    await asked.reached.wait()
    hanging_up = asyncio.create_task(hang_up(exchange, call.id))
    await settled()
    assert asked.gate
    asked.gate.set()
    ended = await exchange.ended(call.id)
    await hanging_up
    assert (ended.cause, ended.hung_up_by) == ("normal", "us")
    assert asterisk.world.channels == {}


async def test_hung_up_while_it_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled()
    asterisk.rings(call.id)
    await settled()
    await hang_up(exchange, call.id, HangupCause.CANCELLED)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.sip_status) == ("cancelled", "us", None)


async def test_hung_up_after_the_answer_by_us(exchange: Exchange) -> None:
    call = await exchange.call(Pause(seconds=60), Play(source="http://host/a.wav"))
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)
    *tasks, last = exchange.story(call.id)[2:]
    assert sorted(tasks) == ["pause started", "pause stopped call_ended", "play discarded call_ended"]
    assert last == "ended normal by us"
    with pytest.raises(NoSuchCall):
        await hang_up(exchange, call.id)


async def test_hung_up_twice_ends_once(exchange: Exchange) -> None:
    call = await exchange.call()
    await asyncio.gather(hang_up(exchange, call.id), hang_up(exchange, call.id, HangupCause.NO_CREDIT))
    assert (await exchange.ended(call.id)).cause == "normal"


async def test_a_hang_up_that_asterisk_does_not_hear_is_asked_again(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    asterisk.refuse("DELETE", f"/channels/{call.id}", 500)
    await hang_up(exchange, call.id)
    assert (await exchange.ended(call.id)).hung_up_by == "us"
    assert asterisk.world.channels == {}


async def test_the_channel_ends_while_it_is_made(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.enters_stasis = False
    call = await exchange.place()
    await asterisk.asked("POST", "/channels/create")
    await settled()
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"


async def test_a_channel_that_never_comes_into_our_application_is_hung_up(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    asterisk.enters_stasis = False
    call = await exchange.place()
    assert (await exchange.ended(call.id)).cause == "no_route"
    assert asterisk.world.channels == {}


async def test_a_call_of_an_asterisk_that_shuts_down_is_lost_with_it(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.admission.routes_of["15550100"] = TWO_ROUTES
    asterisk.refuse("POST", "/channels/create", 503)
    call = await exchange.place(callee="15550100")
    assert (await exchange.ended(call.id)).cause == "media_node_lost"
    assert exchange.story(call.id) == ["call dialing", "ended media_node_lost by network"]


async def test_a_call_that_a_feature_has_something_against_is_not_stored(exchange: Exchange) -> None:
    exchange.admission.bar = lambda conn, call: f"{call.callee} must not be called now."
    with pytest.raises(CallBarred, match="must not be called now"):
        await exchange.place(id="call-mine")
    assert await exchange.database.read(lambda conn: calls.get(conn, "call-mine")) is None
    assert exchange.admission.places == set()


async def test_an_id_that_is_taken_is_our_earlier_attempt(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.put_channel("call-mine", "Down")
    call = await exchange.dialled(id="call-mine")
    asterisk.picks_up(call.id)
    await exchange.event(CallAnswered, subject="call-mine")
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)


async def test_nothing_is_placed_while_asterisk_is_away(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("GET", "/events", 503)
    await asterisk.drop_socket()
    await settled()
    with pytest.raises(EngineUnavailable):
        await exchange.place()
    await asyncio.sleep(10)
    await hang_up(exchange, (await exchange.place()).id)


async def test_a_refused_number_takes_nothing(exchange: Exchange) -> None:
    exchange.admission.refused.add("911")
    with pytest.raises(NumberRefused):
        await exchange.place(callee="911")
    assert len(exchange.engine.registry) == 0 and exchange.admission.places == set()


async def test_the_longest_call_ends(exchange: Exchange) -> None:
    call = await exchange.call(max_seconds=90)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.seconds) == ("max_duration", "us", 90.0)


async def test_the_length_is_capped_by_what_was_admitted(exchange: Exchange) -> None:
    exchange.admission.max_seconds = 20.0
    call = await exchange.call(max_seconds=90)
    assert (await exchange.ended(call.id)).seconds == 20.0


async def test_the_media_dies(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.call()
    asterisk.world.end_channel(call.id, 44, None, soft=True)
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by) == ("media_timeout", "network")


async def test_a_call_of_another_account_is_not_found(exchange: Exchange) -> None:
    call = await exchange.call()
    with pytest.raises(NoSuchCall):
        await exchange.submit(HangUpCall(account="acct-2", call=call.id))
    await hang_up(exchange, call.id)
    await exchange.ended(call.id)


async def test_a_request_that_comes_again_is_answered_with_the_same_call_and_places_none(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    once = Once(key="order-7", digest="of the request")
    call = await exchange.dialled(once=once)
    exchange.admission.refused.add("12015550100")  # what would refuse a new call does not refuse a repeat
    assert (await exchange.place(once=once)).id == call.id
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
    assert (await exchange.place(once=once)).state is CallState.ENDED
    with pytest.raises(KeyReused):
        await exchange.place(once=Once(key="order-7", digest="of another one"))
    exchange.admission.refused.clear()
    assert (await exchange.dialled(once=Once(key="order-8", digest="of the request"))).id != call.id


async def test_of_two_requests_at_once_one_places_the_call_and_none_keeps_a_place_besides(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    once = Once(key="order-7", digest="of the request")
    one, other = await asyncio.gather(exchange.place(once=once), exchange.place(once=once))
    assert one.id == other.id and len(exchange.admission.places) == 1
    await asterisk.asked("POST", f"/channels/{one.id}/dial")
    asterisk.hangs_up(one.id)
    await exchange.ended(one.id)
    assert exchange.admission.places == set()


async def test_a_request_that_was_refused_may_come_again(exchange: Exchange, asterisk: FakeAri) -> None:
    once = Once(key="order-7", digest="of the request")
    exchange.admission.refused.add("12015550100")
    with pytest.raises(NumberRefused):
        await exchange.place(once=once)
    exchange.admission.refused.clear()
    call = await exchange.dialled(once=once)
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_call_that_waits_for_its_turn_is_not_dialled_if_it_must_not_be_by_then(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.admission.wait = 20.0
    call = await exchange.place()
    await asyncio.sleep(10)
    exchange.admission.bar = lambda conn, call: "The number must not be called any more."
    ended = await exchange.ended(call.id)
    assert (ended.cause, ended.hung_up_by, ended.answered) == ("cancelled", "us", False)
    assert exchange.told_of(CallDialing) == []
    assert not asterisk.was_asked("POST", "/channels/create")
    assert exchange.admission.places == set()
