"""From a caller's INVITE to the first packet of the prompt that its number's customer, asked what to do, answers with.

What the customer's server takes, from the ICE that came in to the answer that left, is subtracted: the rest is ours
and Asterisk's. The dialplan that answers and plays is measured in turns with it: what Asterisk takes by itself.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from math import nan

from tests.bench.caller import SILENCE, Phone
from tests.bench.stack import ASKED, ASKED_WAV, HERE, OTHER, V0, Stack

RATE, OTHER_RATE = 25, 5
HANG_SECONDS = 5.5
"""A question's time is 5 s: this server's answer is always too late."""
WARM_UP = 10
_callers = count(12_000_000_000)


@dataclass
class Call:
    """One call's milliseconds: INVITE to the ICE's arrival, its answer to the 200, that to the prompt; and the rest."""

    asked: float
    customer: float
    answered: float
    played: float

    @property
    def ours(self) -> float:
        """Everything but the customer's."""
        return self.asked + self.answered + self.played


PARTS: dict[str, Callable[[Call], float]] = {
    "INVITE to ICE": lambda call: call.asked,
    "the customer": lambda call: call.customer,
    "its answer (the dialplan: INVITE) to 200": lambda call: call.answered,
    "200 to prompt": lambda call: call.played,
}


@dataclass
class Measured:
    """The calls of one kind, and how many were not played anything."""

    calls: list[Call] = field(default_factory=list)
    lost: int = 0

    def __str__(self) -> str:
        p50, p99 = ([self.at(part, of) for of in PARTS.values()] for part in (0.5, 0.99))
        parts = ", ".join(f"{name} {a:.1f} {b:.1f}" for name, a, b in zip(PARTS, p50, p99, strict=True) if b)
        lost = f", {self.lost} LOST: NOT VALID" if self.lost else ""
        return (
            f"p50 {self.at(0.5):.1f} p99 {self.at(0.99):.1f} ({len(self.calls)} calls{lost}; p50 and p99 of: {parts})"
        )

    def at(self, part: float, of: Callable[[Call], float] = lambda call: call.ours) -> float:
        """A quantile of the milliseconds; NaN where there are none."""
        if not self.calls:
            return nan
        ordered = sorted(map(of, self.calls))
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


@dataclass
class Found:
    """Of the dialplan, of calls that are asked about, and of those while another customer's calls come too.

    That one's server answers at once, or hangs: the same calls, so what differs between the two is the hanging.
    """

    dialplan: Measured = field(default_factory=Measured)
    alone: Measured = field(default_factory=Measured)
    beside: Measured = field(default_factory=Measured)
    hanging: Measured = field(default_factory=Measured)

    def table(self) -> str:
        """The figures."""
        another = f"asked, beside {OTHER_RATE}/s of another customer whose server"
        kinds = (
            ("dialplan", self.dialplan),
            ("asked", self.alone),
            (f"{another} answers at once", self.beside),
            (f"{another} hangs", self.hanging),
        )
        hanging, beside, alone = (one.at(0.99) for one in (self.hanging, self.beside, self.alone))
        return "\n".join(
            [
                f"From INVITE to the prompt's first packet without the customer's time, at {RATE}/s, milliseconds",
                *(f"  {name}: {measured}" for name, measured in kinds),
                f"  p99 while the other's server hangs, over p99 while it answers: {hanging / beside:.2f}; "
                f"over p99 without its calls: {hanging / alone:.2f}",
            ]
        )


async def measure(stack: Stack, rounds: int, seconds: int) -> Found:
    """Rounds of the four, in turns."""
    found = Found()
    asked, other = (_Customer(stack, number) for number in (ASKED, OTHER))
    with asked.serving(), other.serving():
        for customer in (asked, other):
            await customer.ready()
        for hang in (0.0, HANG_SECONDS):  # so that what is played in either case is in the cache
            await other.hang(hang)
            await asyncio.gather(*(_heard(stack, number, _caller()) for number in (ASKED, OTHER)))
        for _ in range(rounds):
            stack.listen(False)
            await _calls(stack, V0, WARM_UP, RATE)
            await _round(stack, V0, seconds, found.dialplan)
            stack.listen(True)
            await _calls(stack, ASKED, WARM_UP, RATE)
            await asked.noted()
            await _round(stack, ASKED, seconds, found.alone, asked)
            for hang, into in ((0.0, found.beside), (HANG_SECONDS, found.hanging)):
                await other.hang(hang)
                await other.noted()
                calls = int(OTHER_RATE * (seconds + HANG_SECONDS))
                others = asyncio.create_task(_calls(stack, OTHER, calls, OTHER_RATE), name="the other's calls")
                await asyncio.sleep(HANG_SECONDS)  # so many hang from now on
                await _round(stack, ASKED, seconds, into, asked)
                await others
                into.lost += calls - len(await other.noted())
    return found


async def _round(stack: Stack, number: str, seconds: int, into: Measured, customer: "_Customer | None" = None) -> None:
    heard = await _calls(stack, number, RATE * seconds, RATE)
    noted = await customer.noted() if customer else {}
    for caller, call in heard.items():
        if call is None or (customer and caller not in noted):
            into.lost += 1
            continue
        invited, answered, played = call
        came, left = noted.get(caller, (invited, invited))
        parts = (came - invited, left - came, answered - left, played - answered)
        into.calls.append(Call(*(part * 1000 for part in parts)))


async def _calls(stack: Stack, number: str, calls: int, rate: float) -> dict[str, tuple[float, float, float] | None]:
    """So many calls, so many a second, each a little before or after its time; what each saw, by the caller."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    placed: dict[str, Awaitable[tuple[float, float, float] | None]] = {}
    for index in range(calls):
        at = began + (index + random.uniform(0, 0.9)) / rate
        await asyncio.sleep(max(0.0, at - loop.time()))
        caller = _caller()
        placed[caller] = asyncio.create_task(_heard(stack, number, caller), name=f"call {caller}")
    return dict(zip(placed, await asyncio.gather(*placed.values()), strict=True))


async def _heard(stack: Stack, number: str, caller: str) -> tuple[float, float, float] | None:
    """When a call's INVITE left, its 200 came, and the first packet that is not silent; None where one is missing."""
    phone = Phone(stack.sip, number, caller)
    try:
        async with phone:
            await asyncio.wait_for(phone.ended.wait(), 20)
    except (AssertionError, TimeoutError):
        return None
    played = next((at for at, data in phone.packets if data.strip(SILENCE[:1] + b"\x7f")), None)
    return (phone.invited, phone.answered, played) if played else None


def _caller() -> str:
    return str(next(_callers))


class _Customer:
    """A customer's server (customer.py)."""

    def __init__(self, stack: Stack, number: str) -> None:
        self._host, self._port = stack.customer(number)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Its process."""
        with subprocess.Popen([sys.executable, str(HERE / "customer.py"), str(self._port), str(ASKED_WAV)]) as process:
            try:
                yield
            finally:
                process.kill()

    async def ready(self, seconds: float = 20) -> None:
        """Wait until it serves."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                await self.noted()
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"carillon: the customer's server at port {self._port} did not start") from None
                await asyncio.sleep(0.1)
            else:
                return

    async def hang(self, seconds: float) -> None:
        """Let it keep each ICE waiting so long."""
        await asyncio.to_thread(self._ask, f"hang?seconds={seconds}", b"")

    async def noted(self) -> dict[str, tuple[float, float]]:
        """When each ICE since the last time came in and was answered, by the caller."""
        noted: list[tuple[str, float, float]] = json.loads(await asyncio.to_thread(self._ask, "noted"))
        return {caller: (came, left) for caller, came, left in noted}

    def _ask(self, path: str, data: bytes | None = None) -> bytes:
        with urllib.request.urlopen(f"http://{self._host}:{self._port}/{path}", data, timeout=5) as answer:
            return bytes(answer.read())
