"""What calls by each trunk cost us."""

import pytest

from engine.features.errors import InvalidSetting, NotThere, RatesInvalid
from engine.features.trunks.costs import TrunkCosts
from engine.platform.audit import ADMIN
from engine.store import trunk_costs, trunks
from engine.store.database import Database
from engine.store.trunks import Trunk
from engine.store.writer import Writer


@pytest.fixture
async def costs(database: Database, writer: Writer) -> TrunkCosts:
    """The costs of two trunks, of which none is loaded."""
    for name in ("acme", "beta"):
        trunk = Trunk(name=name, host="192.0.2.1")
        await writer.write(lambda conn, trunk=trunk: trunks.add(conn, trunk))  # type: ignore[misc]
    return TrunkCosts(database, writer)


async def test_the_longest_prefix_says_what_a_minute_costs(costs: TrunkCosts) -> None:
    assert costs.of("acme", "442079460000") is None
    assert await costs.load(ADMIN, "acme", "prefix,price,currency\n,0.50,USD\n+44,0.012,USD\n4420,0.009,USD\n") == 3
    assert [costs.of("acme", digits) for digits in ("442079460000", "441174960000", "12015550100")] == [
        9_000, 12_000, 500_000,
    ]  # fmt: skip
    assert costs.of("beta", "442079460000") is None, "another trunk's are not known"
    assert [cost.prefix for cost in await costs.listed("acme")] == ["", "44", "4420"]
    assert await costs.listed("beta") == []


async def test_a_file_replaces_those_of_its_trunk_and_they_survive_a_restart(
    costs: TrunkCosts, database: Database, writer: Writer
) -> None:
    await costs.load(ADMIN, "acme", "44,0.012,USD\n")
    await costs.load(ADMIN, "beta", "44,0.02,USD\n")
    await costs.load(ADMIN, "acme", "49,0.03,USD\n")
    again = TrunkCosts(database, writer)
    await again.read()
    assert (again.of("acme", "4420"), again.of("acme", "4930"), again.of("beta", "4420")) == (None, 30_000, 20_000)
    assert await costs.clear(ADMIN, "acme") == 1
    assert costs.of("acme", "4930") is None and costs.of("beta", "4420") == 20_000


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("44,0.012,USD\n4x,0.1,USD\n", "line 2: the prefix '4x' is not digits"),
        ("44,cheap,USD\n", "line 1: the price 'cheap' is not a number"),
        ("44,0.1,XXQ\n", "line 1: the currency must be one of ISO 4217"),
        ("44,0.1,USD\n44,0.2,USD\n", "line 2: the prefix 44 is there twice"),
        ("", "no rates"),
    ],
)
async def test_a_file_with_a_wrong_line_changes_nothing(costs: TrunkCosts, text: str, wrong: str) -> None:
    await costs.load(ADMIN, "acme", "44,0.012,USD\n")
    with pytest.raises(RatesInvalid, match=wrong):
        await costs.load(ADMIN, "acme", text)
    assert costs.of("acme", "4420") == 12_000


async def test_costs_of_two_currencies_cannot_be_compared_and_are_refused(costs: TrunkCosts) -> None:
    await costs.load(ADMIN, "acme", "44,0.012,USD\n")
    with pytest.raises(InvalidSetting, match=r"currency must be the same in the costs of all trunks \(got EUR, USD\)"):
        await costs.load(ADMIN, "beta", "44,0.01,EUR\n")
    assert costs.of("beta", "4420") is None
    assert await costs.load(ADMIN, "acme", "44,0.01,EUR\n") == 1, "those that are replaced do not count"


async def test_a_trunk_that_is_not_there_has_no_costs(costs: TrunkCosts, database: Database) -> None:
    with pytest.raises(NotThere, match="There is no trunk nobody"):
        await costs.load(ADMIN, "nobody", "44,0.012,USD\n")
    with pytest.raises(NotThere):
        await costs.clear(ADMIN, "nobody")
    with pytest.raises(NotThere):
        await costs.listed("nobody")
    assert await database.read(trunk_costs.list) == []
