"""A real softphone: Debian's baresip, steered over its control socket (JSON in netstrings, module ctrl_tcp)."""

import asyncio
import json
import re
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import soundfile

from engine.addresses import bracketed
from tests.support import audio
from tests.support.phone_config import CONFIG
from tests.support.ports import free_ports
from tests.support.socket_in import socket_in

RATE = 8000
LIMIT_SECONDS = 20.0
MICROPHONE_SECONDS = 120.0
_MEDIA_ENCRYPTION = {False: "", True: ";mediaenc=srtp", "required": ";mediaenc=srtp-mand"}
"""How long the microphone's file lasts: aufile ends the call at the end of its file."""


class PhoneFailed(AssertionError):
    """The softphone did not do what it was told, or did not see what was waited for."""


@dataclass
class Phone:
    """One softphone with a SIP user name, a microphone (a WAV) and ears (a recording of what it heard).

    A context manager: leaving it hangs up, unregisters and ends the process. `registrar` is host:port.
    `lamp`: it subscribes to its message count (RFC 3842). `trace`: it keeps every SIP message, for `invite`.
    `number` is what others of its account dial; "": its user name. `namespace` is the network namespace that it is in,
    where it has `address`; "": this machine's. `transport` is udp, tcp or tls, `port` the one of SIP (0: any).
    `srtp`: it encrypts its calls (RFC 4568) if the other side does; "required": by RTP/SAVP, and it has no others.
    `certificate`: a certificate and its key (PEM), with which it listens for TLS at the port behind.
    """

    user: str
    password: str
    registrar: str
    microphone: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    address: str = "127.0.0.1"
    answer: bool = False
    register: bool = True
    trace: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)
    number: str = ""
    lamp: bool = False
    namespace: str = ""
    transport: str = "udp"
    register_seconds: int = 60
    port: int = 0
    certificate: str = ""
    srtp: bool | str = False

    def __post_init__(self) -> None:
        self.number = self.number or self.user

    async def __aenter__(self) -> "Phone":
        self._folder = Path(tempfile.mkdtemp(prefix="phone-"))
        self._changed = asyncio.Condition()
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tokens = 0
        self._mark = 0
        control_port = self._write_folder()
        self._log = (self._folder / "log").open("wb")
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        self._process = await asyncio.create_subprocess_exec(
            *inside, _program("baresip"), "-f", str(self._folder), *(["-s"] if self.trace else []),
            stdin=asyncio.subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        try:
            self._reader, self._writer = await self._connect(control_port)
            self._listening = asyncio.create_task(self._listen(), name=f"phone {self.user}")
            await self.command("uanew", self.account)
            if self.register:
                await self.until("REGISTER_OK")
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._end()

    def _write_folder(self) -> int:
        padded = np.zeros(int(MICROPHONE_SECONDS * RATE), dtype=np.float32)
        padded[: len(self.microphone)] = self.microphone
        soundfile.write(self._folder / "microphone.wav", padded, RATE, subtype="PCM_16")
        # Nobody else is in a namespace; its address cannot be tried from here.
        sip_port, control_port, rtp_start = (5062, 5070, 40_000) if self.namespace else free_ports(self.address)
        self.port = sip_port = self.port or sip_port
        config = CONFIG.format(
            address=self.address, place=bracketed(self.address), sip_port=sip_port, control_port=control_port,
            rate=RATE, folder=self._folder,
            microphone=self._folder / "microphone.wav", rtp_start=rtp_start, rtp_end=rtp_start + 9,
        )  # fmt: skip
        if self.certificate:
            (self._folder / "certificate.pem").write_text(self.certificate)
            config += f"sip_certificate {self._folder}/certificate.pem\n"
        (self._folder / "config").write_text(config)
        (self._folder / "contacts").write_text("")
        (self._folder / "accounts").write_text("")  # the account comes by command, so that its events are seen
        return control_port

    @property
    def account(self) -> str:
        """The account in baresip's notation."""
        return (
            f"<sip:{self.user}@{self.registrar};transport={self.transport}>"
            f";auth_user={self.user};auth_pass={self.password}"
            f";answermode={'auto' if self.answer else 'manual'};regint={self.register_seconds if self.register else 0}"
            f";audio_codecs=PCMU/8000/1;mwi={'yes' if self.lamp else 'no'}"
            f"{_MEDIA_ENCRYPTION[self.srtp]}"
        )

    async def _connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(LIMIT_SECONDS):
            while True:
                if self._process.returncode is not None:
                    raise PhoneFailed(f"baresip ended at once:\n{self.log()}")
                try:
                    return await asyncio.open_connection(sock=await self._control(port))
                except ConnectionRefusedError:
                    await asyncio.sleep(0.05)  # its socket opens some time after its start, and nothing tells when

    async def _control(self, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        line = socket_in(self.namespace, family) if self.namespace else socket.socket(family, socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(line, (self.address, port))
        except OSError:
            line.close()
            raise
        return line

    async def _listen(self) -> None:
        while not self._reader.at_eof():
            try:
                size = int((await self._reader.readuntil(b":"))[:-1])
                message = json.loads((await self._reader.readexactly(size + 1))[:-1])
            except (asyncio.IncompleteReadError, ConnectionResetError):
                break
            if message.get("response"):
                waiting = self._replies.pop(message.get("token", ""), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
            else:
                async with self._changed:
                    self.events.append(message)
                    self._changed.notify_all()

    async def command(self, command: str, params: str = "") -> str:
        """Do one of baresip's commands and return what it printed; raises PhoneFailed when it says no."""
        self._tokens += 1
        token = str(self._tokens)
        reply = self._replies[token] = asyncio.get_running_loop().create_future()
        text = json.dumps({"command": command, "params": params, "token": token}).encode()
        self._writer.write(b"%d:%s," % (len(text), text))
        await self._writer.drain()
        answer = await asyncio.wait_for(reply, LIMIT_SECONDS)
        if not answer.get("ok"):
            raise PhoneFailed(f"{self.user}: {command} {params}: {answer.get('data')}")
        return str(answer.get("data", ""))

    async def until(
        self, kind: str, *, within: float = LIMIT_SECONDS, where: Callable[[dict[str, Any]], bool] | None = None
    ) -> dict[str, Any]:
        """Wait for an event of this kind that no earlier `until` has taken, e.g. CALL_ESTABLISHED."""

        def found() -> dict[str, Any] | None:
            for place in range(self._mark, len(self.events)):
                event = self.events[place]
                if event.get("type") == "CALL_CLOSED" and kind == "CALL_ESTABLISHED":
                    raise PhoneFailed(f"{self.user}: the call was not set up: {event.get('param')}")
                if event.get("type") == kind and (where is None or where(event)):
                    self._mark = place + 1
                    return event
            return None

        try:
            async with asyncio.timeout(within), self._changed:
                while (event := found()) is None:
                    await self._changed.wait()
                return event
        except TimeoutError:
            seen = [event.get("type") for event in self.events]
            raise PhoneFailed(f"{self.user}: no {kind} within {within} s; saw {seen}\n{self.log()}") from None

    async def dial(self, number: str) -> None:
        """Call a number of the registrar; returns when the call is set up or raises PhoneFailed."""
        await self.ring(number)
        await self.until("CALL_ESTABLISHED")

    async def ring(self, number: str) -> None:
        """Call a number; does not wait for the answer."""
        by = "" if self.transport == "udp" else f";transport={self.transport}"
        await self.command("dial", f"sip:{number}@{self.registrar}{by}")

    async def pick_up(self) -> dict[str, Any]:
        """Wait until it rings, answer, and return the CALL_INCOMING event (its `peeruri` is the caller)."""
        ringing = await self.until("CALL_INCOMING")
        await self.command("accept")
        await self.until("CALL_ESTABLISHED")
        return ringing

    async def shows(self, *lines: str, within: float = LIMIT_SECONDS) -> None:
        """Wait until its lamp was last told these lines, such as "Messages-Waiting: yes"."""

        def told() -> bool:
            found = [str(event.get("param")) for event in self.events if event.get("type") == "MWI_NOTIFY"]
            return bool(found) and all(line in found[-1] for line in lines)

        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(told)
        except TimeoutError:
            found = [event.get("param") for event in self.events if event.get("type") == "MWI_NOTIFY"]
            raise PhoneFailed(f"{self.user}: not told {lines} within {within} s; was told {found}") from None

    async def press(self, digits: str) -> None:
        """Press digits (RFC 4733)."""
        for digit in digits:
            await self.command("sndcode", digit)

    async def hang_up(self) -> None:
        """Hang up, and wait until the call is over."""
        await self.command("hangup")
        await self.until("CALL_CLOSED")

    async def digits(self, count: int, *, within: float = LIMIT_SECONDS) -> str:
        """Wait until the other side has pressed so many digits; returns them."""
        return "".join([str((await self.until("CALL_DTMF_START", within=within))["param"]) for _ in range(count)])

    async def closed(self, within: float = LIMIT_SECONDS) -> str:
        """Wait until the call is over; returns the reason, e.g. "486 Busy Here"."""
        return str((await self.until("CALL_CLOSED", within=within)).get("param", ""))

    def heard(self, call: int = -1) -> tuple[np.ndarray, int]:
        """What it heard in one of its calls so far (complete once the call is over); the default is the last."""
        files = sorted(self._folder.glob("dump-*-dec.wav"), key=lambda file: file.stat().st_mtime)
        if not files:
            raise PhoneFailed(f"{self.user} heard nothing at all:\n{self.log()}")
        return audio.read(files[call])

    def heard_in_all(self) -> float:
        """How many seconds it heard so far, in all of its calls; each hold begins a new file."""
        found = (audio.read(file) for file in self._folder.glob("dump-*-dec.wav") if file.stat().st_size > 44)
        return sum(len(samples) / rate for samples, rate in found)

    async def receives(self) -> bool:
        """Whether RTP goes both ways, as baresip prints it: after its own hold it records no more what it hears."""
        found = re.findall(r"audio=(\d+)/(\d+) \(bit/s\)", self.traced())
        return bool(found) and all(int(rate) for rate in found[-1])

    def invite(self) -> str:
        """The first INVITE that it sent or took, whole, with lines that end by CR LF; needs `trace`."""
        found = re.search(r"^INVITE sip:.*?\n\s*\n", self.traced(), re.MULTILINE | re.DOTALL)
        if found is None:
            raise PhoneFailed(f"{self.user}: no INVITE in what it printed (trace={self.trace}):\n{self.log()}")
        return "\r\n".join(line.rstrip("\r") for line in found[0].split("\n"))

    def offered(self) -> list[str]:
        """The lines of audio in the SDP of the first INVITE that it took or sent, m= the first; needs `trace`."""
        sdp = self.traced()[self.traced().index(self.invite().splitlines()[0]) :]
        found = re.search(r"^m=audio .*?\n(?:a=.*?\n)*", sdp, re.MULTILINE)
        return found[0].split("\n")[:-1] if found else []

    async def asked(self, method: str, times: int, *, within: float = LIMIT_SECONDS) -> None:
        """Wait until it was sent so many requests of a method; needs `trace`. Nothing tells, so it is looked again."""
        taken = re.compile(rf"^{method} sip:", re.MULTILINE)
        async with asyncio.timeout(within):
            while len(taken.findall(self.traced())) < times:  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    async def answered_anew(self, command: str) -> None:
        """Do a command that sends a re-INVITE, such as hold, and wait until it was answered; needs `trace`."""
        answers = re.compile(r"^SIP/2\.0 200 .*?^CSeq: \d+ INVITE", re.MULTILINE | re.DOTALL)
        before = len(answers.findall(self.traced()))
        await self.command(command)
        async with asyncio.timeout(LIMIT_SECONDS):
            while len(answers.findall(self.traced())) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def traced(self) -> str:
        """Everything that it printed so far: with `trace`, each SIP message."""
        return re.sub(r"\x1b\[[0-9;]*m", "", (self._folder / "log").read_text(errors="replace"))

    def log(self) -> str:
        """The end of what baresip printed."""
        lines = (self._folder / "log").read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if line.strip() and "(bit/s)" not in line)[-3000:]

    async def _end(self) -> None:
        if hasattr(self, "_writer"):
            self._writer.close()
        if hasattr(self, "_listening"):
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._process.returncode is None:
            self._process.terminate()  # baresip hangs up and unregisters on SIGTERM
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise PhoneFailed(f"{name} is not installed; run `make test`, which installs what the tests need.")
    return found
