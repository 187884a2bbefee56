"""One run of sipp as the caller, and whether it counts."""

import csv
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.stack import CALLER, HERE, Stack


@dataclass(frozen=True)
class Run:
    """What sipp saw. `setup_ms`: INVITE to 200, one a call."""

    attempted: int
    completed: int
    failed: int
    retransmissions: int
    exit_status: int
    wanted: int
    setup_ms: list[float]

    @property
    def valid(self) -> bool:
        """Whether it counts: `failed == 0` alone proves nothing."""
        return (self.attempted, self.completed, self.failed, self.retransmissions, self.exit_status) == (
            self.wanted,
            self.wanted,
            0,
            0,
            0,
        )

    def __str__(self) -> str:
        return (
            f"{self.completed} of {self.attempted} (wanted {self.wanted}), failed {self.failed}, "
            f"retransmissions {self.retransmissions}, exit {self.exit_status}"
        )


class Caller:
    """A running sipp; `result` waits for its end. It binds one port for all its calls' RTP, and does not read it:
    the packets end there, with no ICMP error back to Asterisk.
    """

    def __init__(
        self, stack: Stack, number: str, *, rate: int, calls: int, scenario: str = "play", hold_ms: int = 0
    ) -> None:
        self._calls = calls
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sipp-")
        host, port = stack.sip
        command = [
            "sipp", f"{host}:{port}", "-sf", str(HERE / "sipp" / f"{scenario}.xml"), "-i", CALLER, "-s", number,
            "-mi", CALLER, "-mp", str(_media_port()), "-r", str(rate), "-m", str(calls), "-l", str(calls), "-nostdin",
            "-trace_stat", "-stf", "statistics", "-fd", "1", "-trace_rtt", "-rtt_freq", "1", "-d", str(hold_ms),
            "-timeout", f"{calls // rate + hold_ms // 1000 + 40}s", "-timeout_error", "-buff_size", "4000000",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=self._folder.name, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def result(self) -> Run:
        """Wait for its end."""
        _, complaint = self._process.communicate()
        folder = Path(self._folder.name)
        try:
            with (folder / "statistics").open() as file:
                last = list(csv.DictReader(file, delimiter=";"))[-1]
            rtts = [line.split(";") for one in folder.glob("*_rtt.csv") for line in one.read_text().splitlines()[1:]]
        except (OSError, IndexError):
            raise SystemExit(f"carillon: sipp wrote no statistics: {complaint.decode(errors='replace')}") from None
        finally:
            self._folder.cleanup()
        return Run(
            attempted=int(last["TotalCallCreated"]),
            completed=int(last["SuccessfulCall(C)"]),
            failed=int(last["FailedCall(C)"]),
            retransmissions=int(last["Retransmissions(C)"]),
            exit_status=self._process.returncode,
            wanted=self._calls,
            setup_ms=[float(fields[1]) for fields in rtts],
        )


def _media_port() -> int:
    """An even port that is free now, with the one above it."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
        ):
            one.bind((CALLER, 0))
            port = int(one.getsockname()[1])
            try:
                two.bind((CALLER, port + 1))
            except OSError:
                continue
            if port % 2 == 0:
                return port
