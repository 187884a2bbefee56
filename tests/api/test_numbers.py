"""Numbers as customers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.numbers import NotANumber, dialled


@pytest.mark.parametrize(
    ("written", "country", "digits"),
    [
        ("15125551234", "US", "15125551234"),
        ("5125551234", "US", "15125551234"),
        ("(512) 555-1234", "US", "15125551234"),
        ("+15125551234", "DE", "15125551234"),
        ("030 123456", "DE", "4930123456"),
        ("00442071234567", "DE", "442071234567"),
        ("442071234567", "US", "442071234567"),
        ("12015550100", "US", "12015550100"),
        ("1234567", "US", "1234567"),
        ("5551234567", "XX", "5551234567"),
        ("500", "US", "500"),
        ("123456", "DE", "123456"),
    ],
)
def test_a_number_is_read_in_the_accounts_country(written: str, country: str, digits: str) -> None:
    assert dialled(written, country) == digits


@given(st.text(max_size=30))
def test_nothing_but_digits_ever_gets_through(written: str) -> None:
    try:
        digits = dialled(written, "US")
    except NotANumber:
        return
    assert digits.isascii() and digits.isdecimal() and 1 <= len(digits) <= 15
