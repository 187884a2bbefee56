"""The numbers that new accounts are given."""

import pytest

from engine.features.errors import InvalidSetting
from engine.features.numbers.pool import Pool, give
from engine.store import numbers
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.writer import Writer


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("+12015552000-+12015552002", ["12015552000", "12015552001", "12015552002"]),
        ("12015552000 - 12015552000, 00442079460000", ["12015552000", "442079460000"]),
        ("none", []),
        ("", []),
        (" NONE ", []),
    ],
)
def test_a_pool_is_numbers_and_ranges(text: str, held: list[str]) -> None:
    assert list(Pool.read(text)) == held


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "+1-x",
        "12015552001-12015552000",
        "123456",
        "1" * 16,
        "0012",
        "12015552000-",
        "1000000-9999999999",
        "0201555",
    ],
)
def test_a_pool_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(InvalidSetting, match=r"pool of numbers"):
        Pool.read(text)


async def test_a_number_is_given_once_until_there_is_none_left(
    writer: Writer, database: Database, account: Account
) -> None:
    pool = Pool.read("+12015552000-+12015552002")
    taken = Number(number="12015552001", account=account.id)
    await writer.write(lambda conn: numbers.assign(conn, taken))
    given = [await writer.write(lambda conn: give(conn, pool, account.id, None)) for _ in range(3)]
    assert given == ["12015552000", "12015552002", None]
    assert len(await database.read(lambda conn: numbers.list(conn, account.id))) == 3
