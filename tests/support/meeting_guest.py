"""A guest of a meeting: its real page in a browser. Its voice is a tone; what it hears is what the page plays."""

import base64
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import numpy as np

from tests.support.browser import EAR_RATE, LIMIT_SECONDS, MICROPHONE_RATE, Browser
from tests.support.far_end import Sound

_EAR = """
window.ear = { pieces: [] };
(() => {
  const audio = new AudioContext({ sampleRate: 16000 });
  const ear = audio.createScriptProcessor(4096, 1, 1);
  ear.onaudioprocess = (e) => window.ear.pieces.push(e.inputBuffer.getChannelData(0).slice());
  audio.createMediaStreamSource(document.getElementById("speaker").srcObject).connect(ear);
  ear.connect(audio.destination);
})()
"""
_HEARD = """
(() => {
  const bytes = [];
  for (const piece of window.ear.pieces) {
    const whole = new Int16Array(piece.map((one) => Math.max(-1, Math.min(1, one)) * 32767));
    bytes.push(String.fromCharCode(...new Uint8Array(whole.buffer)));
  }
  return btoa(bytes.join(""));
})()
"""


@dataclass
class MeetingGuest:
    """One guest, or the host, at a link. A context manager: leaving it closes the browser."""

    link: str
    name: str
    microphone: np.ndarray = field(default_factory=lambda: np.zeros(MICROPHONE_RATE, dtype=np.float32))

    async def __aenter__(self) -> "MeetingGuest":
        self.browser = Browser(self.name)
        try:
            ready = "document.readyState === 'complete' && document.getElementById('status') !== null"
            await self.browser.open(self.link, self.microphone, ready)
        except BaseException:
            await self.browser.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.browser.close()

    async def join(self) -> None:
        """Give the name and press Join; does not wait until it is in."""
        name = json.dumps(self.name)
        await self.browser.evaluate(f"document.getElementById('name').value = {name}")
        await self.press("join")

    async def enter(self) -> None:
        """Join, and wait until it is in and hears."""
        await self.join()
        await self.until("inside")
        await self.browser.until_true("document.getElementById('speaker').srcObject !== null")
        await self.browser.evaluate(_EAR)

    async def until(self, state: str, *, within: float = LIMIT_SECONDS) -> None:
        """Wait until the page is in a state: joining, inside, outside, failed."""
        await self.browser.until_true(f"document.body.dataset.state === {json.dumps(state)}", within=within)

    async def press(self, button: str) -> None:
        """Press one of the page's buttons by its id: join, mute, leave."""
        await self.browser.evaluate(f"document.getElementById({json.dumps(button)}).click()")

    async def says(self) -> str:
        """What the page tells the guest."""
        return str(await self.browser.evaluate("document.getElementById('status').textContent"))

    async def hears(self, seconds: float = 2.5) -> Sound:
        """What it hears in the next seconds."""
        await self.browser.evaluate("window.ear.pieces = []")
        await self.browser.until_true(f"window.ear.pieces.length * 4096 / {EAR_RATE} >= {seconds}")
        raw = base64.b64decode(str(await self.browser.evaluate(_HEARD)))
        return Sound(np.frombuffer(raw, "<i2").astype(np.float32) / 32768, EAR_RATE, f"what {self.name} heard")

    async def evaluate(self, expression: str) -> Any:
        """Run an expression in the page."""
        return await self.browser.evaluate(expression)
