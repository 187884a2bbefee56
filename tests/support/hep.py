"""HEP packets as Asterisk's res_hep.c writes them, and SIP messages to put into them."""

import ipaddress
import struct

PASSWORD = "a password of the tests"
INVITE = (
    "INVITE sip:12015550101@127.0.0.2:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK{branch}\r\n"
    "From: <sip:12015552000@127.0.0.1>;tag=ours\r\n"
    "To: <sip:12015550101@127.0.0.2>\r\n"
    "Call-ID: {call_id}\r\n"
    "CSeq: {number} INVITE\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 5\r\n\r\nv=0\r\n"
)
ANSWER = (
    "SIP/2.0 {status}\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK{branch}\r\n"
    "From: <sip:12015552000@127.0.0.1>;tag=ours\r\n"
    "To: <sip:12015550101@127.0.0.2>;tag=theirs\r\n"
    "Call-ID: {call_id}\r\n"
    "CSeq: {number} {method}\r\n"
    "Content-Length: 0\r\n\r\n"
)
REQUEST = (
    "{method} sip:12015550101@127.0.0.2:5070 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK{branch}\r\n"
    "From: <sip:12015552000@127.0.0.1>;tag=ours\r\n"
    "To: <sip:12015550101@127.0.0.2>;tag=theirs\r\n"
    "Call-ID: {call_id}\r\n"
    "CSeq: {number} {method}\r\n"
    "Reason: Q.850;cause=16\r\n"
    "Content-Length: 0\r\n\r\n"
)
US, CARRIER = ("127.0.0.1", 5060), ("127.0.0.2", 5070)


def invite(call_id: str, *, number: int = 1, branch: str = "1") -> bytes:
    """An INVITE that begins a dialog."""
    return INVITE.format(call_id=call_id, number=number, branch=branch).encode()


def answer(call_id: str, status: str, *, method: str = "INVITE", number: int = 1, branch: str = "1") -> bytes:
    """A response, such as 486 Busy Here."""
    return ANSWER.format(call_id=call_id, status=status, method=method, number=number, branch=branch).encode()


def request(call_id: str, method: str, *, number: int = 2, branch: str = "2") -> bytes:
    """A request within a dialog."""
    return REQUEST.format(call_id=call_id, method=method, number=number, branch=branch).encode()


def packet(
    content: bytes,
    call_id: str,
    *,
    source: tuple[str, int] = US,
    target: tuple[str, int] = CARRIER,
    at: float = 1_800_000_000.25,
    password: str = PASSWORD,
) -> bytes:
    """A packet with a SIP message, its chunks in Asterisk's order."""
    one, other = ipaddress.ip_address(source[0]), ipaddress.ip_address(target[0])
    six = one.version == 6
    seconds, fraction = divmod(round(at * 1_000_000), 1_000_000)
    chunks = [
        (1, bytes([10 if six else 2])),
        (2, bytes([17])),
        (7, struct.pack(">H", source[1])),
        (8, struct.pack(">H", target[1])),
        (9, struct.pack(">I", seconds)),
        (10, struct.pack(">I", fraction)),
        (11, bytes([1])),
        (12, struct.pack(">I", 1)),
        (5 if six else 3, one.packed),
        (6 if six else 4, other.packed),
        (14, password.encode()),
        (17, call_id.encode()),
        (15, content),
    ]
    return wrapped(*chunks)


def wrapped(*chunks: tuple[int, bytes]) -> bytes:
    """A packet of any chunks."""
    body = b"".join(struct.pack(">HHH", 0, kind, 6 + len(value)) + value for kind, value in chunks)
    return struct.pack(">4sH", b"HEP3", 6 + len(body)) + body
