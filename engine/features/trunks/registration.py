"""Whether a carrier takes a trunk's user and password, and has its registration.

Asterisk does not tell it over ARI. So the carrier is asked, by a REGISTER without a Contact: it changes nothing, and is
answered with the contacts that are registered (RFC 3261 §10.2.3). The password is proved by digest (RFC 8760, MD5 or
SHA-256).
"""

import asyncio
import hashlib
import re
import secrets
from typing import NamedTuple
from urllib.request import parse_http_list, parse_keqv_list

from engine.features.trunks.signalling import address_of_record, auth_user, contact_user
from engine.store.trunks import Trunk

_TIMEOUT_SECONDS = 4.0
_T1 = 0.5  # RFC 3261 §17.1.2.2: a request by UDP is repeated after this, then after twice as long each time
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_Headers = list[tuple[str, str]]


class Registration(NamedTuple):
    """What a carrier said: the SIP status (None: nothing), and whether it has a contact of the trunk's user."""

    status: int | None
    known: bool = False

    @property
    def refused(self) -> bool:
        """Whether the user or the password is not taken."""
        return self.status in (401, 403, 404, 407)


def can_ask(trunk: Trunk) -> bool:
    """Whether a trunk's carrier can be asked: by UDP, and not through a proxy."""
    return trunk.signalling.transport == "udp" and not trunk.signalling.outbound_proxy


async def ask(trunk: Trunk, *, place: tuple[str, int] | None = None, seconds: float = _TIMEOUT_SECONDS) -> Registration:
    """Ask the carrier of a trunk that registers; answers within `seconds`, whatever happens.

    `place` is the address and port to ask, if the trunk's host and port are not (a name that has SRV records).
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            transport, line = await loop.create_datagram_endpoint(_Line, remote_addr=place or (trunk.host, trunk.port))
            try:
                return await _conversation(trunk, transport, line)
            finally:
                transport.close()
    except (OSError, TimeoutError):
        return Registration(None)


class _Line(asyncio.DatagramProtocol):
    """What comes back, in order; None where the address refuses."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[bytes | None] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.answers.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.answers.put_nowait(None)


async def _conversation(trunk: Trunk, transport: asyncio.DatagramTransport, line: _Line) -> Registration:
    request = _Request(trunk, transport.get_extra_info("sockname"))
    status, headers = await _exchange(request.text(1), 1, transport, line)
    if status in (401, 407):
        if (proof := request.proof(headers)) is None:
            return Registration(None)  # a way of asking that we do not know: nothing is said about the password
        name = "Authorization" if status == 401 else "Proxy-Authorization"
        status, headers = await _exchange(request.text(2, f"{name}: {proof}\r\n"), 2, transport, line)
    contact = re.compile(rf"sips?:{re.escape(contact_user(trunk))}@", re.IGNORECASE)
    known = status == 200 and any(contact.search(value) for name, value in headers if name in ("contact", "m"))
    return Registration(status, known)


async def _exchange(
    text: str, number: int, transport: asyncio.DatagramTransport, line: _Line
) -> tuple[int | None, _Headers]:
    """Send a request, again and again, until its final answer comes."""
    pause = _T1
    while True:
        transport.sendto(text.encode())
        try:
            async with asyncio.timeout(pause):
                while (data := await line.answers.get()) is not None:
                    status, headers = _parsed(data)
                    if status >= 200 and ("cseq", f"{number} REGISTER") in headers:
                        return status, headers
                return None, []
        except TimeoutError:
            pause *= 2


def _parsed(data: bytes) -> tuple[int, _Headers]:
    """Read a response; status 0 for what is none."""
    first, *lines = data.decode(errors="replace").partition("\r\n\r\n")[0].split("\r\n")
    found = re.match(r"SIP/2\.0 ([1-6][0-9]{2})\b", first)
    pairs = (line.partition(":") for line in lines)
    return int(found[1]) if found else 0, [(name.strip().lower(), value.strip()) for name, _, value in pairs]


class _Request:
    """The REGISTER, and the proof that the password is known."""

    def __init__(self, trunk: Trunk, own: tuple[str, int]) -> None:
        host = f"[{trunk.host}]" if ":" in trunk.host else trunk.host
        own_host = f"[{own[0]}]" if ":" in own[0] else own[0]
        self._user, self._password = auth_user(trunk), trunk.password or ""
        domain = f"{host}:{trunk.port}" if trunk.port else host
        self._uri, self._own = f"sip:{domain}", f"{own_host}:{own[1]}"
        self._identity = f"<{address_of_record(trunk)}>"
        self._mark = secrets.token_hex(8)

    def text(self, number: int, more: str = "") -> str:
        """Return the request with this CSeq."""
        return (
            f"REGISTER {self._uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self._own};branch=z9hG4bK{self._mark}{number};rport\r\n"
            f"From: {self._identity};tag={self._mark}\r\nTo: {self._identity}\r\nCall-ID: {self._mark}\r\n"
            f"CSeq: {number} REGISTER\r\nMax-Forwards: 70\r\n{more}Content-Length: 0\r\n\r\n"
        )

    def proof(self, headers: _Headers) -> str | None:
        """Answer the first challenge whose algorithm is known; None for none."""
        for name, value in headers:
            scheme, _, rest = value.partition(" ")
            if name not in ("www-authenticate", "proxy-authenticate") or scheme.lower() != "digest":
                continue
            challenge = parse_keqv_list(parse_http_list(rest))
            algorithm = challenge.get("algorithm", "MD5").upper()
            if algorithm in _HASHES and "nonce" in challenge:
                return self._digest(challenge, algorithm)
        return None

    def _digest(self, challenge: dict[str, str], algorithm: str) -> str:
        def mix(*parts: str) -> str:
            return _HASHES[algorithm](":".join(parts).encode()).hexdigest()

        realm, nonce = challenge.get("realm", ""), challenge["nonce"]
        secret, what = mix(self._user, realm, self._password), mix("REGISTER", self._uri)
        fields = {"username": self._user, "realm": realm, "nonce": nonce, "uri": self._uri}
        bare = {"algorithm": algorithm}
        if "auth" in [each.strip() for each in challenge.get("qop", "").split(",")]:
            fields["cnonce"] = secrets.token_hex(8)
            bare |= {"qop": "auth", "nc": "00000001"}
            fields["response"] = mix(secret, nonce, "00000001", fields["cnonce"], "auth", what)
        else:
            fields["response"] = mix(secret, nonce, what)
        if "opaque" in challenge:
            fields["opaque"] = challenge["opaque"]
        quoted = [f'{name}="{value}"' for name, value in fields.items()]
        return "Digest " + ", ".join(quoted + [f"{name}={value}" for name, value in bare.items()])
