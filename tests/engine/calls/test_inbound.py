"""Calls that come in."""

import asyncio

import pytest

from engine.calls.directory import Answering
from engine.events import CallAnswered, CallEnded, CallOffered, TaskEnded, TaskStarted
from engine.model.call import CallState, Direction
from engine.tasks.play import Play
from engine.tasks.wait_for_digits import WaitForDigits
from tests.fakes.ari import FakeAri
from tests.support.call_data import noted
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

FIXED = Answering(account=ACCOUNT, tasks=(Play(source="http://host/a.wav"), WaitForDigits()), data=noted("fixed"))
OFFERED = Answering(account=ACCOUNT, application="app-1", data=noted("asked"))


def refusal(asterisk: FakeAri, channel: str) -> str | None:
    """The Q.850 cause that a channel was hung up with."""
    asked = [one for one in asterisk.requests if (one.method, one.path) == ("DELETE", f"/channels/{channel}")]
    return asked[0].query.get("reason_code") if asked else None


async def test_a_fixed_list_answers_by_itself(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = FIXED
    asterisk.incoming("in-1", ["inbound", "500"], number="12015550101")
    asterisk.finishes(await exchange.played())
    started = await exchange.event(TaskStarted, kind="wait_for_digits")
    asterisk.presses("in-1", "4")
    await exchange.event(TaskEnded, kind="wait_for_digits")
    asterisk.hangs_up("in-1")
    ended = await exchange.ended(started.subject)
    assert exchange.story(started.subject) == [
        "call answered",
        "play started",
        "play completed",
        "wait_for_digits started",
        "wait_for_digits heard 4",
        "wait_for_digits completed 4",
        "ended normal by far",
    ]
    call = await exchange.stored(started.subject)
    assert (call.direction, call.caller, call.callee) == (Direction.INBOUND, "12015550101", "500")
    assert call.data == noted("fixed")
    assert (call.channel_id, ended.price, exchange.admission.places) == ("in-1", 0, set())


async def test_an_offered_call_rings_until_a_task_comes(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501"])
    offered = await exchange.event(CallOffered)
    assert (offered.application, offered.caller, offered.callee) == ("app-1", "15550100", "501")
    assert offered.data == noted("asked")
    await asyncio.sleep(9.9)
    assert asterisk.was_asked("POST", "/channels/in-1/ring") and not exchange.told_of(CallAnswered)
    await exchange.enqueue(offered.subject, Play(source="http://host/a.wav"))
    await exchange.played()
    await asyncio.sleep(20)
    asterisk.hangs_up("in-1")
    await exchange.ended(offered.subject)
    assert len(exchange.told_of(CallAnswered)) == 1


async def test_an_offered_call_that_nobody_takes_is_refused_after_ten_seconds(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange.directory.numbers["501"] = OFFERED
    began = exchange.clock()
    asterisk.incoming("in-1", ["inbound", "501"])
    offered = await exchange.event(CallOffered)
    ended = await exchange.ended(offered.subject)
    assert exchange.clock() - began == pytest.approx(10, abs=0.1)
    assert (ended.cause, ended.hung_up_by, ended.answered) == ("no_application", "us", False)
    assert refusal(asterisk, "in-1") == "19"  # 480


async def test_the_caller_gives_up_while_it_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501"])
    offered = await exchange.event(CallOffered)
    asterisk.hangs_up("in-1")
    ended = await exchange.ended(offered.subject)
    assert (ended.hung_up_by, ended.answered) == ("far", False)


async def test_asterisk_shuts_down_while_it_rings(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501"])
    offered = await exchange.event(CallOffered)
    asterisk.world.end_channel("in-1", 0, None, soft=True)
    ended = await exchange.ended(offered.subject)
    assert (ended.cause, ended.hung_up_by) == ("media_node_lost", "network")


async def test_a_number_that_nobody_has_does_not_exist(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.incoming("in-1", ["inbound", "999"])
    await asterisk.asked("DELETE", "/channels/in-1")
    await settled()
    assert refusal(asterisk, "in-1") == "1"  # 404
    assert exchange.told == [] and len(exchange.engine.registry) == 0


async def test_a_call_that_reaches_no_number_is_told_with_its_trunk(exchange: Exchange, asterisk: FakeAri) -> None:
    uri = "sip:caf%E9;npdi@192.0.2.1:5060"
    asterisk.incoming("in-1", ["inbound", "caf", uri], number="1\x1b[2J", name="PJSIP/trunk-west-coast")
    await asterisk.asked("DELETE", "/channels/in-1")
    await settled()
    (lost,) = exchange.unmatched
    assert (lost.trunk, lost.caller, lost.callee) == ("west-coast", "1?[2J", "caf\ufffd;npdi")
    assert (lost.reason, lost.at) == ("no_number", pytest.approx(exchange.clock(), abs=5))


async def test_an_inbound_call_is_on_record_with_its_trunk(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["501"] = OFFERED
    asterisk.incoming("in-1", ["inbound", "501", "sip:501@192.0.2.1"], name="PJSIP/trunk-itsp")
    by_trunk = await exchange.event(CallOffered)
    assert (await exchange.stored(by_trunk.subject)).trunk == "itsp"
    exchange.directory.extensions["502"] = OFFERED
    asterisk.incoming("in-2", ["extension", "502"], name="PJSIP/100")
    by_phone = await exchange.event(CallOffered, callee="502")
    assert (await exchange.stored(by_phone.subject)).trunk is None


async def test_headers_are_read_where_the_request_uri_names_no_number(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.by_header["<sip:501@itsp.example>"] = OFFERED
    variables = asterisk.world.variables
    variables["in-1", "PJSIP_HEADER(read,P-Called-Party-ID)"] = "<sip:501@itsp.example>"
    asterisk.incoming("in-1", ["inbound", "repuser"], name="PJSIP/trunk-itsp")
    assert (await exchange.event(CallOffered)).application == "app-1"
    asterisk.incoming("in-2", ["inbound", "repuser"], name="PJSIP/trunk-itsp")
    await asterisk.asked("DELETE", "/channels/in-2")
    assert refusal(asterisk, "in-2") == "1"  # 404: it had no such header


async def test_a_directory_that_fails_refuses_the_call(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = RuntimeError("broken")
    asterisk.incoming("in-1", ["inbound", "500"])
    await asterisk.asked("DELETE", "/channels/in-1")
    assert refusal(asterisk, "in-1") == "34"  # 503


async def test_a_caller_that_is_gone_before_we_know_who_answers(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = FIXED
    asterisk.incoming("in-1", ["inbound", "500"])
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)
    assert exchange.told_of(CallAnswered) == []


async def test_an_extension_dials(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.extensions["500"] = FIXED
    asterisk.incoming("in-1", ["extension", "500"], name="PJSIP/100")
    await exchange.played()
    asterisk.hangs_up("in-1")
    await exchange.event(CallEnded)


async def test_a_channel_that_is_no_call_is_hung_up(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.incoming("in-1", ["what"])
    await asterisk.asked("DELETE", "/channels/in-1")
    await settled()
    assert exchange.told == []


async def test_an_answer_that_asterisk_refuses_does_not_hang_for_ever(exchange: Exchange, asterisk: FakeAri) -> None:
    exchange.directory.numbers["500"] = FIXED
    asterisk.refuse("POST", "/channels/in-1/answer", 500)
    asterisk.incoming("in-1", ["inbound", "500"])
    ended = await exchange.event(CallEnded)
    assert ended.hung_up_by == "us" and (await exchange.stored(ended.subject)).state is CallState.ENDED
