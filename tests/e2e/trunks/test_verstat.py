"""INVITEs whose carrier says whether the caller's number was checked, and INVITEs in which somebody else says so."""

import secrets
from typing import Any

import pytest

from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support.carillon import Command, Own
from tests.support.passports import ORIGID, identity, passport
from tests.support.scenario import Carrier, until
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

PASSED, FAILED = "TN-Validation-Passed", "TN-Validation-Failed"
NOTHING = {
    "result": None, "verified": False, "attestation": None, "attestation_from": None, "origid": None, "problem": None,
}  # fmt: skip
BY_CARRIER = NOTHING | {"result": PASSED, "verified": True, "attestation": "A", "attestation_from": "carrier"}
CLAIMED = NOTHING | {"attestation": "A", "attestation_from": "identity", "origid": ORIGID}
REFUSES = [{"kind": "hang_up", "cause": "busy"}]


def somebody() -> str:
    """A caller's number that nobody else has: the calls of each test are found by it."""
    return f"1201557{secrets.randbelow(10**4):04d}"


async def call(
    line: Carrier, system: System, ours: str, caller: str, *headers: tuple[str, str], address: str = ""
) -> CallResult:
    """A call by a carrier to a number of ours; `address` is its From."""
    host, _, port = system.sip.partition(":")
    identity = address or f"<sip:+{caller}@{line.address}>"
    one = SipCaller(host, int(port), address=line.address, caller=caller, identity=identity)
    return await one.call(ours, seconds=10, headers=headers, hang_up=(200, 0.2))


async def record(own: Own, caller: str) -> dict[str, Any]:
    """The record of the inbound call from a number."""

    async def look() -> list[dict[str, Any]]:
        _, body = await own.ask("GET", "calls?limit=50")
        calls = [one for one in body["calls"] if one["direction"] == "inbound" and one["ended"]]
        return [one for one in calls if one["caller"].removeprefix("+") == caller]

    (found,) = await until(look, bool, what=f"the call from {caller} is on record")
    return dict(found)


def pai(caller: str, parameter: str) -> tuple[str, str]:
    return "P-Asserted-Identity", f'"Ann" <sip:+{caller}{parameter}@carrier.example;user=phone>'


@pytest.mark.parametrize(
    ("numbering", "address", "headers", "expected"),
    [
        ({}, "", [("P-Asserted-Identity", "<sip:+{n};verstat=TN-Validation-Passed-A@h;user=phone>")], BY_CARRIER),
        ({}, "", [("P-Asserted-Identity", "<sip:+{n}@h:5060>;verstat=TN-Validation-Passed-A")], BY_CARRIER),
        ({}, "", [("P-Asserted-Identity", "<tel:+{n};verstat=TN-Validation-Passed-A>")], BY_CARRIER),
        ({}, "", [("P-Asserted-Identity", "<sip:+{n}@h>, <tel:+{n};verstat=TN-Validation-Failed>")],
         NOTHING | {"result": FAILED}),
        ({"verstat_in": "from"}, "<tel:+{n};verstat=TN-Validation-Passed-A>", [], BY_CARRIER),
        ({"verstat_in": "from"}, "<sip:+{n};verstat=TN-Validation-Passed-A@h>", [], BY_CARRIER),
        ({}, "<sip:+{n};verstat=TN-Validation-Passed-A@h>", [], None),
        ({}, '";verstat=TN-Validation-Passed-A" <sip:+{n}@h>',
         [("P-Asserted-Identity", '";verstat=TN-Validation-Passed-A" <sip:+{n}@h>')], None),
        ({"verstat_in": "none"}, "", [("P-Asserted-Identity", "<sip:+{n};verstat=TN-Validation-Passed-A@h>")], None),
        ({"verstat_in": "X-Verstat"}, "", [("X-Verstat", "TN-Validation-Passed-A")], BY_CARRIER),
        ({"verstat_in": "X-Verstat"}, "", [], None),
        ({"attestation_in": "P-Attestation-Indicator"}, "",
         [("P-Asserted-Identity", "<sip:+{n}@h>;verstat=TN-Validation-Passed"), ("P-Attestation-Indicator", "A")],
         BY_CARRIER),
    ],
    ids=[
        "in the number", "behind the address", "in a tel URI", "failed beside nothing", "From as a tel URI", "From",
        "From that is not trusted", "display names", "a trunk that is not trusted", "a header",
        "a header that is missing", "an attestation apart",
    ],
)  # fmt: skip
async def test_what_the_carrier_says_of_the_number_is_told_where_it_may_say_it(
    carrier: MakeCarrier,
    number: MakeNumber,
    own: Own,
    system: System,
    numbering: dict[str, str],
    address: str,
    headers: list[tuple[str, str]],
    expected: dict[str, Any] | None,
) -> None:
    line, ours, caller = await carrier(numbering=numbering), await number(tasks=REFUSES), somebody()
    written = [(name, value.replace("{n}", caller)) for name, value in headers]
    called = await call(line, system, ours, caller, *written, address=address.replace("{n}", caller))
    assert called.status == 486, called.statuses
    assert (await record(own, caller))["verstat"] == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("Identity", "{a}")], CLAIMED),
        ([("identity", "{a}")], CLAIMED),
        ([("y", "{a}")], CLAIMED),
        ([("Identity", "garbage;;info=<x>\x7f")], NOTHING | {"problem": "unreadable"}),
        ([("Identity", "{a}"), ("Identity", "{b}")], NOTHING | {"problem": "several"}),
        ([("Identity", "{a}"), ("y", "{b}")], NOTHING | {"problem": "several"}),
        ([("Identity", "{long}")], None),
        ([("Identity", "{stale}")], NOTHING | {"problem": "stale"}),
        ([("Identity", "{other caller}")], NOTHING | {"problem": "other_caller"}),
        ([("Identity", "{other callee}")], NOTHING | {"problem": "other_callee"}),
    ],
    ids=[
        "one", "in lower case", "in short form", "garbage", "two", "two names", "8 KB", "an old one",
        "another caller's", "for another number",
    ],
)  # fmt: skip
async def test_an_identity_header_is_told_as_a_claim_and_odd_ones_as_what_they_are(
    carrier: MakeCarrier,
    number: MakeNumber,
    own: Own,
    system: System,
    headers: list[tuple[str, str]],
    expected: dict[str, Any] | None,
) -> None:
    line, ours, caller = await carrier(), await number(tasks=REFUSES), somebody()
    values = {
        "{a}": identity(passport(caller, ours)),
        "{b}": identity(passport(caller, ours, attest="B")),
        "{long}": identity(passport(caller, ours, origid="x" * 6000)),
        "{stale}": identity(passport(caller, ours, iat=1_700_000_000)),
        "{other caller}": identity(passport("12025550111", ours)),
        "{other callee}": identity(passport(caller, "12025550111")),
    }
    called = await call(line, system, ours, caller, *((name, values.get(value, value)) for name, value in headers))
    assert called.status == 486, called.statuses
    assert (await record(own, caller))["verstat"] == expected


async def test_parameters_and_passports_leak_into_no_invite_that_goes_on(
    carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    near, far, caller = await carrier(), await carrier(), somebody()
    ours = await number(tasks=[{"kind": "dial", "to": far.number()}])
    said = (pai(caller, f";verstat={PASSED}-A"), ("Identity", identity(passport(caller, ours))))
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        address = f"<sip:+{caller};verstat={PASSED}-A@{near.address};user=phone>"
        called = await call(near, system, f"{ours};verstat={PASSED}-A", caller, *said, address=address)
        result = await line.done()
    assert called.status == 486, called.statuses
    assert f"INVITE sip:{far.number()}@" in result.messages
    assert caller in result.header("INVITE", "From") and "verstat" not in result.messages
    assert result.header("INVITE", "Identity") == ""


@pytest.mark.parametrize("length", [600, 1200, 2400])
async def test_a_long_name_does_not_hide_that_a_check_failed(
    carrier: MakeCarrier, number: MakeNumber, own: Own, system: System, length: int
) -> None:
    line, ours, caller = await carrier(), await number(tasks=REFUSES), somebody()
    address = f'"{"," * length}" <sip:+{caller}@{line.address}>'
    called = await call(line, system, ours, caller, pai(caller, f";verstat={FAILED}"), address=address)
    assert called.status == 486, called.statuses
    assert (await record(own, caller))["verstat"] == NOTHING | {"result": FAILED}


async def test_of_a_caller_that_is_not_shown_the_result_is_kept_and_the_number_is_not(
    carrier: MakeCarrier, number: MakeNumber, own: Own, system: System
) -> None:
    line, ours, caller = await carrier(), await number(tasks=REFUSES), somebody()
    anonymous = '"Anonymous" <sip:anonymous@anonymous.invalid>'
    said = (pai(caller, f";verstat={PASSED}-A"), ("Privacy", "id"))
    await call(line, system, ours, caller, *said, address=anonymous)

    async def look() -> list[dict[str, Any]]:
        _, body = await own.ask("GET", "calls?limit=50")
        return [one for one in body["calls"] if one["callee"] == ours and one["ended"]]

    (found,) = await until(look, bool, what="the call is on record")
    assert (found["caller"], found["private"], found["verstat"]) == ("", True, BY_CARRIER)


async def test_the_command_line_says_who_said_it(
    carrier: MakeCarrier, number: MakeNumber, own: Own, carillon: Command, system: System
) -> None:
    line, ours, caller = await carrier(), await number(tasks=REFUSES), somebody()
    await call(line, system, ours, caller, ("Identity", identity(passport(caller, ours))))
    shown = await carillon("calls", "show", (await record(own, caller))["id"])
    assert "attestation A (Identity, signature not checked)" in shown
