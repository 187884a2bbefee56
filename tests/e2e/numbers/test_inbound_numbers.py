"""Calls by a trunk: the number they reach however it is written, whose they are, the trace of those for nobody."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.e2e.conftest import MakeCarrier, MakePhone
from tests.support.carillon import Account, Admin, Own
from tests.support.ports import unused_port
from tests.support.scenario import Carrier, call_ended, until
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

ANSWERS = [{"kind": "answer"}, {"kind": "hang_up"}]
CALLER = "13125550177"
Invite = Callable[..., Awaitable[CallResult]]


@pytest.fixture
async def ours(admin: Admin, account: Account) -> AsyncIterator[str]:
    """A number in Chicago, which a fixed list answers."""
    digits = f"1312555{secrets.randbelow(10**4):04d}"
    await admin.ask("POST", "numbers", {"number": digits, "account": account.name, "tasks": ANSWERS})
    yield digits
    await admin.ask("DELETE", f"numbers/{digits}")


@pytest.fixture
def invite(system: System) -> Invite:
    """Calls us: `await invite(carrier.address, user part, …)`; ends at the latest after `seconds`."""
    host, _, port = system.sip.partition(":")

    async def call(address: str, user: str, *, caller: str = CALLER, seconds: float = 5, **more: Any) -> CallResult:
        own = {name: more.pop(name) for name in ("own_port", "call_id") if name in more}
        far = SipCaller(host, int(port), address=address, caller=caller, **own)
        return await far.call(user, seconds=seconds, **more)

    return call


async def record_of(own: Own, result: CallResult) -> dict[str, Any]:
    """The record of a call by its SIP Call-ID, once it has ended."""

    async def look() -> list[str]:
        _, body = await own.ask("GET", "calls?limit=100")
        return [call["id"] for call in body["calls"] if call["sip_call_id"] == result.call_id]

    (id,) = await until(look, bool, what="the call is on record")
    return await call_ended(own, id)


async def of_nobody(admin: Admin, carrier: Carrier) -> list[dict[str, Any]]:
    """The calls by a trunk that reached no number, the newest first."""
    listed = (await admin.ask("GET", "calls?limit=1000"))["calls"]
    return [call for call in listed if call["account"] == "-" and call["trunk"] == carrier.name]


async def refused(admin: Admin, kind: str, source: str) -> list[dict[str, Any]]:
    """What the list of trunks says of the refused requests of a kind, if one came from this address."""
    found = (await admin.ask("GET", "trunks"))["refused"]
    return [one for one in found if one["kind"] == kind and source in one["addresses"]]


async def test_a_number_is_reached_however_the_carrier_writes_it(
    ours: str, carrier: MakeCarrier, invite: Invite, own: Own
) -> None:
    network = await carrier()
    local = ours[1:]
    forms = [
        ours, f"+{ours}", f"+{ours};npdi;rn=+13125550000", f"+{ours};npdi", f"{local};phone-context=+1",
        f"+{ours};phone-context=+1", f"+{ours};ext=7", f"+{ours};tgrp=t1;trunk-context=c.example", f"00{ours}",
        f"011{ours}", f"011{local}", local, f"+1.312.{local[3:6]}.{local[6:]}", f"+1-312-{local[3:]}", f"%2B{ours}",
    ]  # fmt: skip
    results = await asyncio.gather(*(invite(network.address, form) for form in forms))
    assert {form: one.status for form, one in zip(forms, results, strict=True)} == dict.fromkeys(forms, 200)
    for form, result in zip(forms, results, strict=True):
        call = await record_of(own, result)
        assert (call["trunk"], call["callee"].removeprefix("+"), call["caller"]) == (network.name, ours, CALLER), form


async def test_a_call_to_the_registered_contact_is_for_the_number_in_to_or_called_party(
    ours: str, carrier: MakeCarrier, invite: Invite, own: Own
) -> None:
    network = await carrier(user="repuser", password="secret")
    to, party = f"sip:+{ours}@itsp.example;user=phone", (("P-Called-Party-ID", f"<sip:+{ours}@ims.example>"),)
    by_to = await invite(network.address, "repuser", to=to)
    by_party = await invite(network.address, "repuser", to="sip:+13125559999@itsp.example", headers=party)
    assert [(await record_of(own, one))["callee"] for one in (by_to, by_party)] == [ours, ours]
    assert (await invite(network.address, "somebody", to=to)).status == 404


async def test_a_call_that_reaches_no_number_is_on_record_with_its_trunk(
    ours: str, carrier: MakeCarrier, invite: Invite, admin: Admin
) -> None:
    network = await carrier()
    for user in ("13125550199;npdi", "13125550199", "nobody", "caf%E9", f"{ours},", f"{ours}%E9", f"{ours}%22"):
        assert (await invite(network.address, user)).status == 404, user

    async def look() -> list[dict[str, Any]]:
        return await of_nobody(admin, network)

    found = await until(look, lambda seen: sum(one["times"] for one in seen) == 7, what="the calls are on record")
    assert {"nobody", "13125550199", "caf\ufffd"} <= {one["callee"] for one in found}
    one = next(one for one in found if one["callee"] == "nobody")
    assert (one["caller"], one["cause"], one["sip_status"]) == (CALLER, "unknown_number", 404)
    assert one["reason"] == "no_number"
    shown = await admin.ask("GET", f"calls/{one['id']}")
    assert shown["call"] == one and shown["events"] == []


async def test_a_call_from_a_trunks_address_is_the_trunks_whoever_it_shows_as_the_caller(
    ours: str, carrier: MakeCarrier, invite: Invite, phone: MakePhone, own: Own
) -> None:
    extension, network = await phone(), await carrier()
    result = await invite(network.address, ours, caller=extension.user)
    assert result.status == 200
    call = await record_of(own, result)
    assert (call["trunk"], call["caller"]) == (network.name, extension.user)


async def test_a_trunks_further_addresses_are_its_own_and_a_strangers_call_leaves_a_trace(
    ours: str, carrier: MakeCarrier, invite: Invite, admin: Admin, own: Own
) -> None:
    network = await carrier()
    second, third = (f"127.0.{203 + one}.{secrets.randbelow(200) + 20}" for one in (0, 1))
    assert (await invite(second, ours)).status == 401
    seen = await until(lambda: refused(admin, "unknown", second), bool, what="the refused INVITE is seen")
    assert "carillon trunks set NAME --from" in seen[0]["sentence"]
    await admin.ask("PATCH", f"trunks/{network.name}", {"from": [second, f"{third}/30"]})
    for address in (second, third):
        assert (await record_of(own, await invite(address, ours)))["trunk"] == network.name
    await admin.ask("PATCH", f"trunks/{network.name}", {"from": []})
    assert (await invite(second, ours)).status == 401
    assert (await invite(network.address, ours)).status == 200


async def test_a_phone_on_the_same_machine_as_a_trunk_registers_and_calls(
    ours: str, invite: Invite, phone: MakePhone, admin: Admin, own: Own, number: Any
) -> None:
    """Two softphones are at 127.0.0.1, and so is a trunk: by its port it is told from them."""
    name, port = f"t-{secrets.token_hex(3)}", unused_port("127.0.0.1")
    await admin.ask("POST", "trunks", {"name": name, "host": "127.0.0.1", "port": port, "prefix": "1998"})
    try:
        anna, ben = await phone(), await phone()
        await anna.ring(ben.number)
        await ben.pick_up()
        await anna.until("CALL_ESTABLISHED")
        await anna.hang_up()
        result = await invite("127.0.0.1", ours, caller=anna.user, own_port=port)
        assert (await record_of(own, result))["trunk"] == name
    finally:
        await admin.ask("DELETE", f"trunks/{name}")


async def test_a_phone_behind_a_trunks_address_is_asked_for_its_password_where_the_trunk_has_a_port(
    carrier: MakeCarrier, invite: Invite, phone: MakePhone, admin: Admin, ours: str
) -> None:
    network, extension = await carrier(), await phone()
    await admin.ask("PATCH", f"trunks/{network.name}", {"from": [f"{network.address}:{network.port + 1}"]})
    assert (await invite(network.address, ours, caller=extension.user)).status == 401
    result = await invite(network.address, ours, caller=extension.user, own_port=network.port + 1)
    assert result.status == 200


async def test_bytes_that_are_no_utf_8_are_answered_or_leave_a_trace(
    ours: str, carrier: MakeCarrier, invite: Invite, own: Own, admin: Admin
) -> None:
    network = await carrier()
    by_name = await invite(network.address, ours, caller="caf%E9")
    by_call_id = await invite(network.address, ours, call_id=f"{secrets.token_hex(8)}\udce9")
    assert (await record_of(own, by_name))["callee"] == ours
    assert [status for _, status, _ in by_call_id.statuses] == [400]
    silent = await invite(network.address, ours, caller="caf\udce9", seconds=0.5)
    assert silent.statuses == [], "the SIP stack itself drops it: it is not SIP (RFC 3261 section 25.1)"
    seen = await until(lambda: refused(admin, "malformed", network.address), bool, what="the dropped INVITE is seen")
    assert seen[0]["count"] >= 1
