"""Whom a call that comes in by a trunk is for, as its INVITE says it.

The request URI says it (RFC 3261 section 8.2.2.1). Where that has only the contact that was registered, two headers
may: P-Called-Party-ID, which the network adds (RFC 7315 section 4.2), and To, which the first caller wrote.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import msgspec
import structlog

from engine.ari.channel import Channel
from engine.ari.errors import AriError, ServerError

log = structlog.get_logger(__name__)
HEADERS = ("P-Called-Party-ID", "To")
"""What may name the number beside the request URI, the more trustworthy first."""
LONGEST = 256  # characters of a URI that are looked at
_ENDPOINT = "trunk-"  # what a trunk's endpoint is named by in Asterisk (engine.features.trunks.trunk)
_URI = re.compile(r"(?:sips?:(?P<sip>[^@>]*)@|tel:(?P<tel>[^>?]*))", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """`user`: the request URI's user part without its parameters; `uri`: all of it, "" where it is not known.

    `headers`: the values of headers that were read, by their names; "" for one that is not there. None: none was.
    """

    user: str
    uri: str = ""
    headers: Mapping[str, str] | None = None


def trunk_of(channel_name: str) -> str:
    """Return the trunk of a channel's name such as PJSIP/trunk-lab-00000001; "" where it is not a trunk's."""
    endpoint = channel_name.removeprefix("PJSIP/").rpartition("-")[0]
    return endpoint.removeprefix(_ENDPOINT) if endpoint.startswith(_ENDPOINT) else ""


def user_of(uri: str) -> str:
    """Return the user part of the first SIP or tel URI in a header, parameters included; "" for none."""
    found = _URI.search(uri)
    return unquote(found["sip"] or found["tel"] or "", errors="replace") if found else ""


def printable(text: str) -> str:
    """Return a text from the network with each control character replaced by `?`."""
    return _CONTROL.sub("?", text)


async def read_headers(channel: Channel, called: Called, names: Sequence[str]) -> Called:
    """Read the headers of these names; one that cannot be read is as if it were not there."""
    values = await asyncio.gather(*(header_value(channel, name) for name in names))
    found = {name: value[:LONGEST] for name, value in zip(names, values, strict=True)}
    return msgspec.structs.replace(called, headers=found)


async def names_with(channel: Channel, prefix: str) -> str:
    """Return the names of headers that begin with a prefix, separated by commas; "" for none.

    Asterisk answers 500 if there is none.
    """
    try:
        return await channel.variable(f"PJSIP_HEADERS({prefix})") or ""
    except ServerError:
        return ""
    except AriError as error:
        log.warning("The names of an INVITE's headers could not be read.", channel=channel.id, error=str(error))
        return ""


async def header_value(channel: Channel, name: str) -> str:
    """Return the value of a header, or of the nth of its name (`Identity,2`); "" for one that cannot be read."""
    try:
        return await channel.variable(f"PJSIP_HEADER(read,{name})") or ""
    except ServerError:  # it is not there
        return ""
    except AriError as error:
        log.warning("A header of an INVITE could not be read.", channel=channel.id, header=name, error=str(error))
        return ""
