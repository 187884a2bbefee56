"""What 10,000 contacts of a campaign cost: uploaded, planned, started, listed; and another call's latency meanwhile."""

import json
import time
import urllib.request
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from tests.bench.stack import Stack

CONTACTS = 10_000
PAGE = 1000
ASKED = 100
"""How often a small request is timed at each end."""


class Listed(NamedTuple):
    """Milliseconds: a page of 1,000 contacts added as JSON and listed (medians), a file of all, a plan, a start, a page
    of campaigns; and a small request of another account before, and while all contacts wait (medians).
    """

    added: float
    uploaded: float
    listed: float
    planned: float
    started: float
    campaigns: float
    other_before: float
    other_after: float

    def table(self) -> str:
        """The figures as they are printed."""
        lines = (
            f"A campaign of {CONTACTS} contacts, milliseconds",
            f"  added: a page of {PAGE} {self.added:.0f}, a file of all {self.uploaded:.0f}",
            f"  a page listed {self.listed:.0f}, planned {self.planned:.0f}, started {self.started:.0f},"
            f" campaigns listed {self.campaigns:.0f}",
            f"  another account's request {self.other_before:.1f} before, {self.other_after:.1f} while they wait",
        )
        return "\n".join(lines)


def measure(stack: Stack) -> Listed:
    """Make two campaigns in an account of their own, and remove it."""
    admin = _Admin(stack)
    name, other = f"listing-{time.time_ns()}", f"other-{time.time_ns()}"
    for each in (name, other):
        admin.ask("POST", "/accounts", {"name": each})
    try:
        return _measured(admin, name, other)
    finally:
        for each in (name, other):
            admin.ask("DELETE", f"/accounts/{each}?purge=true")


def _measured(admin: "_Admin", name: str, other: str) -> Listed:
    base = f"/accounts/{name}/campaigns"
    numbers = [f"+1201555{place:04}" for place in range(CONTACTS)]

    def small() -> float:
        return median(_timed(lambda: admin.ask("GET", f"/accounts/{other}/campaigns")) for _ in range(ASKED))

    before = small()
    hours = {"windows": [{"days": [7], "start": "03:00", "end": "03:01"}]}  # almost never: they wait
    body = {"name": "pages", "message": {"text": "Hello."}, "options": hours}
    pages, file = (admin.ask("POST", base, body)["id"] for _ in range(2))
    added = [
        _timed(lambda: admin.ask("POST", f"{base}/{pages}/contacts", {"contacts": [{"number": n} for n in some]}))  # noqa: B023
        for some in (numbers[begin : begin + PAGE] for begin in range(0, CONTACTS, PAGE))
    ]
    sheet = "number,name\n" + "\n".join(f"{number},Ann" for number in numbers)
    uploaded = _timed(lambda: admin.send("POST", f"{base}/{file}/contacts/file", sheet.encode()))
    listed = [
        _timed(lambda: admin.ask("GET", f"{base}/{pages}/contacts?limit={PAGE}&after={after}"))  # noqa: B023
        for after in range(0, CONTACTS, PAGE)
    ]
    planned = _timed(lambda: admin.ask("POST", f"{base}/{pages}/plan", {}))
    started = _timed(lambda: admin.ask("POST", f"{base}/{pages}/start", {}))
    campaigns = _timed(lambda: admin.ask("GET", base))
    after = small()
    admin.ask("POST", f"{base}/{pages}/stop", {})
    return Listed(median(added), uploaded, median(listed), planned, started, campaigns, before, after)


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1000


class _Admin:
    """The administrator's API of a system."""

    def __init__(self, stack: Stack) -> None:
        self._base = f"http://127.0.0.1:{stack.settings['CARILLON_ADMIN_PORT']}"
        self._token = stack.settings["CARILLON_ADMIN_TOKEN"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send JSON; returns the answer. Any answer but a success is raised."""
        return self.send(method, path, None if body is None else json.dumps(body).encode(), "application/json")

    def send(self, method: str, path: str, data: bytes | None, kind: str = "text/csv") -> Any:
        """Send a body of any kind."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        request = urllib.request.Request(self._base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.loads(answer.read() or b"null")
