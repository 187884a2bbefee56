"""HEP packets: what Asterisk sends is read, anything else is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.sip_traces.hep import NotHep, Packet, decode
from tests.support.hep import PASSWORD, invite, packet, wrapped


def test_a_packet_says_what_was_sent_when_and_between_whom() -> None:
    assert decode(packet(invite("a@b"), "a@b"), PASSWORD) == Packet(
        at=1_800_000_000.25, source="127.0.0.1:5060", target="127.0.0.2:5070", content=invite("a@b"), call_id="a@b"
    )


def test_an_ipv6_address_is_in_brackets() -> None:
    read = decode(packet(b"x", "a", source=("2001:db8::1", 5060), target=("2001:db8::2", 5080)), PASSWORD)
    assert (read.source, read.target) == ("[2001:db8::1]:5060", "[2001:db8::2]:5080")


def test_chunks_of_other_vendors_and_unknown_types_are_passed_over() -> None:
    known = packet(b"x", "a")[6:]
    foreign = b"\x00\x04\x00\x0f\x00\x08no" + b"\x00\x00\x00\x99\x00\x06"
    body = foreign + known
    assert decode(b"HEP3" + (6 + len(body)).to_bytes(2, "big") + body, PASSWORD).content == b"x"


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "only 0 bytes"),
        (b"HEP2" + bytes(20), "does not begin with HEP3"),
        (packet(b"x", "a")[:-1], "and has"),
        (packet(b"x", "a") + b"y", "and has"),
        (b"HEP3\x00\x09\x00\x00\x00", "last chunk is cut off"),
        (b"HEP3\x00\x0c\x00\x00\x00\x01\x00\x00", "wrong length, 0"),
        (b"HEP3\x00\x0c\x00\x00\x00\x01\xff\xff", "wrong length, 65535"),
        (wrapped((3, b"127.0.0.1")), "9 bytes instead of 4"),
        (wrapped((14, PASSWORD.encode()), (11, b"\x05")), "no SIP message"),
        (wrapped((14, PASSWORD.encode()), (11, b"\x01"), (15, b"x")), "no chunk of type 9"),
        (packet(b"x", "a", password="guessed"), "password is not CARILLON_HEP_PASSWORD"),
        (wrapped((11, b"\x01"), (15, b"x")), "password is not CARILLON_HEP_PASSWORD"),
    ],
)
def test_what_is_not_from_our_asterisk_is_refused_with_its_reason(datagram: bytes, why: str) -> None:
    with pytest.raises(NotHep, match=why):
        decode(datagram, PASSWORD)


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_no_octets_do_anything_but_be_read_or_refused(noise: bytes, place: int, octet: int) -> None:
    good = bytearray(packet(invite("a@b"), "a@b"))
    good[place % len(good)] = octet
    for datagram in (noise, b"HEP3" + (4 + len(noise)).to_bytes(2, "big") + noise, bytes(good)):
        with suppress(NotHep):
            assert isinstance(decode(datagram, PASSWORD), Packet)
