"""A caller that asks its network not to show it (RFC 3323, RFC 3325) is shown to nobody behind us either."""

import secrets

import pytest

from tests.clients.sinch.customer import Customer
from tests.clients.sinch.script import connect, svaml
from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber, MakePhone
from tests.support.carillon import Command
from tests.support.scenario import Carrier
from tests.support.sip_caller import SipCaller
from tests.support.system import System

ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'


def hidden() -> str:
    """A number that nobody else has."""
    return f"447700{secrets.randbelow(10**6):06d}"


def private_caller(
    line: Carrier, system: System, number: str, how: str
) -> tuple[SipCaller, tuple[tuple[str, str], ...]]:
    """A caller behind a carrier that hides its number, and the headers that say so."""
    host, _, port = system.sip.partition(":")
    address = f"<sip:+{number}@{line.address}>"
    asserted = ("P-Asserted-Identity", address)
    ways = {
        "id": (ANONYMOUS, (asserted, ("Privacy", "id"))),
        "id in a second field": (
            address,
            (asserted, ("Privacy", "header"), ("Privacy", "critical;id")),
        ),
        "number in From": (address, (("Privacy", "id"),)),
        "anonymous by From alone": (ANONYMOUS, (asserted,)),
        "Remote-Party-ID": (address, (("Remote-Party-ID", f"{address};party=calling;privacy=full;screen=yes"),)),
    }
    identity, headers = ways[how]
    return SipCaller(host, int(port), address=line.address, caller=number, identity=identity), headers


async def logs(system: System) -> str:
    """What the controller and Asterisk have logged of late."""
    services = ("carillon", "asterisk")
    return "".join([await system.docker("logs", "--since", "2m", system.container(one)) for one in services])


@pytest.mark.parametrize("how", ["id", "Remote-Party-ID"])
async def test_a_customer_is_not_told_who_calls_and_the_call_is_passed_on_privately(
    customer: Customer, carrier: MakeCarrier, carillon: Command, system: System, how: str
) -> None:
    near, far, number = await carrier(), await carrier(), hidden()
    await customer.may_call(f"+{far.prefix}")
    customer.server.answers(ice=svaml(action=connect(far.number())))
    caller, headers = private_caller(near, system, number, how)
    async with far.answers("uas_answer") as line:
        called = await caller.call(customer.number, seconds=10, headers=headers, hang_up=(200, 0.5))
        result = await line.done()
    assert called.answered is not None
    dice = await customer.server.until("dice")
    (ice,) = customer.server.taken("ice")
    assert (ice["cli"], dice["from"]) == ("private", "private"), "the word that hides a cli in a script"
    assert "anonymous.invalid" in result.header("INVITE", "From") and result.header("INVITE", "Privacy") == "id"
    listed = await carillon("calls", "list", "--account", customer.account.name, "--json")
    for what in (repr(customer.server.taken()), result.messages, listed, await logs(system)):
        assert number not in what


@pytest.mark.parametrize("how", ["id in a second field", "number in From", "anonymous by From alone"])
async def test_however_it_is_asked_for_the_callee_is_not_shown_who_calls(
    carrier: MakeCarrier, number: MakeNumber, system: System, how: str
) -> None:
    near, far, theirs = await carrier(), await carrier(), hidden()
    ours = await number(tasks=[{"kind": "dial", "to": far.number()}])
    caller, headers = private_caller(near, system, theirs, how)
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        await caller.call(ours, seconds=10, headers=headers)
        result = await line.done()
    assert "anonymous.invalid" in result.header("INVITE", "From") and result.header("INVITE", "Privacy") == "id"
    assert theirs not in result.messages


async def test_a_softphone_that_is_called_is_not_shown_who_calls(
    carrier: MakeCarrier, number: MakeNumber, phone: MakePhone, system: System
) -> None:
    line, ben, theirs = await carrier(), await phone(answer=True, trace=True), hidden()
    ours = await number(tasks=[{"kind": "dial", "to": ben.number}])
    caller, headers = private_caller(line, system, theirs, "id")
    called = await caller.call(ours, seconds=10, headers=headers, hang_up=(200, 0.5))
    await ben.closed()
    assert called.answered is not None and theirs not in ben.traced()


async def test_a_number_that_a_script_shows_is_shown_though_the_caller_is_private(
    customer: Customer, carrier: MakeCarrier, system: System
) -> None:
    near, far, number = await carrier(), await carrier(), hidden()
    await customer.may_call(f"+{far.prefix}")
    customer.server.answers(ice=svaml(action=connect(far.number(), cli=customer.credentials.number)))
    caller, headers = private_caller(near, system, number, "id")
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        await caller.call(customer.number, seconds=10, headers=headers)
        result = await line.done()
    assert customer.number in result.header("INVITE", "From") and not result.header("INVITE", "Privacy")
    assert number not in result.messages


async def test_a_softphone_that_hides_itself_is_passed_on_privately(
    carrier: MakeCarrier, extension: MakeExtension, phone: MakePhone, system: System
) -> None:
    line, own, ben = await carrier(), await extension(), await phone(trace=True)
    async with line.answers("uas_reject", keys={"code": "486"}) as far:
        await own.telephone(system).call(line.number(), seconds=10, headers=(("Privacy", "id"),))
        result = await far.done()
    assert "anonymous.invalid" in result.header("INVITE", "From") and result.header("INVITE", "Privacy") == "id"
    await own.telephone(system).call(ben.number, seconds=10, headers=(("Privacy", "id"),), hang_up=(180, 0.2))
    await ben.closed()
    assert own.number not in ben.traced()
