"""A customer's server in a process of its own: it answers each ICE at once, and notes when that came in and went out.

    python customer.py PORT PROMPT

Every call is played `/prompt.wav`, the file PROMPT, and hung up on. After `POST /hang?seconds=S` it keeps each ICE
waiting so long; 0 ends that. `GET /noted` returns [caller, came in, went out] of every ICE since the last time, in
seconds of CLOCK_MONOTONIC.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import uvloop
from aiohttp import web

PORT, PROMPT = int(sys.argv[1]), Path(sys.argv[2])
SCRIPT = json.dumps(
    {
        "instructions": [{"name": "playFiles", "ids": [f"http://127.0.0.1:{PORT}/prompt.wav"]}],
        "action": {"name": "hangup"},
    }
).encode()


class Customer:
    """The server."""

    def __init__(self) -> None:
        self._noted: list[tuple[str, float, float]] = []
        self._hanging = 0.0  # seconds

    async def event(self, request: web.Request) -> web.StreamResponse:
        """Answer an event; the answer to ICE has left when this returns."""
        came = time.perf_counter()
        body = json.loads(await request.read())
        if body["event"] != "ice":
            return web.Response()
        caller = body["cli"].removeprefix("+")
        if self._hanging:
            self._noted.append((caller, came, came + self._hanging))
            await asyncio.sleep(self._hanging)
            return web.Response(body=SCRIPT, content_type="application/json")  # to nobody
        answer = web.Response(body=SCRIPT, content_type="application/json")
        await answer.prepare(request)
        await answer.write_eof()
        self._noted.append((caller, came, time.perf_counter()))
        return answer

    async def hang(self, request: web.Request) -> web.Response:
        """Keep ICE waiting from now on."""
        self._hanging = float(request.query["seconds"])
        return web.Response()

    async def noted(self, request: web.Request) -> web.Response:
        """Hand out what was noted."""
        noted, self._noted = self._noted, []
        return web.json_response(noted)

    async def prompt(self, request: web.Request) -> web.FileResponse:
        """Hand out the prompt."""
        return web.FileResponse(PROMPT)


async def main() -> None:
    """Serve until it is killed."""
    customer = Customer()
    app = web.Application()
    app.router.add_post("/events", customer.event)
    app.router.add_post("/hang", customer.hang)
    app.router.add_get("/noted", customer.noted)
    app.router.add_get("/prompt.wav", customer.prompt)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT, reuse_address=True).start()
    await asyncio.Event().wait()


uvloop.run(main())
