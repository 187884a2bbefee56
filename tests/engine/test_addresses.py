"""Addresses of this machine, as they are set."""

import pytest

from engine.addresses import Addresses, BadAddresses, at_port, families_of


@pytest.mark.parametrize(
    ("text", "ipv4", "ipv6"),
    [
        ("127.0.0.1", "127.0.0.1", ""),
        ("0.0.0.0,::", "0.0.0.0", "::"),
        (" [2001:DB8::0:7] , 203.0.113.7", "203.0.113.7", "2001:db8::7"),
        ("sip.example.com,2001:db8::7", "sip.example.com", "2001:db8::7"),
        ("", "", ""),
    ],
)
def test_there_is_one_address_of_each_family_in_either_order(text: str, ipv4: str, ipv6: str) -> None:
    found = Addresses.read(text, names=True)
    assert found == Addresses(ipv4, ipv6)
    assert found.all == tuple(filter(None, (ipv4, ipv6)))
    assert found.first == (ipv4 or ipv6)
    assert (found.of(4), found.of(6)) == (ipv4, ipv6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("127.0.0.1,127.0.0.2", "at most one IPv4 address (got 127.0.0.1 and 127.0.0.2)"),
        ("::,::1", "at most one IPv6 address"),
        ("203.0.113.7:5060", "without a port"),
        ("203.0.113", "(got '203.0.113')"),
        ("[::1]:5060", "without a port"),
        ("fe80::1%eth0", "without a zone"),
        ("::ffff:203.0.113.7", "not a mapped one"),
        ("-x", "addresses or a host name"),
    ],
)
def test_what_is_not_that_is_refused_with_what_is_wanted(text: str, said: str) -> None:
    with pytest.raises(BadAddresses) as refused:
        Addresses.read(text, names=True)
    assert said in str(refused.value)


def test_a_name_is_refused_where_only_addresses_are_wanted() -> None:
    with pytest.raises(BadAddresses, match="must be addresses without a port"):
        Addresses.read("sip.example.com")


def test_an_address_stands_in_brackets_before_its_port() -> None:
    assert (at_port("2001:db8::7", 5060), at_port("203.0.113.7", 5060)) == ("[2001:db8::7]:5060", "203.0.113.7:5060")
    assert families_of(["203.0.113.7", "::1"]) == {4, 6}
