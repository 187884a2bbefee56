"""Debian's Chromium on a page, steered over the DevTools protocol; its fake microphone plays a file."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import soundfile

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


class Browser:
    """One browser. `name` tells it from others in messages."""

    def __init__(self, name: str) -> None:
        self.name, self._ids = name, 0
        self._folder = Path(tempfile.mkdtemp(prefix="browser-"))
        self._replies: dict[int, asyncio.Future[Any]] = {}

    async def open(self, page: str, microphone: np.ndarray, ready: str) -> None:
        """Open a page, and wait until the expression `ready` is true in it."""
        soundfile.write(self._folder / "microphone.wav", microphone, MICROPHONE_RATE, subtype="PCM_16")
        self._process = await asyncio.create_subprocess_exec(
            _program("chromium"), *_FLAGS, f"--user-data-dir={self._folder}",
            f"--use-file-for-fake-audio-capture={self._folder}/microphone.wav", page,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._session = aiohttp.ClientSession()
        async with asyncio.timeout(LIMIT_SECONDS):
            address = await self._target(page)
        self._devtools = await self._session.ws_connect(address, max_msg_size=0)
        self._reading = asyncio.create_task(self._read(), name=f"browser {self.name}")
        await self.until_true(ready)

    async def until_true(self, expression: str, *, within: float = LIMIT_SECONDS) -> None:
        """Wait until an expression is true in the page. Nothing tells, so it is looked again."""
        try:
            async with asyncio.timeout(within):
                while not await self.evaluate(expression):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise BrowserFailed(f"{self.name}: not within {within} s: {expression}") from None

    async def evaluate(self, expression: str, *, within: float = LIMIT_SECONDS) -> Any:
        """Run an expression in the page, and wait for its promise."""
        params = {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = await self._ask("Runtime.evaluate", params, within)
        if failed := answer.get("exceptionDetails"):
            raise BrowserFailed(f"{self.name}: {expression}: {failed.get('exception', failed).get('description')}")
        return answer["result"].get("value")

    async def picture(self) -> str:
        """A picture of the page: PNG in base64."""
        return str((await self._ask("Page.captureScreenshot", {}, LIMIT_SECONDS))["data"])

    async def _ask(self, method: str, params: dict[str, Any], within: float) -> dict[str, Any]:
        self._ids += 1
        waiting = self._replies[self._ids] = asyncio.get_running_loop().create_future()
        await self._devtools.send_json({"id": self._ids, "method": method, "params": params})
        return dict(await asyncio.wait_for(waiting, within))

    async def die(self) -> None:
        """End without a word, as a browser that crashes."""
        self._process.kill()
        await self._process.wait()

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

    async def close(self) -> None:
        """End it."""
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
        shutil.rmtree(self._folder, ignore_errors=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BrowserFailed(f"{name} is not installed; run `make test`, which installs what the tests need.")
    return found
