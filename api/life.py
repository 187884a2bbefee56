"""The order in which parts start and stop."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol


class Part(Protocol):
    """Something that runs from its start to its stop."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End; what is left is done after the next start."""


@asynccontextmanager
async def started(*parts: Part) -> AsyncIterator[None]:
    """Start parts in their order; leaving the block stops them in the opposite one, as far as they were started."""
    async with AsyncExitStack() as stack:
        for part in parts:
            await part.start()
            stack.push_async_callback(part.stop)
        yield
