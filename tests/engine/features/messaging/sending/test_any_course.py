"""Whatever carriers answer, and wherever a controller dies: what must hold for every text does.

1. No part is submitted twice, unless it did not leave (NotSent) or was put off (PutOff).
2. A text ends once; an unknown one may be corrected once.
3. What is charged is what was accepted, and nothing is held at the end.
"""

import asyncio
from collections import Counter, defaultdict
from random import Random

import pytest

from engine.features.messaging.carrier import (
    Accepted,
    Answer,
    NotSent,
    PutOff,
    ReceiptState,
    Refused,
    Submission,
    Unknown,
)
from engine.features.messaging.model import Message, State
from engine.model.money import MILLION
from tests.engine.features.messaging.sending.exchange import LONG, UK, US, Exchange, FakeCarrier
from tests.support.clock import settled

RATE = 1000
FINAL = {State.SENT, State.DELIVERED, State.FAILED, State.EXPIRED, State.UNKNOWN}
ENDS = {"delivered", "failed", "expired", "unknown"}


class Unreliable:
    """A carrier of the chance: it accepts, refuses, puts off, cuts, and brings receipts twice and in any order."""

    def __init__(self, chance: Random, exchange: Exchange, name: str) -> None:
        self._chance, self._exchange, self._name = chance, exchange, name
        self.may_repeat: defaultdict[str, int] = defaultdict(int)
        self.left: Counter[str] = Counter()
        self.accepted: set[str] = set()
        self.receipts: list[tuple[str, ReceiptState]] = []

    def attach(self, carrier: FakeCarrier) -> None:
        carrier.say = self.answer

    async def answer(self, part: Submission) -> Answer:
        chance = self._chance
        self.left[part.id] += 1
        id = f"{self._name}-{part.id}"
        if chance.random() < 0.7:
            await asyncio.sleep(chance.choice((0.0, 0.01, 2.0)))
        drawn = chance.random()
        if drawn < 0.12:
            self.may_repeat[part.id] += 1
            return PutOff("Full.", slower=chance.random() < 0.3)
        if drawn < 0.2:
            self.may_repeat[part.id] += 1
            return NotSent("There is no link.")
        if drawn < 0.25:
            return Refused("Barred.")
        if drawn < 0.32:
            return Unknown("Cut.")
        if chance.random() < 0.8:
            state = chance.choice((*[ReceiptState.DELIVERED] * 5, *ReceiptState))
            self.receipts += [(id, state)] * chance.choice((1, 1, 2))
            if chance.random() < 0.1:
                self.receipts.append((id, chance.choice(list(ReceiptState))))
            if chance.random() < 0.3:
                await self.bring()
        return Accepted(id)

    async def bring(self) -> None:
        """Bring some of the receipts, in any order."""
        self._chance.shuffle(self.receipts)
        bringing = [self.receipts.pop() for _ in range(min(3, len(self.receipts)))]
        for id, state in bringing:
            await self._exchange.receipt(id, state, carrier=self._name)


async def run(exchange: Exchange, seed: int, steps: int) -> None:
    chance = Random(seed)
    await exchange.add_smsc("two")
    await exchange.add_route("44", "two")
    await exchange.add_rate("", RATE)
    await exchange.set_balance(100 * MILLION)
    await exchange.reload()
    carriers = {name: Unreliable(chance, exchange, name) for name in ("one", "two")}
    texts: list[Message] = []

    def attach(carrier: FakeCarrier) -> None:
        carriers[carrier.name].attach(carrier)

    exchange.on_new = attach
    for carrier in exchange.carriers.values():
        attach(carrier)
    for _ in range(steps):
        match chance.choices(("send", "bring", "pass", "link", "cancel", "stop", "kill"), (8, 6, 6, 2, 2, 1, 2))[0]:
            case "send":
                to, text = chance.choice((US, UK)), chance.choice(("Hello.", LONG))
                texts.append(await exchange.send(to, text, valid_seconds=chance.choice((20, 300, None))))
            case "bring":
                await chance.choice(list(carriers.values())).bring()
            case "pass":
                await exchange.pass_seconds(chance.choice((0.001, 0.3, 3.0)))
            case "link":
                exchange.carriers[chance.choice(("one", "two"))].up(up=chance.random() < 0.5)
            case "cancel" if texts:
                cancelled = exchange.messages.cancel(None, chance.choice(texts).id)
                await asyncio.gather(cancelled, return_exceptions=True)
            case "stop" | "kill" as how:
                await (exchange.stop() if how == "stop" else exchange.kill())
                exchange.carriers = {}
                await exchange.start()
    for carrier in exchange.carriers.values():
        carrier.up()
    for _ in range(6):
        await exchange.pass_seconds(30)
        await exchange.leap(16 * 3600)
    for unreliable in carriers.values():
        while unreliable.receipts:
            await unreliable.bring()
    await settled()
    await check(exchange, texts, carriers)


async def check(exchange: Exchange, texts: list[Message], carriers: dict[str, Unreliable]) -> None:
    for unreliable in carriers.values():
        for part, count in unreliable.left.items():
            assert count <= 1 + unreliable.may_repeat[part], f"{part} was submitted {count} times"
    total = 0
    for text in texts:
        found, reports = await exchange.get(text), await exchange.reports(text)
        assert found.state in FINAL, found
        ends = [report for report in reports if report in ENDS]
        assert len(ends) == 1 or (len(ends) == 2 and ends[0] == "unknown"), reports
        assert ends[-1] == found.state and reports.count("sent") <= 1 and "sent" not in reports[1:]
        parts = await exchange.messages.parts(text.id)
        accepted = sum(part.carrier_id is not None for part in parts)
        assert ("sent" in reports) == (accepted == text.parts)
        assert found.price == await exchange.charged(text) == accepted * RATE, (found, parts, reports)
        total += found.price
    assert await exchange.balance() == 100 * MILLION - total
    assert await exchange.held() == 0
    assert exchange.messages.queued(exchange.account.id) == 0


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_text_ends_once_and_is_paid_for_as_it_was_accepted(exchange: Exchange, seed: int) -> None:
    await run(exchange, seed, steps=60)


@pytest.mark.parametrize("seed", range(100, 104))
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_on_postgresql_too(exchange: Exchange, seed: int) -> None:
    await run(exchange, seed, steps=40)
