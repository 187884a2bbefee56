"""A SIP telephone of one call that does with its media what carriers and phones do: moves it, stops it, hides it."""

import asyncio
import re
from typing import Any

import numpy as np

from tests.support.audio import dtmf_signal
from tests.support.sip_caller import FRAME, TELEPHONE_EVENT, SipCaller
from tests.support.ulaw import CODES, LINEAR


class OddCaller(SipCaller):
    """A SipCaller whose SDP and RTP change during the call; it answers re-INVITEs with where its RTP is now.

    `events`: whether its SDP has a telephone-event.
    """

    def __init__(self, *args: Any, events: bool = True, **fields: Any) -> None:
        super().__init__(*args, **fields)
        self._events, self._direction, self._muted, self._offerless = events, "sendrecv", False, False
        self.tones = b""
        """What is heard beside the events of a key, mu-law; "" for nothing."""
        self._beside = self._began_press = 0
        self._saying = b""
        self.offers: list[str] = []
        """The SDP of each 200 to an INVITE without an offer."""

    def info(self, digit: str, milliseconds: int) -> None:
        """Sends a digit by INFO."""
        body = f"Signal={digit}\r\nDuration={milliseconds}\r\n"
        self.ask("INFO", ("Content-Type", "application/dtmf-relay"), body=body)

    def only_listen(self) -> None:
        """Says by a re-INVITE that it only listens, and sends nothing from then on."""
        self._direction, self._muted = "recvonly", True
        self.ask_again()

    def say(self, sound: bytes) -> None:
        """Says this instead of what it says, mu-law, from now on."""
        self._saying = sound

    def ask_for_an_offer(self) -> None:
        """Sends a re-INVITE without an offer."""
        self._offerless = True
        self.ask("INVITE")

    async def move(self) -> None:
        """Goes on from another port, and tells nobody."""
        old = self._rtp
        (self._rtp, rtp), (rtcp, _) = await self._media_sockets()
        rtcp.close()
        self._listener = asyncio.create_task(self._read_rtp(rtp.queue), name="caller's other rtp")
        old.close()

    async def call(self, number: str, **fields: Any) -> Any:
        """As SipCaller's."""
        self._listener: asyncio.Task[None] | None = None
        try:
            return await super().call(number, **fields)
        finally:
            if self._listener:
                self._listener.cancel()
                await asyncio.wait([self._listener])

    def _offer(self) -> str:
        text = super()._offer().replace("a=sendrecv", f"a={self._direction}")
        if not self._events:
            text = re.sub(rf"a=(rtpmap|fmtp):{TELEPHONE_EVENT} [^\r]*\r\n", "", text)
            text = text.replace(f" {TELEPHONE_EVENT}\r\n", "\r\n")
        return text

    def _late_answer(self, text: str) -> str:
        if not (self._offerless and text.startswith("SIP/2.0 200")):
            return ""
        self._offerless = False
        self.offers.append(text.partition("\r\n\r\n")[2])
        return self._offer()

    def _reply_ok(self, request: str) -> None:
        if not request.startswith("INVITE"):
            return super()._reply_ok(request)
        kept = [line for line in request.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
        host, port = self._sip.get_extra_info("sockname")
        body = self._offer()
        lines = [
            "SIP/2.0 200 OK",
            *kept,
            f"Contact: <sip:{self._caller}@{host}:{port}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self._target)

    def _send_rtp(self, *args: Any, **fields: Any) -> None:
        if self._muted:
            return
        kind, sequence, stamp, ssrc, data = args
        if kind == 0 and self._saying:
            data, self._saying = self._saying[:FRAME].ljust(FRAME, b"\xff"), self._saying[FRAME:]
        self._began_press = self._beside if fields["marker"] else self._began_press
        if kind == TELEPHONE_EVENT and self.tones:
            at = (self._beside - self._began_press) * FRAME
            super()._send_rtp(0, sequence + self._beside, stamp + at, ssrc, self.tones[at : at + FRAME], marker=False)
            self._beside += 1
        super()._send_rtp(kind, sequence + self._beside, stamp, ssrc, data, **fields)


def tones_of(digit: str, seconds: float) -> bytes:
    """A digit as it sounds, mu-law."""
    samples = 32768 * dtmf_signal(digit, on=seconds, off=0)
    return CODES[np.searchsorted(LINEAR[CODES], samples).clip(0, 255)].tobytes()
