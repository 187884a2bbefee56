"""A carrier that wants the password of each call, for tests: it challenges every INVITE once, and then is busy."""

import asyncio
import re
from typing import Any

CHALLENGE = 'Proxy-Authenticate: Digest realm="carrier", nonce="a1b2", algorithm=MD5'


class Challenger(asyncio.DatagramProtocol):
    """Answers OPTIONS with 200, an INVITE without credentials with 407, and one with them with 486."""

    def __init__(self) -> None:
        self.invites: list[str] = []
        self.acknowledged = asyncio.Event()
        """The second INVITE's answer was."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        method = text.partition(" ")[0]
        if method == "ACK":
            if len(self.invites) > 1:
                self.acknowledged.set()
            return
        first, more = "200 OK", []
        if method == "INVITE":
            self.invites.append(text)
            proved = "\nProxy-Authorization:" in text
            first, more = ("486 Busy Here", []) if proved else ("407 Proxy Authentication Required", [CHALLENGE])
        kept = [line for line in text.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
        kept = [f"{line};tag=far" if line.lower().startswith("to:") else line for line in kept]
        lines = [f"SIP/2.0 {first}", *kept, *more, "Content-Length: 0", "", ""]
        self.transport.sendto("\r\n".join(lines).encode(), addr)


def media_address(message: str) -> str:
    """Where a message's SDP says that its RTP goes; "" for a message without SDP."""
    found = re.search(r"(?m)^c=IN IP[46] (\S+)", message)
    return found[1] if found else ""


def contact_host(message: str) -> str:
    """The host of a message's Contact."""
    found = re.search(r"(?m)^Contact: <sip:(?:[^@>]+@)?(\[[^\]]+\]|[^:;>]+)", message)
    return found[1] if found else ""
