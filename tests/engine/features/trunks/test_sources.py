"""Where a trunk's calls come from: what is written, looked up, remembered, and told to Asterisk."""

import msgspec
import pytest

from engine.features.errors import InvalidSetting
from engine.features.trunks.sources import NOWHERE, checked_sources, is_literal, match, warnings
from engine.store.trunks import Trunk

ITSP = Trunk(name="itsp", host="192.0.2.10", port=5070)
NAMED = Trunk(name="named", host="Sip.Example.com")
FOUND = {"sip.example.com": ("192.0.2.1", "2001:db8::1")}


def trunk(sources: str, base: Trunk = ITSP) -> Trunk:
    return msgspec.structs.replace(base, sources=sources)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5062", "203.0.113.7:5062"),
        ("203.0.113.9/28", "203.0.113.0/28"),
        ("203.0.113.0/28:5060", "203.0.113.0:5060/28"),
        ("203.0.113.0:5060/28", "203.0.113.0:5060/28"),
        (" 203.0.113.7 , 203.0.113.7,sip.Example.com.", "203.0.113.7,sip.example.com"),
        ("sbc_1.example.com:5060", "sbc_1.example.com:5060"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]:5060", "[2001:db8::1]:5060"),
        ("2001:db8::/48", "2001:db8::/48"),
        ("", ""),
    ],
)
def test_sources_are_stored_in_one_form(written: str, stored: str) -> None:
    assert checked_sources(written) == stored
    assert checked_sources(stored) == stored


@pytest.mark.parametrize(
    "wrong",
    [
        "0.0.0.0/0", "10.0.0.0/7", "::/0", "203.0.113.0/33", "203.0.113", "300.1.1.1", "203.0.113.7:0",
        "203.0.113.7:70000", "203.0.113.7/28/28", "203.0.113.7:1:2", "sip.example.com/24", "a b", "host;x", "-x",
        "!203.0.113.7", "203.0.113.7\nx", "sip:x", "h" * 300, ",".join(f"192.0.2.{one}" for one in range(65)),
    ],
)  # fmt: skip
def test_what_is_not_a_source_or_lets_everybody_in_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidSetting):
        checked_sources(wrong)


def test_a_host_is_known_at_every_port_and_stands_behind_its_further_sources() -> None:
    assert match(ITSP, {}) == "192.0.2.10"
    assert match(trunk("203.0.113.0/28,198.51.100.7:5062"), {}) == "203.0.113.0/28,198.51.100.7:5062,192.0.2.10"


def test_a_host_that_is_this_machine_is_known_at_its_port_only() -> None:
    assert match(ITSP, {}, own={"192.0.2.10"}) == "192.0.2.10:5070"
    assert match(trunk("192.0.2.10:6000"), {}, own={"192.0.2.10"}) == "192.0.2.10:6000"


def test_a_host_that_is_among_the_sources_with_a_port_is_known_at_that_port_only() -> None:
    assert match(trunk("192.0.2.10:5070,203.0.113.7"), {}) == "192.0.2.10:5070,203.0.113.7"
    assert match(trunk("192.0.2.1:5060", NAMED), FOUND) == "192.0.2.1:5060,2001:db8::1"
    assert match(trunk("sip.example.com:5060", NAMED), FOUND) == "192.0.2.1:5060,[2001:db8::1]:5060"


def test_a_name_is_its_addresses_and_asterisk_is_told_no_name() -> None:
    assert match(NAMED, FOUND) == "192.0.2.1,2001:db8::1"
    assert not is_literal("sip.example.com") and is_literal("203.0.113.0:5060/28") and is_literal("2001:db8::1")


def test_a_name_without_an_address_does_not_take_the_others_away() -> None:
    assert match(trunk("203.0.113.7,gone.example.com", NAMED), {}) == "203.0.113.7"
    assert match(NAMED, {}) == NOWHERE, "until one of its names has an address"


@pytest.mark.parametrize(
    ("host", "sources", "said"),
    [
        ("192.0.2.11", "", []),
        ("192.0.2.10", "", ["itsp has the host 192.0.2.10 too"]),
        ("192.0.2.11", "203.0.113.0/24", ["203.0.113.0/24 overlaps with 203.0.113.0/28 of itsp"]),
        ("203.0.113.3", "", ["203.0.113.3 overlaps with 203.0.113.0/28 of itsp"]),
        ("192.0.2.11", "192.0.2.10:5999", ["192.0.2.10:5999 overlaps with 192.0.2.10 of itsp"]),
        ("192.0.2.11", "203.0.114.0:5060/24", ["203.0.114.0:5060/24 overlaps with 203.0.114.7:5060 of itsp"]),
        ("192.0.2.11", "203.0.114.0:5062/24", []),
        ("sip.example.com", "2001:db8::/32", []),
    ],
)
def test_places_that_two_trunks_have_in_common_are_told(host: str, sources: str, said: list[str]) -> None:
    other = trunk("203.0.113.0/28,203.0.114.7:5060")
    mine = Trunk(name="mine", host=host, sources=sources)
    found = warnings(mine, [other, mine, Trunk(name="elsewhere", host="198.51.100.1")])
    assert [text[: len(expected)] for text, expected in zip(found, said, strict=True)] == said
