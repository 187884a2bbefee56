"""What the 1,001st extension and number of an account cost to add, over the first: HTTP, store, Asterisk and cache."""

import json
import time
import urllib.request
from statistics import median
from typing import Any, NamedTuple

from tests.bench.stack import Stack

MOST = 1000
SAMPLES = 30
"""How many are added at each end: the medians are compared."""
NUMBER = "1202555{:04}"


class Added(NamedTuple):
    """Milliseconds of adding one: of the first SAMPLES, and of SAMPLES after MOST."""

    first: float
    last: float

    @property
    def ratio(self) -> float:
        """The later over the first."""
        return self.last / self.first


def measure(stack: Stack) -> dict[str, Added]:
    """Add extensions and numbers to an account, and remove it; returns what adding each took."""
    admin = _Admin(stack)
    name = f"adding-{time.time_ns()}"
    admin.ask("POST", "/accounts", {"name": name})
    try:
        return {
            "extension": _series(
                lambda n: admin.ask("POST", "/extensions", {"number": f"{20000 + n}", "account": name})
            ),
            "number": _series(
                lambda n: admin.ask(
                    "POST", "/numbers", {"number": NUMBER.format(n), "account": name, "unassigned": True}
                )
            ),
        }
    finally:
        admin.ask("DELETE", f"/accounts/{name}?purge=true")


def table(found: dict[str, Added]) -> str:
    """The figures as they are printed."""
    rows = [
        f"  {what}: first {SAMPLES} {each.first:.1f} ms, {SAMPLES} after {MOST} {each.last:.1f} ms: {each.ratio:.2f}"
        for what, each in found.items()
    ]
    return "\n".join(["Adding one by the administrator's API, median", *rows])


def _series(add: Any) -> Added:
    times = []
    for number in range(MOST + SAMPLES):
        begun = time.perf_counter()
        add(number)
        times.append((time.perf_counter() - begun) * 1000)
    return Added(median(times[:SAMPLES]), median(times[-SAMPLES:]))


class _Admin:
    """The administrator's API of the bench's system."""

    def __init__(self, stack: Stack) -> None:
        self._base = f"http://127.0.0.1:{stack.settings['CARILLON_ADMIN_PORT']}"
        token = stack.settings["CARILLON_ADMIN_TOKEN"]
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: Any = None) -> None:
        """Send a request; any answer but a success is raised."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._base + path, data, self._headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
