"""What /proc says of processes and of the machine."""

import os
import platform
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_TICK = os.sysconf("SC_CLK_TCK")


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it ended meanwhile
                continue
    return found


def tree(root: int) -> list[int]:
    """A process and all below it."""
    parents = _parents()
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_seconds(processes: list[int]) -> float:
    """User and system time that these processes have used, with that of their children that ended."""
    total = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += sum(int(field) for field in fields[11:15])
    return total / _TICK


def pss_kb(processes: list[int]) -> int:
    """Proportional set size in kB."""
    total = 0
    for process in processes:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total


@dataclass(frozen=True)
class Machine:
    """The machine, as far as figures depend on it."""

    processor: str
    cores: int
    kernel: str
    fsync_ms: float

    @classmethod
    def seen(cls) -> "Machine":
        """Look."""
        info = Path("/proc/cpuinfo").read_text()
        found = re.search(r"^model name\s*:\s*(.*)$", info, re.MULTILINE)
        name = found[1] if found else platform.machine()
        return cls(name, os.cpu_count() or 1, platform.release(), _fsync_ms())


def _fsync_ms(times: int = 200) -> float:
    spent = []
    with tempfile.TemporaryFile(dir="/var/lib") as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            spent.append(time.perf_counter() - began)
    return median(spent) * 1000


def machine_ticks() -> tuple[float, float, float]:
    """Seconds of all cores since boot: busy, stolen by the hypervisor, and all together."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    steal = fields[7]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle - steal) / _TICK, steal / _TICK, sum(fields) / _TICK


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]
