"""Capture files, read by dpkt: what was sent comes back whole."""

import io
import ipaddress
from typing import Any

import dpkt
import pytest

from engine.features.sip_traces.model import SipMessage
from engine.features.sip_traces.pcap import written
from tests.support.hep import answer, invite

LINKTYPE_RAW = 101


def packets(capture: bytes) -> list[tuple[float, Any]]:
    """The packets of a capture file, with their times."""
    reader = dpkt.pcap.Reader(io.BytesIO(capture))
    assert reader.datalink() == LINKTYPE_RAW
    kinds = {4: dpkt.ip.IP, 6: dpkt.ip6.IP6}
    return [(float(at), kinds[octets[0] >> 4](octets)) for at, octets in reader]


def test_a_message_comes_back_with_its_time_its_addresses_and_its_octets() -> None:
    kept = SipMessage(1_800_000_000.123456, "10.1.2.3:5060", "192.0.2.7:5070", invite("a@b"))
    ((at, ip),) = packets(written([kept]))
    assert at == pytest.approx(kept.at, abs=1e-6)
    assert (str(ipaddress.ip_address(ip.src)), str(ipaddress.ip_address(ip.dst))) == ("10.1.2.3", "192.0.2.7")
    assert (ip.data.sport, ip.data.dport, ip.data.data) == (5060, 5070, invite("a@b"))
    assert dpkt.sip.Request(ip.data.data).headers["call-id"] == "a@b"


@pytest.mark.parametrize(
    "content", [invite("a@b"), b"odd", b"", bytes(range(256)) * 250], ids=("an INVITE", "odd", "empty", "long")
)
@pytest.mark.parametrize(
    "places", [("10.1.2.3:5060", "192.0.2.7:5070"), ("[2001:db8::1]:5060", "[::1]:9")], ids=("IPv4", "IPv6")
)
def test_the_checksums_of_ip_and_udp_are_right(content: bytes, places: tuple[str, str]) -> None:
    ((_, ip),) = packets(written([SipMessage(1.0, *places, content)]))
    seen = (getattr(ip, "sum", None), ip.data.sum)
    if ip.v == 4:
        ip.sum = 0
    ip.data.sum = 0
    reckoned = type(ip)(bytes(ip))  # dpkt reckons a checksum of 0 anew
    assert (getattr(reckoned, "sum", None), reckoned.data.sum) == seen
    assert reckoned.data.data == content


def test_messages_of_several_legs_are_in_the_order_of_their_times() -> None:
    one = [SipMessage(at, "10.0.0.1:1", "10.0.0.2:2", b"one") for at in (1.0, 3.0)]
    other = [SipMessage(at, "10.0.0.1:1", "10.0.0.3:2", b"other") for at in (2.0, 2.0)]
    assert [ip.data.data for _, ip in packets(written(one + other))] == [b"one", b"other", b"other", b"one"]


def test_what_no_datagram_can_hold_is_cut() -> None:
    ((_, ip),) = packets(written([SipMessage(1.0, "10.0.0.1:1", "10.0.0.2:2", answer("a", "200 OK") + bytes(70_000))]))
    assert len(ip.data.data) == 65_535 - 48
