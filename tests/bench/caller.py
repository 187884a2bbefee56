"""A telephone on a trunk that is timed to the packet: it presses digits and sees when the next sound comes."""

import asyncio
import random
import re
import struct
import time
from collections.abc import Callable
from typing import Self
from uuid import uuid4

from tests.bench.stack import CALLER

FRAME, FRAME_SECONDS = 160, 0.02
EVENT_TYPE = 101
SILENCE = b"\xff" * FRAME
SOUNDLESS = b"\xff\x7f"
DIGIT_FRAMES = 6
"""A digit of 120 ms: the core stretches what is shorter than 80 ms for the dialplan, and not for ARI."""


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data)


class Phone:
    """One call, as a context manager. `packets` are arrival times and payloads of what was sent to it, `sounds` the
    arrival times of those that are not silence; `heard` is set with each of these.

    `invited` and `answered` are when its INVITE left and the 200 came. All times are the machine's CLOCK_MONOTONIC.
    """

    def __init__(self, remote: tuple[str, int], number: str, caller: str = "12015550199") -> None:
        self._remote, self._number, self._caller = remote, number, caller
        self.invited = self.answered = 0.0
        self.packets: list[tuple[float, bytes]] = []
        self.sounds: list[float] = []
        self.ended = asyncio.Event()
        self.heard = asyncio.Event()
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._id, self._tag, self._to_tag = uuid4().hex, uuid4().hex[:8], ""
        self._sequence, self._stamp, self._ssrc = 0, 0, random.getrandbits(32)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._sip, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._take_sip), local_addr=(CALLER, 0))
        self._rtp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self._take_rtp), local_addr=(CALLER, 0))
        self.invited = time.perf_counter()
        self._send("INVITE", self._sdp())
        text = await asyncio.wait_for(self._answer, 20)
        found = re.search(r"c=IN IP4 (\S+)", text), re.search(r"m=audio (\d+)", text)
        assert found[0] and found[1], f"{self._number} was not answered: {text[:200]}"
        self._media = (found[0][1], int(found[1][1]))
        self._send("ACK")
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.ended.is_set():
            self._send("BYE")
        await asyncio.sleep(0.05)
        self._sip.close()
        self._rtp.close()

    def frame(self) -> None:
        """Send 20 ms of silence."""
        self._send_rtp(0, self._stamp, SILENCE)
        self._stamp += FRAME

    async def press(self, event: int) -> float:
        """Press a digit; returns when the first packet with the E bit left."""
        began = asyncio.get_running_loop().time()
        stamp = self._stamp
        for step in range(1, DIGIT_FRAMES + 1):
            self._send_rtp(EVENT_TYPE, stamp, struct.pack("!BBH", event, 10, step * FRAME), marker=step == 1)
            await asyncio.sleep(max(0.0, began + step * FRAME_SECONDS - asyncio.get_running_loop().time()))
        left = time.perf_counter()
        for _ in range(3):
            data = struct.pack("!BBH", event, 0x80 | 10, DIGIT_FRAMES * FRAME)
            self._send_rtp(EVENT_TYPE, stamp, data)
        self._stamp += (DIGIT_FRAMES + 1) * FRAME
        return left

    def _send_rtp(self, kind: int, stamp: int, data: bytes, *, marker: bool = False) -> None:
        self._sequence += 1
        head = (0x80, kind | (0x80 if marker else 0), self._sequence & 0xFFFF, stamp & 0xFFFFFFFF, self._ssrc)
        self._rtp.sendto(struct.pack("!BBHII", *head) + data, self._media)

    def _take_rtp(self, packet: bytes) -> None:
        now = time.perf_counter()
        if packet[1] & 0x7F == 0:
            self.packets.append((now, packet[12:]))
            if packet[12:].strip(SOUNDLESS):
                self.sounds.append(now)
                self.heard.set()

    def _take_sip(self, packet: bytes) -> None:
        text = packet.decode(errors="replace")
        if text.startswith("BYE"):
            kept = [line for line in text.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
            reply = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
            self._sip.sendto(reply.encode(), self._remote)
            self.ended.set()
        elif re.search(r"(?im)^CSeq:.*INVITE", text) and not text.startswith("SIP/2.0 1") and not self._answer.done():
            tag = re.search(r"(?im)^To:.*;tag=(\S+)", text)
            self._to_tag = f";tag={tag[1]}" if tag else ""
            self.answered = time.perf_counter()
            self._answer.set_result(text)

    def _sdp(self) -> str:
        port = self._rtp.get_extra_info("sockname")[1]
        lines = ["v=0", f"o=bench 1 1 IN IP4 {CALLER}", "s=-", f"c=IN IP4 {CALLER}", "t=0 0",
                 f"m=audio {port} RTP/AVP 0 {EVENT_TYPE}", "a=rtpmap:0 PCMU/8000",
                 f"a=rtpmap:{EVENT_TYPE} telephone-event/8000", f"a=fmtp:{EVENT_TYPE} 0-15", ""]  # fmt: skip
        return "\r\n".join(lines)

    def _send(self, method: str, body: str = "") -> None:
        host, port = self._sip.get_extra_info("sockname")
        remote = f"{self._number}@{self._remote[0]}:{self._remote[1]}"
        number = 2 if method == "BYE" else 1
        lines = [f"{method} sip:{remote} SIP/2.0", f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{uuid4().hex}",
                 f"From: <sip:{self._caller}@{host}:{port}>;tag={self._tag}", f"To: <sip:{remote}>{self._to_tag}",
                 f"Call-ID: {self._id}", f"CSeq: {number} {method}", f"Contact: <sip:{self._caller}@{host}:{port}>",
                 "Max-Forwards: 70"]  # fmt: skip
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body)}", "", body]
        self._sip.sendto("\r\n".join(lines).encode(), self._remote)
