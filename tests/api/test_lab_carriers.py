"""The list of the lab's carriers agrees with what plays them, names them, and is written about them."""

import re
from pathlib import Path

from api.lab import TRUNKS
from api.lab_carriers import CARRIERS, PILOT

ROOT = Path(__file__).parents[2]
NETWORK = "${CARILLON_LAB_CARRIERS:-127.0.60}"
PJSIP = (ROOT / "asterisk-config" / "lab" / "pjsip.conf").read_text()
KAMAILIO = (ROOT / "docker" / "lab" / "carriers.conf").read_text()
NAMES = (ROOT / "docker" / "lab" / "dns.conf").read_text()


def test_each_carrier_with_an_address_is_played_at_it_and_named() -> None:
    for carrier in (each for each in CARRIERS if each.last is not None):
        address = f"{NETWORK}.{carrier.last}"
        played = [f"listen=udp:{address}:" in KAMAILIO, f"bind = {address}:" in PJSIP]
        assert sum(played) == 1, carrier.name
        assert f"host-record={carrier.name}.lab.internal,{address}\n" in NAMES


def test_each_carrier_without_an_address_is_found_by_srv_and_none_of_its_targets_is_missing() -> None:
    for carrier in (each for each in CARRIERS if each.last is None):
        assert carrier.command(NETWORK, 5070).split()[5] == f"{carrier.name}.lab.internal"
        targets = re.findall(rf"srv-host=_sip._udp.{carrier.name}.lab.internal,([a-z.]+),", NAMES)
        assert len(targets) > 1
        for target in targets:
            address = re.search(rf"host-record={re.escape(target)},(\S+)\n", NAMES)
            assert address and f"listen=udp:{address[1]}:" in KAMAILIO


def test_a_carrier_that_calls_is_an_endpoint_of_the_lab() -> None:
    endpoints = set(re.findall(r"^\[([a-z-]+)\](?:\((?:carrier|by-proxy)\))?$", PJSIP, re.MULTILINE))
    assert {carrier.name for carrier in CARRIERS if carrier.calls} == endpoints & {each.name for each in CARRIERS}
    assert set(TRUNKS) <= endpoints


def test_the_number_of_the_line_is_the_same_everywhere() -> None:
    assert f'$rU = "{PILOT}"' in KAMAILIO


def test_the_page_lists_each_carrier_as_it_is() -> None:
    page = (ROOT / "docs" / "lab.md").read_text()
    for carrier in CARRIERS:
        assert f"| `{carrier.name}` | {carrier.does} |" in page
