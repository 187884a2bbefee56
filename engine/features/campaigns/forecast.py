"""What a campaign will do: it is gone through with the same pace, places, hours and retries, in no time.

How attempts will end is told by how earlier ones ended (`Expected`). Without any, all are answered and hear the
message.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from engine.features.campaigns import hours, outcome
from engine.features.campaigns.contact import Status
from engine.features.campaigns.hours import Zones
from engine.features.campaigns.model import Options, Skipped
from engine.features.campaigns.store.contacts import Row

SETUP_SECONDS = 6.0
"""From the beginning of a call to its answer, if nothing is known."""
HANG_UP_SECONDS = 0.3
"""From the end of the message to the end of the call."""
FEWEST = 20
"""Attempts that are needed to tell from them how others will end."""
NUMBERS_SHOWN = 10
_CALLED = frozenset(set(Status) - {Status.NEW, Status.QUEUED, Status.ACTIVE, Status.RETRY, Status.SKIPPED})


class Past(NamedTuple):
    """How many earlier attempts ended with a status; their seconds from the beginning and from the answer, added up."""

    attempts: int
    seconds: float
    answered_seconds: float


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Of each status: the share of attempts that end so, how long one goes on, and for how long it is answered
    (seconds).
    """

    shares: dict[Status, float]
    seconds: dict[Status, float]
    answered: dict[Status, float]


class Forecast(NamedTuple):
    """What came of it: who is called, how often, when it begins and ends, what is answered (number, seconds), who is
    skipped.
    """

    contacts: int
    calls: int
    begins: float | None
    ends: float | None
    last_begins: float | None
    answered: list[tuple[str, float]]
    skipped: list[Skipped]


def expected(past: Mapping[Status, Past], heard_seconds: float) -> Expected:
    """Return what is to be expected, by how earlier attempts ended. `heard_seconds`: the message, and what follows."""
    counted = {status: found for status, found in past.items() if status in _CALLED and found.attempts}
    total = sum(found.attempts for found in counted.values())
    if total < FEWEST:
        length = SETUP_SECONDS + heard_seconds + HANG_UP_SECONDS
        return Expected(
            shares={Status.COMPLETED: 1.0},
            seconds={Status.COMPLETED: length},
            answered={Status.COMPLETED: heard_seconds + HANG_UP_SECONDS},
        )
    seconds = {status: found.seconds / found.attempts for status, found in counted.items()}
    answered = {status: found.answered_seconds / found.attempts for status, found in counted.items()}
    if Status.COMPLETED in counted:
        setup = seconds[Status.COMPLETED] - answered[Status.COMPLETED]
        answered[Status.COMPLETED] = heard_seconds + HANG_UP_SECONDS
        seconds[Status.COMPLETED] = max(0.0, setup) + answered[Status.COMPLETED]
    shares = {status: found.attempts / total for status, found in counted.items()}
    return Expected(shares=shares, seconds=seconds, answered=answered)


def forecast(
    rows: Sequence[Row],
    options: Options,
    at_once: int,
    begins: float,
    expect: Expected,
    never: Callable[[Row], str | None],
) -> Forecast:
    """Go through a campaign that begins at a time. `never` says why a contact is not called (None: it is)."""
    run = _Run(options, at_once, begins, expect)
    skipped: dict[str, list[str]] = {}
    for row in rows:
        zones = hours.zones(row.number, options) if options.windows else ()
        reason = never(row)
        if reason is None and hours.opens_in(zones, options, begins) is None:
            reason = hours.why_never(row.number, options)
        if reason:
            skipped.setdefault(reason, []).append(row.number)
        else:
            run.wait(zones, begins, row, {})
    run.go()
    return Forecast(
        contacts=len(rows) - sum(map(len, skipped.values())),
        calls=run.calls,
        begins=run.first,
        ends=run.last_end,
        last_begins=run.last,
        answered=run.answered,
        skipped=[
            Skipped(reason=reason, contacts=len(numbers), numbers=tuple(numbers[:NUMBERS_SHOWN]))
            for reason, numbers in sorted(skipped.items())
        ],
    )


class _Group:
    """Those who wait in the same time zones, the first first: when their hours are over, they are for all of them."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, int, int, Row, dict[str, int]]] = []
        self.opens = -math.inf

    @property
    def head(self) -> tuple[float, int] | None:
        """When the turn of the first comes, and its id."""
        return (max(self.waiting[0][0], self.opens), self.waiting[0][1]) if self.waiting else None


class _Run:
    def __init__(self, options: Options, at_once: int, begins: float, expect: Expected) -> None:
        self._options, self._at_once, self._expect = options, at_once, expect
        self._each = 1 / options.per_second
        self._next = begins
        self._groups: dict[Zones, _Group] = {}
        self._heads: list[tuple[tuple[float, int], Zones]] = []  # of the groups; those that are so no more are left out
        self._ends: list[float] = []
        self._given = dict.fromkeys(expect.shares, 0)
        self.calls = 0
        self.first: float | None = None
        self.last: float | None = None
        self.last_end: float | None = None
        self.answered: list[tuple[str, float]] = []

    def wait(self, zones: Zones, due: float, row: Row, tries: dict[str, int]) -> None:
        group = self._groups.setdefault(zones, _Group())
        before = group.head
        heapq.heappush(group.waiting, (due, row.id, sum(tries.values()), row, tries))
        if group.head != before:
            self._note(zones, group)

    def go(self) -> None:
        while self._heads:
            head, zones = heapq.heappop(self._heads)
            group = self._groups[zones]
            if head != group.head:
                continue
            at = self._place(max(head[0], self._next))
            opens = hours.opens_in(zones, self._options, at)
            if opens is not None and opens > at:
                group.opens = opens
                self._note(zones, group)
                continue
            _, _, _, row, tries = heapq.heappop(group.waiting)
            self._note(zones, group)
            if opens is not None:
                self._call(at, zones, row, tries)

    def _note(self, zones: Zones, group: _Group) -> None:
        if head := group.head:
            heapq.heappush(self._heads, (head, zones))

    def _place(self, at: float) -> float:
        """Return when there is a place, at the earliest `at`."""
        while self._ends and (self._ends[0] <= at or len(self._ends) >= self._at_once):
            at = max(at, heapq.heappop(self._ends))
        return at

    def _call(self, at: float, zones: Zones, row: Row, tries: dict[str, int]) -> None:
        status = self._outcome()
        ends = at + self._expect.seconds[status]
        heapq.heappush(self._ends, ends)
        self._next = at + self._each
        self.calls += 1
        self.first = at if self.first is None else self.first
        self.last = at
        self.last_end = ends if self.last_end is None else max(ends, self.last_end)
        if seconds := self._expect.answered[status]:
            self.answered.append((row.number, seconds))
        wait = outcome.tried_again(status, self._options, tries)
        if wait is not None:
            self.wait(zones, ends + wait, row, tries | {status.value: tries.get(status.value, 0) + 1})

    def _outcome(self) -> Status:
        """Return the status of which the fewest calls were given, for its share."""
        given, made = self._given, self.calls + 1
        status = max(given, key=lambda each: self._expect.shares[each] * made - given[each])
        given[status] += 1
        return status


def per_minute(found: Forecast) -> float:
    """Return how many calls begin in a minute, while some do."""
    if found.begins is None or found.last_begins is None or found.last_begins <= found.begins:
        return float(found.calls)
    return (found.calls - 1) / (found.last_begins - found.begins) * 60


def each_price(prices: Iterable[int]) -> int:
    """Return what is held for each, so that all of it is held."""
    found = list(prices)
    return math.ceil(sum(found) / len(found)) if found else 0
