"""What two parties that are connected see of each other on the wire: nothing but what was asked for."""

import asyncio
import re
import secrets

import pytest

from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber, MakePhone
from tests.support.carillon import Account, Admin
from tests.support.scenario import Carrier
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

UP_SECONDS = 1.0
"""How long two are connected: what Asterisk sends because of it, it sends in the first milliseconds."""


def caller_at(line: Carrier, system: System, number: str) -> SipCaller:
    """A telephone of one call behind a carrier."""
    host, _, port = system.sip.partition(":")
    return SipCaller(host, int(port), address=line.address, caller=number)


def requests(messages: str) -> set[tuple[str, str]]:
    """The requests of calls in a trace, by their method and CSeq, each once however often it was sent.

    A registered phone is pinged, and notified of waiting messages (a NOTIFY within a call would follow a REFER).
    """
    heads = re.findall(r"^([A-Z]+) sips?:.*?^CSeq:\s*(\d+)", messages, re.MULTILINE | re.DOTALL | re.IGNORECASE)
    return {(method, number) for method, number in heads if method not in ("OPTIONS", "REGISTER", "NOTIFY")}


def methods(messages: str) -> list[str]:
    """The methods of a trace's requests, sorted."""
    return sorted(method for method, _ in requests(messages))


def undisturbed(called: CallResult) -> bool:
    """Whether a call was answered and asked nothing until it hung up by itself."""
    return called.answered is not None and called.requests == []


@pytest.mark.parametrize("cli", [True, False], ids=["the script's number", "the caller's number"])
async def test_a_carrier_is_asked_nothing_more_when_its_callee_is_connected_to_another_carriers_caller(
    admin: Admin, account: Account, carrier: MakeCarrier, number: MakeNumber, system: System, cli: bool
) -> None:
    near, far = await carrier(), await carrier()
    theirs, owned = f"1201555{secrets.randbelow(10**4):04d}", f"1415555{secrets.randbelow(10**4):04d}"
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": owned})
    ours = await number(tasks=[{"kind": "dial", "to": far.number(), "caller": owned if cli else None}])
    async with far.answers("uas_answer") as line:
        called = await caller_at(near, system, theirs).call(ours, seconds=10, hang_up=(200, UP_SECONDS))
        result = await line.done()
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": owned, "verified": False})
    assert undisturbed(called)
    assert methods(result.messages) == ["ACK", "BYE", "INVITE"], "no re-INVITE, no UPDATE"
    shown, hidden = (owned, theirs) if cli else (theirs, owned)
    assert shown in result.header("INVITE", "From") and shown in result.header("INVITE", "P-Asserted-Identity")
    assert hidden not in result.messages


async def test_a_softphone_and_a_carrier_are_asked_nothing_more_when_they_are_connected(
    carrier: MakeCarrier, extension: MakeExtension, phone: MakePhone, number: MakeNumber, system: System
) -> None:
    line, own, ben = await carrier(), await extension(), await phone(answer=True, trace=True)
    async with line.answers("uas_answer") as far:
        out = await own.telephone(system).call(line.number(), seconds=10, hang_up=(200, UP_SECONDS))
        result = await far.done()
    assert undisturbed(out) and methods(result.messages) == ["ACK", "BYE", "INVITE"]
    assert own.number not in result.messages, "an extension's number means nothing outside"
    ours = await number(tasks=[{"kind": "dial", "to": ben.number}])
    into = await caller_at(line, system, "12015550199").call(ours, seconds=10, hang_up=(200, UP_SECONDS))
    await ben.closed()
    assert undisturbed(into) and methods(ben.traced()) == ["ACK", "BYE", "INVITE"]


async def test_two_softphones_are_asked_nothing_more_when_they_are_connected(
    extension: MakeExtension, phone: MakePhone, system: System
) -> None:
    own, ben = await extension(), await phone(answer=True, trace=True)
    called = await own.telephone(system).call(ben.number, seconds=10, hang_up=(200, UP_SECONDS))
    await ben.closed()
    assert undisturbed(called) and methods(ben.traced()) == ["ACK", "BYE", "INVITE"]


async def test_callers_of_carriers_that_meet_in_a_conference_are_asked_nothing_more(
    carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    ours = await number(tasks=[{"kind": "join_conference", "name": f"room-{secrets.token_hex(4)}"}])
    lines = [await carrier() for _ in range(3)]
    called = await asyncio.gather(
        *(
            caller_at(line, system, f"1201555010{nth}").call(ours, seconds=10, hang_up=(200, UP_SECONDS))
            for nth, line in enumerate(lines)
        )
    )
    assert all(undisturbed(one) for one in called)
