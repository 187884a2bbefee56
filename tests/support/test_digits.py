import pytest

from tests.support.digits import stands_in


@pytest.mark.parametrize(
    "text", ["4711", '{"value":"4711"}', "pin=4711&", "It is 4711.", "a PIN (4711)", "[4711, 'x']", "\n4711\n"]
)
def test_digits_that_stand_by_themselves_are_found(text: str) -> None:
    assert stands_in("4711", text)


@pytest.mark.parametrize("text", ["fbc6c0203d4711df", "call-4711", "12.4711", "0199-4711-77aa", "14711", "47110"])
def test_digits_within_an_id_or_a_time_are_not(text: str) -> None:
    assert not stands_in("4711", text)
