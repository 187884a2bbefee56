"""A leg to an extension rings at all of its phones, and is one call."""

import asyncio

import pytest

from engine.calls.admission_protocol import Route
from engine.calls.first_response import RESPONSES
from engine.commands import HangUpCall
from engine.events import CallAnswered, CallDialing, CallEnded, CallRinging
from engine.model.call import Call
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

URIS = ["sip:100@10.0.0.1:5060", "sip:100@10.0.0.2:5060;a=1&b=2", "sip:100@10.0.0.3:5060;x-ast-txp=tcp"]


@pytest.fixture
async def exchange(stopped_exchange: Exchange, asterisk: FakeAri) -> Exchange:
    """An exchange with an extension 100: three phones and a browser."""
    route = Route(endpoint="PJSIP/100", phones=("100", "web-100"))
    stopped_exchange.admission.routes_of["100"] = (route,)
    asterisk.world.contacts = {"100": list(URIS), "web-100": ["sip:x@127.0.0.1:9;transport=ws"]}
    return await stopped_exchange.start()


async def rung(exchange: Exchange, asterisk: FakeAri, **fields: object) -> tuple[Call, list[str]]:
    """A call to the extension, and its channels, all dialled."""
    call = await exchange.dialled(callee="100", ring_seconds=30, **fields)
    await asterisk.asked("POST", "/channels/*/dial", 4)
    await settled()
    return call, [call.id, *(f"{call.id}-phone{number}" for number in (2, 3, 4))]


async def test_each_contact_is_dialled_once_and_the_first_that_answers_has_the_call(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, channels = await rung(exchange, asterisk)
    created = [one.query["endpoint"] for one in asterisk.requests if one.path == "/channels/create"]
    browser = "PJSIP/web-100/sip:x@127.0.0.1:9;transport=ws"
    assert created == ["PJSIP/100", f"PJSIP/100/{URIS[1]}", f"PJSIP/100/{URIS[2]}", browser]
    asterisk.rings(channels[1])
    asterisk.rings(channels[3])
    asterisk.picks_up(channels[2])
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[2]]
    ended = [one.query.get("reason_code") for one in asterisk.requests if one.method == "DELETE"]
    assert ended == ["26"] * 3, "answered elsewhere"
    assert (await exchange.stored(call.id)).channel_id == channels[2]
    asterisk.presses(channels[2], "5")
    asterisk.hangs_up(channels[2])
    assert (await exchange.ended(call.id)).cause == "normal"
    kinds = [type(one) for one in exchange.told if one.subject == call.id]
    assert [kinds.count(kind) for kind in (CallDialing, CallRinging, CallAnswered, CallEnded)] == [1, 1, 1, 1]


async def test_of_two_that_answer_at_once_one_has_the_call_and_the_other_is_ended(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, channels = await rung(exchange, asterisk)
    asterisk.picks_up(channels[3])
    asterisk.picks_up(channels[0])
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[3]]
    asterisk.hangs_up(channels[3])
    await exchange.ended(call.id)


@pytest.mark.parametrize(
    ("ends", "cause"),
    [
        ([(17, 486), (21, 603), (19, 480), (34, 503)], "rejected"),
        ([(17, 486), (34, 503), (34, 503), (18, 408)], "busy"),
        ([(34, 503), (18, 408), (34, 503), (19, 480)], "unavailable"),
    ],
)
async def test_the_leg_ends_once_all_have_with_the_cause_that_says_most(
    exchange: Exchange, asterisk: FakeAri, ends: list[tuple[int, int]], cause: str
) -> None:
    call, channels = await rung(exchange, asterisk)
    for channel, (q850, sip) in zip(channels, ends, strict=True):
        assert not exchange.told_of(CallEnded)
        asterisk.rings(channel)
        asterisk.hangs_up(channel, q850, sip)
        await settled()
    assert (await exchange.ended(call.id)).cause == cause


async def test_nobody_answers_in_the_time_there_is(exchange: Exchange, asterisk: FakeAri) -> None:
    call, channels = await rung(exchange, asterisk)
    for channel in channels[:3]:
        asterisk.rings(channel)
        asterisk.world.end_channel(channel, 19, 480, soft=True)
    ended = await exchange.ended(call.id)  # Asterisk says nothing of the last one
    assert (ended.cause, ended.hung_up_by) == ("no_answer", "us")
    assert not asterisk.world.channels


async def test_a_hang_up_ends_every_phone_also_once_the_first_is_gone(exchange: Exchange, asterisk: FakeAri) -> None:
    call, channels = await rung(exchange, asterisk)
    asterisk.hangs_up(channels[0], 17, 486)
    await settled()
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    assert (await exchange.ended(call.id)).hung_up_by == "us"
    assert not asterisk.world.channels


async def test_a_phone_that_says_nothing_is_not_waited_for_once_the_others_have_ended(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    begun = exchange.clock()
    call, channels = await rung(exchange, asterisk)
    for channel in channels:
        asterisk.world.variables[channel, RESPONSES] = ""
    for channel in channels[:3]:
        asterisk.hangs_up(channel, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"
    assert exchange.clock() - begun < 5


async def test_a_phone_that_cannot_be_dialled_does_not_stop_the_others(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.refuse("POST", "/channels/*-phone2/dial", 500)
    call, channels = await rung(exchange, asterisk)
    asterisk.picks_up(channels[2])
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[2]]
    asterisk.hangs_up(channels[2])
    await exchange.ended(call.id)


async def test_a_browser_alone_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.world.contacts["100"] = []
    asterisk.refuse("POST", "/channels/create", 500, "Allocation failed")
    call = await exchange.dialled(callee="100")
    assert asterisk.requests[-1].path == f"/channels/{call.id}/dial"
    assert asterisk.world.channels[call.id]["name"].startswith("PJSIP/web-100-")
    asterisk.hangs_up(call.id, 17, 486)
    assert (await exchange.ended(call.id)).cause == "busy"


@pytest.mark.parametrize("first_is_gone", [False, True])
async def test_the_next_controller_finds_all_that_ring(
    exchange: Exchange, asterisk: FakeAri, first_is_gone: bool
) -> None:
    call, channels = await rung(exchange, asterisk)
    for channel in channels:
        asterisk.rings(channel)
    if first_is_gone:
        asterisk.hangs_up(channels[0], 17, 486)
    await settled()
    await exchange.leave()
    await exchange.start()
    assert list(asterisk.world.channels) == channels[first_is_gone:], "nobody stops ringing, and nobody rings twice"
    asterisk.picks_up(channels[3])
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[3]]
    asterisk.hangs_up(channels[3])
    assert (await exchange.ended(call.id)).cause == "normal"


async def test_the_next_controller_hangs_up_all_also_once_the_first_is_gone(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, channels = await rung(exchange, asterisk)
    asterisk.hangs_up(channels[0], 17, 486)
    await settled()
    await exchange.leave()
    await exchange.start()
    begun = exchange.clock()
    await exchange.submit(HangUpCall(account=ACCOUNT, call=call.id))
    await exchange.ended(call.id)
    assert not asterisk.world.channels and exchange.clock() - begun < 1


async def test_the_next_controller_ends_those_that_ring_on_beside_the_one_that_answered(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call, channels = await rung(exchange, asterisk)
    await exchange.leave()
    asterisk.picks_up(channels[1])
    await exchange.start()
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[1]]
    await exchange.leave()
    asterisk.world.add_channel(channels[2], "PJSIP/100", "Ringing")
    asterisk.world.channels[channels[2]]["dialplan"]["app_data"] = "carillon-0,outbound"
    asterisk.world.in_stasis.add(channels[2])
    asterisk.world.subscribed.add(channels[2])
    await exchange.start()
    await settled()
    assert list(asterisk.world.channels) == [channels[1]]
    asterisk.hangs_up(channels[1])
    await exchange.ended(call.id)
    assert len(exchange.told_of(CallEnded, subject=call.id)) == 1


async def test_phones_that_were_made_and_not_dialled_are_dialled_by_the_next_controller(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    held = asterisk.hold("POST", "/channels/*-phone3/dial")
    placing = asyncio.create_task(exchange.place(callee="100"))
    await held.reached.wait()
    call = await placing
    await exchange.leave()
    held.gate.set()  # type: ignore[union-attr]
    await exchange.start()
    await settled()
    asterisk.picks_up(f"{call.id}-phone3")
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [f"{call.id}-phone3"]
    asterisk.hangs_up(f"{call.id}-phone3")
    await exchange.ended(call.id)


async def test_events_that_were_missed_are_made_up_for(exchange: Exchange, asterisk: FakeAri) -> None:
    call, channels = await rung(exchange, asterisk)
    await asterisk.drop_socket()
    asterisk.hangs_up(channels[0], 17, 486)
    asterisk.picks_up(channels[1])
    await asterisk.until_connected(2)
    await exchange.event(CallAnswered, subject=call.id)
    await settled()
    assert list(asterisk.world.channels) == [channels[1]]
    asterisk.hangs_up(channels[1])
    await exchange.ended(call.id)
