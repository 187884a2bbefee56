"""What the INVITE of a call that comes in says besides: headers of the caller's own, and who diverted the call.

Asterisk keeps the INVITE with its channel; its functions read it, also while the channel is ours. It drops whole an
INVITE whose header names are no tokens (RFC 3261 §25.1), so what is left out here is too long or too much.
"""

import asyncio
import re
from collections import Counter
from typing import NamedTuple

import structlog

from engine.ari.channel import Channel
from engine.ari.errors import AriError
from engine.calls.called import names_with

log = structlog.get_logger(__name__)
OWN = "X-"  # what names of headers begin with that no standard knows (RFC 3427 §3.2.1; RFC 6648 counsels against it)
MOST_HEADERS = 20
LONGEST = 256  # characters, of a name or a value
TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")  # RFC 3261 §25.1


class InviteHeaders(NamedTuple):
    """The headers in their order, a name as often as it came; who diverted the call last (RFC 5806), "" for nobody."""

    headers: tuple[tuple[str, str], ...] = ()
    diverted_from: str = ""


async def read_invite(channel: Channel) -> InviteHeaders:
    """Read it; a part that Asterisk does not return counts as absent."""
    listed, diverted_from = await asyncio.gather(names_with(channel, OWN), _variable(channel, "REDIRECTING(from-num)"))
    wanted = _wanted(listed)
    values = await asyncio.gather(*(_variable(channel, f"PJSIP_HEADER(read,{name},{nth})") for name, nth in wanted))
    headers = tuple((name, value) for (name, _), value in zip(wanted, values, strict=True) if value is not None)
    kept = tuple((name, value) for name, value in headers if len(value) <= LONGEST)
    if len(kept) < len(headers):
        log.warning("Headers that are too long were left out.", channel=channel.id, headers=len(headers) - len(kept))
    return InviteHeaders(kept, diverted_from if diverted_from and len(diverted_from) <= LONGEST else "")


def _wanted(listed: str) -> list[tuple[str, int]]:
    """Return the names in Asterisk's list that are taken, each with its number among those of its name."""
    names = [name for name in listed.split(",") if len(name) > len(OWN)]
    good = [name for name in names if len(name) <= LONGEST and TOKEN.fullmatch(name)]
    seen: Counter[str] = Counter()
    wanted = []
    for name in good[:MOST_HEADERS]:
        seen[name.lower()] += 1  # names are alike whatever their case (RFC 3261 §7.3.1)
        wanted.append((name, seen[name.lower()]))
    return wanted


async def _variable(channel: Channel, name: str) -> str | None:
    try:
        return await channel.variable(name)
    except AriError as error:
        _unread(channel, name, error)
        return None


def _unread(channel: Channel, part: str, error: AriError) -> None:
    log.warning("A part of an INVITE could not be read.", channel=channel.id, part=part, error=str(error))
