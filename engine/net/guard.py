"""Restricts the addresses that an outgoing HTTP request may reach."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
SocketFactory = Callable[[tuple[Any, Any, int, str, tuple[Any, ...]]], socket.socket]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_CGNAT = ipaddress.IPv4Network("100.64.0.0/10")
_PROTOCOL_ASSIGNMENTS = ipaddress.IPv4Network("192.0.0.0/24")
_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637; Python's own list is older
_OF_PROVIDERS = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "fd00:ec2::254",  # Amazon
            "fd20:ce::254",  # Google
            "100.100.100.200",  # Alibaba
            "192.0.0.192",  # Oracle
            "168.63.129.16",  # Microsoft
        ),
    )
)
"""Where cloud providers serve credentials to their machines: among public, private and shared addresses."""


class BlockedAddress(OSError):
    """The address is not a public one, and private addresses are not allowed here."""

    def __init__(self, address: str) -> None:
        self.address = address
        # The same text for every address: if all addresses of a host fail alike, the connector raises the first error.
        super().__init__("The address is not a public one, and private addresses are not allowed here.")


def effective(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 address (v4-mapped, v4-compatible, NAT64, 6to4), else the address."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet (IANA special-purpose registries, RFC 6890)."""
    real = effective(address)
    if real.is_multicast or not real.is_global or real.is_reserved or real in _OF_PROVIDERS:
        return False
    if isinstance(real, ipaddress.IPv6Address):
        return not (real.is_site_local or real in _NAT64_LOCAL or real in _DOCUMENTATION)
    return real not in _PROTOCOL_ASSIGNMENTS


def is_private(address: Address) -> bool:
    """Return whether an allowing session may reach it: loopback, RFC 1918, unique local, carrier-grade NAT.

    Link-local addresses are not allowed, nor are those where cloud providers serve credentials.
    """
    real = effective(address)
    if real in _OF_PROVIDERS or real.is_link_local or real.is_multicast or real.is_unspecified:
        return False
    if real.is_loopback:
        return True
    if isinstance(real, ipaddress.IPv6Address):
        return real in _UNIQUE_LOCAL
    return real in _CGNAT or (real.is_private and not real.is_reserved)


def guarded_sockets(allow_private: bool) -> SocketFactory:
    """Return a socket factory for aiohttp's TCPConnector, which checks the address that is connected to.

    So the check covers IP literals, redirects, and names that resolve differently the second time.
    The factory raises BlockedAddress (an OSError, which aiohttp wraps in ClientConnectorError).
    """

    def make(info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, where = info
        text = str(where[0])
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            raise BlockedAddress(text) from None
        if not (is_public(address) or (allow_private and is_private(address))):
            raise BlockedAddress(text)
        return socket.socket(family, kind, protocol)

    return make


def blocked(error: BaseException) -> bool:
    """Return whether the guard caused this error (aiohttp wraps it, as `os_error` and as the cause)."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, BlockedAddress) or isinstance(getattr(seen, "os_error", None), BlockedAddress):
            return True
        seen = seen.__cause__
    return False
