"""PDUs of SMPP 3.4 as octets (§3.2, §4, §5.3), read so that no octets of the far end can do harm.

Commands and statuses are aiosmpplib's. Its PDU classes are not used: docs/decisions/029-smpp.md says why.
"""

from struct import Struct
from typing import NamedTuple

import msgspec
from aiosmpplib.state import SmppCommand

HEADER = Struct("!IIII")  # command_length, command_id, command_status, sequence_number
MOST_OCTETS = 128 * 1024
"""A PDU with a message_payload of 65535 octets is half as long."""
LAST_SEQUENCE = 0x7FFFFFFF
RESPONSE = 0x80000000
"""The bit in which a response's command_id differs from its request's (§5.1.2.1)."""

BIND_RECEIVER = int(SmppCommand.BIND_RECEIVER)
BIND_TRANSMITTER = int(SmppCommand.BIND_TRANSMITTER)
BIND_TRANSCEIVER = int(SmppCommand.BIND_TRANSCEIVER)
SUBMIT_SM = int(SmppCommand.SUBMIT_SM)
DELIVER_SM = int(SmppCommand.DELIVER_SM)
DATA_SM = int(SmppCommand.DATA_SM)
UNBIND = int(SmppCommand.UNBIND)
ENQUIRE_LINK = int(SmppCommand.ENQUIRE_LINK)
ALERT_NOTIFICATION = int(SmppCommand.ALERT_NOTIFICATION)
GENERIC_NACK = int(SmppCommand.GENERIC_NACK)

RECEIPTED_MESSAGE_ID, MESSAGE_STATE, NETWORK_ERROR_CODE = 0x001E, 0x0427, 0x0423
SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER, MESSAGE_PAYLOAD = 0x020C, 0x020E, 0x020F, 0x0424

WITH_HEADER = 0x40
"""The bit of esm_class that says that the content begins with a user data header (§5.2.12)."""

_TAG = Struct("!HH")


class Malformed(Exception):
    """The octets are not a PDU; the message says what is wrong with them."""


class Pdu(NamedTuple):
    """A PDU whose body was not read yet."""

    command: int
    status: int
    sequence: int
    body: bytes


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The body of submit_sm, deliver_sm and data_sm; fields that nothing here needs are left out.

    `content` is what message_payload or short_message has. A type is a type of number and a numbering plan.
    """

    source: str
    source_type: tuple[int, int] = (1, 1)
    dest: str
    dest_type: tuple[int, int] = (1, 1)
    esm_class: int = 0
    validity: str = ""
    receipts: int = 0
    coding: int = 0
    content: bytes = b""
    options: dict[int, bytes] = {}


def packed(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """Return the octets of a PDU."""
    return HEADER.pack(16 + len(body), command, status, sequence) + body


def taken_from(buffer: bytearray) -> list[Pdu]:
    """Remove the complete PDUs from a buffer and return them. Raises Malformed if its beginning is not a PDU's."""
    found, start, end = list[Pdu](), 0, len(buffer)
    try:
        while end - start >= 16:
            length, command, status, sequence = HEADER.unpack_from(buffer, start)
            if not 16 <= length <= MOST_OCTETS:
                raise Malformed(f"a PDU cannot have {length} octets; the most are {MOST_OCTETS}")
            if end - start < length:
                break
            found.append(Pdu(command, status, sequence, bytes(buffer[start + 16 : start + length])))
            start += length
    except Malformed:
        if not found:
            raise
    del buffer[:start]
    return found


def bind(system_id: str, password: str, system_type: str = "") -> bytes:
    """Return the body of any bind (§4.1): version 3.4, all addresses."""
    return _string(system_id) + _string(password) + _string(system_type) + b"\x34\0\0\0"


def message(text: Message, short: bool = True) -> bytes:
    """Return the body of a submit_sm or deliver_sm (§4.4.1); `short`: the content is in short_message."""
    content = text.content if short else b""
    options = text.options if short else {**text.options, MESSAGE_PAYLOAD: text.content}
    return b"".join(
        (
            b"\0",
            bytes(text.source_type) + _string(text.source),
            bytes(text.dest_type) + _string(text.dest),
            bytes((text.esm_class, 0, 0)),
            b"\0" + _string(text.validity),
            bytes((text.receipts, 0, text.coding, 0, len(content))),
            content,
            *(_TAG.pack(tag, len(value)) + value for tag, value in options.items()),
        )
    )


def read_message(body: bytes, *, data: bool = False) -> Message:
    """Read the body of a submit_sm or deliver_sm, or (`data`) of a data_sm (§4.7.1). Raises Malformed."""
    validity, length = "", 0
    try:
        _, at = _until_null(body, 0)
        source_type, (source, at) = (body[at], body[at + 1]), _until_null(body, at + 2)
        dest_type, (dest, at) = (body[at], body[at + 1]), _until_null(body, at + 2)
        esm_class = body[at]
        if data:
            receipts, coding, at = body[at + 1], body[at + 2], at + 3
        else:
            _, at = _until_null(body, at + 3)
            validity, at = _until_null(body, at)
            receipts, coding, length, at = body[at], body[at + 2], body[at + 4], at + 5
    except (IndexError, ValueError):
        raise Malformed("a message ends within its mandatory fields") from None
    options = read_options(body, at + length)
    return Message(
        source=source,
        source_type=source_type,
        dest=dest,
        dest_type=dest_type,
        esm_class=esm_class,
        validity=validity,
        receipts=receipts,
        coding=coding,
        content=body[at : at + length] or options.get(MESSAGE_PAYLOAD, b""),
        options=options,
    )


def read_options(body: bytes, at: int) -> dict[int, bytes]:
    """Return the optional parameters from an offset on (§5.3.1), of any tag and length.

    What follows the last whole one is ignored: some SMSCs pad a PDU or cut its last parameter short.
    """
    found = dict[int, bytes]()
    while at + 4 <= len(body):
        tag, length = _TAG.unpack_from(body, at)
        at += 4
        if at + length > len(body):
            break
        found[tag] = body[at : at + length]
        at += length
    return found


def text_of(value: bytes) -> str:
    """Return a C-octet string of a body or an option; one that lacks its NULL ends with the octets."""
    return value.partition(b"\0")[0].decode("latin-1")


def number_of(value: bytes | None) -> int:
    """Return an option's integer, whatever its length; 0 if there is none."""
    return int.from_bytes(value or b"")


def _string(text: str) -> bytes:
    return text.encode("latin-1", "replace") + b"\0"


def _until_null(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)
    return body[at:end].decode("latin-1"), end + 1
