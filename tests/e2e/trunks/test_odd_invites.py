"""INVITEs that break the grammar (RFC 4475) and display names that strain it, and the call after them."""

import asyncio
import re
import secrets

import pytest

from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support.carillon import Own
from tests.support.scenario import Carrier, until
from tests.support.sip_caller import CallResult, SipCaller
from tests.support.system import System

SDP = "v=0\r\no=- 1 1 IN IP4 {a}\r\ns=-\r\nc=IN IP4 {a}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
INVITE = (
    "INVITE sip:{number}@{host} SIP/2.0\r\nVia: SIP/2.0/UDP {a}:{port};rport;branch=z9hG4bK{tag}\r\n"
    "From: <sip:12015559999@{a}>;tag={tag}\r\nTo: <sip:{number}@{host}>\r\nCall-ID: {tag}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:x@{a}:{port}>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\n"
    "Content-Length: {length}\r\n\r\n{sdp}"
)
BROKEN = {
    "3.1.2.1 extraneous separators": ("Max-Forwards: 70\r\n", "Max-Forwards: 70\r\nSupported: ,,;\r\nContact: ;,\r\n"),
    "3.1.2.3 a negative length": ("Content-Length: {length}", "Content-Length: -999"),
    "3.1.2.4 a CSeq beyond 32 bits": ("CSeq: 1 INVITE", "CSeq: 36893488147419103232 INVITE"),
    "3.1.2.6 a quote that does not end": ("To: <sip", 'To: "Mr. J. User <sip'),
    "3.1.2.7 <> around the request URI": ("INVITE sip:{number}@{host} SIP", "INVITE <sip:{number}@{host}> SIP"),
    "3.1.2.8 blanks in the request URI": ("INVITE sip:{number}@{host} SIP", "INVITE sip:{number}@{host}; lr SIP"),
    "3.1.2.17 another method in CSeq": ("CSeq: 1 INVITE", "CSeq: 1 NEWMETHOD"),
    "3.1.2.16 an unknown version": ("SIP/2.0\r\nVia", "SIP/7.0\r\nVia"),
    "3.3.1 no Call-ID, From and To": ("Call-ID: {tag}\r\n", ""),
}  # fmt: skip
"""By RFC 4475's sections: what stands in the INVITE instead of what. Most are dropped without an answer."""
TAKEN = {
    "3.1.2.2 a length beyond the message": ("Content-Length: {length}", "Content-Length: 9999"),
    "3.1.2.11 escaped headers in the request URI": (
        "INVITE sip:{number}@{host} SIP", "INVITE sip:{number}@{host}?Route=%3Csip:example.com%3E SIP",
    ),
    "3.3.9 two lengths": ("Content-Length: {length}", "Content-Length: 8\r\nContent-Length: 9"),
}  # fmt: skip
"""What Asterisk's SIP stack takes as if it were whole."""
NOBODY = "12025550000"
NAMES = {
    "quotes and backslashes": r'"J \"Rock\" \\ Roe\\"',
    "raw bytes that are no UTF-8": '"caf\udce9 \udcff\udcfe"',
    "Chinese": '"王小明・李"',
    "200 characters": f'"{"Long name " * 20}"',
    "JSON and control characters": '"{\\"a\\": [1, null]}\t"',
}


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.statuses: list[int] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if found := re.match(rb"SIP/2.0 (\d{3}) ", data):
            self.statuses.append(int(found[1]))

    async def finals(self) -> list[int]:
        """The final answers until now."""
        return [status for status in self.statuses if status >= 200]


def telephone(line: Carrier, system: System, **fields: str) -> SipCaller:
    """A caller behind a carrier."""
    host, _, port = system.sip.partition(":")
    return SipCaller(host, int(port), address=line.address, **fields)


async def call(line: Carrier, system: System, ours: str, **fields: str) -> CallResult:
    """A call that gives up as soon as it is answered."""
    return await telephone(line, system, **fields).call(ours, seconds=10, hang_up=(200, 0.2))


async def test_broken_invites_are_refused_or_not_answered_and_the_next_call_works(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours, line = await number(tasks=[{"kind": "pause", "seconds": 5}]), await carrier()
    host, _, port = system.sip.partition(":")
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(_Answers, local_addr=(line.address, 0))
    try:
        own_port = transport.get_extra_info("sockname")[1]
        for called_number, kinds in ((ours, BROKEN), (NOBODY, TAKEN)):
            for what, (whole, broken) in kinds.items():
                assert whole in INVITE, what
                sdp = SDP.format(a=line.address)
                text = INVITE.replace(whole, broken, 1).format(
                    number=called_number, host=system.sip, a=line.address, port=own_port, tag=secrets.token_hex(8),
                    length=len(sdp), sdp=sdp,
                )  # fmt: skip
                transport.sendto(text.encode(), (host, int(port)))
        await until(answers.finals, lambda seen: seen.count(404) >= len(TAKEN), what="all that are taken are refused")
        called = await call(line, system, ours)
    finally:
        transport.close()
    assert called.answered is not None, called.statuses
    assert set(answers.statuses) <= {100, 400, 404, 500}, answers.statuses


@pytest.mark.parametrize("name", NAMES)
async def test_an_odd_display_name_breaks_neither_json_nor_the_invite_that_goes_on(
    number: MakeNumber, carrier: MakeCarrier, own: Own, system: System, name: str
) -> None:
    near, far, theirs = await carrier(), await carrier(), f"1201556{secrets.randbelow(10**4):04d}"
    ours = await number(tasks=[{"kind": "dial", "to": far.number()}])
    identity = f"{NAMES[name]} <sip:{theirs}@{near.address}>"
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        called = await call(near, system, ours, caller=theirs, identity=identity)
        result = await line.done()
    assert called.status == 486

    async def look() -> list[dict[str, object]]:
        _, body = await own.ask("GET", "calls?limit=50")
        return [one for one in body["calls"] if one["callee"] == ours and one["ended"]]

    (ended,) = await until(look, bool, what="the call ends")
    assert ended["caller"] == theirs
    assert re.fullmatch(r'(?:"[^"\\]*" ?)?<sip:[^<>@ ]+@[^<>@ ]+>;tag=\S+', result.header("INVITE", "From"))
