"""A web server that misbehaves, and audio to serve."""

import asyncio
import io

import numpy as np
import soundfile
from aiohttp import web

from tests.support.audio import sine


class Clock:
    """A clock that tests advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def encoded(samples: np.ndarray, rate: int, kind: str = "WAV", width: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=width)
    return file.getvalue()


def tone(hz: float = 440, seconds: float = 1.0, rate: int = 8_000, level: float = 0.5) -> bytes:
    return encoded(sine(hz, seconds, rate, level), rate)


class Web:
    """Serves `files` under /files/, and trouble under the other paths. Counts requests and bytes sent."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.asked: list[web.Request] = []
        self.asked_raw: list[str] = []
        self.leads: list[str] = []
        self.sent = 0
        self.status = 200
        self.gate: asyncio.Event | None = None
        self.arrived = asyncio.Event()
        self.base = ""

    def put(self, name: str, content: bytes, **headers: str) -> str:
        self.files[name] = (content, {key.replace("_", "-"): value for key, value in headers.items()})
        return f"{self.base}/files/{name}"

    async def file(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.arrived.set()
        if self.gate:
            await self.gate.wait()
        if self.status != 200 or request.match_info["name"] not in self.files:
            return web.Response(status=self.status if self.status != 200 else 404, text="no")
        content, headers = self.files[request.match_info["name"]]
        same = headers.get("ETag") and headers.get("ETag") == request.headers.get("If-None-Match")
        return web.Response(status=304 if same else 200, body=None if same else content, headers=headers)

    async def endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        chunk = tone()[:44] + bytes(65_536)
        for _ in range(16_384):
            self.sent += len(chunk)
            await response.write(chunk)
        return response

    async def declared(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(2**30)})
        await response.prepare(request)
        await response.write(tone())
        return response

    async def drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for byte in tone():
            await response.write(bytes([byte]))
            await asyncio.sleep(0.02)
        return response

    async def cut(self, request: web.Request) -> web.StreamResponse:
        content = tone()
        response = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        assert request.transport
        request.transport.close()
        return response

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(request.query["to"])

    async def loop(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        raise web.HTTPFound("/loop")

    async def raw(self, request: web.Request) -> web.StreamResponse:
        """Note what was asked for, as it was written; `Location` leads on as long as there is one in `leads`."""
        self.asked_raw.append(request.raw_path)
        if self.leads:
            return web.Response(status=302, headers={"Location": self.leads.pop(0)})
        return web.Response(body=tone())

    async def hops(self, request: web.Request) -> web.StreamResponse:
        left = int(request.match_info["left"])
        raise web.HTTPFound(f"/hops/{left - 1}" if left > 1 else "/files/tone.wav")
