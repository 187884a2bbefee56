"""The media of one live call: what is sent to its party, what the party presses, and the bridge that it is in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from engine.calls.bridges import OwnedBridges
from engine.calls.held_key import key_is_down
from engine.calls.keypad import DigitRouter
from engine.calls.silence import Silence, SilentCall
from engine.calls.typed_ahead import TypedAhead
from engine.queues.journal import Journal


class CallMedia:
    """One prompt at a time (`speaking`), silence between them, digits, and a bridge.

    `bridges` are those that the call's own Dials made, `bridge` is the id of the one that its channel is in.
    """

    def __init__(self, call: SilentCall, journal: Journal, confidential: Callable[[], bool], *, restored: bool) -> None:
        """`restored`: an earlier controller may have sent something. For `confidential` see TypedAhead."""
        self._bridge: str | None = None
        self.speaking = asyncio.Lock()
        self.bridges = OwnedBridges()
        self.silence = Silence(call, self._in_bridge, restored=restored)
        self.typed_ahead = TypedAhead(journal, in_bridge=self._in_bridge, confidential=confidential)
        self.digits = DigitRouter(self.typed_ahead, lambda seconds: key_is_down(call.channel, seconds))

    @property
    def bridge(self) -> str | None:
        """The bridge that its channel is in: with the connected party, or a conference's."""
        return self._bridge

    def enter(self, bridge: str) -> None:
        """Its channel is in this bridge now."""
        self._bridge = bridge
        self.silence.update()

    def leave(self, bridge: str) -> None:
        """Its channel is not in this bridge any more; without effect if it is in another one."""
        if self._bridge == bridge:
            self._bridge = None
            self.silence.update()

    @asynccontextmanager
    async def sounding(self) -> AsyncIterator[None]:
        """Something is sent to the party while the block runs: nothing else is, silence neither."""
        async with self.speaking:
            with self.silence.displaced():
                yield

    def _in_bridge(self) -> bool:
        return self._bridge is not None
