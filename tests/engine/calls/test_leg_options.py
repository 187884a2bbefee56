"""How a leg is dialled where a number alone does not say it: anonymous, with headers, to a SIP address."""

import pytest

from engine.model.call import Call, CallState
from engine.model.leg_options import LegOptions
from engine.tasks.dial import Dial
from tests.fakes.ari import FakeAri
from tests.support.dialling import dialling
from tests.support.exchange import Exchange

HEADERS = (("X-Order", 'a, "b"; c'), ("X-Tenant", "acme"))


async def variables(asterisk: FakeAri, call: str) -> dict[str, str]:
    """What was said beside the number when the call's channel was made."""
    made = await asterisk.asked("POST", "/channels/create")
    assert made.query["channelId"] == call
    return (made.body or {}).get("variables") or {}


async def end(exchange: Exchange, asterisk: FakeAri, call: Call) -> None:
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


async def test_a_number_is_dialled_with_nothing_but_its_caller(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(caller="15550001")
    assert await variables(asterisk, call.id) == {"CONNECTEDLINE(all,i)": '"15550001" <15550001>'}
    assert (await exchange.stored(call.id)).options is None
    await end(exchange, asterisk, call)


async def test_a_private_call_shows_nobody_who_calls_and_is_stored_with_its_caller(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.dialled(caller="15550001", private=True)
    assert (await variables(asterisk, call.id))["CONNECTEDLINE(pres,i)"] == "prohib"
    assert (await exchange.stored(call.id)).caller == "15550001"
    await end(exchange, asterisk, call)


async def test_headers_go_onto_the_invite(exchange: Exchange, asterisk: FakeAri) -> None:
    call = await exchange.dialled(headers=HEADERS)
    assert await variables(asterisk, call.id) == {
        "PJSIP_HEADER(add,X-Order)": 'a, "b"; c',
        "PJSIP_HEADER(add,X-Tenant)": "acme",
    }
    await end(exchange, asterisk, call)


@pytest.mark.parametrize(
    ("headers", "legal"),
    [
        ((("X-A", "å" * 1024),), True),
        ((("X-A", "a" * 1025),), False),
        ((("X-A", "a" * 1000),) * 4, True),
        ((("X-A", "å" * 600),) * 4, False),
    ],
)
def test_headers_are_as_long_as_an_invite_carries(headers: tuple[tuple[str, str], ...], legal: bool) -> None:
    if legal:
        assert LegOptions(headers=headers).headers == headers
        return
    with pytest.raises(ValueError, match="at most"):
        LegOptions(headers=headers)


@pytest.mark.parametrize("header", [("Via", "x"), ("X-A", "x\r\nContact: y"), ("X- A", "x"), ("", "x")])
def test_no_leg_has_a_header_that_may_not_be_sent(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        LegOptions(headers=(header,))


async def test_a_call_keeps_of_its_options_what_its_record_does_not_say(exchange: Exchange, asterisk: FakeAri) -> None:
    options = LegOptions(caller="15550001", ring_seconds=7, ringback="de", music="calm")
    one, other = await dialling(exchange, asterisk, Dial(to="2", leg=options))
    leg = await exchange.stored(other)
    assert (leg.caller, leg.ring_seconds, leg.options) == ("15550001", 7, None)
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)


async def test_a_dial_hands_its_manner_on(exchange: Exchange, asterisk: FakeAri) -> None:
    dial = Dial(to="anna@pbx.example", leg=LegOptions(reach="sip", transport="tcp", private=True, headers=HEADERS))
    one, other = await dialling(exchange, asterisk, dial)
    leg = await exchange.stored(other)
    assert leg.options == LegOptions(reach="sip", transport="tcp", private=True, headers=HEADERS)
    made = await asterisk.asked("POST", "/channels/create")
    assert made.query["endpoint"] == "PJSIP/carillon-sip/sip:anna@pbx.example"
    assert (await variables(asterisk, other)).keys() >= {"CONNECTEDLINE(pres,i)", "PJSIP_HEADER(add,X-Order)"}
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)


async def test_a_call_that_was_accepted_before_the_crash_is_dialled_in_its_manner(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    options = LegOptions(reach="sip", private=True, headers=(("X-A", "1"),))
    call = await exchange.left_behind(state=CallState.QUEUED, channel=None, callee="anna@pbx.example", options=options)
    await exchange.start()
    made = await asterisk.asked("POST", "/channels/create")
    assert made.query["endpoint"] == "PJSIP/carillon-sip/sip:anna@pbx.example"
    assert made.body["variables"]["PJSIP_HEADER(add,X-A)"] == "1"
    assert made.body["variables"]["CONNECTEDLINE(pres,i)"] == "prohib"
    await asterisk.asked("POST", "/channels/*/dial")
    await end(exchange, asterisk, call)
