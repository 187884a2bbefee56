"""Letting the dialplan listen to a call: a snoop of it visits a context, and the call itself goes on."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

from engine.ari import generated as ari
from engine.ari.channel import Channel
from engine.ari.errors import Gone
from engine.ari.snoop import end_snoop, snooping
from engine.calls.services import CallServices
from engine.calls.session import Session
from engine.tasks.interfaces import Subject

GONE_SECONDS = 1.0
"""For the last event of a snoop that was hung up."""
_NONE: Mapping[str, str] = MappingProxyType({})


async def _nothing() -> None:
    """Nothing is noted."""


@asynccontextmanager
async def listening(
    session: Session,
    on: Subject,
    context: str,
    seconds: float,
    *,
    suffix: str = "",
    variables: Mapping[str, str] = _NONE,
    begun: Callable[[], Awaitable[None]] = _nothing,
) -> AsyncIterator[Channel | None]:
    """Let a snoop that hears a call's party visit a context of the dialplan, with these variables.

    Yields the snoop when it has come back (by RETURN_TO), whose variables may be read then; None if it has not within
    `seconds`. It is hung up when the context is left. `begun` is called when it was sent; `suffix` tells the snoops of
    one task apart. Raises AriError when the call ends meanwhile.
    """
    services, call = session.services, session.channel.id
    client, bus, snoop = services.client, services.bus, f"snoop-{on.task_id}{suffix}"
    channel = Channel(client, bus, snoop)
    if on.resumed:
        await _end_earlier(services, channel)
    async with snooping(client, bus, call, snoop, spy="in"):
        await channel.set_variable("RETURN_TO", f"{client.application},detected,{snoop}")
        for name, value in variables.items():
            await channel.set_variable(name, value)
        with bus.subscribe(snoop, types=(ari.StasisStart, ari.ChannelDestroyed)) as events:
            await channel.continue_at(context)
            await begun()
            try:
                event = await events.next(seconds)
            except TimeoutError:
                event = None
        if isinstance(event, ari.ChannelDestroyed):
            raise Gone(f"{context} {call}")
        yield channel if event else None


async def _end_earlier(services: CallServices, snoop: Channel) -> None:
    """Remove what a controller that is gone made under the same id, and see its last event out."""
    with services.bus.subscribe(snoop.id, types=(ari.ChannelDestroyed,)) as events:
        if await snoop.get() is not None:
            await end_snoop(services.client, snoop.id)
            with contextlib.suppress(TimeoutError):
                await events.next(GONE_SECONDS)
