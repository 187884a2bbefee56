"""A carrier that wants to be registered with, for tests: it checks the digest with code of its own."""

import asyncio
import hashlib
import re
from typing import Any

REALM, NONCE = "carrier, of ours", "a1b2"
PLAIN = f'Digest realm="{REALM}", nonce="{NONCE}"'
CONTACT = "Contact: <sip:us@127.0.0.1:5060;line=abc>;expires=300"


class Registrar(asyncio.DatagramProtocol):
    """Answers REGISTER: challenges, checks, and lists its contacts."""

    def __init__(self, challenge: str, contacts: str = "", *, lost: int = 0, final: int = 401) -> None:
        self._challenge, self._contacts, self._lost, self._final = challenge, contacts, lost, final
        self.asked: list[str] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        text = data.decode()
        self.asked.append(text)
        if self._lost:
            self._lost -= 1
            return
        kept = [line for line in text.split("\r\n") if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
        first, more = self._answer(text)
        lines = [f"SIP/2.0 {first}", *kept, *more, "Content-Length: 0", "", ""]
        self.transport.sendto(b"SIP/2.0 100 Trying\r\n\r\n", addr)
        self.transport.sendto("\r\n".join(lines).encode(), addr)

    def _answer(self, text: str) -> tuple[str, list[str]]:
        if "Authorization:" not in text:
            return "401 Unauthorized", [f"WWW-Authenticate: {self._challenge}"]
        if not proved(text, "letmein"):
            return f"{self._final} No", [f"WWW-Authenticate: {self._challenge}"]
        return "200 OK", [self._contacts] if self._contacts else []


def proved(text: str, password: str) -> bool:
    """Whether the digest is the one of RFC 8760 for this password."""
    (line,) = re.findall(r"^Authorization: Digest (.*)\r$", text, re.MULTILINE)
    given = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,"]+))', line)}
    digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[given["algorithm"]]

    def mix(text: str) -> str:
        return digest(text.encode()).hexdigest()

    middle = f":{given['nc']}:{given['cnonce']}:auth" if "qop" in given else ""
    secret, what = mix(f"{given['username']}:{REALM}:{password}"), mix(f"REGISTER:{given['uri']}")
    expected = mix(f"{secret}:{NONCE}{middle}:{what}")
    return (given["realm"], given["nonce"], given["response"]) == (REALM, NONCE, expected)
