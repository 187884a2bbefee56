"""What a carrier says of the right to a caller's number: where it counts, and where it is only what somebody wrote."""

from typing import Any
from urllib.parse import quote

import pytest

from engine.calls.directory import Answering
from engine.calls.verstat import VerstatPlaces
from engine.model.verstat import FAILED, NOT_VALIDATED, PASSED, IdentityProblem, Verstat, fields_of
from engine.store import calls
from engine.tasks.play import Play
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange
from tests.support.passports import ORIGID, identity, passport

NUMBER, OURS = "12025550111", "12015552005"
A = Verstat(result=PASSED, attestation="A", attestation_from="carrier")


async def came(
    exchange: Exchange,
    asterisk: FakeAri,
    *,
    places: VerstatPlaces | None = None,
    headers: dict[str, str] | None = None,
    name: str = "PJSIP/trunk-acme-00000001",
    number: str = f"+{NUMBER}",
    source: str = "inbound",
    cut: bool = False,
    **said: str | list[str],
) -> Verstat | None:
    """What is stored of a call whose INVITE says this; `headers` are those that Asterisk is asked for;
    `cut`: what the dialplan hands over is not whole."""
    exchange.directory.places = places or VerstatPlaces()
    answering = Answering(account=ACCOUNT, tasks=(Play(source="http://host/a.wav"),))
    exchange.directory.numbers[OURS] = answering
    exchange.directory.extensions[OURS] = answering
    for header, value in (headers or {}).items():
        function = header if header.startswith("PJSIP_") else f"PJSIP_HEADER(read,{header})"
        asterisk.world.variables["in-1", function] = value
    values = {key.rstrip("_"): [each] if isinstance(each, str) else each for key, each in said.items()}
    names = values.pop("identity", [])
    values["identity"] = [*names, *[""] * (2 - len(names))][: 1 if cut else 2]
    written = [f"{key}={quote(one)}" for key, each in values.items() for one in each]
    asterisk.incoming("in-1", [source, OURS, "", "privacy=", *written], number=number, name=name)
    await settled()
    (call,) = await exchange.database.read(lambda conn: calls.list(conn))
    return call.verstat


def pai(parameter: str) -> str:
    return f"<sip:+{NUMBER}{parameter}@carrier.example;user=phone>"


@pytest.mark.parametrize(
    "value",
    [
        pai(f";verstat={PASSED}-A"),
        f'"Ann" <sip:+{NUMBER};verstat={PASSED}-A@carrier.example>',
        f"<sip:+{NUMBER}@carrier.example:5060>;verstat={PASSED}-A",
        f"<sip:+{NUMBER}@carrier.example;verstat={PASSED}-A>",
        f"<tel:+{NUMBER};verstat={PASSED}-A>",
        f"tel:+{NUMBER};verstat={PASSED}-A",
        f"<tel:+{NUMBER};cpc=ordinary; verstat = {PASSED}-a >",
        f"<sip:x@carrier.example>, <tel:+{NUMBER};verstat={PASSED}-A>",
    ],
)
async def test_a_carrier_says_it_in_each_of_these_ways(exchange: Exchange, asterisk: FakeAri, value: str) -> None:
    assert await came(exchange, asterisk, pai=value) == A


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (f";verstat={PASSED}", Verstat(result=PASSED)),
        (f";verstat={PASSED}-B", Verstat(result=PASSED, attestation="B", attestation_from="carrier")),
        (f";verstat={FAILED}", Verstat(result=FAILED)),
        (f";verstat={FAILED.lower()}-C", Verstat(result=FAILED, attestation="C", attestation_from="carrier")),
        (f";verstat={NOT_VALIDATED}", Verstat(result=NOT_VALIDATED)),
        (f";verstat={PASSED}-D", None),
        (f";verstat=x{PASSED}", None),
        (f";xverstat={PASSED}", None),
        (";verstat", None),
        (";verstat=", None),
        ("", None),
    ],
)
async def test_what_is_no_result_is_not_taken_for_one(
    exchange: Exchange, asterisk: FakeAri, parameter: str, expected: Verstat | None
) -> None:
    assert await came(exchange, asterisk, pai=pai(parameter)) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"from_": pai(f";verstat={PASSED}-A")},
        {"pai": f'";verstat={PASSED}-A" {pai("")}'},
        {"pai": f'"\\";verstat={PASSED}-A" {pai("")}'},
        {"pai": f'"<sip:+{NUMBER};verstat={PASSED}-A@h>" {pai("")}'},
        {"pai": f"x;verstat={PASSED}-A {pai('')}"},
        {"pai": f"<sip:+12025550999;verstat={PASSED}-A@carrier.example>"},
        {"rpid": pai(f";verstat={PASSED}-A")},
    ],
    ids=["From", "display name", "escaped quote", "address in the name", "name without quotes", "other number", "RPID"],
)
async def test_what_a_caller_may_have_written_says_nothing(
    exchange: Exchange, asterisk: FakeAri, said: dict[str, str]
) -> None:
    assert await came(exchange, asterisk, **said) is None
    assert not asterisk.was_asked("GET", "/channels/in-1/variable"), "a plain call costs no request"


async def test_of_two_asserted_identities_the_weaker_result_counts(exchange: Exchange, asterisk: FakeAri) -> None:
    both = [pai(f";verstat={PASSED}-A"), f"<tel:+{NUMBER};verstat={FAILED}>"]
    assert await came(exchange, asterisk, pai=both) == Verstat(result=FAILED)


async def test_from_counts_where_the_trunk_says_so_and_pai_does_not(exchange: Exchange, asterisk: FakeAri) -> None:
    said: dict[str, Any] = {"from_": pai(f";verstat={NOT_VALIDATED}") + ";tag=1", "pai": pai(f";verstat={PASSED}-A")}
    found = await came(exchange, asterisk, places=VerstatPlaces("from"), **said)
    assert found == Verstat(result=NOT_VALIDATED)


async def test_a_trunk_that_is_trusted_with_nothing_says_nothing(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await came(exchange, asterisk, places=VerstatPlaces("none"), pai=pai(f";verstat={PASSED}-A")) is None
    assert not asterisk.was_asked("GET", "/channels/in-1/variable")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{PASSED}-A", A),
        (f" verstat={PASSED}-A ", A),
        (f'"{PASSED}"', Verstat(result=PASSED)),
        ("B", Verstat(attestation="B", attestation_from="carrier")),
        ("attest=c;", Verstat(attestation="C", attestation_from="carrier")),
        ("ABC", None),
        ("", None),
    ],
)
async def test_a_header_of_the_carrier_s_own(
    exchange: Exchange, asterisk: FakeAri, value: str, expected: Verstat | None
) -> None:
    places, headers = VerstatPlaces("X-Verstat"), {"X-Verstat": value}
    said = pai(f";verstat={FAILED}")
    assert await came(exchange, asterisk, places=places, headers=headers, pai=said) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (f"{PASSED}", Verstat(result=PASSED, attestation="B", attestation_from="carrier")),
        (f"{PASSED}-A", A),
        (FAILED, Verstat(result=FAILED)),
    ],
)
async def test_the_attestation_may_have_a_header_of_its_own(
    exchange: Exchange, asterisk: FakeAri, result: str, expected: Verstat
) -> None:
    places, headers = VerstatPlaces(attestation_in="P-Attestation-Indicator"), {"P-Attestation-Indicator": "B"}
    found = await came(exchange, asterisk, places=places, headers=headers, pai=pai(f";verstat={result}"))
    assert found == expected


def claim(attest: str = "A") -> str:
    return identity(passport(NUMBER, OURS, attest=attest))


@pytest.mark.parametrize(("named", "header"), [("Identity", "identity,1"), ("y", "y,1"), ("IDENTITY", "identity,1")])
async def test_an_identity_header_is_a_claim(exchange: Exchange, asterisk: FakeAri, named: str, header: str) -> None:
    found = await came(exchange, asterisk, headers={header: claim()}, identity=[named, ""])
    assert found == Verstat(attestation="A", attestation_from="identity", origid=ORIGID)
    shown = fields_of(found)
    assert shown and (shown["verified"], shown["result"], shown["attestation"]) == (False, None, "A")


async def test_a_second_identity_header_takes_the_claim_away(exchange: Exchange, asterisk: FakeAri) -> None:
    headers = {"identity,1": claim("A"), "identity,2": claim("B")}
    found = await came(exchange, asterisk, headers=headers, identity="Identity,Identity,Identity-Info")
    assert found == Verstat(problem=IdentityProblem.SEVERAL)


async def test_identity_completes_what_the_carrier_checked_and_not_what_it_refused(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    found = await came(
        exchange, asterisk, headers={"identity,1": claim("B")}, identity="Identity", pai=pai(f";verstat={PASSED}")
    )
    assert found == Verstat(result=PASSED, attestation="B", attestation_from="identity", origid=ORIGID)
    assert found.verified


@pytest.mark.parametrize("result", [FAILED, f"{PASSED}-A"])
async def test_identity_is_not_read_where_the_carrier_has_said_it(
    exchange: Exchange, asterisk: FakeAri, result: str
) -> None:
    found = await came(
        exchange, asterisk, headers={"identity,1": claim("B")}, identity="Identity", pai=pai(f";verstat={result}")
    )
    assert found and found.origid == "" and not asterisk.was_asked("GET", "/channels/in-1/variable")


async def test_an_identity_header_that_asterisk_does_not_return_is_unreadable(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    assert await came(exchange, asterisk, identity="Identity") == Verstat(problem=IdentityProblem.UNREADABLE)


async def test_what_was_cut_is_read_from_asterisk(exchange: Exchange, asterisk: FakeAri) -> None:
    headers = {
        "P-Asserted-Identity,1": pai(f";verstat={PASSED}"),
        "P-Asserted-Identity,2": "",
        "PJSIP_HEADERS(Identity)": "Identity",
        "identity,1": claim("C"),
    }
    found = await came(exchange, asterisk, cut=True, headers=headers, pai=pai(f";verstat={FAILED}"))
    assert found == Verstat(result=PASSED, attestation="C", attestation_from="identity", origid=ORIGID)


async def test_what_was_cut_and_cannot_be_read_says_nothing(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await came(exchange, asterisk, cut=True) is None


async def test_a_softphone_says_nothing_of_itself(exchange: Exchange, asterisk: FakeAri) -> None:
    said = {"pai": pai(f";verstat={PASSED}-A"), "identity": "Identity"}
    assert await came(exchange, asterisk, source="extension", name="PJSIP/e-1-00000001", **said) is None


async def test_a_number_without_a_plus_is_the_caller_s_too(exchange: Exchange, asterisk: FakeAri) -> None:
    assert await came(exchange, asterisk, number="2025550111", pai=pai(f";verstat={PASSED}-A")) == A
