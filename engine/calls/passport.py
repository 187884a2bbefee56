"""Reads the Identity headers of an INVITE (RFC 8224): the PASSporTs (RFC 8225) of SHAKEN (RFC 8588).

Signatures are not checked (docs/decisions/051-verstat.md), so what is read is only what somebody claims. It is taken
if it was made for this call: for its two numbers, within a minute.
"""

import re
from collections.abc import Sequence
from typing import Literal

import jwt
import msgspec
import phonenumbers
from phonenumbers import MatchType

from engine.model.verstat import IdentityProblem

FRESH_SECONDS = 60
"""How old a PASSporT may be (RFC 8224 section 6.2)."""
LONGEST = 4000
"""Characters of an Identity header that is looked at; one of SHAKEN has some 800."""
MOST = 5
"""So many Identity headers are looked at; others than SHAKEN's (div, rcd) may be among them."""
_ORIGID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_PPT = re.compile(r';\s*ppt\s*=\s*"?([A-Za-z0-9-]+)', re.IGNORECASE)
_SHAKEN = "shaken"
_SAME = frozenset({MatchType.EXACT_MATCH, MatchType.NSN_MATCH})


class Attested(msgspec.Struct, frozen=True, kw_only=True):
    """What the Identity headers of a call claim; all empty where none is of SHAKEN."""

    attestation: str = ""
    origid: str = ""
    problem: IdentityProblem | None = None


class _Number(msgspec.Struct, frozen=True):
    tn: str


class _Numbers(msgspec.Struct, frozen=True):
    tn: tuple[str, ...] = ()


class _Claims(msgspec.Struct, frozen=True):
    """The claims of SHAKEN: RFC 8588 sections 4 and 5, RFC 8225 section 5."""

    attest: Literal["A", "B", "C"]
    orig: _Number
    dest: _Numbers
    iat: float
    origid: str = ""


class _Unreadable(Exception):
    """A header is no PASSporT of SHAKEN, and none of another kind."""


def read_identities(headers: Sequence[str], *, caller: str, callee: str, now: float) -> Attested:
    """Read the values of all Identity headers of a call between two numbers; `now` in Unix seconds."""
    if len(headers) > MOST:
        return Attested(problem=IdentityProblem.SEVERAL)
    try:
        read = [claims for claims in map(_claims, headers) if claims]
    except _Unreadable:
        return Attested(problem=IdentityProblem.UNREADABLE)
    if len(read) > 1:
        return Attested(problem=IdentityProblem.SEVERAL)
    for claims in read:
        if problem := _problem(claims, caller, callee, now):
            return Attested(problem=problem)
        return Attested(attestation=claims.attest, origid=claims.origid if _ORIGID.fullmatch(claims.origid) else "")
    return Attested()


def is_same(number: str, shown: str) -> bool:
    """Whether two spellings are one number: `number` has its country code, and maybe no plus."""
    if number.removeprefix("+") == shown.removeprefix("+"):
        return True
    return phonenumbers.is_number_match(f"+{number.removeprefix('+')}", shown) in _SAME


def _claims(header: str) -> _Claims | None:
    """Return the claims in a header's value; None: they are of another kind than SHAKEN. Raises _Unreadable."""
    if len(header) > LONGEST:
        raise _Unreadable
    token = header.partition(";")[0].strip()
    named = _PPT.search(header)
    if named and named[1].lower() != _SHAKEN:
        return None
    try:
        passport = jwt.PyJWS().decode_complete(token, options={"verify_signature": False})
        kind = passport["header"]
        if kind.get("ppt", _SHAKEN) != _SHAKEN:
            return None
        if (kind.get("typ"), kind.get("alg"), kind.get("ppt")) != ("passport", "ES256", _SHAKEN):
            raise _Unreadable
        return msgspec.json.decode(passport["payload"], type=_Claims)
    except (jwt.InvalidTokenError, msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _Unreadable from error


def _problem(claims: _Claims, caller: str, callee: str, now: float) -> IdentityProblem | None:
    if abs(now - claims.iat) > FRESH_SECONDS:
        return IdentityProblem.STALE
    if not is_same(claims.orig.tn, caller):
        return IdentityProblem.OTHER_CALLER
    if not any(is_same(number, callee) for number in claims.dest.tn):
        return IdentityProblem.OTHER_CALLEE
    return None
