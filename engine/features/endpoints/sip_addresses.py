"""Parties reached by a SIP address of their own, `user@host[:port]`: only at hosts that an account is allowed."""

import asyncio
import re
import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

import msgspec

from engine.features.errors import InvalidNumber
from engine.features.numbers.phone_numbers import prefix_of
from engine.model.leg_options import Transport
from engine.net.guard import is_private, is_public

ENDPOINT = "carillon-sip"
"""The endpoint of Asterisk's pjsip.conf through which they are called; nobody can call in by it."""
SCHEME = "sip:"
"""What the allowance of a host begins with among an account's prefixes, e.g. `sip:pbx.example.com`."""
_RESOLVE_SECONDS = 2.0
_USER = re.compile(r"[A-Za-z0-9_.~*+-]{1,64}", re.ASCII)
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_ADDRESS = re.compile(r"(?:sips?:)?(?P<user>[^@]+)@(?P<place>[^@]+)", re.IGNORECASE)
_PLACE = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


class SipAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody at a host; `port` None: where the host's DNS says, else 5060 (RFC 3263)."""

    user: str
    host: str
    port: int | None = None

    @property
    def text(self) -> str:
        """As one writes it, without `sip:`."""
        return f"{self.user}@{_place(self.host, self.port)}"


def address_of(text: str) -> SipAddress:
    """Read `user@host[:port]`, with or without `sip:`; raises InvalidNumber."""
    text = text.strip()
    found = _ADDRESS.fullmatch(text)
    if found is None or not _USER.fullmatch(found["user"]) or text.lower().startswith("sips:"):
        raise InvalidNumber("A SIP address is user@host or user@host:port, the user of letters, digits and _ . ~ * + -")
    host, port = _place_of(found["place"])
    return SipAddress(user=found["user"], host=host, port=port)


def allowance_of(text: str) -> str:
    """Read the allowance of a host, `sip:host` (any port) or `sip:host:port`, as it is stored; raises InvalidNumber."""
    host, port = _place_of(text.strip()[len(SCHEME) :])
    return SCHEME + _place(host, port)


def prefix_or_host(text: str) -> str:
    """Read what an account is allowed to call, a prefix of numbers or `sip:host[:port]`; raises InvalidNumber."""
    return allowance_of(text) if text.strip().lower().startswith(SCHEME) else prefix_of(text)


def allowed(address: SipAddress, allowances: Iterable[str]) -> bool:
    """Whether the host is among an account's allowances; without one nothing is allowed."""
    wanted = {SCHEME + _place(address.host, None), SCHEME + _place(address.host, address.port)}
    return not wanted.isdisjoint(allowances)


def dial_string(address: SipAddress, transport: Transport) -> str:
    """Return what Asterisk dials."""
    by = ";transport=tcp" if transport == "tcp" else ""
    return f"PJSIP/{ENDPOINT}/{SCHEME}{address.text}{by}"


async def reachable(address: SipAddress, *, allow_private: bool) -> bool:
    """Whether every address of the host may be reached: public ones, and private ones where `allow_private`.

    A name that resolves differently when Asterisk asks again is not seen here: hosts are allowed one by one.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_RESOLVE_SECONDS):
            found = await loop.getaddrinfo(address.host, address.port or 5060, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError):
        return False
    return within_reach([str(one[4][0]).partition("%")[0] for one in found], allow_private=allow_private)


def within_reach(addresses: Iterable[str], *, allow_private: bool) -> bool:
    """Whether there is an address, and none that may not be reached."""
    found = [ip_address(one) for one in addresses]
    return bool(found) and all(is_public(one) or (allow_private and is_private(one)) for one in found)


def _place_of(text: str) -> tuple[str, int | None]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise InvalidNumber("A SIP host is a name or an address, with :port behind it or not.")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise InvalidNumber("A port is 1 to 65535.")
    if found["six"]:
        try:
            address = IPv6Address(found["six"])
        except ValueError:
            address = None
        if address is None or address.scope_id is not None:  # whose text may be anything, and is a network of ours
            raise InvalidNumber("What stands in [ ] is no IPv6 address.")
        return address.compressed, port
    host = found["host"].lower().removesuffix(".")
    if not _NAME.fullmatch(host):
        raise InvalidNumber("A SIP host is a name or an address, with :port behind it or not.")
    return host, port


def _place(host: str, port: int | None) -> str:
    written = f"[{host}]" if ":" in host else host
    return written if port is None else f"{written}:{port}"
