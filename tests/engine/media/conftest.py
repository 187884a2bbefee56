"""The misbehaving server and prompts with small limits, as fixtures."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web

from engine.media import Prompts, PromptSettings
from engine.net import Net
from tests.engine.media.trouble import Clock, Web


@pytest.fixture
async def server() -> AsyncIterator[Web]:
    served = Web()
    app = web.Application()
    for name in ("endless", "declared", "drip", "cut", "redirect", "loop"):
        app.router.add_get(f"/{name}", getattr(served, name))
    app.router.add_get("/files/{name}", served.file)
    app.router.add_get("/raw/{rest:.*}", served.raw)
    app.router.add_get("/hops/{left}", served.hops)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    made = Net()
    yield made
    await made.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def make(net: Net, tmp_path: Path, clock: Clock) -> AsyncIterator[Callable[..., Prompts]]:
    """Makes started prompts with other limits than the defaults."""
    made: list[Prompts] = []

    async def build(folder: Path = tmp_path / "cache", voices=None, **limits) -> Prompts:
        prompts = Prompts(net, folder, PromptSettings(**limits), voices=voices, clock=clock)
        await prompts.start()
        made.append(prompts)
        return prompts

    yield build
    for prompts in made:
        await prompts.close()


@pytest.fixture
async def prompts(make) -> Prompts:
    return await make(max_bytes=4_000_000, fetch_seconds=5.0, max_seconds=60.0)
