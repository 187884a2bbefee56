"""Addresses of this machine as they are set: at most one of IPv4 and one of IPv6, separated by a comma."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import NamedTuple, Self

_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""The addresses that stand for all of a family, and where this machine reaches itself then."""


class BadAddresses(ValueError):
    """What is set is not at most one address of each family; the message says what is wanted."""


class Addresses(NamedTuple):
    """An address of each family; "" where there is none. A host name, where one is allowed, stands for IPv4."""

    ipv4: str = ""
    ipv6: str = ""

    @classmethod
    def read(cls, text: str, *, names: bool = False) -> Self:
        """Read addresses such as `203.0.113.7,2001:db8::7`; `names`: a host name may stand for the IPv4 address.

        Raises BadAddresses.
        """
        found: dict[int, str] = {}
        for each in (part.strip() for part in text.split(",")):
            if not each:
                continue
            family, address = _read(each, names=names)
            if family in found:
                raise BadAddresses(f"must have at most one IPv{family} address (got {found[family]} and {address})")
            found[family] = address
        return cls(found.get(4, ""), found.get(6, ""))

    @property
    def all(self) -> tuple[str, ...]:
        """Those that are set, IPv4 first."""
        return tuple(filter(None, self))

    @property
    def families(self) -> frozenset[int]:
        """The families that have one: 4, 6."""
        return frozenset(family for family, address in ((4, self.ipv4), (6, self.ipv6)) if address)

    @property
    def first(self) -> str:
        """The IPv4 address, or else the IPv6 one."""
        return self.ipv4 or self.ipv6

    def of(self, family: int) -> str:
        """Return the address of a family; "" for none."""
        return self.ipv6 if family == 6 else self.ipv4


def families_of(addresses: Iterable[str]) -> frozenset[int]:
    """Return the families of addresses: 4, 6."""
    return frozenset(ip_address(address).version for address in addresses)


def reached(address: str) -> str:
    """Return where this machine reaches itself if it listens on an address."""
    return EVERYWHERE.get(address, address)


def bracketed(host: str) -> str:
    """Return a host as a URI has it: an IPv6 address in brackets (RFC 3986 section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def at_port(host: str, port: int) -> str:
    """Return host:port, an IPv6 address in brackets."""
    return f"{bracketed(host)}:{port}"


def _read(text: str, *, names: bool) -> tuple[int, str]:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        address = ip_address(bare)
    except ValueError:
        if names and ":" not in text and _NAME.fullmatch(text) and not re.fullmatch("[0-9.]+", text):
            return 4, text
        wanted = "addresses or a host name" if names else "addresses"
        raise BadAddresses(
            f"must be {wanted} without a port, such as 203.0.113.7 or 203.0.113.7,2001:db8::7 (got {text!r})"
        ) from None
    if address.version == 6 and (address.scope_id or address.ipv4_mapped):
        raise BadAddresses(f"must have an IPv6 address without a zone and not a mapped one (got {text!r})")
    return address.version, str(address)
