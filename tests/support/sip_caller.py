"""A SIP telephone of one call, for tests: what was answered on the wire, and the RTP that came back.

It speaks G.711 mu-law and RFC 4733 digits over UDP and registers nowhere; with a password it calls as a softphone
does. Tests that need a whole softphone use a real one.

Over 300 lines: one telephone, whose signalling and media end together.
"""

import asyncio
import contextlib
import math
import random
import re
import struct
import wave
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np

from engine.addresses import at_port, bracketed
from tests.support.digest import answered
from tests.support.ulaw import LINEAR, second

TELEPHONE_EVENT = 101
DIGITS = "0123456789*#ABCD"
FRAME = 160
AGAIN_SECONDS, GIVING_UP_SECONDS = 0.5, 8.0
FRAME_SECONDS = 0.02


@dataclass(kw_only=True)
class CallResult:
    """What a call was. Times are seconds since the INVITE; `answered` and `ended_by_peer` are None where it was not."""

    call_id: str
    statuses: list[tuple[float, int, bool]] = field(default_factory=list)
    """Each answer to the INVITE: when, its status code, whether it held an SDP body."""
    answered: float | None = None
    ended_by_peer: float | None = None
    rtp: list[tuple[float, bytes]] = field(default_factory=list)
    """The mu-law payloads that came, with their times; the digits are not among them."""
    rtcp: list[float] = field(default_factory=list)
    digits: list[tuple[float, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Each request that came within the dialog, whole: BYE, and what is sent of a call that is up."""
    answers: list[tuple[str, int]] = field(default_factory=list)
    """What was answered to requests within the dialog, by their methods."""
    answer: str = ""
    """The 200 to the INVITE, whole."""
    tags: tuple[str, str] = ("", "")
    """The two tags of the dialog, ours first (RFC 3261 §12)."""

    @property
    def status(self) -> int:
        """The final status code."""
        return self.statuses[-1][1]

    def pcm(self, since: float = 0.0, until: float = math.inf) -> bytes:
        """The audio that came between two times, 8 kHz 16-bit, packets put end to end."""
        data = b"".join(data for at, data in self.rtp if since <= at < until)
        return LINEAR[np.frombuffer(data, np.uint8)].tobytes()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.queue.put_nowait(data)


_Socket = tuple[asyncio.DatagramTransport, _Datagrams]


class SipCaller:
    """Calls `number` at `host`:`port` over UDP from `address`; one object, one call.

    `password`: answers a challenge with it, as the user `caller` (RFC 8760's MD5). `identity`: the whole value of From
    but its tag, where it is not `caller`'s address. `own_port` 0: any. `call_id` may be given; surrogates in it stand
    for bytes.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        address: str = "127.0.0.1",
        caller: str = "12015559999",
        password: str = "",
        identity: str = "",
        own_port: int = 0,
        call_id: str = "",
    ) -> None:
        self._target, self._address, self._caller, self._own_port = (host, port), address, caller, own_port
        self._password, self._identity = password, identity
        self._challenged = self._given_up = False
        self.up = asyncio.Event()  # it was answered
        self.press_seconds = 0.16  # of each key; at most 8
        self._limit: asyncio.Timeout | None = None
        self.result = CallResult(call_id=call_id or f"{uuid4().hex}@{address}")
        self._to = ""
        self._sequence, self._remote = 1, ("", 0)
        self._to_tag = ""

    async def call(
        self,
        number: str,
        *,
        seconds: float,
        tone: int | None = None,
        press: tuple[tuple[float, str], ...] = (),
        send: float = math.inf,
        headers: tuple[tuple[str, str], ...] = (),
        hang_up: tuple[int, float] | None = None,
        to: str = "",
    ) -> CallResult:
        """Calls and stays at most `seconds`, then sends CANCEL or BYE.

        `hang_up`: (status, seconds): it gives up so many seconds after the first answer of this status or a later one.

        `tone`: Hz that is spoken once answered (silence otherwise); `press`: (seconds after the answer, digit);
        `send`: for how many seconds RTP is sent (0: none at all); `headers`: more lines of the INVITE;
        `to`: the URI in To, "" for the request's.
        """
        loop = asyncio.get_running_loop()
        self._number, self._to, self._began, self._headers, self._hang_up = number, to, loop.time(), headers, hang_up
        self._sip, sip = await loop.create_datagram_endpoint(_Datagrams, local_addr=(self._address, self._own_port))
        (self._rtp, rtp), (self._rtcp, rtcp) = await self._media_sockets()
        self._branch = f"z9hG4bK{uuid4().hex}"
        self._request("INVITE", self._offer(), headers=headers)
        listeners = [
            asyncio.create_task(self._read_rtp(rtp.queue), name="caller rtp"),
            asyncio.create_task(self._read_rtcp(rtcp.queue), name="caller rtcp"),
        ]
        self._speaker: asyncio.Task[None] | None = None
        self._speech = (tone, dict(press), send)
        try:
            async with asyncio.timeout(seconds) as self._limit:
                await self._read_sip(sip.queue)
        except TimeoutError:
            await self._give_up(sip.queue)
        finally:
            tasks = [*listeners, *([self._speaker] if self._speaker else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for transport in (self._sip, self._rtp, self._rtcp):
                transport.close()
        return self.result

    def ask(self, method: str, *headers: tuple[str, str], body: str = "") -> None:
        """Sends a request within the dialog, once `up`; what is answered is in `result.answers`."""
        self._sequence += 1
        self._request(method, body, branch=f"z9hG4bK{uuid4().hex}", headers=headers)

    def ask_again(self, *headers: tuple[str, str]) -> None:
        """Sends a re-INVITE with the same offer, once `up`; its answer is one more of `result.statuses`."""
        self.ask("INVITE", *headers, body=self._offer())

    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._began

    async def _media_sockets(self) -> tuple["_Socket", "_Socket"]:
        """An even port for RTP and the next one for RTCP."""
        loop = asyncio.get_running_loop()
        for _ in range(100):
            port = random.randrange(40000, 60000, 2)
            try:
                rtp = await loop.create_datagram_endpoint(_Datagrams, local_addr=(self._address, port))
            except OSError:
                continue
            try:
                return rtp, await loop.create_datagram_endpoint(_Datagrams, local_addr=(self._address, port + 1))
            except OSError:
                rtp[0].close()
        raise RuntimeError("no free pair of UDP ports for RTP between 40000 and 60000")

    def _offer(self) -> str:
        port = self._rtp.get_extra_info("sockname")[1]
        place = f"IN IP{6 if ':' in self._address else 4} {self._address}"
        return (
            f"v=0\r\no=- 1 1 {place}\r\ns=-\r\nc={place}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 {TELEPHONE_EVENT}\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a=rtpmap:{TELEPHONE_EVENT} telephone-event/8000\r\na=fmtp:{TELEPHONE_EVENT} 0-15\r\na=sendrecv\r\n"
        )

    def _request(
        self, method: str, body: str = "", *, branch: str = "", headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        host, port, *_ = self._sip.get_extra_info("sockname")
        here = at_port(host, port)
        to = f"<{self._to or f'sip:{self._number}@{at_port(*self._target)}'}>{self._to_tag}"
        lines = [
            f"{method} sip:{self._number}@{at_port(*self._target)} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch={branch or self._branch};rport",
            f"From: {self._identity or f'<sip:{self._caller}@{bracketed(host)}>'};tag=caller",
            f"To: {to}",
            f"Call-ID: {self.result.call_id}",
            f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:{self._caller}@{here}>",
            "Max-Forwards: 70",
            *(f"{name}: {value}" for name, value in headers),
            *(["Content-Type: application/sdp"] if body and "Content-Type" not in dict(headers) else []),
            f"Content-Length: {len(body)}",
        ]
        self._sip.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(errors="surrogateescape"), self._target)

    async def _read_sip(self, queue: asyncio.Queue[bytes]) -> None:
        while True:
            text = (await queue.get()).decode(errors="replace")
            if text.startswith("SIP/2.0"):
                if self._heard_answer(text):
                    return
            elif not text.startswith("ACK"):
                self.result.requests.append(text)
                self._reply_ok(text)
                if text.startswith("BYE"):
                    self.result.ended_by_peer = self._now()
                    return

    def _heard_answer(self, text: str) -> bool:
        """Notes an answer; True where the call is over with it."""
        method = (re.search(r"(?im)^CSeq:\s*\d+\s+(\w+)", text) or ["", ""])[1]
        if method != "INVITE":
            self.result.answers.append((method, int(text.split(" ", 2)[1])))
            return False
        code = int(text.split(" ", 2)[1])
        self._note_moment(code)
        if code == 100:
            return False
        if code == 401 and self._password and not self._challenged and not self._given_up:
            self._answer_challenge(text)
            return False
        repeated = code >= 200 and bool(self.result.statuses) and self.result.statuses[-1][1] >= 200
        tag = re.search(r"(?im)^To:.*(;tag=[^;\r\n]+)", text)
        self._to_tag = tag[1] if tag else ""
        self.result.tags = ("caller", self._to_tag.removeprefix(";tag="))
        if not repeated:
            self.result.statuses.append((self._now(), code, "m=audio" in text))
        if code < 200:
            return False
        self._request("ACK", self._late_answer(text), branch="" if code >= 300 else f"z9hG4bK{uuid4().hex}")
        if code < 300 and not repeated:
            self.result.answered, self.result.answer = self._now(), text
            self.up.set()
            peer = re.search(r"(?m)^c=IN IP[46] ([\da-f.:]+)", text), re.search(r"(?m)^m=audio (\d+)", text)
            assert peer[0] and peer[1], "the answer had no SDP"
            self._remote = (peer[0][1], int(peer[1][1]))
            self._speaker = asyncio.create_task(self._speak(), name="caller speech")
        return code >= 300

    def _late_answer(self, text: str) -> str:
        """The SDP of an ACK; this caller's INVITEs all have an offer."""
        return ""

    def _note_moment(self, code: int) -> None:
        """Put the end where `hang_up` wants it, once."""
        if self._hang_up and code >= self._hang_up[0] and code != 401 and self._limit and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + self._hang_up[1])
            self._hang_up = None

    def _answer_challenge(self, challenge: str) -> None:
        """Acknowledge a 401 and ask again with its answer."""
        self._challenged = True
        tag = re.search(r"(?im)^To:.*(;tag=[^;\r\n]+)", challenge)
        self._to_tag = tag[1] if tag else ""
        self._request("ACK")
        self._to_tag, self._branch, self._sequence = "", f"z9hG4bK{uuid4().hex}", self._sequence + 1
        uri = f"sip:{self._number}@{at_port(*self._target)}"
        answer = answered(challenge, "INVITE", uri, self._caller, self._password)
        self._request("INVITE", self._offer(), headers=(*self._headers, ("Authorization", answer)))

    def _reply_ok(self, request: str) -> None:
        kept = [line for line in request.split("\r\n") if re.match(r"(?i)(via|from|to|call-id|cseq):", line)]
        lines = ["SIP/2.0 200 OK", *kept, "Content-Length: 0"]
        self._sip.sendto(("\r\n".join(lines) + "\r\n\r\n").encode(), self._target)

    async def _give_up(self, queue: asyncio.Queue[bytes]) -> None:
        """Ends the call from this side: CANCEL until the INVITE's final answer, BYE until its own.

        Each is sent again until it is answered. An answer that crosses the CANCEL is hung up with a BYE (RFC 3261 §9.1,
        §15).
        """
        self._given_up = True
        loop, number = asyncio.get_running_loop(), self._sequence + 1
        until = loop.time() + GIVING_UP_SECONDS
        while loop.time() < until:
            if up := self.result.answered is not None:
                self._sequence = number
                self._request("BYE", branch=f"z9hG4bK{self.result.call_id[:24]}bye")
            else:
                tag, self._to_tag = self._to_tag, ""
                self._request("CANCEL")
                self._to_tag = tag
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    if await self._ended(queue, up=up):
                        return

    async def _ended(self, queue: asyncio.Queue[bytes], *, up: bool) -> bool:
        """Wait until the call is over (True), or was answered after all."""
        while True:
            text = (await queue.get()).decode(errors="replace")
            if not text.startswith("SIP/2.0"):
                self._reply_ok(text)
            elif self._heard_answer(text) or (up and re.search(r"(?im)^CSeq:.*BYE", text)):
                return True
            elif self.result.answered is not None and not up:
                return False

    async def _read_rtp(self, queue: asyncio.Queue[bytes]) -> None:
        last = -1
        while True:
            packet = await queue.get()
            kind, stamp = packet[1] & 0x7F, struct.unpack("!I", packet[4:8])[0]
            if kind == 0:
                self.result.rtp.append((self._now(), packet[12:]))
            elif kind == TELEPHONE_EVENT and packet[13] & 0x80 and stamp != last:
                last = stamp
                self.result.digits.append((self._now(), DIGITS[packet[12]]))

    async def _read_rtcp(self, queue: asyncio.Queue[bytes]) -> None:
        while True:
            await queue.get()
            self.result.rtcp.append(self._now())

    async def _speak(self) -> None:
        hertz, press, send = self._speech
        loop = asyncio.get_running_loop()
        began, number, ssrc, sound = loop.time(), 0, random.getrandbits(32), second(hertz)
        pending = sorted(press.items())
        sequence = 0
        while number * FRAME_SECONDS < send:
            await asyncio.sleep(max(0.0, began + number * FRAME_SECONDS - loop.time()))
            stamp = number * FRAME
            if pending and number * FRAME_SECONDS >= pending[0][0]:
                _, digit = pending.pop(0)
                event = DIGITS.index(digit)
                last = round(self.press_seconds / FRAME_SECONDS)
                for step in range(1, last + 1):
                    for _ in range(3 if step == last else 1):
                        data = struct.pack("!BBH", event, (0x80 if step == last else 0) | 10, step * FRAME)
                        self._send_rtp(TELEPHONE_EVENT, sequence, stamp, ssrc, data, marker=step == 1)
                        sequence += 1
                    number += 1
                    await asyncio.sleep(max(0.0, began + number * FRAME_SECONDS - loop.time()))
                continue
            voice = sound[stamp % 8000 : stamp % 8000 + FRAME]
            self._send_rtp(0, sequence, stamp, ssrc, voice, marker=sequence == 0)
            sequence += 1
            number += 1

    def _send_rtp(self, kind: int, sequence: int, stamp: int, ssrc: int, data: bytes, *, marker: bool) -> None:
        head = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), sequence & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
        self._rtp.sendto(head + data, self._remote)


def write_wav(path: Path, pcm: bytes) -> None:
    """Writes 8 kHz 16-bit mono audio."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(pcm)
