"""The contacts of an extension's endpoints: the phones that are registered at them and answer OPTIONS.

Asterisk's own PJSIP_DIAL_CONTACTS() says it, which leaves out those that do not answer (Asterisk 22.10.1:
channels/pjsip/dialplan_functions.c, AST_SIP_CONTACT_FILTER_REACHABLE). ARI reads it on any channel.
"""

import re
from collections.abc import Sequence

from engine.ari import generated as ari
from engine.ari.channel import Channel

MOST = 20
"""Phones that ring at once for one call."""


async def contacts_of(channel: Channel, phones: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return each endpoint with what its contacts are dialled by, in Asterisk's order. Raises AriError."""
    return [(phone, await _dial_strings(channel, phone)) for phone in phones]


async def contacts_beside(channel: Channel, made: ari.Channel, phones: Sequence[str]) -> list[str]:
    """Return what the contacts are dialled by but the one that a channel was created for: its endpoint's first.

    Asterisk chooses the first of the same list for a channel that is created for an endpoint (res_pjsip/location.c).
    """
    own = endpoint_of(made)
    found: list[str] = []
    for phone, strings in await contacts_of(channel, phones):
        found += strings[1:] if phone == own else strings
    return found[: MOST - 1]


def endpoint_of(channel: ari.Channel) -> str:
    """Return the endpoint of a PJSIP channel, by its name: PJSIP/<endpoint>-<number>."""
    return channel.name.partition("/")[2].rpartition("-")[0]


def listing(phone: str) -> str:
    """Return the function that lists what the contacts of an endpoint are dialled by."""
    return f"PJSIP_DIAL_CONTACTS({phone})"


def listed(text: str, phone: str) -> list[str]:
    """Split what it gives, at the endpoint's name: a contact's URI may have an & of its own."""
    return re.split(rf"&(?=PJSIP/{re.escape(phone)}/)", text) if text else []


async def _dial_strings(channel: Channel, phone: str) -> list[str]:
    return listed(await channel.variable(listing(phone)) or "", phone)
