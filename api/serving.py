"""The HTTP servers of this process."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

SECONDS_TO_FINISH = 5


@asynccontextmanager
async def listening(places: Iterable[tuple[web.Application, str, int]]) -> AsyncIterator[None]:
    """Serve each application at its host and port; leaving the block ends them all."""
    async with AsyncExitStack() as stack:
        for app, host, port in places:
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=SECONDS_TO_FINISH)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, host, port).start()
        yield
