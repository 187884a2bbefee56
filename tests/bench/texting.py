"""Texts through the whole system: accepted over HTTP, carried by SMPP, their receipts matched; and an SMSC that hangs.

1. Accepted: the SMSC is disabled, and as many texts as possible are posted over connections that are kept.
2. Sent: the SMSC is enabled, and what waits is sent as fast as it goes. Its times are those that the API says.
3. Both at once, at a pace.
4. One SMSC's texts are sent alone, and beside another one that answers nothing.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

import aiohttp
import msgspec

from tests.bench import proc
from tests.bench.stack import Stack
from tests.bench.texts import Lab, lab
from tests.support.carillon import Account, Admin, moment
from tests.support.system import System

CONNECTIONS = 32
FAST = {"per_second": 10_000, "settings": {"window": 100}}
WORDS = "x" * 100
PREFIX, HANGS = "12015557", "12015550151"
"""Numbers that take every text, and the one whose texts are never answered."""
HANGING = 1000
WITHIN = 120.0


@dataclass
class Sent:
    """Texts that were sent: seconds from being accepted to being taken, and from that to the receipt's end."""

    texts: int
    delivered: int
    rate: float
    taken: list[float]
    received: list[float]

    @classmethod
    def of(cls, texts: list[dict[str, Any]], *, waited: bool) -> "Sent":
        """`waited`: they were queued before, so that the time counts from the first that was taken."""
        ended = [text for text in texts if text["state"] == "delivered"]
        began = min(moment(text["sent" if waited else "created"]) for text in ended)
        taken = [moment(text["sent"]) - moment(text["created"]) for text in ended]
        received = [moment(text["ended"]) - moment(text["sent"]) for text in ended]
        rate = len(ended) / (max(moment(text["ended"]) for text in ended) - began)
        return cls(len(texts), len(ended), rate, taken, received)

    @property
    def matched(self) -> str:
        """The share whose receipts were matched."""
        return f"{self.delivered / self.texts:.2%} of {self.texts} matched"


class Texting:
    """An account for texts on the bench's system, whose SMSCs the measurements set up."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession) -> None:
        self._stack, self._http, self._system = stack, http, System.described()
        self.admin = Admin(self._system)

    async def set_up(self) -> None:
        """Make an account without a limit that counts here."""
        name = f"texts-{int(time.time())}"
        self.account = Account.of(await self.admin.ask("POST", "accounts", {"name": name}))
        number = f"4479{int(time.time()) % 10**8:08d}"
        wanted = {"number": number, "account": name, "capability": "sms", "unassigned": True}
        await self.admin.ask("POST", "numbers", wanted)
        await self.admin.ask("PATCH", f"accounts/{name}/texting", {"per_second": 1000})

    async def add(self, name: str, smsc: Lab, prefix: str) -> None:
        """Add an SMSC."""
        given = {"name": name, "host": "127.0.0.1", "port": smsc.port, "user": "carillon", "password": smsc.password}
        await self.admin.ask("POST", "smscs", {**given, **FAST, "prefixes": [prefix]})

    async def enable(self, name: str, wanted: bool) -> None:
        """Keep a link to an SMSC, or none."""
        await self.admin.ask("PATCH", f"smscs/{name}", {"disabled": not wanted})

    async def post(self, numbers: list[str], per_second: float = 0.0) -> float:
        """Post a text to each number, at a pace or as fast as it goes; returns how many a second were accepted."""
        began = time.perf_counter()
        due = iter(
            [(number, began + (place / per_second if per_second else 0)) for place, number in enumerate(numbers)]
        )
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(self._poster(due))
        return len(numbers) / (time.perf_counter() - began)

    async def _poster(self, due: Iterator[tuple[str, float]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self._stack.settings["CARILLON_API_PORT"]))
        head = (
            f"POST /carillon/v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.account.token}\r\n"
        )
        for number, at in due:
            if (left := at - time.perf_counter()) > 0:
                await asyncio.sleep(left)
            body = msgspec.json.encode({"to": number, "text": WORDS})
            kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write((head + kind).encode() + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            assert " 201 " in answered.split("\r\n", 1)[0], answered
            await reader.readexactly(int(answered.split("content-length:")[1].split("\r\n", 1)[0]))
        writer.close()

    async def texts(self, since: float, to: str = "") -> list[dict[str, Any]]:
        """Return the texts made since a time whose numbers begin so, once none of them is on its way."""
        for state in ("queued", "sent"):
            async with asyncio.timeout(WITHIN):
                while any(text["recipient"].startswith(to) for text in await self._page(since, state=state)):  # noqa: ASYNC110
                    await asyncio.sleep(0.5)
        found = page = await self._page(since)
        while page:
            page = await self._page(since, before=found[-1]["id"])
            found = found + page
        return [text for text in found if text["recipient"].startswith(to)]

    async def _page(self, since: float, **query: str) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.account.token}"}
        params = {"limit": "500", "since": str(since), **query}
        async with self._http.get(f"{self._system.api}/carillon/v1/messages", params=params, headers=headers) as answer:
            return list((await answer.json())["messages"])


def numbers(count: int) -> list[str]:
    """So many numbers of the lab that take every text."""
    return [f"{PREFIX}{place % 1000:03d}" for place in range(count)]


@dataclass
class Measured:
    """What came of all measurements; CPU in milliseconds a text, by process, at the pace of `paced`."""

    accepted: float
    drained: Sent
    pace: float
    posted: float
    paced: Sent
    cpu: dict[str, float]
    alone: list[float]
    beside: list[float]

    def table(self) -> str:
        """All figures, as lines."""
        cpu = ", ".join(f"{name} {ms:.2f} ms" for name, ms in self.cpu.items())
        return "\n".join((
            "Texts through the lab's SMSC",
            f"  accepted alone {self.accepted:.0f}/s; sent alone {self.drained.rate:.0f}/s, {self.drained.matched}",
            f"  both at {self.pace:.0f}/s: {self.posted:.0f}/s accepted, {self.paced.rate:.0f}/s delivered, "
            f"{self.paced.matched}; CPU of a text: {cpu}",
            f"  accepted to taken {_cuts(self.paced.taken)}; taken to its receipt stored {_cuts(self.paced.received)}",
            f"  beside an SMSC that hangs: {median(self.beside):.0f}/s, without it {median(self.alone):.0f}/s; "
            f"ratio {median(self.beside) / median(self.alone):.2f}",
        ))  # fmt: skip


def _cuts(seconds: list[float]) -> str:
    found = quantiles(seconds, n=100)
    return f"p50 {found[49] * 1000:.0f} p99 {found[98] * 1000:.0f} ms"


async def measure(stack: Stack, pace: float, seconds: float, rounds: int) -> Measured:
    """Measure all of it; the SMSCs are processes beside the system's."""
    async with AsyncExitStack() as opened:
        good, hanging = [await opened.enter_async_context(lab()) for _ in range(2)]
        texting = Texting(stack, await opened.enter_async_context(aiohttp.ClientSession()))
        await texting.set_up()
        for name, smsc, prefix in (("good", good, PREFIX), ("hangs", hanging, HANGS)):
            await texting.add(name, smsc, prefix)
            opened.push_async_callback(texting.admin.ask, "DELETE", f"smscs/{name}")
        count = int(pace * seconds)
        accepted, drained = await _drained(texting, count)
        processes = {"controller": stack.processes("carillon"), "SMSC": [good.pid]}
        before, since = {name: proc.cpu_seconds(pids) for name, pids in processes.items()}, time.time()
        posted = await texting.post(numbers(count), pace)
        paced = Sent.of(await texting.texts(since), waited=False)
        cpu = {name: (proc.cpu_seconds(pids) - before[name]) / count * 1000 for name, pids in processes.items()}
        alone, beside = list[float](), list[float]()
        for _ in range(rounds):
            alone.append((await _drained(texting, count // 4))[1].rate)
            await texting.post([HANGS] * HANGING)
            beside.append((await _drained(texting, count // 4))[1].rate)
            await texting.enable("hangs", False)
            await texting.enable("hangs", True)
    return Measured(accepted, drained, pace, posted, paced, cpu, alone, beside)


async def _drained(texting: Texting, count: int) -> tuple[float, Sent]:
    """Let texts wait for their SMSC, then let it have them; returns how many a second were accepted, then sent."""
    await texting.enable("good", False)
    since = time.time()
    accepted = await texting.post(numbers(count))
    await texting.enable("good", True)
    return accepted, Sent.of(await texting.texts(since, PREFIX), waited=True)
