"""A carrier that speaks SIP over TLS alone, wants a certificate of who calls, and is busy."""

import asyncio
import datetime
import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, as PEM text."""

    certificate: str
    key: str


@dataclass
class Authority:
    """Who signs certificates."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def certificate(self) -> str:
        """Its own certificate, as PEM text."""
        return self._sign(self.name, self.key, ca=True)

    def of(self, name: str, address: str = "") -> Signed:
        """Make a certificate for a name, and for an IP address."""
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Signed(self._sign(name, key, address=address), private.decode())

    def _sign(self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool = False, address: str = "") -> str:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class TlsCarrier:
    """Listens at `address`; `callers` has for each INVITE the name in the certificate of who sent it."""

    def __init__(self, address: str, port: int, own: Signed, clients: Authority, folder: Path) -> None:
        self._place = (address, port)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        for name, text in (("own.crt", own.certificate), ("own.key", own.key), ("clients.crt", clients.certificate)):
            (folder / name).write_text(text)
        self._context.load_cert_chain(folder / "own.crt", folder / "own.key")
        self._context.load_verify_locations(folder / "clients.crt")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self.callers: list[str] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "TlsCarrier":
        self._server = await asyncio.start_server(self._serve, *self._place, ssl=self._context)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        shown = writer.get_extra_info("peercert")["subject"]
        name = next(value for part in shown for key, value in part if key == "commonName")
        while request := await _message(reader):
            if request.startswith("INVITE "):
                self.callers.append(name)
                writer.write(_answer(request, "486 Busy Here"))
            elif not request.startswith("ACK "):
                writer.write(_answer(request, "200 OK"))


async def _message(reader: asyncio.StreamReader) -> str:
    """The next message; "" at the end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lstrip()
        length = re.search(r"^Content-Length:\s*(\d+)", head, re.MULTILINE | re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""
    return head


def _answer(request: str, status: str) -> bytes:
    """The answer to a request."""
    kept = [line for line in request.split("\r\n")[1:] if re.match(r"(Via|From|To|Call-ID|CSeq):", line, re.IGNORECASE)]
    lines = [f"{line};tag=busy" if line.lower().startswith("to:") and "tag=" not in line else line for line in kept]
    return "\r\n".join([f"SIP/2.0 {status}", *lines, "Content-Length: 0", "", ""]).encode()
