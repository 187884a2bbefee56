"""HEP version 3, the protocol by which Asterisk's res_hep sends a copy of each SIP message.

A packet is "HEP3", its length, and chunks: vendor, type, length, value, all big-endian ("HEP/EEP: Homer Encapsulation
Protocol", revision 36, sections 2 and 3; res/res_hep.c of Asterisk). Chunks of other vendors, and types that are not
read here, are passed over.
"""

import hmac
import ipaddress
import struct
from typing import NamedTuple

_HEADER = struct.Struct(">4sH")
_CHUNK = struct.Struct(">HHH")
_GENERIC = 0
_SIP = 1
_SOURCE_4, _TARGET_4, _SOURCE_6, _TARGET_6, _SOURCE_PORT, _TARGET_PORT = 3, 4, 5, 6, 7, 8
_SECONDS, _MICROSECONDS, _KIND, _KEY, _PAYLOAD, _CORRELATION = 9, 10, 11, 14, 15, 17
_SIZES = {4: 4, 3: 4, 5: 16, 6: 16, 7: 2, 8: 2, 9: 4, 10: 4, 11: 1}


class NotHep(Exception):
    """A packet cannot be read, or is not from our Asterisk; the message says why."""


class Packet(NamedTuple):
    """A SIP message: when it was seen (Unix seconds), from where to where (ADDRESS:PORT), its octets, its Call-ID.

    An IPv6 address is in brackets.
    """

    at: float
    source: str
    target: str
    content: bytes
    call_id: str


def decode(datagram: bytes, password: str) -> Packet:
    """Read a packet that carries this password; raises NotHep."""
    chunks = _chunks(datagram)
    if not hmac.compare_digest(chunks.get(_KEY, b""), password.encode()):
        raise NotHep("the password is not CARILLON_HEP_PASSWORD")
    if chunks.get(_KIND) != bytes((_SIP,)):
        raise NotHep("it carries no SIP message")
    try:
        seconds, fraction = _number(chunks[_SECONDS]), _number(chunks[_MICROSECONDS])
        return Packet(
            at=seconds + fraction / 1_000_000,
            source=_place(chunks, _SOURCE_4, _SOURCE_6, _SOURCE_PORT),
            target=_place(chunks, _TARGET_4, _TARGET_6, _TARGET_PORT),
            content=chunks[_PAYLOAD],
            call_id=chunks[_CORRELATION].decode("ascii", "backslashreplace"),
        )
    except KeyError as missing:
        raise NotHep(f"there is no chunk of type {missing}") from None


def _chunks(datagram: bytes) -> dict[int, bytes]:
    size = len(datagram)
    if size < _HEADER.size:
        raise NotHep(f"it has only {size} bytes")
    mark, length = _HEADER.unpack_from(datagram)
    if mark != b"HEP3":
        raise NotHep("it does not begin with HEP3")
    if length != size:
        raise NotHep(f"it says that it has {length} bytes, and has {size}")
    found: dict[int, bytes] = {}
    place, unpack, head = _HEADER.size, _CHUNK.unpack_from, _CHUNK.size
    while place < size:
        if place + head > size:
            raise NotHep("its last chunk is cut off")
        vendor, kind, length = unpack(datagram, place)
        if length < head or place + length > size:
            raise NotHep(f"the chunk at byte {place} has a wrong length, {length}")
        if vendor == _GENERIC:
            value = datagram[place + head : place + length]
            if (right := _SIZES.get(kind)) is not None and len(value) != right:
                raise NotHep(f"the chunk of type {kind} has {len(value)} bytes instead of {right}")
            found[kind] = value
        place += length
    return found


def _place(chunks: dict[int, bytes], four: int, six: int, port: int) -> str:
    number = _number(chunks[port])
    if address := chunks.get(four):
        return f"{address[0]}.{address[1]}.{address[2]}.{address[3]}:{number}"
    return f"[{ipaddress.IPv6Address(chunks[six])}]:{number}"


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")
