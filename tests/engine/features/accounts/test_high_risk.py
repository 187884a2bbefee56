"""Ranges of high risk: which there are, and which prefixes open them."""

import pytest

from engine.features.accounts.allowed_prefixes import allowance_of, not_allowed, shown, stored_form
from engine.features.accounts.high_risk import range_of
from engine.features.errors import FeatureError


@pytest.mark.parametrize(
    ("number", "prefix"),
    [
        ("870773111632", "870"), ("881612345678", "881"), ("88213312345", "882"), ("883510012345678", "883"),
        ("878101234567", "878"), ("979123456789", "979"), ("808012345678", "808"), ("88812345678", "888"),
        ("19005551234", "1900"), ("449098790000", "449"), ("447012345678", "4470"), ("448701234567", "4487"),
        ("499001234567", "49900"), ("491805123456", "49180"), ("33899123456", "3389"), ("39899123456", "3989"),
        ("5351234567", "53"), ("18761234567", "1876"), ("37120000000", "371"),
    ],
)  # fmt: skip
def test_each_range_of_high_risk_needs_a_prefix_of_its_own_and_everything_is_not_enough(
    number: str, prefix: str
) -> None:
    risk = range_of(number)
    assert risk and risk.prefix == prefix
    refused = not_allowed(number, ["", prefix[:-1]])
    assert refused and f"+{prefix} is a range of high risk ({risk.kind})" in refused
    assert not_allowed(number, [prefix]) is None
    assert not_allowed(number, [number[: len(prefix) + 1]]) is None


@pytest.mark.parametrize("tail", ["", "1", "12345678901"])
def test_a_number_that_is_too_short_or_too_long_is_in_its_range_all_the_same(tail: str) -> None:
    for begun in ("449090", "4990012", "1900555"):
        assert range_of(begun + tail), begun + tail


@pytest.mark.parametrize(
    "number",
    ["12015550114", "442079460000", "447700900123", "498912345678", "4915112345678", "33123456789", "80012345678",
     "390612345678", "81312345678", "18005551234", "61212345678", "46812345678"],
)  # fmt: skip
def test_ordinary_and_free_numbers_are_of_no_risk(number: str) -> None:
    assert range_of(number) is None
    assert not_allowed(number, [""]) is None


def test_what_no_prefix_matches_is_refused_without_a_word_of_risk() -> None:
    assert not_allowed("442079460000", ["1", "sip:pbx.example.com"]) == not_allowed("870773111632", [])


@pytest.mark.parametrize("text", ["", " ", "+", "+882", "+44 9", "1900555", "53", "*x"])
def test_what_is_not_expressly_asked_for_is_not_allowed(text: str) -> None:
    with pytest.raises(FeatureError):
        allowance_of(text)


def test_a_word_of_its_own_allows_a_range_of_high_risk_and_nothing_wider() -> None:
    assert allowance_of("+882", high_risk=True) == "882"
    assert allowance_of("00449", high_risk=True) == "449"
    for wider in ("*", "+44", "+8", "sip:pbx.example.com"):
        with pytest.raises(FeatureError):
            allowance_of(wider, high_risk=True)


def test_everything_is_shown_as_a_star() -> None:
    assert allowance_of("*") == "" and shown("") == "*" and shown("44") == "44"
    assert [stored_form(text) for text in ("*", "", "+44", "SIP:PBX.example")] == ["", "", "44", "sip:pbx.example"]


def test_without_a_prefix_nothing_is_allowed() -> None:
    assert not_allowed("12015550114", [])
    assert not_allowed("12015550114", ["44", "1201555"]) is None
    assert not_allowed("12025550114", ["1201555"])
