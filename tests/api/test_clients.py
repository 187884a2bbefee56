"""By which address a client's limits are counted."""

import pytest

from api.clients import BadNetwork, Clients, name_of


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix" * 50, "unix" * 11 + "u"),
    ],
)
def test_an_ipv6_client_is_a_64_and_a_mapped_address_is_ipv4(address: str, name: str) -> None:
    assert name_of(address) == name


def test_proxies_are_addresses_and_networks() -> None:
    clients = Clients.read(" 127.0.0.1, 10.0.0.0/8,2001:db8::/32 ")
    assert all(map(clients.is_proxy, ("127.0.0.1", "10.255.0.1", "2001:db8::5")))
    assert not any(map(clients.is_proxy, ("127.0.0.2", "11.0.0.1", "", "nonsense")))
    assert not Clients.read("").is_proxy("127.0.0.1")
    with pytest.raises(BadNetwork, match="such as"):
        Clients.read("proxy.example.com")
