"""Emergency numbers, and numbers that a carrier may take for one: none of them is dialled."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import starmap

import phonenumbers

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import EMERGENCY_ANYWHERE, country_code_of, digits_of, is_emergency

NEVER = "Emergency numbers are neither called nor texted; use a phone of your own."
_ACCESS = ("", "00", "0", "9")  # what is dialled for an outside line, a national or an international number
_LONGEST = 6  # digits by which a region's emergency numbers are told


def refusal(text: str, country: str) -> str | None:
    """Return why a number is not dialled from `country` (ISO 3166-1); None: it is neither one nor like one."""
    if is_emergency(text, country):
        return NEVER
    if number := resembled(text, country):
        return (
            f"{text.strip()} is not a valid number and begins as the emergency number {number}, which a carrier may"
            f" connect. {NEVER}"
        )
    return None


def resembled(text: str, country: str) -> str | None:
    """Return the emergency number with which a longer one begins, behind an access code or not.

    A number that is valid internationally, or in `country`, begins with it by chance.
    """
    try:
        digits = digits_of(text)
    except InvalidNumber:
        return None
    found = _anywhere(digits) or next(filter(None, starmap(_begun, _as_national(digits, country))), None)
    return found if found and not _is_valid(digits, country) else None


def _anywhere(digits: str) -> str | None:
    dialled = (digits.removeprefix(code) for code in _ACCESS if digits.startswith(code))
    return next((number for each in dialled for number in sorted(EMERGENCY_ANYWHERE) if each.startswith(number)), None)


def _as_national(digits: str, country: str) -> Iterator[tuple[str, str]]:
    """Yield what may be read as dialled within a region, by its beginning: the account's, and the number's own."""
    for code in {*_ACCESS, _trunk_code(country)}:
        if digits.startswith(code):
            yield digits[len(code) : len(code) + _LONGEST], country
    international = digits.removeprefix("00")
    if named := country_code_of(international):
        national = international[len(named) : len(named) + _LONGEST]
        yield national, phonenumbers.region_code_for_country_code(int(named))


@cache
def _trunk_code(country: str) -> str:
    """Return what is dialled before a national number, such as 0, and 1 in North America."""
    known = country in phonenumbers.SUPPORTED_REGIONS
    return (phonenumbers.ndd_prefix_for_region(country, True) or "") if known else ""


@lru_cache(maxsize=20_000)
def _begun(national: str, region: str) -> str | None:
    if region not in phonenumbers.SUPPORTED_REGIONS or not phonenumbers.connects_to_emergency_number(national, region):
        return None
    begun = (national[:length] for length in range(2, _LONGEST))
    return next((part for part in begun if phonenumbers.is_emergency_number(part, region)), national)


def _is_valid(digits: str, country: str) -> bool:
    forms = (("+" + digits.removeprefix("00"), None), (digits, country))
    return any(number and phonenumbers.is_valid_number(number) for number in starmap(_parsed, forms))


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
