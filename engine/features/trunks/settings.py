"""Reading a trunk's settings: what every group of them needs to say what cannot be."""

import re
from collections.abc import Collection
from ipaddress import ip_address

from engine.features.errors import InvalidSetting

_PLACE = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?", re.ASCII)


def must(condition: object, otherwise: str) -> None:
    """Raise InvalidSetting with a sentence unless the condition holds."""
    if not condition:
        raise InvalidSetting(otherwise)


def one_of(field: str, value: str, values: Collection[str]) -> None:
    """Raise InvalidSetting unless a field has one of these values."""
    must(value in values, f"{field} must be {listed(values)} (got {value!r}).")


def within(field: str, value: int, least: int, most: int, *, or_zero: str = "") -> None:
    """Raise InvalidSetting unless a number is within its limits; `or_zero` says what 0 means where it is allowed."""
    zero = f", or 0: {or_zero}" if or_zero else ""
    must((or_zero and value == 0) or least <= value <= most, f"{field} must be {least} to {most}{zero} (got {value}).")


def listed(values: Collection[str]) -> str:
    """Return values as a sentence lists them: `a, b or c`."""
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last


def is_host(text: str) -> bool:
    """Whether a text is an IP address without a zone, or looks like a host name."""
    try:
        return ip_address(text) is not None and "%" not in text
    except ValueError:
        return bool(_HOST.fullmatch(text)) and ".." not in text


def host_in(place: str) -> str | None:
    """Return the host of `host[:port]`, whose IPv6 address is in brackets; None: it is not written so."""
    found = _PLACE.fullmatch(place)
    if found is None or not 1 <= int(found["port"] or 5060) <= 65535:
        return None
    host = found["six"] or found["host"]
    return host if is_host(host) else None


def unbracketed(host: str) -> str:
    """Return a host as it is stored: an IPv6 address without the brackets of a URI."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") and ":" in host else host
