"""Numbers as they are copied from pages, documents and contacts."""

import pytest

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import checked, digits_of, is_emergency, normalise, prefix_of

ODD = [
    "\u202a+1 201 555 0104\u202c",  # directional embedding, as a contact is copied on a phone
    "\u2066+12015550104\u2069\u200e",
    "+1\u00a0201\u202f555\u20070104",
    "+1\u2011201\u2013555\u22120104",
    "\ufeff\u200b+1 (201) 555\u20100104",
]


@pytest.mark.parametrize("written", ODD)
def test_marks_blanks_and_dashes_are_read_as_what_they_look_like(written: str) -> None:
    assert normalise(written, "SE") == checked(written) == digits_of(written) == "12015550104"
    assert prefix_of(written) == "12015550104"


def test_an_emergency_number_is_one_whatever_is_put_between_its_digits() -> None:
    assert is_emergency("1\u200b1\u00a02", "DE") and is_emergency("9\u202a1\u20111", "US")


@pytest.mark.parametrize(
    "written", ["1\x002015550104", "1\n2015550104", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667", "12015\u00b2550"]
)
def test_what_does_not_look_like_a_number_stays_none(written: str) -> None:
    with pytest.raises(InvalidNumber):
        digits_of(written)
