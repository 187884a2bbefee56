"""Parses phone numbers as customers write them."""

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import digits_of, normalise
from engine.features.pasted_text import plain

LONGEST_EXTENSION = 6


class NotANumber(ValueError):
    """The text is neither a phone number nor an extension."""


def dialled(written: str, country: str) -> str:
    """Return the digits to dial for a number or an extension as a customer in `country` (ISO 3166) writes it.

    Up to 6 digits without a plus are an extension or a short number, and are returned as they are; other numbers are
    returned in international form without the plus. Raises NotANumber with a sentence.
    """
    try:
        digits = digits_of(written)
        if len(digits) <= LONGEST_EXTENSION and not plain(written).strip(" ").startswith("+"):
            return digits
        return normalise(written, country)
    except InvalidNumber as error:
        raise NotANumber(str(error)) from None
