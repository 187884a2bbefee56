"""Numbers that fraud lives from: calls to them earn somebody money, so each range of them needs a word of its own.

Two lists. Which countries' ranges are premium rate, shared cost or personal numbers is asked of the package
phonenumbers, by prefix and not by length, for a carrier may cut what is too long. The other one is the table below.
"""

from functools import cache, lru_cache

import msgspec
import phonenumbers
import regex
from phonenumbers import PhoneMetadata

from engine.features.numbers.phone_numbers import country_code_of

_SATELLITE, _NETWORKS = "satellite", "international networks"
_SHARE = "known for revenue share fraud"
_RANGES: dict[str, str] = {
    # ITU-T, List of Recommendation ITU-T E.164 assigned country codes (annex to Operational Bulletin 1114)
    "808": "international shared cost", "870": _SATELLITE, "878": "universal personal numbers", "881": _SATELLITE,
    "882": _NETWORKS, "883": _NETWORKS, "888": "disaster relief", "979": "international premium rate",
    # FTC and FCC, warnings of one-ring calls (2017, May 2019)
    "1268": _SHARE, "1284": _SHARE, "1473": _SHARE, "1649": _SHARE, "1664": _SHARE, "1767": _SHARE, "1809": _SHARE,
    "1829": _SHARE, "1849": _SHARE, "1876": _SHARE, "222": _SHARE, "232": _SHARE,
    # Commsrisk, "What is new with IRSF fraud?": first among advertised destinations year after year
    "252": _SHARE, "370": _SHARE, "371": _SHARE, "53": _SHARE,
}  # fmt: skip
_RISKY = {"premium_rate": "premium rate", "shared_cost": "shared cost", "personal_number": "personal numbers"}
_ORDINARY = ("fixed_line", "mobile", "toll_free", "voip", "uan", "pager", "voicemail")
_ORDINARILY = ""
_LENGTHS = (4, 3, 2)  # of the ranges in the table, the narrowest first
_LONGEST = 7  # digits behind the country code by which metadata tells a range from others


class HighRisk(msgspec.Struct, frozen=True):
    """A range of high risk: the digits that all its numbers begin with, and what is in it."""

    prefix: str
    kind: str


def range_of(digits: str) -> HighRisk | None:
    """Return the range of high risk that a number, or a prefix of numbers, lies in; of several the narrowest."""
    code = country_code_of(digits)
    by_type = _of_country(code, digits[len(code) : len(code) + _LONGEST]) if code else None
    return by_type or next((HighRisk(digits[:n], _RANGES[digits[:n]]) for n in _LENGTHS if digits[:n] in _RANGES), None)


def opens(prefix: str, digits: str, risk: HighRisk | None) -> bool:
    """Whether an allowed prefix lets a number be called: of high risk only one that names at least its range."""
    return digits.startswith(prefix) and (risk is None or len(prefix) >= len(risk.prefix))


def _of_country(code: str, national: str) -> HighRisk | None:
    """Find the shortest beginning under which there are such numbers, and no ordinary ones."""
    for length in range(len(national) + 1):
        if (kind := _begun(code, national[:length])) != _ORDINARILY:
            return HighRisk(code + national[:length], kind) if kind else None
    return None


@lru_cache(maxsize=20_000)
def _begun(code: str, national: str) -> str | None:
    """Say what can begin so: only a kind of high risk; nothing of that (None); or both it and an ordinary number."""
    ordinary, risky = _patterns(int(code))
    kind = next((kind for pattern, kind in risky if pattern.fullmatch(national, partial=True)), None)
    if kind and any(pattern.fullmatch(national, partial=True) for pattern in ordinary):
        return _ORDINARILY
    return kind


@cache
def _patterns(code: int) -> tuple[list["regex.Pattern[str]"], list[tuple["regex.Pattern[str]", str]]]:
    """Return what a country's ordinary numbers match, and those of high risk with their kinds."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    found = (PhoneMetadata.metadata_for_region_or_calling_code(code, region) for region in regions)
    known = [each for each in found if each]
    ordinary = [pattern for each in known for name in _ORDINARY if (pattern := _pattern(each, name))]
    risky = [(pattern, kind) for each in known for name, kind in _RISKY.items() if (pattern := _pattern(each, name))]
    return ordinary, risky


def _pattern(metadata: PhoneMetadata, name: str) -> "regex.Pattern[str] | None":
    found = getattr(metadata, name)
    text = found.national_number_pattern if found else None
    return regex.compile(text) if text else None
