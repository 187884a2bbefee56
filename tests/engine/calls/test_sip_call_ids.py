"""Each SIP Call-ID of a call is made known as soon as Asterisk says it: traces of its messages are found by that."""

from engine.model.call import CallState
from tests.engine.calls.test_outbound import TWO_ROUTES
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import Exchange


async def created(asterisk: FakeAri, channel: str, sip_call_id: str) -> None:
    """Asterisk made a channel, and hands it over."""
    asterisk.world.channels[channel]["protocol_id"] = sip_call_id
    asterisk.world.enter_stasis(channel, ["outbound"])
    await settled()


async def test_a_call_that_two_trunks_are_tried_for_has_two(exchange: Exchange, asterisk: FakeAri) -> None:
    asterisk.enters_stasis = False
    exchange.admission.routes_of["1"] = TWO_ROUTES
    call = await exchange.place(callee="1")
    await asterisk.asked("POST", "/channels/create")
    await settled()
    await created(asterisk, call.id, "first@127.0.0.1")
    asterisk.hangs_up(call.id, 34, 503)
    await settled()
    await created(asterisk, f"{call.id}-2", "second@127.0.0.1")
    assert exchange.sip_call_ids == [(call.id, "first@127.0.0.1"), (call.id, "second@127.0.0.1")]
    asterisk.hangs_up(f"{call.id}-2")
    await exchange.ended(call.id)


async def test_a_controller_that_comes_knows_those_of_calls_that_are_up(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    call = await exchange.left_behind(state=CallState.ANSWERED, channel="Up", sip_call_id="abc@127.0.0.1")
    await exchange.start()
    assert exchange.sip_call_ids == [(call.id, "abc@127.0.0.1")]
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)
