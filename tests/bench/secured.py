"""What TLS and SRTP cost Asterisk and the controller: calls out by a carrier over UDP and by one over TLS with SRTP.

1. Trunks to two of the lab's carriers, by the commands that `carillon lab carriers` prints.
2. In turns, a number of calls by each to a person who echoes, short ones and long ones; silence is sent both ways.
3. The difference of long and short ones is the media's; what the short ones take without it is the set-up's.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import aiohttp

from tests.bench import proc
from tests.bench.stack import Stack
from tests.support import people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.lab import RunningLab
from tests.support.lab_carriers import Connected, LabCarriers
from tests.support.scenario import until
from tests.support.system import System

PLAIN, SECURED = "to", "tls"
SHORT, LONG = 1.0, 21.0
"""Seconds of a call."""
PER_SECOND = 10
SERVICES = ("asterisk", "carillon")
WITHIN = 60.0


@dataclass
class Cost:
    """CPU seconds of rounds of calls by one carrier, by the calls' seconds and the service."""

    calls: int
    rounds: dict[tuple[float, str], list[float]] = field(default_factory=dict)

    def add(self, seconds: float, used: dict[str, float]) -> None:
        """Add a round."""
        for service, taken in used.items():
            self.rounds.setdefault((seconds, service), []).append(taken)

    def media(self, service: str) -> float:
        """Milliseconds of CPU for a second of a call."""
        long, short = (median(self.rounds[seconds, service]) for seconds in (LONG, SHORT))
        return (long - short) / self.calls / (LONG - SHORT) * 1000

    def set_up(self, service: str) -> float:
        """Milliseconds of CPU for a call, without its media."""
        return median(self.rounds[SHORT, service]) / self.calls * 1000 - SHORT * self.media(service)


@dataclass
class Secured:
    """Of the carrier over UDP, and of the one over TLS with SRTP."""

    plain: Cost
    secured: Cost

    def table(self) -> str:
        """The figures as they are printed."""
        lines = ["Calls out over UDP with RTP, and over TLS with SRTP (sdes), CPU milliseconds"]
        for name, cost in (("UDP", self.plain), ("TLS, SRTP", self.secured)):
            lines.append(
                f"  {name}: a call "
                + ", ".join(f"{service} {cost.set_up(service):.1f}" for service in SERVICES)
                + "; a second of it "
                + ", ".join(f"{service} {cost.media(service):.2f}" for service in SERVICES)
            )
        set_up, media = (
            sum(of(self.secured, one) for one in SERVICES) / sum(of(self.plain, one) for one in SERVICES)
            for of in (Cost.set_up, Cost.media)
        )
        lines.append(f"  TLS and SRTP over UDP: a call {set_up:.2f}, a second of it {media:.2f}")
        return "\n".join(lines)


async def measure(stack: Stack, rounds: int, calls: int) -> Secured:
    """Start the lab, and place calls by both carriers in turns; the first round of each is dropped."""
    await asyncio.to_thread(stack.stack, "up")
    await asyncio.to_thread(stack.stack, "wait")
    found = Secured(Cost(calls), Cost(calls))
    async with _account() as (own, carriers), AsyncExitStack() as trunks:
        plain, secured = [await trunks.enter_async_context(carriers.connected(name)) for name in (PLAIN, SECURED)]
        for turn in range(rounds + 1):
            for seconds in (SHORT, LONG) if turn else (SHORT,):
                for trunk, cost in ((plain, found.plain), (secured, found.secured)):
                    used = await _calls(stack, own, trunk, calls, seconds)
                    if turn:
                        cost.add(seconds, used)
    return found


@asynccontextmanager
async def _account() -> AsyncIterator[tuple[Own, LabCarriers]]:
    system = System.described()
    admin, network = Admin(system), RunningLab.of_environment().client()
    account = Account.of(await admin.ask("POST", "accounts", {"name": f"secured-{time.time_ns()}"}))
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": 500, "calls_per_second": 100})
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with aiohttp.ClientSession() as session:
                carriers = LabCarriers(Command(system), admin, account, network, Path(folder))
                yield Own(session, system, account), carriers
    finally:
        await network.close()


async def _calls(stack: Stack, own: Own, trunk: Connected, count: int, seconds: float) -> dict[str, float]:
    """CPU seconds by service that calls took, from before the first to after the end of the last."""
    callee = trunk.given[0] if trunk.given else await trunk.person(people.ECHOES)
    processes = {service: stack.processes(service) for service in SERVICES}
    before = {service: proc.cpu_seconds(those) for service, those in processes.items()}
    tasks = [{"kind": "pause", "seconds": seconds}, {"kind": "hang_up"}]
    placed = []
    for _ in range(count):
        status, call = await own.ask("POST", "calls", json={"callee": callee, "tasks": tasks})
        assert status == 201, call
        placed.append(call["id"])
        await asyncio.sleep(1 / PER_SECOND)
    await asyncio.sleep(seconds)  # or what is asked until they end would be counted
    for id in placed:
        ended = await until(lambda: own.call(id), lambda call: call["state"] == "ended", WITHIN, f"{id} ends")  # noqa: B023
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (trunk.trunk, "normal", "us"), ended
    return {service: proc.cpu_seconds(those) - before[service] for service, those in processes.items()}
