"""Numbers of the pool that accounts buy and give back."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from engine.commands import CreditSpent, LimitReached
from engine.features.accounts import NewAccount, create
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.numbers import sales as sales_module
from engine.features.numbers.pool import Pool
from engine.features.numbers.sales import NumberSales, OfferedNumber, price_of
from engine.features.numbers.service import Numbers
from engine.platform import ledger
from engine.platform.audit import ADMIN, Actor
from engine.platform.feature import Features
from engine.store import accounts, numbers
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.conftest import History

PRICE = 1_500_000
FIRST, SECOND = "12015552000", "12015552001"


@pytest.fixture
def sales(services: Features, database: Database, writer: Writer, account: Account) -> NumberSales:
    """Two numbers at 1.50."""

    async def refreshed() -> None:
        return None

    pool = Pool.read(f"{FIRST}-{SECOND}")
    return NumberSales(database, writer, pool, PRICE, services[Numbers].removed, refreshed)


@pytest.fixture
def by(account: Account) -> Actor:
    """The account's program."""
    return Actor("account", account.id, account.name)


async def pay(writer: Writer, account: str, amount: int) -> None:
    await writer.write(lambda conn: accounts.update(conn, account, balance=amount))


async def charged(database: Database, account: str) -> list[tuple[str | None, int]]:
    found = await database.read(lambda conn: ledger.entries(conn, account))
    return [(entry.kind, entry.amount) for entry in found]


async def test_a_number_is_bought_once_and_for_sale_again_after_its_release(
    sales: NumberSales, account: Account, by: Actor, database: Database, history: History
) -> None:
    assert [each.number for each in await sales.for_sale()] == [FIRST, SECOND]
    bought = await sales.buy(by, account.id, FIRST)
    assert bought == OfferedNumber(number=FIRST, capabilities=("voice", "sms"), price=PRICE)
    assert await sales.owned(account.id) == [bought]
    assert [each.number for each in await sales.for_sale()] == [SECOND]
    assert await charged(database, account.id) == [("number", -PRICE)]
    with pytest.raises(AlreadyThere):
        await sales.buy(by, account.id, FIRST)
    await sales.release(by, account.id, FIRST)
    assert await sales.owned(account.id) == [] and len(await sales.for_sale()) == 2
    with pytest.raises(NotThere):
        await sales.release(by, account.id, FIRST)
    await sales.buy(by, account.id, FIRST)
    assert await charged(database, account.id) == [("number", -PRICE)] * 2
    assert {"number.bought", "number.removed"} <= {entry.what for entry in await history(account.id)}


async def test_of_two_who_want_a_number_at_once_one_has_it(
    sales: NumberSales, account: Account, by: Actor, database: Database
) -> None:
    ended = await asyncio.gather(*(sales.buy(by, account.id, FIRST) for _ in range(5)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["AlreadyThere"] * 4 + ["OfferedNumber"]
    assert await charged(database, account.id) == [("number", -PRICE)]


async def test_nothing_is_sold_without_the_money(
    sales: NumberSales, account: Account, by: Actor, writer: Writer, database: Database
) -> None:
    await pay(writer, account.id, PRICE - 1)
    with pytest.raises(CreditSpent, match=r"does not cover this number"):
        await sales.buy(by, account.id, FIRST)
    assert await sales.owned(account.id) == [] and await charged(database, account.id) == []
    await pay(writer, account.id, PRICE)
    await sales.buy(by, account.id, FIRST)


async def test_what_is_not_of_the_pool_is_not_sold_and_another_accounts_number_not_released(
    sales: NumberSales, account: Account, by: Actor, writer: Writer
) -> None:
    for number in ("12015552002", "", "x", "¹2015552000"):
        with pytest.raises(NotThere):
            await sales.buy(by, account.id, number)

    def unit(conn: Connection) -> Account:
        return create(conn, NewAccount(name="other"), [])[0]

    other = await writer.write(unit)
    await sales.buy(by, account.id, FIRST)
    with pytest.raises(NotThere):
        await sales.release(ADMIN, other.id, FIRST)
    assert len(await sales.owned(account.id)) == 1


async def test_an_account_that_has_many_buys_none(
    sales: NumberSales, account: Account, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales_module, "MOST_OWNED", 1)
    await sales.buy(by, account.id, FIRST)
    with pytest.raises(LimitReached):
        await sales.buy(by, account.id, SECOND)


async def test_the_list_has_pages(sales: NumberSales) -> None:
    assert [each.number for each in await sales.for_sale(limit=1)] == [FIRST]
    assert [each.number for each in await sales.for_sale(limit=1, offset=1)] == [SECOND]
    assert await sales.for_sale(offset=2) == []


async def test_the_pool_is_looked_through_beside_the_loop(sales: NumberSales, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()

    class Watched(Pool):
        def __iter__(self) -> Iterator[str]:
            threads.add(threading.current_thread())
            return super().__iter__()

    monkeypatch.setattr(sales, "_pool", Watched.read(f"{FIRST}-{SECOND}"))
    assert len(await sales.for_sale()) == 2
    assert threads and threading.main_thread() not in threads


async def test_a_number_of_one_capability_is_shown_with_it(
    sales: NumberSales, account: Account, writer: Writer
) -> None:
    row = numbers.Number(number="442079460000", account=account.id, capability="sms")
    await writer.write(lambda conn: numbers.assign(conn, row))
    assert [(each.number, each.capabilities) for each in await sales.owned(account.id)] == [("442079460000", ("sms",))]


@pytest.mark.parametrize(("text", "price"), [("1.00", 1_000_000), ("0", 0), ("40", 40_000_000), ("0.000001", 1)])
def test_a_price_is_a_decimal(text: str, price: int) -> None:
    assert price_of(text) == price


@pytest.mark.parametrize("text", ["", "x", "-1", "1e3", "1.0000001", "1,5", "NaN"])
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match="The price of a number must be a decimal"):
        price_of(text)
