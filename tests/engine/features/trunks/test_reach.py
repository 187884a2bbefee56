"""One-way audio's usual causes, as settings and trunks show them."""

import pytest

from engine.addresses import Addresses
from engine.features.trunks.reach import Listening, own_address, unheard, unreachable
from engine.store.unheard_calls import Unheard

PUBLIC, PRIVATE, OURS = "93.184.216.34", "192.168.7.9", "93.184.216.99"
PUBLIC_6, OURS_6 = "2606:2800:220:1::1", "2606:2800:220:1::2"
RTP = (10000, 14998)


def listening(bind: str, external: str) -> Listening:
    return Listening(Addresses.read(bind), Addresses.read(external, names=True), RTP)


@pytest.mark.parametrize(
    ("bind", "external", "far", "route", "said", "mend"),
    [
        ("127.0.0.1", "", PUBLIC, "", "SIP listens on 127.0.0.1 only", "Set CARILLON_BIND=0.0.0.0"),
        ("127.0.0.1", OURS, PRIVATE, "", "SIP listens on 127.0.0.1 only", "Set CARILLON_BIND=0.0.0.0"),
        ("0.0.0.0", "", PUBLIC, "10.0.0.5", "SDP names 10.0.0.5 (this machine)", "Set CARILLON_EXTERNAL_ADDRESS"),
        ("10.0.0.5", "", PUBLIC, "10.0.0.5", "SDP names 10.0.0.5 (this machine)", "have UDP 10000-14998 forwarded"),
        ("0.0.0.0", "10.1.1.1", PUBLIC, "10.0.0.5", "SDP names 10.1.1.1 (CARILLON_EXTERNAL_ADDRESS)", "to the public"),
        ("0.0.0.0", OURS, PUBLIC_6, OURS_6, "SIP listens on no IPv6 address", "Set CARILLON_BIND=0.0.0.0,::"),
        ("::", "", PUBLIC, OURS, "SIP listens on no IPv4 address", "Set CARILLON_BIND=0.0.0.0,::"),
        ("0.0.0.0,::1", "", PUBLIC_6, "", "SIP listens on ::1 only", "Set CARILLON_BIND=:: in"),
        ("0.0.0.0,::", OURS, PUBLIC_6, "fd00::5", "SDP names fd00::5 (this machine)", "Set CARILLON_EXTERNAL_ADDRESS"),
    ],
)
def test_what_keeps_a_trunk_s_rtp_away_is_said_with_what_to_set(
    bind: str, external: str, far: str, route: str, said: str, mend: str
) -> None:
    (wrong,) = unreachable(listening(bind, external), {"itsp": (far,)}, {far: route})
    assert said in wrong.detail and "itsp" in wrong.detail and mend in wrong.mend


@pytest.mark.parametrize(
    ("bind", "external", "far", "route"),
    [
        ("127.0.0.1", "", "127.0.0.2", "127.0.0.1"),
        ("0.0.0.0", "", PRIVATE, "192.168.7.1"),
        ("0.0.0.0", "", PUBLIC, OURS),
        ("0.0.0.0", OURS, PUBLIC, "10.0.0.5"),
        ("0.0.0.0", "sip.example.com", PUBLIC, "10.0.0.5"),
        ("0.0.0.0,::", "", PUBLIC_6, OURS_6),
        ("127.0.0.1,::", f"{OURS},{OURS_6}", PUBLIC_6, "fd00::5"),
    ],
)
def test_nothing_is_said_of_a_trunk_that_can_send_to_us(bind: str, external: str, far: str, route: str) -> None:
    assert unreachable(listening(bind, external), {"itsp": (far,)}, {far: route}) == []


@pytest.mark.parametrize(("answered", "silent", "said"), [(10, 6, True), (2, 2, True), (10, 5, False), (1, 1, False)])
def test_a_trunk_of_whose_calls_most_were_silent_needs_its_rtp_let_in(answered: int, silent: int, said: bool) -> None:
    here = listening("0.0.0.0", OURS)
    found = unheard(here, {"itsp": Unheard(answered, silent), "other": Unheard(9, 0)})
    assert len(found) == said
    for one in found:
        assert f"{silent} ended because no RTP came in" in one.detail and "itsp" in one.detail
        assert one.mend.startswith("Let UDP 10000-14998 in at the firewall")


def test_packets_to_this_machine_leave_from_itself() -> None:
    assert own_address("127.0.0.9") == "127.0.0.1"


def test_packets_to_this_machine_leave_from_itself_by_ipv6_too() -> None:
    assert own_address("::1") == "::1"
