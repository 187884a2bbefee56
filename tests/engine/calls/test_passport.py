"""What Identity headers claim, and what is taken of it: a claim for this call, made within a minute."""

import time
from typing import Any

import jwt
import pytest

from engine.calls.passport import FRESH_SECONDS, LONGEST, MOST, Attested, is_same, read_identities
from engine.model.verstat import IdentityProblem
from tests.support.passports import KEY, ORIGID, identity, passport

CALLER, CALLEE = "12025550111", "12015552005"
TAKEN = Attested(attestation="A", origid=ORIGID)


def read(*headers: str, caller: str = f"+{CALLER}", callee: str = CALLEE) -> Attested:
    return read_identities(headers, caller=caller, callee=callee, now=time.time())


def problem(*headers: str, **call: str) -> IdentityProblem | None:
    found = read(*headers, **call)
    assert (found.attestation, found.origid) == ("", "")
    return found.problem


@pytest.mark.parametrize("attest", ["A", "B", "C"])
def test_a_fresh_claim_for_this_call_is_taken(attest: str) -> None:
    assert read(identity(passport(CALLER, CALLEE, attest=attest))) == Attested(attestation=attest, origid=ORIGID)


@pytest.mark.parametrize(
    ("caller", "callee"),
    [
        (CALLER, CALLEE),
        ("2025550111", "2015552005"),
        ("+1 202 555 0111", f"+{CALLEE}"),
    ],
)
def test_numbers_are_compared_however_the_carrier_writes_them(caller: str, callee: str) -> None:
    assert read(identity(passport(CALLER, CALLEE)), caller=caller, callee=callee) == TAKEN


def test_one_of_several_callees_is_enough() -> None:
    assert read(identity(passport(CALLER, "12015550000", CALLEE))) == TAKEN


@pytest.mark.parametrize("parameters", ["", ";info=<https://a.example/>", " ; ppt=shaken"])
def test_the_parameters_of_the_header_may_be_missing(parameters: str) -> None:
    assert read(passport(CALLER, CALLEE) + parameters) == TAKEN


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"caller": "+12025550112"}, IdentityProblem.OTHER_CALLER),
        ({"caller": "+442025550111"}, IdentityProblem.OTHER_CALLER),
        ({"caller": "anonymous"}, IdentityProblem.OTHER_CALLER),
        ({"caller": ""}, IdentityProblem.OTHER_CALLER),
        ({"callee": "12015552006"}, IdentityProblem.OTHER_CALLEE),
        ({"callee": "5552005"}, IdentityProblem.OTHER_CALLEE),
        ({"callee": ""}, IdentityProblem.OTHER_CALLEE),
    ],
)
def test_a_claim_for_another_call_is_not_taken(call: dict[str, str], expected: IdentityProblem) -> None:
    assert problem(identity(passport(CALLER, CALLEE)), **call) is expected


@pytest.mark.parametrize("seconds", [-FRESH_SECONDS - 5, FRESH_SECONDS + 5, -(10**9), 10**300])
def test_a_claim_that_is_old_or_of_the_future_is_not_taken(seconds: int) -> None:
    assert problem(identity(passport(CALLER, CALLEE, iat=int(time.time()) + seconds))) is IdentityProblem.STALE


def test_a_claim_of_half_a_minute_ago_is_taken() -> None:
    assert read(identity(passport(CALLER, CALLEE, iat=int(time.time()) - 30))) == TAKEN


def test_of_two_claims_none_is_taken() -> None:
    twice = [identity(passport(CALLER, CALLEE, attest=one)) for one in "AB"]
    assert problem(*twice) is IdentityProblem.SEVERAL
    assert problem(*twice[:1] * (MOST + 1)) is IdentityProblem.SEVERAL


def test_passports_of_other_kinds_beside_it_are_left_out() -> None:
    diverted = jwt.encode({"div": {"tn": CALLEE}}, KEY, algorithm="ES256", headers={"typ": "passport", "ppt": "div"})
    assert read(identity(diverted, "div"), identity(passport(CALLER, CALLEE)), diverted) == TAKEN
    assert read(identity("rich.call.data", "rcd"), identity(passport(CALLER, CALLEE))) == TAKEN, "by the header alone"
    assert read(identity(diverted, "div")) == Attested()
    assert read() == Attested()


def unsigned(payload: str) -> str:
    """A token with this payload, byte for byte."""
    head = {"typ": "passport", "ppt": "shaken"}
    return jwt.PyJWS().encode(payload.encode(), KEY, algorithm="ES256", headers=head)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "garbage",
        "a.b.c",
        ";;;",
        "e30.e30.",
        "ünîcödé.\udcff.x",
        identity(passport(CALLER, CALLEE).partition(".")[0]),
        identity(".".join(part if place != 1 else "" for place, part in enumerate(passport("1", "2").split(".")))),
        identity(passport(CALLER, CALLEE, attest="D")),
        identity(passport(CALLER, CALLEE, iat="now")),
        identity(passport(CALLER, CALLEE, orig={"uri": "sip:x@example.org"})),
        identity(passport(CALLER, CALLEE, dest=[CALLEE])),
        identity(passport(CALLER, CALLEE, header={"typ": "JWT"})),
        identity(unsigned("[" * 2000)),
        identity(unsigned('{"x": ' + "[" * 1500)),
        identity(unsigned("[]")),
        identity(unsigned("\x00\xff")),
        identity(passport(CALLER, CALLEE, origid="x" * LONGEST)),
    ],
    ids=lambda value: f"{len(value)} characters",  # tokens are signed anew in each worker
)
def test_what_is_no_passport_of_shaken_is_unreadable(value: str) -> None:
    assert problem(value) is IdentityProblem.UNREADABLE


def test_a_token_that_another_algorithm_signed_is_unreadable() -> None:
    claims: dict[str, Any] = {"attest": "A", "orig": {"tn": CALLER}, "dest": {"tn": [CALLEE]}, "iat": int(time.time())}
    head = {"typ": "passport", "ppt": "shaken"}
    for algorithm, key in (("HS256", "s" * 32), ("none", "")):
        token = jwt.encode(claims, key, algorithm=algorithm, headers=head)
        assert problem(identity(token)) is IdentityProblem.UNREADABLE


def test_an_origid_that_is_none_is_left_out() -> None:
    assert read(identity(passport(CALLER, CALLEE, origid="<script>"))) == Attested(attestation="A")


@pytest.mark.parametrize(
    ("number", "shown", "same"),
    [
        ("447911123456", "07911123456", True),
        ("447911123456", "00447911123456", True),
        ("911", "911", True),
        ("911", "112", False),
        ("anonymous", "anonymous", True),
        ("1" * 300, "2" * 300, False),
    ],
)
def test_two_spellings_of_a_number(number: str, shown: str, same: bool) -> None:
    assert is_same(number, shown) is same
