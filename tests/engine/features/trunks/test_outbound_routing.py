from collections import Counter

import pytest

from engine.features.trunks import trunk as trunks
from engine.features.trunks.outbound_routing import choose, dial_string, is_last_resort, routes
from engine.model.next_on import parse
from engine.store.trunk_groups import Routing
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
    assert dial_string(LAB, "12015550114") == "PJSIP/trunk-lab/sip:12015550114@127.0.0.2:5070"
    for text in ("1&2", "", "١٢", "1@x"):
        with pytest.raises(ValueError, match="only digits"):
            dial_string(LAB, text)


def test_among_trunks_of_one_prefix_and_priority_the_cheapest_goes_first() -> None:
    lines = [trunk("dear", "+44"), trunk("cheap", "+44"), trunk("unknown", "+44"), trunk("chosen", "+44", 5)]
    costs = {"dear": 90_000, "cheap": 12_000, "chosen": 500_000}
    found = choose(lines, "442079460000", call="call-1", cost_of=lambda name, digits: costs.get(name))
    assert names(found) == ["chosen", "cheap", "dear", "unknown"]


def weighted(name: str, weight: int) -> Trunk:
    return Trunk(name=name, host="192.0.2.1", prefix="44", routing=Routing(weight=weight))


def test_equal_trunks_share_the_calls_by_their_weights_and_each_fails_over_to_the_other() -> None:
    lines = [weighted("a", 1), weighted("b", 3)]
    orders = [names(choose(lines, "442079460000", call=f"call-{number}")) for number in range(4000)]
    firsts = Counter(order[0] for order in orders)
    assert 0.70 < firsts["b"] / 4000 < 0.80
    assert all(sorted(order) == ["a", "b"] for order in orders)


def test_of_one_call_the_order_is_always_the_same() -> None:
    lines = [weighted(name, 1) for name in "abcdef"]
    orders = {tuple(names(choose(some, "442079460000", call="call-7"))) for some in (lines, lines[::-1])}
    assert len(orders) == 1


def test_a_route_has_what_its_trunk_says() -> None:
    plain = trunk("plain", "")
    limited = Trunk(
        name="limited", host="192.0.2.1", prefix="44", routing=Routing(max_calls=1, next_on="503", response_seconds=4)
    )
    first, other = routes([plain, limited], "442079460000", call="call-1")
    assert (first.trunk, first.next_on, first.response_seconds) == ("limited", parse("503"), 4)
    assert (other.trunk, other.next_on, other.response_seconds) == ("plain", parse(""), 2.5)
