"""Money, the same for every kind: what a message costs is held, settled and refused as a call's is."""

import asyncio

import pytest
from sqlalchemy import Connection

from engine.model.money import Price
from engine.platform import holds, ledger, money
from engine.platform.money import Hold, NoPrice, Prices, Purpose, Refused
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer

NOON = 20_000 * 86400.0 + 43200
PART = 75_000
"""What a part of a message costs."""


class PerPart:
    """Prices a message by its parts, to America alone."""

    def price(self, account: str, to: str, quantity: float) -> Price:
        return Price(amount=round(PART * quantity) if to.startswith("1") else 0, currency="USD")


class Sender:
    """An account that sends messages, each in a transaction as a feature would."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self.database, self.writer, self.prices = database, writer, Prices()
        self.prices.add("message", PerPart())

    async def has(self, balance: int | None, daily: int | None = None, account: str = "acct-1") -> None:
        made = Account(id=account, name=account, created=0.0, balance=balance, daily_spend=daily)
        await self.writer.write(lambda conn: accounts.create(conn, made))

    async def sends(self, message: str, parts: int = 1, account: str = "acct-1") -> Hold | Refused:
        """Hold what a message costs."""
        price = self.prices.price("message", account, "12015550114", parts)
        purpose, note = Purpose("message", message), "message to 12015550114"
        return await self.writer.write(lambda conn: money.hold(conn, account, purpose, price.amount, NOON, note=note))

    async def sent(self, message: str, parts: int = 1, account: str = "acct-1") -> bool:
        """Charge a message that was sent, or nothing for one that was not."""
        amount = self.prices.price("message", account, "12015550114", parts).amount
        purpose = Purpose("message", message)
        return await self.writer.write(lambda conn: money.settle(conn, account, purpose, amount, NOON))

    async def left(self, account: str = "acct-1") -> tuple[int | None, int, list[str]]:
        """The balance, what is held, and what was charged for."""

        def read(conn: Connection) -> tuple[int | None, int, list[str]]:
            funds = holds.funds(conn, account, NOON)
            assert funds
            charged = [f"{entry.kind} {entry.subject}" for entry in ledger.entries(conn, account)]
            return funds.balance, funds.held, sorted(charged)

        return await self.database.read(read)


@pytest.fixture
def sender(database: Database, writer: Writer) -> Sender:
    return Sender(database, writer)


async def test_a_message_is_held_and_then_charged_once(sender: Sender) -> None:
    await sender.has(200_000)
    assert isinstance(await sender.sends("m-1", parts=2), Hold)
    assert await sender.left() == (200_000, 2 * PART, [])
    assert await sender.sent("m-1", parts=2)
    assert not await sender.sent("m-1", parts=2), "it was charged twice"
    assert await sender.left() == (50_000, 0, ["message m-1"])


async def test_a_message_that_was_not_sent_gives_its_money_back(sender: Sender) -> None:
    await sender.has(100_000)
    await sender.sends("m-1")
    assert not await sender.sent("m-1", parts=0)
    assert await sender.left() == (100_000, 0, [])


async def test_a_call_and_a_message_of_the_same_id_are_two_things(sender: Sender) -> None:
    await sender.has(1_000_000)
    call = ledger.for_call("x")
    await sender.writer.write(lambda conn: money.hold(conn, "acct-1", call, 300_000, NOON, note="call to 1"))
    await sender.sends("x")
    assert (await sender.left())[1] == 300_000 + PART
    await sender.sent("x")
    await sender.writer.write(lambda conn: money.settle(conn, "acct-1", call, 100_000, NOON))
    assert await sender.left() == (1_000_000 - 100_000 - PART, 0, ["call x", "message x"])


async def test_what_the_balance_does_not_cover_is_refused_with_what_holds_it(sender: Sender) -> None:
    await sender.has(200_000)
    call = ledger.for_call("call-1")
    await sender.writer.write(lambda conn: money.hold(conn, "acct-1", call, 150_000, NOON, note="call to 1201"))
    refused = await sender.sends("m-1")
    assert refused == Refused(
        "The balance of 0.20 USD does not cover this message: 0.15 is held for what goes on, 0.15 by the call to 1201"
        " (call-1); 0.05 is left, and it costs 0.075."
    )
    assert await sender.left() == (200_000, 150_000, [])


async def test_more_may_be_held_for_the_same_thing_by_what_is_missing(sender: Sender) -> None:
    await sender.has(2 * PART)
    await sender.sends("m-1")
    assert isinstance(await sender.sends("m-1", parts=2), Hold)
    assert isinstance(await sender.sends("m-1", parts=3), Refused)
    assert (await sender.left())[1] == 2 * PART


async def test_an_account_without_limits_is_charged_and_never_refused(sender: Sender) -> None:
    await sender.has(None)
    assert isinstance(await sender.sends("m-1", parts=1000), Hold)
    assert await sender.sent("m-1", parts=1000)
    assert await sender.left() == (None, 0, ["message m-1"])


async def test_a_daily_spend_counts_every_kind(sender: Sender) -> None:
    await sender.has(None, daily=100_000)
    await sender.sends("m-1")
    await sender.sent("m-1")
    refused = await sender.sends("m-2")
    assert isinstance(refused, Refused)
    assert refused.why.startswith(
        "The daily spend of 0.10 USD, 0.075 of it spent today (UTC), does not cover this message"
    )


async def test_a_closed_account_holds_nothing(sender: Sender) -> None:
    assert await sender.sends("m-1", account="nobody") == Refused("This account is closed.")


async def test_of_two_messages_at_the_same_time_the_money_pays_for_one(sender: Sender) -> None:
    """With two writers on PostgreSQL, as two processes have; SQLite takes one transaction at a time anyway."""
    await sender.has(PART)
    other = Sender(sender.database, Writer(sender.database))
    for round in range(20):
        first, second = await asyncio.gather(sender.sends(f"a-{round}"), other.sends(f"b-{round}"))
        assert sorted(isinstance(one, Hold) for one in (first, second)) == [False, True]
        winner = f"a-{round}" if isinstance(first, Hold) else f"b-{round}"
        assert not await sender.sent(winner, parts=0)
    await other.writer.stop()
    assert await sender.left() == (PART, 0, [])


async def test_an_amount_below_nothing_is_neither_held_nor_charged(sender: Sender) -> None:
    """It would be money to spend, and a payment."""
    await sender.has(PART)
    purpose = Purpose("message", "m-1")
    for step in (money.hold, money.put, money.settle):
        with pytest.raises(ValueError, match=r"the message m-1 cannot cost -0\.01"):
            await sender.writer.write(lambda conn, step=step: step(conn, "acct-1", purpose, -10_000, NOON))
    assert await sender.left() == (PART, 0, [])


async def test_what_is_held_for_one_account_is_no_money_of_another(sender: Sender) -> None:
    await sender.has(10 * PART)
    await sender.has(1, account="acct-2")
    await sender.sends("m-1", parts=5)
    with pytest.raises(ValueError, match="held for another account"):
        await sender.sends("m-1", parts=5, account="acct-2")
    assert (await sender.left())[1] == 5 * PART and (await sender.left("acct-2"))[1] == 0


async def test_what_is_held_again_is_reckoned_by_the_later_terms(sender: Sender) -> None:
    await sender.has(10 * PART)
    purpose = Purpose("message", "m-1")

    def again(conn: Connection) -> Hold | None:
        money.hold(conn, "acct-1", purpose, PART, NOON, note="one part", terms="1")
        money.hold(conn, "acct-1", purpose, 2 * PART, NOON + 60, note="two parts", terms="2")
        return holds.get(conn, purpose)

    found = await sender.writer.write(again)
    assert found and (found.amount, found.terms, found.note, found.at) == (2 * PART, "2", "two parts", NOON)


def test_a_kind_is_priced_once_and_an_unknown_one_is_an_error() -> None:
    prices = Prices()
    prices.add("message", PerPart())
    assert prices.price("message", "acct-1", "4420", 3) == Price(amount=0, currency="USD")
    with pytest.raises(ValueError, match="two features price the kind 'message'"):
        prices.add("message", PerPart())
    with pytest.raises(NoPrice, match="nothing prices the kind 'fax'"):
        prices.price("fax", "acct-1", "1", 1)
