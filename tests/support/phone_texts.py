"""The carrier `sip` in the test's own process, in an ARI application of its own, on the running Asterisk.

It takes the texts of all phones, so one test process at a time has it.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from engine.ari.client import AriClient
from engine.features.messaging.carrier import Incoming, Submission
from engine.features.messaging.sip.carrier import SipCarrier
from tests.asterisk.ari_system import ari_address
from tests.e2e.conftest import MakeExtension
from tests.support.inbox import TestInbox
from tests.support.system import System
from tests.support.texter import Texter
from tests.support.turns import the_only

ODD = "a :) b (c) d: ${EPOCH} $[1+1] ${SHELL(id)} 100% & + = \"q\" \\ , ; |\r\nnew line ünï ☺ 'x' ): 9 "
"""A text of what dialplans, URLs and JSON read in another way."""
MakeTexter = Callable[..., Awaitable[Texter]]


class Running:
    """A carrier with its Inbox; it may be stopped and started again."""

    def __init__(self, system: System) -> None:
        self.inbox = TestInbox()
        self._system = system
        self._application = f"test-texts-{uuid.uuid4().hex[:8]}"
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Connect, as a new controller does."""
        at = ari_address()
        client = AriClient(at.url, at.user, at.password, self._application)
        self.carrier = SipCarrier(client, self.inbox, self._system.bind)
        await self.carrier.start()
        async with asyncio.timeout(10):
            await self.carrier.wait_ready()

    async def stop(self) -> None:
        """Leave."""
        await self.carrier.stop()

    async def crash(self) -> None:
        """Leave as a process that is killed: the channel that reads texts is there for ever."""
        await self.carrier.stop()
        at = ari_address()
        async with AriClient(at.url, at.user, at.password, self._application) as client:
            socket = await client.websocket(5.0)
            await client.channels.create(
                endpoint="Local/s@nowhere", app=self._application, channel_id=f"{self._application}-reader-1"
            )
            await socket.close()

    async def send(self, recipient: str, text: str, sender: str = "302") -> Any:
        """Submit a text to an extension."""
        part = Submission(id="m", sender=sender, recipient=recipient, content=text.encode())
        return await self.carrier.submit(part)

    async def registered(self, user: str) -> None:
        """Wait until the carrier knows that an extension is registered."""
        known = asyncio.Event()
        self.carrier.registrations.on_registered(lambda one: known.set() if one == user else None)
        if not self.carrier.registrations.is_registered(user):
            await asyncio.wait_for(known.wait(), 10)

    async def of(self, user: str, count: int, within: float = 10.0) -> list[Incoming]:
        """The texts of one extension, once there are so many."""
        async with asyncio.timeout(within):
            total = 0
            while len(found := [text for _, text in self.inbox.texts if text.sender == user]) < count:
                total = len(self.inbox.texts) + 1
                await self.inbox.until(total, within)
        return found


@pytest.fixture
async def texts(system: System) -> AsyncIterator[Running]:
    """The carrier, running; other test processes wait for it."""
    with the_only(system.file, "texts"):
        running = Running(system)
        await running.start()
        yield running
        await running.stop()
        channels = [one["name"] for one in await system.ari("channels")]
        assert not [name for name in channels if name.startswith("Local/s@nowhere")], channels


@pytest.fixture
async def texter(system: System, extension: MakeExtension) -> AsyncIterator[MakeTexter]:
    """Makes phones for texts, each of an extension of its own: `await texter()`; they are registered."""
    host, _, port = system.sip.partition(":")
    async with AsyncExitStack() as stack:

        async def make(*, register: bool = True, **fields: Any) -> Texter:
            one = await extension()
            made = Texter(one.user, one.password, host, int(port), **fields)
            await stack.enter_async_context(made)
            if register:
                assert await made.register() == 200
            return made

        yield make
