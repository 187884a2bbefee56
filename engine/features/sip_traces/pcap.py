"""Writes SIP messages as a capture file that Wireshark, tshark and sngrep open.

The format is libpcap's (draft-ietf-opsawg-pcap, version 2.4) with the link type RAW: packets begin with their IP
header. Asterisk sends us messages and no packets, so each message is one UDP datagram here, however it travelled: its
topmost Via says that. The headers of IP and UDP (RFC 791, RFC 8200, RFC 768) are made from the addresses.
"""

import ipaddress
import struct
from collections.abc import Iterable

from engine.features.sip_traces.model import SipMessage

_FILE = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)
_UDP, _HOPS = 17, 64
_LARGEST = 65_535 - 40 - 8  # of a message, in a datagram of IP


def written(messages: Iterable[SipMessage]) -> bytes:
    """Return a capture file of messages, in the order of their times; one that is too long for a datagram is cut."""
    return _FILE + b"".join(_record(message) for message in sorted(messages, key=lambda one: one.at))


def _record(message: SipMessage) -> bytes:
    packet = _packet(message)
    microseconds = round(message.at * 1_000_000)
    return struct.pack("<IIII", *divmod(microseconds, 1_000_000), len(packet), len(packet)) + packet


def _packet(message: SipMessage) -> bytes:
    content = message.content[:_LARGEST]
    (source, source_port), (target, target_port) = _split(message.source), _split(message.target)
    length = 8 + len(content)
    ports = struct.pack(">HHH", source_port, target_port, length)
    pseudo = source.packed + target.packed + struct.pack(">II", length, _UDP)
    checksum = _checksum(pseudo + ports + bytes(2) + content) or 0xFFFF
    udp = ports + struct.pack(">H", checksum) + content
    if source.version == 6:
        return struct.pack(">IHBB", 6 << 28, length, _UDP, _HOPS) + source.packed + target.packed + udp
    head = struct.pack(">BBHHHBB", 0x45, 0, 20 + length, 0, 0, _HOPS, _UDP)
    addresses = source.packed + target.packed
    return head + struct.pack(">H", _checksum(head + bytes(2) + addresses)) + addresses + udp


def _split(place: str) -> tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]:
    address, _, port = place.rpartition(":")
    return ipaddress.ip_address(address.strip("[]")), int(port)


def _checksum(octets: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    padded = octets + bytes(len(octets) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
