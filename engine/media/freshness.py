"""For how long a fetched prompt may be played before it is revalidated (RFC 9111, sections 4.2 and 5.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from engine.media.prompt import PromptSettings

_DIRECTIVE = re.compile(r'([A-Za-z-]+)(?:\s*=\s*"?([^",]*)"?)?')
_NEVER_FRESH = ("no-store", "no-cache")


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """The freshness of a response: for how many seconds it is fresh, and whether it may be used afterwards.

    `stale`: it may be played when it is no longer fresh, while its server cannot be reached.
    """

    seconds: float
    stale: bool = True


def freshness(headers: Mapping[str, str], settings: PromptSettings, *, validated: bool) -> Freshness:
    """Return the freshness by Cache-Control, else by Expires, else by the settings, which depend on `validated`."""
    control = {name.lower(): value.strip() for name, value in _DIRECTIVE.findall(headers.get("Cache-Control", ""))}
    stale = not control.keys() & {"no-store", "no-cache", "must-revalidate", "proxy-revalidate"}
    if control.keys() & set(_NEVER_FRESH):
        return Freshness(seconds=0.0, stale=stale)
    said = _seconds(control.get("s-maxage")) if "s-maxage" in control else _seconds(control.get("max-age"))
    if said is None:
        said = _until_expiry(headers)
    if said is None:
        return Freshness(seconds=settings.unsaid_seconds if validated else settings.fresh_seconds, stale=stale)
    left = said - (_seconds(headers.get("Age")) or 0.0)
    return Freshness(seconds=min(max(0.0, left), settings.longest_fresh_seconds), stale=stale)


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else None


def _until_expiry(headers: Mapping[str, str]) -> float | None:
    expires = headers.get("Expires")
    if expires is None:
        return None
    until, sent = _date(expires), _date(headers.get("Date", ""))
    if until is None:  # an invalid date such as 0 means expired
        return 0.0
    return (until - (sent or datetime.now(UTC))).total_seconds()


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
