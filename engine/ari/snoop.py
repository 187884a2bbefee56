"""A snoop channel: hears one party, or speaks to it, without changing the bridge that the party is in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from engine.ari import generated as ari
from engine.ari.bus import Bus, Subscription
from engine.ari.client import AriClient
from engine.ari.errors import AriConflict, Gone, NotStarted
from engine.ari.requests import settled, undone

STARTS_WITHIN_SECONDS = 5.0


@asynccontextmanager
async def snooping(
    client: AriClient,
    bus: Bus,
    channel_id: str,
    snoop_id: str,
    *,
    spy: Literal["none", "in", "out", "both"] = "none",
    whisper: Literal["none", "in", "out", "both"] = "none",
) -> AsyncIterator[None]:
    """Opens a snoop on the channel, under an id that we chose, and hangs it up when the context is left.

    Raises AriNotFound or BadRequest if the channel is gone, Gone or NotStarted if the snoop is not up after 5 s.
    """
    with bus.subscribe(snoop_id, types=(ari.StasisStart, ari.StasisEnd)) as events:
        try:
            if await _make(client, channel_id, snoop_id, spy, whisper):
                await _in_stasis(events, snoop_id)
            yield
        finally:
            await end_snoop(client, snoop_id)


async def end_snoop(client: AriClient, snoop_id: str) -> None:
    """Hangs the snoop up; succeeds if it is gone."""
    await undone(client.channels.hangup(snoop_id), "a snoop channel could not be hung up", id=snoop_id)


async def _in_stasis(events: Subscription, snoop_id: str) -> None:
    try:
        event = await events.until(ari.StasisStart, ari.StasisEnd, within=STARTS_WITHIN_SECONDS)
    except TimeoutError:
        raise NotStarted(f"snoop {snoop_id}") from None
    if isinstance(event, ari.StasisEnd):
        raise Gone(f"snoop {snoop_id}")


async def _make(client: AriClient, channel_id: str, snoop_id: str, spy: str, whisper: str) -> bool:
    """Returns whether the snoop was made now; False if an earlier process had made it."""
    application = client.application
    request = client.channels.snoop_channel_with_id(
        channel_id, snoop_id, app=application, spy=spy, whisper=whisper, app_args=f"snoop,{channel_id}"
    )
    try:
        await settled(request, f"ari: snoop {snoop_id}")
    except AriConflict:
        await client.channels.get(snoop_id)  # a 409 may be the connection's, from another request
        return False
    return True
