"""Trunks: routes, fail-over, registration, caller ids, and what a carrier can do to a call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.lab import Lab, LabError
from engine.ari.client import AriClient
from engine.ari.generated import AsteriskResource
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support import people
from tests.support.carillon import Account, Admin, Own, moment
from tests.support.far_end import assert_melody
from tests.support.lab import RunningLab
from tests.support.scenario import LabEars, call_ended, in_state, until
from tests.support.sink import Sink
from tests.support.system import System


async def test_a_call_that_one_carrier_cannot_take_goes_through_the_next(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    full = await carrier(priority=1)
    spare = await carrier(prefix=full.prefix, priority=2)
    async with full.answers("uas_reject", keys={"code": "503"}) as first, spare.answers("uas_answer") as second:
        call = await ringful.call(callee=full.number(), callbackUrl=sink.url())
        await sink.until("CallEstablished", callId=call)
        await ringful.hangup(callId=call)
        await sink.until("ServerHangup", callId=call)
        await first.done()
        await second.done()
    assert (await call_ended(own, call))["trunk"] == spare.name
    assert sink.actions() == ["CallEstablished", "ServerHangup"], "the customer sees one call"


async def test_a_busy_callee_is_busy_and_no_other_carrier_is_tried(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    first = await carrier(priority=1)
    other = await carrier(prefix=first.prefix, priority=2)
    async with first.answers("uas_reject", keys={"code": "486"}) as busy, other.answers("uas_answer") as idle:
        call = await ringful.call(callee=first.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        await busy.done()
        assert "INVITE" not in idle.messages()
    assert (await call_ended(own, call))["cause"] == "busy"


async def test_the_longest_prefix_wins(ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own) -> None:
    wide = await carrier(priority=1)
    narrow = await carrier(prefix=f"{wide.prefix}7", priority=50)
    async with narrow.answers("uas_reject", keys={"code": "486"}) as far:
        call = await ringful.call(callee=narrow.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        await far.done()
    assert (await call_ended(own, call))["trunk"] == narrow.name


async def test_the_caller_id_is_shown_when_it_is_the_accounts_own(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, admin: Admin, account: Account
) -> None:
    owned = "14155550123"
    far = await carrier()
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": owned})
    try:
        async with far.answers("uas_reject", keys={"code": "486"}) as line:
            call = await ringful.call(callee=far.number(), callerId=owned, callbackUrl=sink.url())
            await sink.until("ServerHangup", callId=call)
            result = await line.done()
    finally:
        await admin.ask("POST", f"accounts/{account.name}/callers", {"number": owned, "verified": False})
    assert owned in result.header("INVITE", "From"), result.header("INVITE", "From")
    assert far.number() in result.messages.split("\n", 3)[2] or far.number() in result.header("INVITE", "To")


async def test_the_sip_call_id_that_is_shown_is_the_one_on_the_wire(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        result = await line.done()
    assert (await call_ended(own, call))["sip_call_id"] == result.header("INVITE", "Call-ID")


async def test_a_carrier_that_refuses_our_media_offer_is_not_acceptable(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    async with far.answers("uas_reject", keys={"code": "488"}) as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        await line.done()
    ended = await call_ended(own, call)
    assert (ended["cause"], ended["sip_status"]) == ("not_acceptable", 488)


async def test_early_media_and_then_a_refusal_is_one_call_not_reached(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier
) -> None:
    far = await carrier()
    async with far.answers("uas_early_reject", keys={"code": "480"}) as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await ringful.play(callId=call, announcement=sink.tone(500), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        await line.done()
    assert sink.actions() == ["ServerHangup"], "nothing was played into early media"


async def test_hanging_up_while_it_rings_sends_a_cancel(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    async with far.answers("uas_ring_forever") as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await in_state(own, call, "ringing")
        await ringful.hangup(callId=call)
        await sink.until("ServerHangup", callId=call)
        await line.done()


async def test_an_answer_that_crosses_our_cancel_is_hung_up_and_told_once(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    async with far.answers("uas_cancel_crossing") as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await in_state(own, call, "ringing")
        await ringful.hangup(callId=call)
        await sink.until("ServerHangup", callId=call)
        await line.done()
    assert (await call_ended(own, call))["hung_up_by"] == "us"
    assert sink.actions() == ["ServerHangup"]


@pytest.mark.long
async def test_a_far_end_that_sends_no_rtp_at_all_is_hung_up_after_the_rtp_timeout(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, own: Own
) -> None:
    far = await carrier()
    # It does not answer the re-INVITE that asks whether it only listens, so its BYE comes when that has timed out.
    async with far.answers("uas_answer", seconds=70) as line:
        call = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        established = await sink.until("CallEstablished", callId=call)
        ended = await sink.until("ServerHangup", callId=call, within=45)
        assert 28 < ended.at - established.at < 37
        await line.done()
    assert (await call_ended(own, call))["cause"] == "media_timeout"


async def test_a_trunk_that_registers_is_registered_and_takes_calls(
    sink: Sink, ringful: Ringful, admin: Admin, number: MakeNumber, network: Lab, lab: LabEars
) -> None:
    running = RunningLab.of_environment()
    ours = await number(url=sink.url())
    await admin.ask("POST", "trunks", {
        "name": "registered", "host": running.trunk_address, "port": running.sip_port, "user": "registered",
        "password": running.trunk_password, "register": True, "prefix": "1999777",
    })  # fmt: skip
    try:
        dialled = await until(lambda: registered_dials(network, ours), bool, within=20, what="it registers")
        call = (await sink.until("CallReceived")).form["callId"]
        await ringful.play(callId=call, announcement=sink.tone(620, 0.8))
        await ringful.hangup(callId=call, immediate="false")
        await sink.until("ServerHangup", callId=call)
        assert_melody((await lab.at(dialled)).heard, 620)
    finally:
        await admin.ask("DELETE", "trunks/registered")


async def registered_dials(network: Lab, ours: str) -> str:
    """Let the lab call us through the registered trunk; returns the SIP Call-ID, "" while it is not registered."""
    try:
        return (await network.dial(ours, people.LISTENS, seconds=20, trunk="registered")).call_id
    except LabError:
        return ""


async def test_a_carrier_that_wants_a_password_gets_it(carrier: MakeCarrier) -> None:
    far = await carrier(user="carillon", password="letmein", register=True)
    async with far.answers("uas_registrar") as line:
        await line.done()


async def test_a_trunk_that_asterisk_remembers_wrongly_is_made_anew_while_its_call_goes_on(
    ringful: Ringful, sink: Sink, number: MakeNumber, carrier: MakeCarrier, own: Own, admin: Admin, system: System
) -> None:
    """Asterisk merges what it is given into what it has; a second push made every caller of a trunk "unknown"."""
    ours, far = await number(url=sink.url()), await carrier()
    caller = {"caller": "12015550199"}
    async with far.calls(system, "uac_until_bye", ours, keys=caller) as talking, asterisk_of(system) as asterisk:
        call = (await sink.until("CallReceived")).form["callId"]
        await ringful.play(callId=call, announcement=sink.tone(500, 20))
        await sink.until("CallEstablished", callId=call)
        trunk = ("res_pjsip", "endpoint", f"trunk-{far.name}")
        await asterisk.update_object(*trunk, fields=[{"attribute": "allow", "value": "ulaw"}])
        assert await caller_of(asterisk, *trunk) == "unknown"
        await admin.ask("POST", "lines/push")
        assert await caller_of(asterisk, *trunk) == "<unknown>", "nobody in particular"
        async with far.calls(system, "uac_cancel", ours, keys=caller) as ringing:
            offered = await sink.until("CallReceived", count=2)
            assert offered.form["caller"] == "12015550199"
            await ringing.done()
        assert (await own.call(call))["state"] == "answered"
        await ringful.hangup(callId=call)
        await talking.done()


@asynccontextmanager
async def asterisk_of(system: System) -> AsyncIterator[AsteriskResource]:
    """The configuration of the engine's Asterisk."""
    url = f"http://127.0.0.1:{system.setting('ARI_PORT', '8088')}/ari"
    user, password = system.setting("ARI_USER", "carillon"), system.setting("ARI_PASSWORD")
    async with AriClient(url, user, password, "carillon-test") as client:
        yield client.asterisk


async def caller_of(asterisk: AsteriskResource, *endpoint: str) -> str:
    """The callerid of an endpoint, as Asterisk has it."""
    found = await asterisk.get_object(*endpoint)
    return next(one.value for one in found if one.attribute == "callerid")


async def test_ring_time_and_longest_call_can_be_asked_for(own: Own) -> None:
    status, ringing = await own.ask("POST", "calls", json={"callee": people.NEVER_ANSWERS, "ring_seconds": 3})
    assert status == 201
    status, talking = await own.ask("POST", "calls", json={"callee": people.SPEAKS_440, "max_seconds": 3})
    assert status == 201
    ended = await call_ended(own, ringing["id"])
    assert ended["cause"] == "no_answer" and 2.5 < moment(ended["ended"]) - moment(ended["created"]) < 5
    ended = await call_ended(own, talking["id"])
    assert ended["cause"] == "max_duration" and 2.5 < ended["seconds"] < 4.5
