import pytest

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import is_emergency, normalise, prefix_of


@pytest.mark.parametrize(
    ("written", "country", "digits"),
    [
        ("12015550114", "US", "12015550114"),
        ("+1 (201) 555-0114", "US", "12015550114"),
        ("2015550114", "US", "12015550114"),
        ("0012015550114", "US", "12015550114"),
        ("001 201 555 0114", "DE", "12015550114"),
        ("12015550114", "NP", "12015550114"),
        ("01146730170101", "US", "46730170101"),
        ("+46(0)73-017-0101", "US", "46730170101"),
        ("073-017 01 01", "SE", "46730170101"),
        ("46000000001", "SE", "46000000001"),
        ("46000000001", "US", "46000000001"),
        (" 12015550114 ", "US", "12015550114"),
        ("9876565435", "NP", "9779876565435"),
        ("5551234", "US", "5551234"),
    ],
)
def test_a_number_as_people_write_it_becomes_international_digits(written: str, country: str, digits: str) -> None:
    assert normalise(written, country) == digits


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "+", "abc", "1201555&2015550114", "12015550114@evil",
        "1201555/0114", "${EXTEN}", "{1}", "12015550114;x",
        "12015550114,1", "1201555\n0114", "1201555\t0114",
        "١٢٠١٥٥٥٠١١٤", "\uff11\uff12\uff10\uff11\uff15\uff15\uff15\uff10", "+1+2015550114", "12*34567#",
        "123456", "1234567890123456", "++12015550114", "12015550114 ext 5", "1" * 400,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidNumber) as refused:
        normalise(written, "US")
    assert "telephone number" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "country"),
    [("911", "US"), ("112", "US"), ("999", "US"), ("9 1 1", "US"), ("+911", "US"), ("000", "AU"), ("110", "DE"),
     ("100", "IN"), ("112", "XX")],
)  # fmt: skip
def test_emergency_numbers_are_known(written: str, country: str) -> None:
    assert is_emergency(written, country)


@pytest.mark.parametrize(
    ("written", "country"), [("12015550114", "US"), ("100", "US"), ("500", "US"), ("1123456789", "IN"), ("x", "US")]
)
def test_other_numbers_are_no_emergency(written: str, country: str) -> None:
    assert not is_emergency(written, country)


def test_prefixes_are_read_as_people_write_them() -> None:
    assert [prefix_of(text) for text in ("+1", "44 20", "0049", "*", "", "+")] == ["1", "4420", "49", "", "", ""]
    with pytest.raises(InvalidNumber):
        prefix_of("1|2")
