"""Emergency numbers, and what a carrier may take for one."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.accounts.emergency import refusal, resembled


@pytest.mark.parametrize(
    ("number", "country", "like"),
    [
        ("9110000", "US", "911"), ("112123456", "US", "112"), ("09110000", "US", "911"), ("99110000", "US", "911"),
        ("1911 555 0000", "US", "911"), ("+1 911 555 0000", "GB", "911"), ("1121234567", "DE", "112"),
        ("0 110 1234", "DE", "110"), ("0001234567", "AU", "000"), ("9991234", "GB", "999"), ("1199000", "JP", "119"),
        ("1800555", "FR", "18"), ("+44 112 3456789", "GB", "112"), ("001120155501", "AU", "112"),
        ("9110000", "XX", "911"),
    ],
)  # fmt: skip
def test_an_emergency_number_with_digits_behind_it_is_refused(number: str, country: str, like: str) -> None:
    assert resembled(number, country) == like
    why = refusal(number, country)
    assert why and f"begins as the emergency number {like}" in why


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("911123456789", "US"), ("+91 11 2345 6789", "IN"), ("9112345678", "IN"), ("12015550114", "US"),
        ("442079460000", "GB"), ("18005551234", "FR"), ("17185551234", "FR"), ("19995550000", "US"),
        ("46812345678", "SE"), ("anonymous", "US"), ("100", "US"),
    ],
)  # fmt: skip
def test_a_number_that_begins_so_by_chance_is_dialled(number: str, country: str) -> None:
    assert resembled(number, country) is None


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), st.sampled_from(["US", "GB", "DE", "IN", "FR", "AU"]))
def test_no_country_s_example_number_is_taken_for_an_emergency_number(region: str, country: str) -> None:
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number:
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert resembled(written, country) is None
            assert resembled(written.removeprefix("+"), country) is None
