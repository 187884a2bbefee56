"""A telephone in a browser: JsSIP in Debian's Chromium; what it hears is taken from its WebAudio."""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from aiohttp import web

from tests.support.browser import EAR_RATE, LIMIT_SECONDS, MICROPHONE_RATE, Browser, BrowserFailed
from tests.support.far_end import Sound

__all__ = ["LIMIT_SECONDS", "MICROPHONE_RATE", "BrowserFailed", "BrowserPhone"]
ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).with_suffix(".html")
LIBRARY = ROOT / ".build" / "browser" / "jssip.js"


@dataclass
class BrowserPhone:
    """One browser with a SIP user name. `socket` is the URL of the websocket of SIP, `host` the domain of its address.

    A context manager: leaving it closes the browser. `codec`: the only one that it offers and takes, such as g722.
    """

    user: str
    password: str
    socket: str
    host: str
    number: str = ""
    microphone: np.ndarray = field(default_factory=lambda: np.zeros(8000, dtype=np.float32))
    codec: str = ""
    register: bool = True

    async def __aenter__(self) -> "BrowserPhone":
        self._browser = Browser(self.user)
        try:
            await self._open()
            await self.evaluate(f"phone.codecWanted = {json.dumps(self.codec)}")
            what = ", ".join(json.dumps(one) for one in (self.socket, self.host, self.user, self.password))
            await self.evaluate(f"phone.start({what})")
            if self.register:
                await self.until("registered")
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def until(self, kind: str, *, within: float = LIMIT_SECONDS) -> str:
        """Wait for an event: registered, refused, incoming, ringing, established, ended, digit, disconnected, and those
        of `transfer`."""
        try:
            return str(await self.evaluate(f"phone.until({json.dumps(kind)})", within=within))
        except TimeoutError:
            seen = await self.evaluate("JSON.stringify(phone.events)")
            raise BrowserFailed(f"{self.user}: no {kind} within {within} s; saw {seen}") from None

    async def ring(self, number: str) -> None:
        """Call a number; does not wait for the answer."""
        await self.evaluate(f"phone.call({json.dumps(number)})")

    async def pick_up(self) -> str:
        """Wait until it rings, and answer; returns who calls."""
        caller = await self.until("incoming")
        await self.evaluate("phone.answer()")
        await self.until("established")
        return caller

    async def hang_up(self) -> None:
        """Hang up, and wait until the call is over."""
        await self.evaluate("phone.session.terminate()")
        await self.until("ended")

    async def decline(self) -> None:
        """Decline a call that rings as busy: JsSIP says 480 (nobody is there) of its own accord."""
        await self.evaluate("phone.session.terminate({status_code: 486})")
        await self.until("ended")

    async def hold(self) -> None:
        """Hold the call: its re-INVITE was answered."""
        await self.evaluate("phone.act('hold')")

    async def resume(self) -> None:
        """Take the call back."""
        await self.evaluate("phone.act('unhold')")

    async def transfer(self, number: str = "") -> None:
        """Ask to transfer the call to a number; "": the call before this one, to whom this one is with (RFC 3891).

        What comes of it are events: asked or declined, then transferred or kept, with the status of the last NOTIFY.
        """
        await self.evaluate(f"phone.transfer({json.dumps(number)})")

    async def press(self, digits: str) -> None:
        """Press keys (RFC 4733)."""
        await self.evaluate(f"phone.session.sendDTMF({json.dumps(digits)}, {{transportType: 'RFC2833'}})")

    async def audible(self, seconds: float) -> None:
        """Wait until it has heard so many seconds. Nothing tells, so it is looked again."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while await self.evaluate("phone.seconds()") < seconds:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def forget(self) -> None:
        """Forget what it heard so far."""
        await self.evaluate("phone.pieces = []")

    async def die(self) -> None:
        """End without a word, as a browser that crashes."""
        await self._browser.die()

    async def heard(self) -> Sound:
        """What it heard in its last call so far, or since `forget`."""
        raw = base64.b64decode(str(await self.evaluate("phone.heard()")))
        return Sound(np.frombuffer(raw, "<i2").astype(np.float32) / 32768, EAR_RATE, f"what {self.user} heard")

    async def codec_in_use(self) -> str:
        """The codec of what comes, such as audio/opus."""
        return str(await self.evaluate("phone.codec()"))

    async def evaluate(self, expression: str, *, within: float = LIMIT_SECONDS) -> Any:
        """Run an expression in the page, and wait for its promise."""
        return await self._browser.evaluate(expression, within=within)

    async def _open(self) -> None:
        if not LIBRARY.exists():
            raise BrowserFailed(f"{LIBRARY} is missing: docker/npm makes it.")
        app = web.Application()
        app.router.add_get("/", _page)
        app.router.add_get("/jssip.js", _library)
        self._server = web.AppRunner(app)
        await self._server.setup()
        await web.TCPSite(self._server, "127.0.0.1", 0).start()
        page = f"http://127.0.0.1:{self._server.addresses[0][1]}/"
        await self._browser.open(page, self.microphone, "typeof phone === 'object' && typeof JsSIP === 'object'")

    async def _end(self) -> None:
        await self._browser.close()
        if hasattr(self, "_server"):
            await self._server.cleanup()


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE)


async def _library(request: web.Request) -> web.FileResponse:
    return web.FileResponse(LIBRARY)
