"""A recording as a context manager: of one party through a snoop, or of a bridge. Its file is kept in every case."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar, Literal

from engine.ari import generated as ari
from engine.ari.bus import Bus, Resumed
from engine.ari.client import AriClient
from engine.ari.operation import Operation
from engine.ari.snoop import end_snoop, snooping
from engine.ari.targets import Listen, RecordTarget

TerminateOn = Literal["none", "any", "*", "#"]


class Recording(Operation):
    """One live recording; its file is `<name>.wav` in Asterisk's recording folder. Made by recording() and adopting().

    Its length must be read from the file: Asterisk's `duration` is in whole seconds.
    """

    types: ClassVar[tuple[type, ...]] = (
        ari.RecordingStarted,
        ari.RecordingFinished,
        ari.RecordingFailed,
        ari.StasisEnd,
        ari.ChannelDestroyed,
        ari.BridgeDestroyed,
        Resumed,
    )
    # RecordingFinished comes within 20 ms of the end of the call, but after StasisEnd.
    ends_within: ClassVar[float] = 3.0

    def __init__(self, client: AriClient, bus: Bus, name: str, target: RecordTarget) -> None:
        followed = (target.channel, target.snoop) if isinstance(target, Listen) else (target.id,)
        super().__init__(bus, name, *followed)
        self._client = client
        self._target = target

    async def pause(self) -> None:
        """Leaves out the audio from now until unpause()."""
        await self._client.recordings.pause(self.id)

    async def unpause(self) -> None:
        """Continues after pause()."""
        await self._client.recordings.unpause(self.id)

    def _take(self, event: Any) -> None:
        if isinstance(event, ari.RecordingStarted):
            self._begun = True
        elif isinstance(event, ari.RecordingFinished):
            self._finish(event.recording.state, cause=event.recording.cause)
        elif isinstance(event, ari.RecordingFailed):
            self._finish("failed", cause=event.recording.cause)

    def _ended_with(self, event: Any) -> bool:
        if isinstance(event, ari.StasisEnd):  # the call's own may be a visit to the dialplan, which is recorded too
            return isinstance(self._target, Listen) and event.channel.id == self._target.snoop
        return isinstance(event, ari.ChannelDestroyed | ari.BridgeDestroyed)

    async def _ask_stop(self) -> None:
        await self._client.recordings.stop(self.id)

    async def _fetch(self) -> tuple[bool, str]:
        state = (await self._client.recordings.get_live(self.id)).state
        return state != "queued", state


@asynccontextmanager
async def recording(
    client: AriClient,
    bus: Bus,
    target: RecordTarget,
    name: str,
    *,
    max_seconds: int = 0,
    max_silence_seconds: int = 0,
    terminate_on: TerminateOn = "none",
) -> AsyncIterator[Recording]:
    """Records to the WAV file `name`, replacing one of that name. Limits are in seconds; 0 is no limit.

    Asterisk checks the limits in whole seconds of its clock: a recording of `max_seconds` may be up to 1 s longer.

    The recording ends by stop(), by leaving the context, by a limit, or with the call; in each case the file is kept,
    and the context waits for its end, at most 3 s. With Listen, digits do not end the recording and no beep is heard
    by the party: call stop() on a digit, and play a beep before.
    Raises AriNotFound, BadRequest or AriConflict if the channel or bridge is gone, and other AriErrors.
    """
    async with AsyncExitStack() as stack:
        if isinstance(target, Listen):
            await stack.enter_async_context(snooping(client, bus, target.channel, target.snoop, spy=target.spy))
        live = Recording(client, bus, name, target)
        stack.callback(live.close)
        request = _record(client, target, name, max_seconds, max_silence_seconds, terminate_on)
        try:
            await live.begin(request)
            yield live
        finally:
            await live.leave()


@asynccontextmanager
async def adopting(client: AriClient, bus: Bus, target: RecordTarget, name: str) -> AsyncIterator[Recording]:
    """Follows a recording that an earlier process began; if Asterisk does not know it, it has finished, unseen."""
    live = Recording(client, bus, name, target)
    async with AsyncExitStack() as stack:
        if isinstance(target, Listen):
            stack.push_async_callback(end_snoop, client, target.snoop)
        stack.callback(live.close)
        await live.check()
        try:
            yield live
        finally:
            await live.leave()


async def _record(
    client: AriClient, target: RecordTarget, name: str, max_seconds: int, max_silence_seconds: int, terminate_on: str
) -> None:
    record = client.channels.record if isinstance(target, Listen) else client.bridges.record
    await record(
        target.snoop if isinstance(target, Listen) else target.id,
        name=name,
        format="wav",
        max_duration_seconds=max_seconds,
        max_silence_seconds=max_silence_seconds,
        if_exists="overwrite",
        terminate_on=terminate_on,
    )
