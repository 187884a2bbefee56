"""What the caller of a Dial or a Ring hears while the other party's phone rings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from engine.ari.errors import AriError
from engine.ari.playback import adopting, playing
from engine.ari.requests import undone
from engine.ari.targets import OnChannel
from engine.calls.session import Session, cancelled
from engine.model.call import Direction
from engine.tasks.dial import Dial
from engine.tasks.interfaces import Subject
from engine.tasks.ring import Ring

log = structlog.get_logger(__name__)


@asynccontextmanager
async def ringback(session: Session, task: Dial | Ring, on: Subject) -> AsyncIterator[None]:
    """Let the caller hear what engine.tasks.dial.Dial says until the block is left; a failure is only logged.

    A 180 that was sent stays said: who answers the caller ends it.
    """
    async with contextlib.AsyncExitStack() as stack:
        if task.leg.music and session.answered:
            await stack.enter_async_context(_music(session, task.leg.music))
        elif task.leg.ringback:
            tone = asyncio.create_task(_tone(session, task, on), name=f"ringback {session.call.id}")
            stack.push_async_callback(cancelled, [tone])
        elif session.call.direction is Direction.INBOUND:
            await _without_silence(session, stack)
            await undone(session.channel.ring(), "A ringing could not be sent.", call=session.call.id)
        yield


@asynccontextmanager
async def _music(session: Session, music: str) -> AsyncIterator[None]:
    channel, call = session.channel, session.call.id
    async with contextlib.AsyncExitStack() as stack:
        await _without_silence(session, stack)
        await undone(channel.start_moh(music), "Music could not be played.", call=call)
        try:
            yield
        finally:
            await undone(channel.stop_moh(), "Music could not be stopped.", call=call)


async def _without_silence(session: Session, stack: contextlib.AsyncExitStack) -> None:
    with contextlib.suppress(AriError):
        await stack.enter_async_context(session.media.silence.off())


async def end_left(session: Session, task: Dial | Ring, on: Subject) -> None:
    """End what a controller that is gone let the caller hear: it would go on for ever."""
    client, bus = session.services.client, session.services.bus
    if task.leg.music:
        await undone(session.channel.stop_moh(), "Music could not be stopped.", call=session.call.id)
    if task.leg.ringback:
        with contextlib.suppress(AriError):
            async with adopting(client, bus, OnChannel(session.channel.id), _tone_id(on)):
                pass  # leaving ends it


async def _tone(session: Session, task: Dial | Ring, on: Subject) -> None:
    """Play a country's ringing tone, behind a prompt that still plays; before the answer it is early media."""
    client, bus, media = session.services.client, session.services.bus, f"tone:ring;tonezone={task.leg.ringback}"
    try:
        async with (
            session.media.sounding(),
            playing(client, bus, OnChannel(session.channel.id), media, _tone_id(on)) as tone,
        ):
            await tone.finished()
    except AriError as error:
        log.warning("A ringing tone could not be played.", call=session.call.id, error=str(error))


def _tone_id(on: Subject) -> str:
    return on.task_id.replace("task-", "ring-", 1)
