"""connectPstn, connectSip and connectMxp: two parties joined, told as one call."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import (
    ANSWER,
    connect,
    connect_sip,
    cookie,
    ending,
    going_on,
    play,
    svaml,
)
from tests.clients.sinch.server import Reply
from tests.e2e.conftest import MakeCarrier
from tests.support import people
from tests.support.far_end import assert_hears, assert_melody
from tests.support.sink import Sink
from tests.support.sounds import MUSIC

(CALLEE, CALLEES), *_ = people.speakers(1)


async def test_both_hear_each_other_and_one_dice_tells_the_whole(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE)), ace=going_on())
    await network.dial(customer.number, people.SPEAKS_440, seconds=4)
    ice = await customer.server.until("ice")
    ace = await customer.server.until("ace", ice.call)
    dice = await customer.server.until("dice", ace.call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "CALLERHANGUP")
    assert 3 <= dice["duration"] <= 6
    assert dice["to"] == {"type": "number", "endpoint": f"+{CALLEE}"}
    assert dice["from"].removeprefix("+") == people.SPEAKS_440
    assert_hears((await customer.far(ice.call)).heard, [CALLEES], [440])
    assert_hears((await customer.callee(ice.call)).heard, [440], [CALLEES])
    assert customer.server.kinds() == ["ice", "ace", "dice"], "one callid, each told once"


async def test_what_it_cost_is_told_by_the_rates_that_are_loaded(
    make_customer: MakeCustomer, rates: str, network: Lab
) -> None:
    customer = await make_customer(currency=rates)
    customer.server.answers(ice=svaml(action=connect(CALLEE)), ace=going_on())
    await network.dial(customer.number, people.LISTENS, seconds=3)
    dice = await customer.server.until("dice")
    assert dice["userRate"] == {"currencyId": rates, "amount": 0.6}, "a minute"
    assert dice["debit"] == {"currencyId": rates, "amount": 0.06}, "the first 6 s at once"
    result = await customer.result(dice.call)
    assert (result["debit"], result["userRate"]) == (dice["debit"], dice["userRate"])
    assert result["debitMinutes"] == pytest.approx(0.1)


async def test_the_longest_time_ends_both_legs(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE, maxDuration=2)), ace=going_on())
    await network.dial(customer.number, people.LISTENS, seconds=20)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "TIMEOUT")
    assert 1.5 < (await customer.callee(dice.call)).heard.seconds < 4.0


async def test_ace_speaks_to_the_callee_before_the_two_are_joined(customer: Customer, network: Lab, sink: Sink) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE)), ace=going_on(play(sink.tone(620, 1.0))))
    await network.dial(customer.number, people.SPEAKS_440, seconds=4)
    dice = await customer.server.until("dice")
    heard = (await customer.callee(dice.call)).heard
    assert_melody(heard, 620, 440)
    assert_hears((await customer.far(dice.call)).heard, [CALLEES], [620])


async def test_ace_answered_hangup_ends_both_and_they_never_heard_each_other(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(ANSWER, action=connect(CALLEE)), ace=ending())
    await network.dial(customer.number, people.SPEAKS_440, seconds=20)
    dice = await customer.server.until("dice")
    assert dice["reason"] == "MANAGERHANGUP"
    assert_hears((await customer.far(dice.call)).heard, [], [CALLEES])
    assert_hears((await customer.callee(dice.call)).heard, [], [440])


async def test_ace_that_nobody_answers_connects(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE)), ace=Reply.error(500))
    await network.dial(customer.number, people.LISTENS, seconds=3)
    dice = await customer.server.until("dice")
    assert_hears((await customer.far(dice.call)).heard, [CALLEES], [])
    assert dice["reason"] == "CALLERHANGUP"


async def test_suppressed_callbacks_tell_neither_the_answer_nor_the_end(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE, suppressCallbacks=True)))
    await network.dial(customer.number, people.LISTENS, seconds=3)
    ice = await customer.server.until("ice")
    assert_hears((await customer.far(ice.call)).heard, [CALLEES], [])
    assert (await customer.ended(ice.call))["callbacks"] == []
    assert customer.server.kinds() == ["ice"]


async def test_cookies_travel_from_each_answer_to_every_later_event(customer: Customer, network: Lab) -> None:
    customer.server.answers(
        ice=svaml(cookie("order", "17"), cookie("mood", "good"), action=connect(CALLEE)),
        ace=going_on(cookie("mood", "bad")),
    )
    await network.dial(customer.number, people.LISTENS, seconds=2)
    dice = await customer.server.until("dice")
    ice, ace = customer.server.taken("ice")[0], customer.server.taken("ace")[0]
    assert ice.cookies == {}
    assert ace.cookies == {"order": "17", "mood": "good"}
    assert dice.cookies == {"order": "17", "mood": "bad"}


# What sounds while the other phone rings, and what does not.
RINGING = {"fr": ((440,), (480, 400)), "de": ((425,), (480, 400)), "uk": ((400, 450), (480, 425))}


@pytest.mark.parametrize(("country", "rings", "not_"), [(name, *tones) for name, tones in RINGING.items()], ids=RINGING)
async def test_an_answered_caller_hears_ringing_of_the_chosen_country(
    customer: Customer, network: Lab, country: str, rings: tuple[int, ...], not_: tuple[int, ...]
) -> None:
    action = connect(people.NEVER_ANSWERS, indications=country, dialTimeout=3)
    customer.server.answers(ice=svaml(ANSWER, action=action))
    await network.dial(customer.number, people.LISTENS, seconds=10)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "TIMEOUT")
    first = (await customer.far(dice.call)).heard.loud(0.35)
    assert first.holds(*rings)
    assert not any(first.holds(hz) for hz in not_)


async def test_digits_of_a_connection_are_pressed_to_the_callee(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(people.ASKS_FOR_1234, dtmf="ww1234#")), ace=going_on())
    await network.dial(customer.number, people.LISTENS, seconds=8)
    dice = await customer.server.until("dice")
    assert (await customer.callee(dice.call)).digits == "1234#"


@pytest.mark.parametrize("music", ["music1", "ring"])
async def test_the_music_of_a_sip_connection_is_heard_while_the_other_phone_rings(
    customer: Customer, network: Lab, carrier: MakeCarrier, music: str
) -> None:
    far = await carrier()
    await customer.may_call(f"sip:{far.address}")
    async with far.answers("uas_ring_forever") as line:
        action = connect_sip(f"ben@{far.address}:{far.port}", moh=music)
        customer.server.answers(ice=svaml(ANSWER, action=action))
        await network.dial(customer.number, people.LISTENS, seconds=4)
        dice = await customer.server.until("dice")
        await line.done()
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "CANCEL")
    first = (await customer.far(dice.call)).heard.loud(0.8)
    assert [name for name, chord in MUSIC.items() if first.holds(*chord)] == [music]


# -- on the wire


async def test_the_cli_is_what_the_callee_is_shown_and_private_hides_it(
    customer: Customer, network: Lab, carrier: MakeCarrier
) -> None:
    far = await carrier()
    await customer.may_call(f"+{far.prefix}")
    shown = {customer.credentials.number: customer.number, "private": "anonymous"}
    for count, (cli, seen) in enumerate(shown.items(), 1):
        customer.server.answers(ice=svaml(action=connect(far.number(), cli=cli)))
        async with far.answers("uas_reject", keys={"code": "486"}) as line:
            await network.dial(customer.number, people.LISTENS, seconds=10)
            await customer.server.until("dice", count=count)
            result = await line.done()
        assert seen in result.header("INVITE", "From").lower(), cli
        if cli == "private":
            assert people.LISTENS not in result.header("INVITE", "From")
            assert customer.number not in result.header("INVITE", "From")


async def test_a_cli_that_is_not_the_customers_is_refused(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect(CALLEE, cli="+14155550123")))
    await network.dial(customer.number, people.LISTENS, seconds=10)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("FAILED", "BLOCKED")


async def test_a_sip_address_is_called_with_the_headers_that_were_given(
    customer: Customer, network: Lab, carrier: MakeCarrier
) -> None:
    far = await carrier()
    await customer.may_call(f"sip:{far.address}")
    async with far.answers("uas_answer") as line:
        to = f"ben@{far.address}:{far.port}"
        action = connect_sip(to, callHeaders=[{"key": "X-Order", "value": "17"}], maxDuration=2)
        customer.server.answers(ice=svaml(action=action), ace=going_on())
        await network.dial(customer.number, people.LISTENS, seconds=10)
        dice = await customer.server.until("dice")
        result = await line.done()
    assert result.header("INVITE", "X-Order") == "17"
    assert "ben@" in result.header("INVITE", "To")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "TIMEOUT")


async def test_a_sip_address_at_a_host_that_was_not_allowed_is_blocked(customer: Customer, network: Lab) -> None:
    customer.server.answers(ice=svaml(action=connect_sip("ben@127.0.0.1:9")))
    await network.dial(customer.number, people.LISTENS, seconds=10)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("FAILED", "BLOCKED")
