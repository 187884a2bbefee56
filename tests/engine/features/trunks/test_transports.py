"""Which transport a trunk has: by its kind, and by the families of its addresses and of those that SIP listens on."""

from pathlib import Path
from typing import Any

import pytest

from engine.addresses import Addresses
from engine.features.errors import InvalidSetting
from engine.features.trunks import trunk as trunks
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.model import made
from engine.features.trunks.names import Answer
from engine.features.trunks.sources import NOWHERE, match
from engine.features.trunks.tls import TlsSettings, TlsTransports
from engine.features.trunks.transports import Transports, families_in
from engine.store.trunk_groups import Signalling
from engine.store.trunks import Trunk
from tests.support.known_names import KnownNames

BOTH = Addresses("0.0.0.0", "::")
FOUR, SIX = "192.0.2.1", "2001:db8::1"


def transports(bind: Addresses = BOTH) -> Transports:
    tls = TlsTransports(None, TlsSettings(folder=Path("/nowhere"), bind=bind))  # type: ignore[arg-type]
    return Transports(tls, bind.families)


def trunk(**fields: Any) -> Trunk:
    return trunks.checked(made({"name": "itsp", "host": FOUR, **fields}))


@pytest.mark.parametrize(
    ("known", "udp", "tcp"),
    [
        (FOUR, "transport-udp", "transport-tcp"),
        (SIX, "transport-udp6", "transport-tcp6"),
        (f"[{SIX}]:5062,2001:db8:1::/48", "transport-udp6", "transport-tcp6"),
        (f"203.0.113.0:5060/28,{SIX}", "", ""),
        (NOWHERE, "", ""),
    ],
)
async def test_a_trunk_has_the_transport_of_its_family_and_one_of_both_families_none(
    known: str, udp: str, tcp: str
) -> None:
    assert await transports().of(Signalling(), known) == udp
    assert await transports().of(Signalling(transport="tcp"), known) == tcp


@pytest.mark.parametrize(
    ("bind", "found"), [(Addresses("127.0.0.1"), "transport-udp"), (Addresses("", "::1"), "transport-udp6")]
)
async def test_where_sip_listens_on_one_family_every_trunk_has_its_transport(bind: Addresses, found: str) -> None:
    for known in (FOUR, SIX, f"{FOUR},{SIX}", NOWHERE):
        assert await transports(bind).of(Signalling(), known) == found


def test_what_is_known_of_a_trunk_tells_its_families() -> None:
    assert families_in(match(trunk(**{"sources": "2001:db8::/32"}), {})) == {4, 6}
    assert families_in(NOWHERE) == frozenset()


def test_a_trunk_of_any_transport_names_udp_where_its_name_is_looked_up() -> None:
    """Without it Asterisk looks for every transport that the name has."""
    found = {piece.kind: piece.fields for piece in trunks.pieces(trunk(host="sip.example.com", port=0), transport="")}
    assert found["aor"]["contact"] == "sip:sip.example.com;transport=udp"
    assert "transport" not in found["endpoint"]
    assert trunks.pieces(trunk(), transport="")[0].fields["contact"] == f"sip:{FOUR}:5060"


def test_an_ipv6_host_is_written_in_brackets_or_without_and_stored_without() -> None:
    assert trunk(host=f"[{SIX}]") == trunk(host=SIX)
    found = trunks.pieces(trunk(host=SIX, username="me", password="x", register=True), transport="transport-udp6")
    fields = {piece.kind: piece.fields for piece in found}
    assert fields["aor"]["contact"] == f"sip:[{SIX}]:5060"
    assert fields["registration"]["client_uri"] == f"sip:me@[{SIX}]"


@pytest.mark.parametrize("host", ["fe80::1%eth0", "fe80::1%;x", "[fe80::1", "2001:db8::g"])
def test_an_ipv6_host_with_a_zone_or_half_a_bracket_is_refused(host: str) -> None:
    with pytest.raises(InvalidSetting, match="A trunk's host is"):
        trunk(host=host)


async def test_a_host_of_a_family_that_sip_does_not_listen_on_is_refused_with_the_setting() -> None:
    names = KnownNames({"six.example.com": Answer((SIX,)), "both.example.com": Answer((FOUR, SIX))})
    addresses = TrunkAddresses(names=names, families=(4,))
    for host in (SIX, "six.example.com"):
        with pytest.raises(InvalidSetting, match=r"has IPv6 only, and CARILLON_BIND in \.env is IPv4 only"):
            await addresses.check(trunk(host=host))
    await addresses.check(trunk(host="both.example.com"))
    await addresses.check(trunk(host=FOUR))
