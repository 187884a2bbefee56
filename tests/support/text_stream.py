"""Texts of an account of its own, sent while parts of the system fail, and what is compared afterwards.

What arrived at the lab's numbers, what the API says, the events that a webhook got, and the account's money must agree.
"""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import aiohttp

from tests.clients.ringful.client import Ringful
from tests.support.carillon import Admin, Own
from tests.support.lab_texts import LabTexts
from tests.support.scenario import until
from tests.support.sink import Sink

FAILS, LATE_RECEIPT, EARLY_RECEIPT, TWO_RECEIPTS = (f"1201555014{digit}" for digit in (1, 2, 3, 4))
ANSWERS, THROTTLES, REFUSES, CUTS = (f"1201555014{digit}" for digit in (6, 7, 8, 9))
SLOW_ANSWER, NEVER_ANSWERED, QUEUE_FULL, FAULTY = (f"1201555015{digit}" for digit in (0, 1, 2, 3))
"""Numbers of the lab (docs/lab.md)."""
PRICE = Decimal("0.01")
CREDIT = Decimal(100)
VALID_SECONDS = 10.0
"""After which money is no longer held for texts that are unknown."""
ANSWER_SECONDS = 4.0
"""How long the lab's SMSC is given to answer; longer than its slowest number takes."""
MOST_SUBMITTED = 20
"""Parts of one SMSC that are being submitted at most: twice its window."""
ENDS_WITHIN = 60.0
KILLED, UNANSWERED, CUT = "The engine ended before", "did not answer within", "ended before it answered"
"""In the reasons of texts that are unknown."""
FINAL = ("delivered", "failed", "expired", "unknown")
ARRIVED = {"delivered": {1}, "unknown": {0, 1}, "expired": {0}}
"""How often a text arrives that has ended so; one that failed arrived at numbers that say so later."""


@dataclass
class TextStream:
    """Sends texts, each with words of its own, and remembers which were accepted."""

    own: Own
    ringful: Ringful
    admin: Admin
    network: LabTexts
    sink: Sink
    number: str
    theirs: str
    """A number that takes every text, and that no other test uses."""
    accepted: set[str] = field(default_factory=set)
    in_doubt: set[str] = field(default_factory=set)
    long: set[str] = field(default_factory=set)
    """Whose time is not over when all is compared, so that money is held for those that are unknown."""
    to: set[str] = field(default_factory=set)

    async def send(self, to: str, *, by: str = "v1", **fields: Any) -> str:
        """Send a text by our own API or (`by`) Ringful's; returns its words. What is not accepted is in doubt."""
        words = f"{to} {secrets.token_hex(6)}"
        self.to.add(to)
        try:
            if by == "ringful":
                self.long.add(words)
                answer = await self.ringful.ask("SendReceiveSms", callee=to, message=words, **fields)
                accepted = answer.status == 200
            else:
                wanted = {"to": to, "text": words, "valid_seconds": VALID_SECONDS, **fields}
                if wanted["valid_seconds"] > VALID_SECONDS:
                    self.long.add(words)
                accepted = (await self.own.ask("POST", "messages", json=wanted))[0] == 201
        except aiohttp.ClientError:
            accepted = False
        if accepted:
            self.accepted.add(words)
        else:
            self.in_doubt.add(words)
            await self.own.system.healthy()
        return words

    async def send_all(self, numbers: Iterable[str], clients: int = 3, **fields: Any) -> None:
        """Send a text to each of many numbers, by so many clients at once."""
        waiting = iter(numbers)

        async def client() -> None:
            for number in waiting:
                await self.send(number, **fields)

        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(client())

    async def until_accepted(self, count: int) -> None:
        """Return as soon as so many texts were accepted."""

        async def look() -> int:
            return len(self.accepted)

        await until(look, lambda found: found >= count, ENDS_WITHIN, f"{count} texts are accepted")

    async def listed(self, **query: str) -> list[dict[str, Any]]:
        """All texts that the API lists, the newest first."""
        found: list[dict[str, Any]] = []
        page = None
        while page is None or page:
            before = {"before": found[-1]["id"]} if found else {}
            status, body = await self.own.ask("GET", "messages", params={"limit": "500", **query, **before})
            assert status == 200, body
            page = body["messages"]
            found += page
        return found

    async def arrived(self) -> Counter[str]:
        """How often each text of ours arrived at a number of the lab."""
        pages = [await self.network.arrived(number) for number in sorted(self.to)]
        return Counter(one.text for page in pages for one in page if one.sender == self.number)

    async def sort_out(self, within: float = ENDS_WITHIN) -> list[dict[str, Any]]:
        """Wait until every text has ended and its money is charged, and compare everything; returns the texts."""

        async def open_ones() -> list[dict[str, Any]]:
            return [text for text in await self.listed(direction="out") if text["state"] not in FINAL]

        await until(open_ones, lambda found: not found, within, "every text has ended")
        texts = await self.listed(direction="out")
        await self._compare_with_what_arrived(texts)
        await self._compare_with_events(texts)
        await self._compare_with_money()
        return texts

    async def _compare_with_what_arrived(self, texts: list[dict[str, Any]]) -> None:
        arrived, known = await self.arrived(), Counter(text["text"] for text in texts)
        assert not self.accepted - set(known), "what was accepted is lost"
        assert set(known) <= self.accepted | self.in_doubt, "texts that nobody sent"
        assert set(arrived) <= set(known), "what arrived is not known"
        assert max(known.values(), default=1) == 1, "stored twice"
        for text in texts:
            allowed = ARRIVED.get(text["state"]) or {1 if text["recipient"] == FAILS else 0}
            assert arrived[text["text"]] in allowed, (arrived[text["text"]], text)

    async def _compare_with_events(self, texts: list[dict[str, Any]]) -> None:
        """Each text has the events of what it became, in order. The last text's come last: the webhook has one lane."""
        last = await self.send(self.theirs)
        id = next(text["id"] for text in await self.listed(direction="out") if text["text"] == last)
        await self.sink.until_any(lambda one: f'"{id}"' in one.body and "message.delivered" in one.body, within=60)
        told = self.events()
        for text in texts:
            final, sent = f"message.{text['state']}", ["message.sent"] if text["sent"] else []
            allowed = [[*sent, final], ["message.unknown", *sent, final], [*sent, "message.unknown", final]]
            assert told.get(text["id"]) in allowed[: 1 if final == "message.unknown" else 3], (
                text,
                told.get(text["id"]),
            )

    def events(self) -> dict[str, list[str]]:
        """The types of the events of each text as the webhook got them; an event that came again counts once."""
        bodies = [
            json.loads(one.body) for one in self.sink.received if one.body.startswith("{") and one.answered == 200
        ]
        told: dict[str, list[str]] = {}
        for body in {body["id"]: body for body in bodies}.values():
            if body["type"] != "message.received":
                told.setdefault(body["data"]["message"], []).append(body["type"])
        return told

    async def _compare_with_money(self) -> None:
        """Nothing is held any more, but for texts that are unknown and whose time is not over; the rest is charged."""

        async def look() -> dict[str, Any]:
            return dict(await self.admin.ask("GET", f"accounts/{self.own.account.name}"))

        texts = await self.listed(direction="out")
        held = PRICE * sum(text["state"] == "unknown" and text["text"] in self.long for text in texts)
        account = await until(look, lambda seen: Decimal(seen["held"]) == held, 40, f"{held} is held")
        texts = await self.listed(direction="out")
        assert Decimal(account["balance"]) == CREDIT - sum(Decimal(text["price"]) for text in texts), account
        for text in texts:
            assert Decimal(text["price"]) == (PRICE if text["sent"] else 0), text


def unknown(texts: list[dict[str, Any]], why: str) -> list[dict[str, Any]]:
    """The texts that are unknown for a reason."""
    return [text for text in texts if text["state"] == "unknown" and why in text["reason"]]
