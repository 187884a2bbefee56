"""A customer's web server: a real one, which answers as its path says and keeps what it was sent."""

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Post:
    """One request that arrived."""

    path: str
    fields: dict[str, str]
    headers: dict[str, str]
    method: str
    body: str = ""


class Sink:
    """`/fail/N/…` answers 500 N times, then 200; `/always/…` 500; `/hang/…` never; see `_answer` for the rest."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.arrived: asyncio.Queue[Post] = asyncio.Queue()
        self.busy = 0
        self.busiest = 0
        self.release = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._server: TestServer | None = None

    async def __aenter__(self) -> "Sink":
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{tail:.*}", self._take)
        self._server = TestServer(app)
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.release.set()
        assert self._server
        await self._server.close()

    def url(self, path: str = "/notify.php", host: str = "127.0.0.1") -> str:
        """Where `path` is."""
        assert self._server
        return f"http://{host}:{self._server.port}{path}"

    async def next(self) -> dict[str, str]:
        """Wait for one more request; returns its fields."""
        async with asyncio.timeout(60):
            return (await self.arrived.get()).fields

    async def take(self, count: int) -> list[dict[str, str]]:
        """Wait for `count` more."""
        return [await self.next() for _ in range(count)]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = (await request.read()).decode()
        is_json = request.content_type == "application/json"
        fields = {} if is_json else dict(parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)))
        post = Post(request.raw_path, fields, dict(request.headers), request.method, body)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            return await self._answer(request, post)
        finally:
            self.busy -= 1

    async def _answer(self, request: web.Request, post: Post) -> web.StreamResponse:
        self.posts.append(post)
        self.arrived.put_nowait(post)
        match request.path.split("/")[1:]:
            case ["fail", count, *_]:
                seen = self._failures[request.path] = self._failures.get(request.path, 0) + 1
                return web.Response(status=500 if seen <= int(count) else 200)
            case ["always", *_]:
                return web.Response(status=500, text="no")
            case ["hang", *_]:
                await self.release.wait()
            case ["drip", *_]:
                return await self._drip(request)
            case ["redirect", *_]:
                return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"})
            case ["large", *_]:
                return web.Response(body=b"x" * 10_000_000)
            case ["status", status, *_]:
                return web.Response(status=int(status))
        return web.Response()

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b".")
        await self.release.wait()
        return response
