"""Phone numbers as customers write them, made into what may be dialled."""

import re

import phonenumbers

_WRITTEN = re.compile(r"\+?[0-9][0-9 ().-]{0,39}|\([0-9 ().-]{1,39}", re.ASCII)
_PUNCTUATION = str.maketrans("", "", " ().-+")
LONGEST_EXTENSION = 6
SHORTEST, LONGEST = 7, 15  # ITU-T E.164 §6: at most 15 digits


class NotANumber(ValueError):
    """The text is neither a phone number nor an extension."""


def dialled(written: str, country: str) -> str:
    """Return the digits to dial for a number or an extension as written by a customer.

    Up to 6 digits without a plus are an extension and stay. A number without a plus is read in `country`
    (ISO 3166 two letters) where it can be one there, else as an international one. Whether a number is assigned
    is never judged. Raises NotANumber for anything but digits and ` ().-+`.
    """
    if not _WRITTEN.fullmatch(written):
        raise NotANumber("It may hold digits, spaces and + ( ) . - only.")
    digits = written.translate(_PUNCTUATION)
    if not written.startswith("+"):
        if len(digits) <= LONGEST_EXTENSION:
            return digits
        digits = _international(digits, country)
    if not SHORTEST <= len(digits) <= LONGEST:
        raise NotANumber(f"A number has {SHORTEST} to {LONGEST} digits.")
    return digits


def _international(digits: str, country: str) -> str:
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return digits
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}" if possible else digits
