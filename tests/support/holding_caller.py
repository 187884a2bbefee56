"""A SIP telephone of one call that holds it, resumes it, and changes codec, port and SSRC on the way."""

import asyncio
import re
from typing import Any

import numpy as np

from tests.support.odd_caller import OddCaller
from tests.support.ulaw import CODES, LINEAR

PCMU, PCMA = 0, 8


def _alaw_table() -> np.ndarray:
    """What each A-law code stands for, 16-bit linear (ITU-T G.711)."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int32)


ALAW = _alaw_table()
_TO_ALAW = np.abs(LINEAR[:, None].astype(np.int32) - ALAW[None, :]).argmin(axis=1).astype(np.uint8)
_SORTED = LINEAR[CODES].astype(np.int32)
_TO_ULAW = CODES[np.abs(ALAW[:, None] - _SORTED[None, :]).argmin(axis=1)].astype(np.uint8)


class HoldingCaller(OddCaller):
    """An OddCaller with the ways of holding that phones have (RFC 3264 section 8.4, RFC 2543's 0.0.0.0)."""

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._codec, self._nowhere, self._ssrc, self._version = PCMU, False, 0, 1

    def hold(
        self, direction: str = "sendonly", *, nowhere: bool = False, codec: int | None = None, silent: bool = True
    ) -> None:
        """Hold the call. `nowhere`: its SDP has the address 0.0.0.0. `silent`: no RTP is sent from now on."""
        self._direction, self._nowhere, self._muted = direction, nowhere, silent
        self._codec = self._codec if codec is None else codec
        self.ask_again()

    def resume(self, *, codec: int | None = None) -> None:
        """Take the call up again, with another codec if one is given (PCMU, PCMA)."""
        self._codec = self._codec if codec is None else codec
        self._direction, self._nowhere, self._muted = "sendrecv", False, False
        self.ask_again()

    def resume_without_offer(self) -> None:
        """Take the call up again by a re-INVITE without an offer: this caller's SDP is in the ACK."""
        self._direction, self._nowhere, self._muted = "sendrecv", False, False
        self.ask_for_an_offer()

    async def resume_elsewhere(self) -> None:
        """Take the call up again from another port and with another SSRC."""
        await self.move()
        self._ssrc += 0x1000
        self.resume()

    def now(self) -> float:
        """Seconds since the INVITE, as in its result."""
        return self._now()

    def _offer(self) -> str:
        self._version += 1
        text = super()._offer().replace("o=- 1 1 ", f"o=- 1 {self._version} ")
        if self._codec == PCMA:
            text = text.replace("RTP/AVP 0 ", "RTP/AVP 8 ").replace("rtpmap:0 PCMU", "rtpmap:8 PCMA")
        return re.sub(r"(?m)^c=IN IP4 .*\r$", "c=IN IP4 0.0.0.0\r", text) if self._nowhere else text

    def _send_rtp(self, *args: Any, **fields: Any) -> None:
        kind, sequence, stamp, ssrc, data = args
        if kind == PCMU and self._codec == PCMA:
            kind, data = PCMA, _TO_ALAW[np.frombuffer(data, np.uint8)].tobytes()
        super()._send_rtp(kind, sequence, stamp, (ssrc + self._ssrc) & 0xFFFFFFFF, data, **fields)

    async def _read_rtp(self, queue: asyncio.Queue[bytes]) -> None:
        as_ulaw: asyncio.Queue[bytes] = asyncio.Queue()
        reading = asyncio.create_task(super()._read_rtp(as_ulaw), name="caller rtp as mu-law")
        try:
            while True:
                packet = await queue.get()
                if packet[1] & 0x7F == PCMA:
                    sound = _TO_ULAW[np.frombuffer(packet[12:], np.uint8)].tobytes()
                    packet = packet[:1] + bytes([packet[1] & 0x80]) + packet[2:12] + sound
                as_ulaw.put_nowait(packet)
        finally:
            reading.cancel()
            await asyncio.wait([reading])
