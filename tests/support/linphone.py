"""Linphone's own telephone on the command line (Debian's linphone-cli), which plays and records files."""

import asyncio
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile

from tests.support.far_end import Sound
from tests.support.ports import free_ports

RATE, EAR_RATE = 16_000, 8_000
_HEADER = 44
"""Octets of the header of a WAV, which Linphone writes when it closes the file."""
LIMIT_SECONDS = 20.0
_SAID = {
    "registered": r"to \[LinphoneRegistrationOk\]",
    "incoming": r"to \[?LinphoneCallIncomingReceived",
    "established": r"to \[?LinphoneCallStreamsRunning",
    "ended": r"to \[?LinphoneCallReleased",
    "digit": r"[Rr]eceiv\w* (?:dtmf|telephone-event|TE)\D*([0-9*#])",
    "paused": r"to \[?LinphoneCallPaused\b",
}
"""What its log says of it: on its terminal it says nothing until something is typed."""
_CONFIG = """
[sip]
sip_port={udp}
sip_tcp_port={udp}
sip_tls_port=0
guess_hostname=0
media_encryption={srtp}
media_encryption_mandatory={mandatory}
[rtp]
audio_rtp_port={rtp}-{rtp_end}
[audio_codec_0]
mime=PCMU
rate=8000
enabled=1
"""


class LinphoneFailed(AssertionError):
    """Linphone did not do what it was told, or did not say what was waited for."""


@dataclass
class Linphone:
    """One telephone with a SIP user name, a microphone (samples at RATE) and ears. `registrar` is host:port.

    A context manager: leaving it ends the process. `transport` is udp or tcp (by TLS it asks on its terminal
    for a certificate, which servers of PJSIP want from every client); `srtp`: it encrypts its calls if the
    other side does; "required": it has no others.
    """

    user: str
    password: str
    registrar: str
    number: str = ""
    microphone: np.ndarray = field(default_factory=lambda: np.zeros(RATE, dtype=np.float32))
    transport: str = "udp"
    srtp: bool | str = False

    async def __aenter__(self) -> "Linphone":
        self._folder = Path(tempfile.mkdtemp(prefix="linphone-"))
        self._mark = 0
        udp, _, rtp = free_ports("127.0.0.1")
        soundfile.write(self._folder / "microphone.wav", self.microphone, RATE, subtype="PCM_16")
        config = _CONFIG.format(
            udp=udp,
            rtp=rtp,
            rtp_end=rtp + 8,
            srtp="srtp" if self.srtp else "none",
            mandatory=int(self.srtp == "required"),
        )
        (self._folder / "config").write_text(config)
        for folder in (".local/share/linphone", ".config/linphone"):
            (self._folder / folder).mkdir(parents=True)
        self._process = await asyncio.create_subprocess_exec(
            "linphonec", "-d", "6", "-l", str(self._folder / "log"), "-c", str(self._folder / "config"),
            env={**os.environ, "HOME": str(self._folder)},
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await self.type("soundcard use files")
            await self.type(f"play {self._folder}/microphone.wav")
            await self.type(f"record {self._folder}/heard.wav")
            host = self.registrar.partition(":")[0]
            server = f"sip:{self.registrar};transport={self.transport}"
            await self.type(f"register sip:{self.user}@{host} {server} {self.password}")
            await self.until("registered")
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    async def type(self, line: str) -> None:
        """Type a command, or digits during a call."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def until(self, what: str, *, within: float = LIMIT_SECONDS) -> str:
        """Wait until it says something that no earlier `until` has taken: one of _SAID."""
        pattern, found = re.compile(_SAID[what]), None
        try:
            async with asyncio.timeout(within):
                while (found := pattern.search(self._said(), self._mark)) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise LinphoneFailed(f"{self.user}: not {what} within {within} s:\n{self._said()[-3000:]}") from None
        self._mark = found.end()
        return found[found.lastindex or 0]

    def _said(self) -> str:
        return (self._folder / "log").read_text(errors="replace") if (self._folder / "log").exists() else ""

    async def ring(self, number: str) -> None:
        """Call a number; does not wait for the answer."""
        await self.type(f"call {number} --audio-only")

    async def pick_up(self) -> None:
        """Wait until it rings, and answer."""
        await self.until("incoming")
        await self.type("answer")
        await self.until("established")

    async def hold(self) -> None:
        """Hold the call: its re-INVITE was answered."""
        await self.type("pause")
        await self.until("paused")

    async def resume(self) -> None:
        """Take the call back."""
        await self.type("resume")
        await self.until("established")

    async def hang_up(self) -> None:
        """Hang up, and wait until the call is over."""
        await self.type("terminate")
        await self.until("ended")

    def heard(self) -> Sound:
        """What it heard in its last call so far."""
        file = self._folder / "heard.wav"
        if not file.exists() or file.stat().st_size < 1000:
            return Sound(np.zeros(0, dtype=np.float32), RATE)
        content = file.read_bytes()[_HEADER:]
        samples = np.frombuffer(content[: len(content) // 2 * 2], "<i2")
        return Sound(samples.astype(np.float32) / 32768, EAR_RATE, f"what {self.user} heard")

    async def _end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
