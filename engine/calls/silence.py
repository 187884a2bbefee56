"""Silence that is sent to a call's party for as long as nothing else is.

Asterisk sends no RTP on a channel in Stasis that nothing plays to, and carriers and NAT devices end such a call or
close the way to it. Its `transmit_silence` does not cover that, so we start and stop silence on the channel: 50 frames
a second (Asterisk: main/channel.c, silence_generator; res/stasis/control.c, app_control_silence_start).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol

import structlog

from engine.ari.channel import Channel
from engine.ari.errors import AriConflict, AriError, AriNotFound
from engine.model.call import Call

log = structlog.get_logger(__name__)
QUIET_SECONDS = 0.1  # between two prompts is no silence: it would be one more request for each
RESTORED_SECONDS = 2.0  # the first time after a restart of the controller: the call may still be in its bridge
AGAIN_SECONDS = 5.0  # after Asterisk refused or did not answer


class SilentCall(Protocol):
    """What is needed of a live call (engine.calls.session.Session)."""

    channel: Channel

    @property
    def call(self) -> Call:
        """Its record."""

    @property
    def answered(self) -> bool:
        """Whether it was answered."""

    @property
    def hanging_up(self) -> bool:
        """Whether it is being hung up, or is gone."""

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> object:
        """Let something go on beside the queue, owned by the call."""


class Silence:
    """Sends silence on a call's channel from when its audio is up, while nothing plays and it is in no bridge.

    A prompt, music or a ringing tone takes the place of silence by itself, and does not bring it back. In a bridge it
    would be all that the party hears (tried on Asterisk 22.10.1), hence `off`.
    """

    def __init__(self, session: SilentCall, in_bridge: Callable[[], bool], *, restored: bool) -> None:
        """`restored`: an earlier controller may have begun it."""
        self._session, self._in_bridge = session, in_bridge
        self._others = 0
        self._early = False
        self._sent = False  # it was asked for, and nothing took its place since
        self._perhaps_on = restored
        self._quiet = RESTORED_SECONDS if restored else QUIET_SECONDS
        self._timer: asyncio.TimerHandle | None = None
        self._changing = asyncio.Lock()

    def update(self) -> None:
        """Look again at whether it is due: the call was answered, or entered or left a bridge."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._due():
            self._timer = asyncio.get_running_loop().call_later(self._quiet, self._begin)

    @contextmanager
    def displaced(self) -> Iterator[None]:
        """Something else is sent while the block runs; before the answer it makes audio flow."""
        self._early = True
        self._others += 1
        self.update()
        try:
            yield
        finally:
            self._others -= 1
            self._sent = False
            self.update()

    @asynccontextmanager
    async def off(self) -> AsyncIterator[None]:
        """Off while the block runs, to be left with the channel in a bridge. Raises the AriErrors."""
        self._others += 1
        try:
            async with self._changing:
                self._sent = False
                if self._perhaps_on:
                    await self._session.channel.stop_silence()
                    self._perhaps_on = False
            yield
        finally:
            self._others -= 1
            self.update()

    def _due(self) -> bool:
        session = self._session
        if self._sent or self._others or self._in_bridge() or session.hanging_up:
            return False
        return session.answered or self._early

    def _begin(self) -> None:
        self._timer, self._quiet = None, QUIET_SECONDS
        if self._due():
            self._session.spawn(self._start(), "silence")

    async def _start(self) -> None:
        async with self._changing:
            if not self._due():
                return
            self._sent = self._perhaps_on = True
            try:
                await self._session.channel.start_silence()
            except (AriNotFound, AriConflict):
                pass  # the call is over
            except AriError as error:
                log.warning("Silence could not be sent yet.", call=self._session.call.id, error=str(error))
                self._sent, self._quiet = False, AGAIN_SECONDS
                self.update()
