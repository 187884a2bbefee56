"""The ids that TingTing's customers see."""

import pytest

from api.vendors.tingting.ids import NumberSids, email_of, key_of, shown_with_keys, whole_number

SIDS = NumberSids(bytes(range(32)))


@pytest.mark.parametrize("number", ["12015552001", "9779843818700", "0612345678", "500", "999999999999999"])
def test_a_sid_is_32_hex_digits_that_lead_back_to_the_number(number: str) -> None:
    sid = SIDS.of(number)
    assert len(sid) == 32 and int(sid, 16) and number not in sid
    assert SIDS.number(sid) == SIDS.number(sid.upper()) == number
    assert SIDS.of(number) == sid, "a number that was released is bought again by it"


@pytest.mark.parametrize("wrong", ["", "b7142c5ae3b673d944d81c83bda4f5de", "0" * 32, "x" * 32, "12015552001"])
def test_what_somebody_makes_up_is_no_sid(wrong: str) -> None:
    assert SIDS.number(wrong) is None


def test_another_installation_has_other_sids() -> None:
    assert NumberSids(bytes(32)).number(SIDS.of("12015552001")) is None


def test_an_accounts_own_address_is_made_of_its_key() -> None:
    assert key_of(email_of("abc")) == "abc"
    assert key_of(email_of("abc").upper()) == "abc"
    assert key_of("abc@example.com") is None and key_of("") is None
    assert shown_with_keys("abc", "def") == {"email": email_of("abc"), "token": "abc.def"}


def test_a_whole_number_stays_the_same() -> None:
    assert whole_number("user-1") == whole_number("user-1") != whole_number("user-2")
