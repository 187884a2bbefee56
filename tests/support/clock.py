"""An event loop whose time jumps to the next timer when nothing else is left to do.

`loop.time()` stands still while anything can go on: callbacks, sockets of this process (a fake server and its client),
and threads that were given work through the loop or announced by `loop.busy(+1)` / `loop.busy(-1)`. Then it jumps.
A test therefore waits hours in no time, and never too short: a limit of 10 s ends at 10 s and not before.

    await loop.settled()          everything that could happen at this moment has happened
    await asyncio.sleep(9.9)      let time pass

In a conftest.py:  pytest_asyncio_loop_factories = virtual_time
"""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any

import pytest

GRACE_SECONDS = 0.002  # for a socket of the same process, and for threads that nobody announced; 0 where there are none
STUCK_SECONDS = 60.0  # of real time; the machine may be busy with other things


class _Selector(selectors.DefaultSelector):
    """Sees every wait of the loop."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if ready := super().select(GRACE_SECONDS):
            return ready
        if self.loop.threads_at_work:
            if not (ready := super().select(STUCK_SECONDS)):
                raise RuntimeError("A thread has been at work for too long: the test is stuck.")
            return ready
        if self.loop.nobody_waits_for_idleness():
            if timeout is None:
                if ready := super().select(STUCK_SECONDS):
                    return ready
                raise RuntimeError("Nothing will ever happen any more: the test is stuck.")
            self.loop.jump(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module."""

    def __init__(self) -> None:
        selector = _Selector()
        self._now = 1000.0
        self._at_work = 0
        self._idlers: list[asyncio.Future[None]] = []
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since some moment; they pass only when nothing else is left to do."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def busy(self, change: int) -> None:
        """A thread got (+) or finished (-) so many pieces of work whose ends come by call_soon_threadsafe."""
        self._at_work += change

    @property
    def threads_at_work(self) -> bool:
        """Whether time must stand still for a thread."""
        return self._at_work > 0

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """As asyncio's, and counted."""
        self.busy(1)
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self.busy(-1))
        return future

    async def settled(self) -> None:
        """Return when everything has happened that can happen without time passing."""
        future: asyncio.Future[None] = self.create_future()
        self._idlers.append(future)
        await future

    def nobody_waits_for_idleness(self) -> bool:
        """Wake one who waits for this moment; True where nobody does."""
        while self._idlers:
            idler = self._idlers.pop(0)
            if not idler.done():
                idler.set_result(None)
                return False
        return True


async def settled() -> None:
    """Return when everything has happened that can happen without time passing."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop), "this test's conftest.py must name virtual_time"
    await loop.settled()


def virtual_time(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The hook of pytest-asyncio that makes the loops of a folder's tests."""
    return {"virtual": VirtualLoop}
