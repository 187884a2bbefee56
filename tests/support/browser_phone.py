"""A telephone in a browser: JsSIP in Debian's Chromium, steered over the DevTools protocol.

Chromium's fake microphone plays a file; what the phone hears is taken from its WebAudio.
"""

import asyncio
import base64
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import numpy as np
import soundfile
from aiohttp import web

from tests.support.far_end import Sound

ROOT = Path(__file__).parents[2]
PAGE = Path(__file__).with_suffix(".html")
LIBRARY = ROOT / ".build" / "browser" / "jssip.js"
MICROPHONE_RATE, EAR_RATE = 48_000, 16_000
LIMIT_SECONDS = 20.0
_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--remote-debugging-port=0",
)


class BrowserFailed(AssertionError):
    """The browser did not do what it was told, or did not see what was waited for."""


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
        self._folder = Path(tempfile.mkdtemp(prefix="browser-"))
        self._ids = 0
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
        self._process.kill()
        await self._process.wait()

    async def heard(self) -> Sound:
        """What it heard in its last call so far, or since `forget`."""
        raw = base64.b64decode(str(await self.evaluate("phone.heard()")))
        return Sound(np.frombuffer(raw, "<i2").astype(np.float32) / 32768, EAR_RATE, f"what {self.user} heard")

    async def codec_in_use(self) -> str:
        """The codec of what comes, such as audio/opus."""
        return str(await self.evaluate("phone.codec()"))

    async def evaluate(self, expression: str, *, within: float = LIMIT_SECONDS) -> Any:
        """Run an expression in the page, and wait for its promise."""
        self._ids += 1
        params = {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        waiting = self._replies[self._ids] = asyncio.get_running_loop().create_future()
        await self._devtools.send_json({"id": self._ids, "method": "Runtime.evaluate", "params": params})
        answer = await asyncio.wait_for(waiting, within)
        if failed := answer.get("exceptionDetails"):
            raise BrowserFailed(f"{self.user}: {expression}: {failed.get('exception', failed).get('description')}")
        return answer["result"].get("value")

    async def _open(self) -> None:
        sound = np.tile(self.microphone, 1)
        soundfile.write(self._folder / "microphone.wav", sound, MICROPHONE_RATE, subtype="PCM_16")
        if not LIBRARY.exists():
            raise BrowserFailed(f"{LIBRARY} is missing: docker/npm makes it.")
        app = web.Application()
        app.router.add_get("/", _page)
        app.router.add_get("/jssip.js", _library)
        self._server = web.AppRunner(app)
        await self._server.setup()
        site = web.TCPSite(self._server, "127.0.0.1", 0)
        await site.start()
        page = f"http://127.0.0.1:{self._server.addresses[0][1]}/"
        self._process = await asyncio.create_subprocess_exec(
            _program("chromium"), *_FLAGS, f"--user-data-dir={self._folder}",
            f"--use-file-for-fake-audio-capture={self._folder}/microphone.wav", page,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._session = aiohttp.ClientSession()
        async with asyncio.timeout(LIMIT_SECONDS):
            address = await self._target(page)
        self._devtools = await self._session.ws_connect(address, max_msg_size=0)
        self._replies: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read(), name=f"browser {self.user}")
        async with asyncio.timeout(LIMIT_SECONDS):
            while not await self.evaluate("typeof phone === 'object' && typeof JsSIP === 'object'"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _target(self, page: str) -> str:
        """The DevTools address of the page; Chromium writes its port into a file once it listens."""
        port = self._folder / "DevToolsActivePort"
        while True:
            if self._process.returncode is not None:
                raise BrowserFailed("Chromium ended at once.")
            try:
                number = port.read_text().split()[0]
                async with self._session.get(f"http://127.0.0.1:{number}/json/list") as answer:
                    found = [one for one in await answer.json() if one["url"] == page]
            except (FileNotFoundError, IndexError, aiohttp.ClientConnectorError):
                found = []
            if found:
                return str(found[0]["webSocketDebuggerUrl"])
            await asyncio.sleep(0.05)

    async def _read(self) -> None:
        async for message in self._devtools:
            answer = json.loads(message.data)
            waiting = self._replies.pop(answer.get("id", 0), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer.get("result", {"exceptionDetails": answer}))

    async def _end(self) -> None:
        if hasattr(self, "_devtools"):
            await self._devtools.close()
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if hasattr(self, "_session"):
            await self._session.close()
        if hasattr(self, "_process") and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if hasattr(self, "_server"):
            await self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


async def _page(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE)


async def _library(request: web.Request) -> web.FileResponse:
    return web.FileResponse(LIBRARY)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BrowserFailed(f"{name} is not installed; run `make test`, which installs what the tests need.")
    return found
