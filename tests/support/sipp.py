"""sipp as the other end of a SIP trunk: a carrier that we call (uas) and one that calls us (uac)."""

import asyncio
import csv
import re
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import cast

from tests.support.ports import unused_port

SCENARIOS = Path(__file__).resolve().parent.parent / "e2e" / "sipp"
LIMIT_SECONDS = 40.0


class SippFailed(AssertionError):
    """sipp did not see the messages of its scenario, or not as often as it should."""


@dataclass(frozen=True)
class SippResult:
    """What one sipp did. `messages` is the trace of every SIP message, newest last."""

    attempted: int
    completed: int
    failed: int
    retransmissions: int
    exit_status: int
    messages: str
    errors: str

    def check(self, calls: int = 1) -> "SippResult":
        """Raise SippFailed unless all of so many calls went by the scenario: `failed == 0` alone proves nothing."""
        if (self.attempted, self.completed, self.failed, self.exit_status) != (calls, calls, 0, 0):
            raise SippFailed(
                f"sipp: {self.completed} of {self.attempted} calls went by the scenario ({calls} wanted), "
                f"{self.failed} failed, exit status {self.exit_status}\n{self.errors}\n{self.messages[-4000:]}"
            )
        return self

    def header(self, method: str, name: str) -> str:
        """The value of a header in the first request with this method; "" where there is none."""
        for message in re.split(r"-{20,} [0-9:. TZ-]+\n", self.messages):
            if re.search(rf"^{method} sips?:", message, re.MULTILINE):
                found = re.search(rf"^{name}:\s*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
                if found:
                    return found.group(1)
        return ""


@dataclass
class Sipp:
    """One sipp process with a scenario of tests/e2e/sipp/. A context manager; `result` waits for its end.

    `remote` is host:port of who is called (uac) or None (uas). `keys` replace [name] in the scenario.
    """

    scenario: str
    address: str = "127.0.0.3"
    port: int = 0
    remote: str | None = None
    service: str = "500"
    calls: int = 1
    keys: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    seconds: float = LIMIT_SECONDS

    async def __aenter__(self) -> "Sipp":
        program = shutil.which("sipp")
        if program is None:
            raise SippFailed("sipp is not installed; run `make test`, which installs what the tests need.")
        self._folder = Path(tempfile.mkdtemp(prefix="sipp-"))
        self.port = self.port or unused_port(self.address)
        media = unused_port(self.address)
        command = [
            program, *([self.remote] if self.remote else []),
            "-sf", str(self._scenario()), "-i", self.address, "-p", str(self.port),
            "-mi", self.address, "-mp", str(media), "-s", self.service, "-m", str(self.calls), "-nostdin",
            "-trace_msg", "-message_file", str(self._folder / "messages"),
            "-trace_err", "-error_file", str(self._folder / "errors"),
            "-trace_stat", "-stf", str(self._folder / "statistics"), "-fd", "1",
            "-timeout", f"{self.seconds:.0f}s", "-timeout_error", "-recv_timeout", f"{self.seconds * 1000:.0f}",
            *self.arguments,
        ]  # fmt: skip
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=self._folder, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        if self.remote is None:
            await self._listening()
        return self

    def _listens(self) -> bool:
        """Whether its port is bound for UDP, or in the state LISTEN (0A) for TCP: proc(5), /proc/net/udp and tcp.

        To try whether the port can be bound would take it from sipp for that moment.
        """
        here = f"{int.from_bytes(socket.inet_aton(self.address), 'little'):08X}:{self.port:04X}"
        kind = "tcp" if "t1" in self.arguments else "udp"
        rows = [line.split() for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]]
        return any(row[1] == here and (kind == "udp" or row[3] == "0A") for row in rows)

    def _scenario(self) -> Path:
        """The scenario with its keys put in: sipp itself takes no variable in a status line."""
        text = (SCENARIOS / f"{self.scenario}.xml").read_text()
        for key, value in self.keys.items():
            text = text.replace(f"[{key}]", value)
        file = self._folder / "scenario.xml"
        file.write_text(text)
        return file

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _listening(self) -> None:
        """Wait until its socket is bound, or listens for TCP: nothing tells when, so it is looked again and again."""
        async with asyncio.timeout(5):
            while self._process.returncode is None:
                if self._listens():
                    return
                await asyncio.sleep(0.02)
        _, complaint = await self._process.communicate()
        raise SippFailed(f"sipp ended at once: {self._read('errors')}{complaint.decode(errors='replace')}")

    async def result(self) -> SippResult:
        """Wait until all its calls are over; a scenario that is not kept to shows in the result."""
        _, complaint = await asyncio.wait_for(self._process.communicate(), self.seconds + 10)
        last = self._statistics()
        return SippResult(
            attempted=int(last.get("TotalCallCreated", 0)),
            completed=int(last.get("SuccessfulCall(C)", 0)),
            failed=int(last.get("FailedCall(C)", 0)),
            retransmissions=int(last.get("Retransmissions(C)", 0)),
            exit_status=self._process.returncode or 0,
            messages=self.messages(),
            errors=self._read("errors") + complaint.decode(errors="replace"),
        )

    async def done(self) -> SippResult:
        """Wait for the end; raises SippFailed unless every call went by the scenario."""
        return (await self.result()).check(self.calls)

    def messages(self) -> str:
        """The SIP messages so far."""
        return self._read("messages")

    def _read(self, name: str) -> str:
        file = self._folder / name
        return file.read_text(errors="replace") if file.exists() else ""

    def _statistics(self) -> dict[str, str]:
        rows = list(csv.DictReader(self._read("statistics").splitlines(), delimiter=";"))
        return rows[-1] if rows else {}


class CarrierFront(asyncio.DatagramProtocol):
    """The address at which a carrier is reached: answers the OPTIONS that a trunk is watched with, passes on the rest.

    sipp would count each OPTIONS as a call of its scenario. `sipp` is the port to which the rest goes; while it is 0
    nothing else is answered. What sipp sends back goes to whom the last request came from. `is_silent`: OPTIONS are not
    answered either.
    """

    def __init__(self) -> None:
        self.sipp = 0
        self.is_silent = False
        self._asker: tuple[str, int] = ("", 0)

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str, port: int) -> AsyncIterator["CarrierFront"]:
        """Listen at an address."""
        loop = asyncio.get_running_loop()
        transport, front = await loop.create_datagram_endpoint(cls, local_addr=(address, port))
        try:
            yield front
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast(asyncio.DatagramTransport, transport)
        self._address = str(transport.get_extra_info("sockname")[0])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer, or pass on."""
        if data.startswith(b"OPTIONS "):
            if not self.is_silent:
                self._transport.sendto(_ok(data), addr)
        elif addr == (self._address, self.sipp):
            self._transport.sendto(data, self._asker)
        elif self.sipp:
            self._asker = addr
            self._transport.sendto(data, (self._address, self.sipp))


def _ok(request: bytes) -> bytes:
    kept = (b"via:", b"from:", b"to:", b"call-id:", b"cseq:")
    lines = [line for line in request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:] if line.lower().startswith(kept)]
    lines = [line + b";tag=front" if line.lower().startswith(b"to:") else line for line in lines]
    return b"\r\n".join([b"SIP/2.0 200 OK", *lines, b"Content-Length: 0", b"", b""])
