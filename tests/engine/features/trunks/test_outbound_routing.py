import pytest

from engine.features.trunks import trunk as trunks
from engine.features.trunks.outbound_routing import choose, dial_string, is_last_resort
from engine.store.trunks import Trunk

LAB = trunks.lab("127.0.0.2", 5070)


def trunk(name: str, prefix: str, priority: int = 10) -> Trunk:
    return trunks.checked(Trunk(name=name, host="192.0.2.1", prefix=prefix, priority=priority))


def names(found: tuple[Trunk, ...]) -> list[str]:
    return [each.name for each in found]


def test_the_longest_prefix_goes_first_then_the_priority_and_the_rest_is_there_to_fail_over() -> None:
    lines = [trunk("all", ""), trunk("uk-b", "+44", 20), trunk("uk-a", "+44", 5), trunk("london", "+4420")]
    assert names(choose(lines, "442079460000")) == ["london", "uk-a", "uk-b", "all"]
    assert names(choose(lines, "441174960000")) == ["uk-a", "uk-b", "all"]
    assert names(choose(lines, "12015550114")) == ["all"]


def test_a_number_that_no_trunk_carries_has_no_route() -> None:
    assert choose([trunk("uk", "44")], "12015550114") == ()


def test_alone_the_lab_carries_every_number() -> None:
    assert names(choose([LAB], "442079460000")) == ["lab"]
    assert names(choose([LAB], "12015550114")) == ["lab"]


def test_beside_a_real_trunk_the_lab_keeps_its_own_numbers_and_no_others() -> None:
    lines = [LAB, trunk("itsp", "")]
    assert names(choose(lines, "442079460000")) == ["itsp"]
    assert names(choose(lines, "12015550114"))[0] == "lab"


def test_the_lab_is_the_last_resort_of_all_numbers_but_its_own() -> None:
    assert is_last_resort(LAB, "442079460000") and not is_last_resort(LAB, "12015550114")
    assert not is_last_resort(trunk("itsp", ""), "442079460000")


def test_a_trunk_may_carry_several_prefixes() -> None:
    both = trunk("both", "+44, 0049")
    assert both.prefix == "44,49"
    assert choose([both], "4930123456") == (both,)


def test_only_digits_get_into_a_dial_string() -> None:
    assert dial_string(LAB, "12015550114") == "PJSIP/12015550114@trunk-lab"
    for text in ("1&2", "", "١٢", "1@x"):
        with pytest.raises(ValueError, match="only digits"):
            dial_string(LAB, text)
