"""What the INVITE of a call by a trunk says of the right to its caller's number.

A carrier that checks it says the result in the parameter `verstat` of P-Asserted-Identity or From (3GPP TS 24.229
section 7.2A.20), in one of its forms (a parameter of the number, of the URI, or behind it; carriers add -A, -B and -C),
or in a header of its own. Anybody may write such a parameter: it counts only where the trunk's settings name its place.
An Identity header counts as a claim.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from engine.ari.channel import Channel
from engine.calls.called import header_value, names_with
from engine.calls.passport import MOST, Attested, is_same, read_identities
from engine.model.verstat import FAILED, NOT_VALIDATED, PASSED, Verstat

PAI, FROM, NOWHERE = "pai", "from", "none"
"""Places of `verstat_in` that are not the name of a header."""
_ASSERTED = "P-Asserted-Identity"
_IDENTITY = ("identity", "y")  # RFC 8224 section 4: its name and the short form
_RESULT = re.compile(rf"({PASSED}|{FAILED}|{NOT_VALIDATED})(?:-([ABC]))?", re.IGNORECASE)
_PARAMETER = re.compile(r';\s*verstat\s*=\s*"?([A-Za-z-]+)', re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_USER = re.compile(r"(?:sips?|tel):([^@;>]*)", re.IGNORECASE)
_LETTER = re.compile(r'(?:^|=)\s*"?([ABC])"?\s*(?:;|$)', re.IGNORECASE)
_WORDS = {word.lower(): word for word in (PASSED, FAILED, NOT_VALIDATED)}
_WEAKEST = (FAILED, NOT_VALIDATED, PASSED)
_HANDED = ((PAI, f"{_ASSERTED},1"), (PAI, f"{_ASSERTED},2"), (FROM, "From"))
_NAMES = ("Identity", "y")  # prefixes of names, which the dialplan hands over as the last two arguments


class VerstatPlaces(NamedTuple):
    """Where a trunk's carrier says it: `pai`, `from`, `none` or the name of a header.

    `attestation_in`: the name of a header that has A, B or C; "": none has.
    """

    verstat_in: str = PAI
    attestation_in: str = ""


class _Verdict(NamedTuple):
    result: str = ""
    attestation: str = ""


async def read_verstat(
    channel: Channel, said: Iterable[str], places: VerstatPlaces, *, caller: str, callee: str, now: float
) -> Verstat | None:
    """Read it; None where the INVITE says nothing.

    `said`: what the dialplan hands over, of which these are `pai=`, `from=` and `identity=` (the names of Identity
    headers). `caller`: the number that Asterisk took from the INVITE, and of which alone a result counts. `callee` is
    the number that was called; `now` is in Unix seconds.
    """
    handed = [(name, unquote(value)) for name, _, value in (one.partition("=") for one in said)]
    if sum(name == "identity" for name, _ in handed) < len(_NAMES):
        handed = await _read_again(channel)
    verdict = await _of_carrier(channel, handed, places, caller)
    claimed = Attested()
    if not verdict.attestation and verdict.result != FAILED and (names := _identities(handed)):
        headers = await asyncio.gather(*(header_value(channel, name) for name in names))
        claimed = read_identities(headers, caller=caller, callee=callee, now=now)
    attestation = verdict.attestation or claimed.attestation
    found = Verstat(
        result=verdict.result,
        attestation=attestation,
        attestation_from="carrier" if verdict.attestation else "identity" if attestation else "",
        origid=claimed.origid,
        problem=claimed.problem,
    )
    return None if found == Verstat() else found


async def _read_again(channel: Channel) -> list[tuple[str, str]]:
    """Read what the dialplan hands over, if it was cut: Asterisk has 4 KB for it, and a caller may have a long name."""
    values = await asyncio.gather(*(header_value(channel, name) for _, name in _HANDED))
    names = await asyncio.gather(*(names_with(channel, prefix) for prefix in _NAMES))
    read = zip((place for place, _ in _HANDED), values, strict=True)
    return [*read, *(("identity", listed) for listed in names)]


async def _of_carrier(
    channel: Channel, handed: Sequence[tuple[str, str]], places: VerstatPlaces, caller: str
) -> _Verdict:
    where = places.verstat_in.lower()
    if where in (PAI, FROM):
        verdict = _weakest(_of_addresses((value for name, value in handed if name == where), caller))
    elif where == NOWHERE:
        verdict = _Verdict()
    else:
        verdict = _read(await header_value(channel, places.verstat_in))
    if not places.attestation_in or verdict.attestation or verdict.result == FAILED:
        return verdict
    found = _LETTER.search(await header_value(channel, places.attestation_in))
    return verdict._replace(attestation=found[1].upper()) if found else verdict


def _of_addresses(values: Iterable[str], caller: str) -> Iterator[_Verdict]:
    """Yield what is said of the caller's number in addresses. Display names are the caller's own, so they are cut."""
    for value in values:
        for written in _QUOTED.sub("", value).split(","):
            address = written[written.find("<") + 1 :]
            user, said = _USER.search(address), _PARAMETER.search(address)
            if user and said and is_same(unquote(user[1]), caller):
                yield _read(said[1])


def _weakest(verdicts: Iterable[_Verdict]) -> _Verdict:
    known = [verdict for verdict in verdicts if verdict.result]
    return min(known, key=lambda verdict: _WEAKEST.index(verdict.result), default=_Verdict())


def _read(text: str) -> _Verdict:
    """Read a result, or an attestation alone, as headers of carriers have it; anything else says nothing."""
    value = text.strip().strip('"')
    if found := _PARAMETER.search(f";{value}"):
        value = found[1]
    if result := _RESULT.fullmatch(value):
        return _Verdict(_WORDS[result[1].lower()], (result[2] or "").upper())
    letter = _LETTER.search(value)
    return _Verdict(attestation=letter[1].upper()) if letter else _Verdict()


def _identities(handed: Iterable[tuple[str, str]]) -> list[str]:
    """Return each Identity header as Asterisk's function reads it: its name, and which one of that name it is."""
    listed = [one.lower() for name, value in handed if name == "identity" for one in value.split(",")]
    names = [(one, listed[: place + 1].count(one)) for place, one in enumerate(listed) if one in _IDENTITY]
    return [f"{one},{nth}" for one, nth in names[: MOST + 1]]
