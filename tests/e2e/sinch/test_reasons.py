"""How a call ended, in Sinch's words: each row of the table of docs/sinch.md, by who really ended it."""

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import ANSWER, HANG_UP, Script, connect, going_on, play, svaml
from tests.clients.sinch.server import Event
from tests.support import people
from tests.support.carillon import Admin
from tests.support.scenario import until
from tests.support.sink import Sink

TALKS = people.SPEAKS_440
ABROAD = "442071838750"

# What ICE is answered, who calls and for how long, and what is told of the end.
ENDS: dict[str, tuple[Script, str, float, str, str]] = {
    "the caller hangs up": (svaml(action=connect(TALKS)), people.LISTENS, 1, "ANSWERED", "CALLERHANGUP"),
    "the callee hangs up": (svaml(action=connect(people.HANGS_UP)), people.LISTENS, 20, "ANSWERED", "CALLEEHANGUP"),
    "a script, answered": (svaml(ANSWER, action=HANG_UP), people.LISTENS, 20, "ANSWERED", "MANAGERHANGUP"),
    "a script, unanswered": (svaml(action=HANG_UP), people.LISTENS, 20, "NOANSWER", "MANAGERHANGUP"),
    "the longest time": (svaml(action=connect(TALKS, maxDuration=1)), people.LISTENS, 20, "ANSWERED", "TIMEOUT"),
    "the ring limit": (
        svaml(action=connect(people.NEVER_ANSWERS, dialTimeout=2)), people.LISTENS, 20, "NOANSWER", "TIMEOUT",
    ),
    "busy": (svaml(action=connect(people.BUSY)), people.LISTENS, 20, "BUSY", "CALLEEHANGUP"),
    "busy, to an answered caller": (
        svaml(ANSWER, action=connect(people.BUSY)), people.LISTENS, 20, "BUSY", "CALLEEHANGUP",
    ),
    "declined": (svaml(action=connect(people.DECLINES)), people.LISTENS, 20, "BUSY", "CALLEEHANGUP"),
    "unavailable": (svaml(action=connect(people.UNAVAILABLE)), people.LISTENS, 20, "NOANSWER", "TIMEOUT"),
    "unknown": (svaml(action=connect(people.DOES_NOT_EXIST)), people.LISTENS, 20, "FAILED", "GENERALERROR"),
    "congested": (svaml(action=connect(people.CONGESTED)), people.LISTENS, 20, "FAILED", "GENERALERROR"),
    "not allowed": (svaml(action=connect(ABROAD)), people.LISTENS, 20, "FAILED", "BLOCKED"),
    "another's cli": (svaml(action=connect(TALKS, cli="+14155550123")), people.LISTENS, 20, "FAILED", "BLOCKED"),
    "a script that is none": (svaml(action={"name": "fly"}), people.LISTENS, 20, "FAILED", "CALLBACKERROR"),
}  # fmt: skip


@pytest.mark.parametrize(("script", "caller", "seconds", "result", "reason"), ENDS.values(), ids=ENDS)
async def test_the_end_is_told_once_and_the_same_in_dice_and_in_the_result(
    customer: Customer, network: Lab, script: Script, caller: str, seconds: float, result: str, reason: str
) -> None:
    customer.server.answers(ice=script, ace=going_on())
    await network.dial(customer.number, caller, seconds=seconds)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == (result, reason)
    seen = await customer.result(dice.call)
    assert (seen["status"], seen["result"], seen["reason"]) == ("FINAL", result, reason)
    if result != "ANSWERED":
        assert dice["debit"]["amount"] == 0
        assert not customer.server.taken("ace")
    await customer.ended(dice.call)
    assert len(customer.server.taken("dice")) == 1


async def test_a_caller_that_gives_up_while_ice_is_asked_has_cancelled(customer: Customer, network: Lab) -> None:
    async def hung_up_meanwhile(event: Event) -> Script:
        await network.hang_up(dialled.channel)
        await until(lambda: network.state(dialled.channel), lambda state: state is None, what="the caller is gone")
        return svaml(action=connect(TALKS))

    customer.server.answers(ice=hung_up_meanwhile)
    dialled = await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "CANCEL")
    assert (await customer.ended(dice.call))["legs"] == [], "nobody was called for a caller who is gone"


async def test_a_caller_that_gives_up_while_the_callees_phone_rings_has_cancelled(
    customer: Customer, network: Lab
) -> None:
    customer.server.answers(ice=svaml(action=connect(people.NEVER_ANSWERS)))
    dialled = await network.dial(customer.number, people.LISTENS, seconds=10)
    ice = await customer.server.until("ice")
    await customer.rings(ice.call)
    await network.hang_up(dialled.channel)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("NOANSWER", "CANCEL")


async def test_an_account_without_credit_connects_nobody(
    make_customer: MakeCustomer, rates: str, network: Lab, admin: Admin
) -> None:
    customer = await make_customer(currency=rates)
    await admin.ask("POST", f"accounts/{customer.account.name}/credit", {"amount": "0"})
    customer.server.answers(ice=svaml(action=connect(TALKS)))
    await network.dial(customer.number, people.LISTENS, seconds=10)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("FAILED", "NOCREDITPARTNER")


async def test_credit_that_runs_out_ends_a_connection_and_is_named(
    make_customer: MakeCustomer, rates: str, network: Lab, admin: Admin
) -> None:
    customer = await make_customer(currency=rates)
    await admin.ask("POST", f"accounts/{customer.account.name}/credit", {"amount": "0.06"})
    customer.server.answers(ice=svaml(action=connect(TALKS)), ace=going_on())
    await network.dial(customer.number, people.LISTENS, seconds=15)
    dice = await customer.server.until("dice")
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "NOCREDITPARTNER")
    assert dice["debit"] == {"currencyId": rates, "amount": 0.06}, "3 s, and no more than there was"
    assert 2.0 < (await customer.far(dice.call)).heard.lasted(440) < 4.5


async def test_credit_that_runs_out_ends_a_callout_in_its_prompt(
    make_customer: MakeCustomer, rates: str, admin: Admin, sink: Sink
) -> None:
    customer = await make_customer(currency=rates)
    await admin.ask("POST", f"accounts/{customer.account.name}/credit", {"amount": "0.06"})
    call = await customer.tts(TALKS, prompts=sink.tone(620, 12), enable_dice=True)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "NOCREDITPARTNER")
    assert dice["debit"] == {"currencyId": rates, "amount": 0.06}
    assert 2.0 < (await customer.far(call)).heard.lasted(620) < 4.5


async def test_a_patch_that_hangs_up_is_the_managers(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.LISTENS, prompts=sink.tone(500, 8), enable_dice=True)
    await customer.answered(call)
    await customer.patch(call, play(sink.tone(700, 0.3)), action=HANG_UP)
    dice = await customer.server.until("dice", call)
    assert (dice["result"], dice["reason"]) == ("ANSWERED", "MANAGERHANGUP")
