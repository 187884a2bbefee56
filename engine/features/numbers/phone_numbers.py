"""What may be dialled: from whatever a customer writes to plain digits, or a refusal."""

import re

import phonenumbers

from engine.features.errors import InvalidNumber
from engine.features.pasted_text import plain

LAB_PREFIX = "1201555"  # fictional numbers of the North American plan; a new account may dial these
NEW_ACCOUNT_PREFIXES = (LAB_PREFIX,)
# GSM 03.22 / 3GPP TS 22.101 §10.1 (112, 911), and two that connect from many countries' networks.
EMERGENCY_ANYWHERE = frozenset({"112", "911", "999", "000"})
_WRITTEN = re.compile(r"\+?[0-9 ().\-]+", re.ASCII)
_LONGEST_EMERGENCY = 6  # digits, in the metadata of phonenumbers 9
_FEWEST, _MOST = 7, 15  # ITU-T E.164 §6.1: 15 at most


def digits_of(text: str) -> str:
    """Take the formatting (blanks, dots, hyphens, parentheses) and a plus away; raises InvalidNumber for all else."""
    written = plain(text).strip(" ")
    if not _WRITTEN.fullmatch(written) or len(written) > 40:
        raise InvalidNumber("A telephone number has only digits, an optional + before them, blanks, ( ) - and dots.")
    digits = re.sub(r"[^0-9]", "", written)
    if not digits:
        raise InvalidNumber("A telephone number has digits.")
    return digits


def normalise(text: str, country: str) -> str:
    """Return the international digits (7 to 15, no plus) of a number as somebody in `country` (ISO 3166) writes it.

    Without + or 00, a number valid in the country is taken as national; else what is valid abroad, or possible at
    home. Whether a number is assigned is never asked: 7 to 15 digits pass as they stand. Raises InvalidNumber.
    """
    digits = digits_of(text)
    written = plain(text).strip(" ")
    if written.startswith("+"):
        found = _international(written) or digits
    elif digits.startswith("00"):
        found = _international("+" + digits[2:]) or digits[2:]
    else:
        found = _national(digits, country)
    return _within_limits(found)


def checked(text: str) -> str:
    """Return the digits of a number that is international already, with or without + or 00; raises InvalidNumber."""
    digits = digits_of(text)
    if digits.startswith("00") and not plain(text).strip(" ").startswith("+"):
        digits = digits[2:]
    return _within_limits(digits)


def is_emergency(text: str, country: str) -> bool:
    """Whether `text` is an emergency number, anywhere or in `country`; those are never dialled."""
    try:
        digits = digits_of(text)
    except InvalidNumber:
        return False
    if digits in EMERGENCY_ANYWHERE:
        return True
    known = country in phonenumbers.SUPPORTED_REGIONS
    return len(digits) <= _LONGEST_EMERGENCY and known and bool(phonenumbers.is_emergency_number(digits, country))


def country_code_of(digits: str) -> str | None:
    """Return the country code (ITU-T E.164, 1 to 3 digits) that an international number begins with."""
    begun = (digits[:length] for length in (1, 2, 3) if len(digits) >= length)
    return next((code for code in begun if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), None)


def national(digits: str) -> str:
    """Return the digits of a number without its country's code, such as 4155552671; those of none as they are."""
    code = country_code_of(digits)
    return digits[len(code) :] if code else digits


def region_of(digits: str) -> str | None:
    """Return the country (ISO 3166-1) of an international number, told apart by its area code where several share a
    country code (the North American plan does); None: none is known.
    """
    number = _parse("+" + digits, None)
    return phonenumbers.region_code_for_number(number) if number else None


def is_possible(digits: str) -> bool:
    """Whether an international number has as many digits as numbers of its country code have."""
    number = _parse("+" + digits, None)
    return number is not None and phonenumbers.is_possible_number(number)


def prefix_of(text: str) -> str:
    """Read a prefix such as `+1` or `44 20`; `+`, `*` or nothing is every number. Raises InvalidNumber."""
    if text.strip() in ("", "+", "*"):
        return ""
    digits = digits_of(text)
    return digits[2:] if digits.startswith("00") and not plain(text).strip().startswith("+") else digits


def _within_limits(digits: str) -> str:
    if not _FEWEST <= len(digits) <= _MOST:
        raise InvalidNumber(f"A telephone number has {_FEWEST} to {_MOST} digits; this one has {len(digits)}.")
    return digits


def _international(written: str) -> str | None:
    number = _parse(written, None)
    return _e164(number) if number else None


def _national(digits: str, country: str) -> str:
    home = _parse(digits, country)
    if home and phonenumbers.is_valid_number(home):
        return _e164(home)
    abroad = _parse("+" + digits, None)
    if abroad and phonenumbers.is_valid_number(abroad):
        return _e164(abroad)
    # A number without its area code is not one to dial from elsewhere: it stays as it stands.
    whole = home and phonenumbers.is_possible_number_with_reason(home) == phonenumbers.ValidationResult.IS_POSSIBLE
    return _e164(home) if home and whole else digits


def _parse(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).removeprefix("+")
