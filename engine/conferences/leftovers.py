"""Bridges that conferences left behind, because Asterisk or a controller was away when they ended."""

import functools
from collections.abc import Container

import structlog

from engine.ari.bridge import Bridge
from engine.calls.registry import Registry
from engine.calls.services import CallServices
from engine.store import conferences

log = structlog.get_logger(__name__)


async def remove_bridges(services: CallServices, registry: Registry, live: Container[str]) -> None:
    """Remove the bridges of conferences that are over; `live` has the ids of those that are not.

    One of another ARI application, or that somebody else made, stays; so does one with a live call in it. One that
    has our application's name and is not in the store is over too. Raises the AriErrors and the errors of the store.
    """
    ours = services.settings.ari_application
    for bridge in await services.client.bridges.list():
        if not bridge.id.startswith("conf-") or bridge.id in live:
            continue
        if any(session.channel.id in bridge.channels for session in registry):
            continue
        row = await services.database.read(functools.partial(conferences.get, id=bridge.id))
        ended = row.ended is not None and row.ari_application == ours if row else bridge.name == ours
        if ended:
            await Bridge(services.client, services.bus, bridge.id).destroy()
            log.info("The bridge of a conference that is over was removed.", conference=bridge.id)
