"""Rates: loaded whole or not at all, counted at once, each change kept."""

import pytest

from engine.features.billing.service import RateService
from engine.features.errors import RatesInvalid
from engine.platform.audit import ADMIN
from engine.platform.feature import Features
from engine.store.accounts import Account
from tests.engine.features.conftest import History

EVERYONES = "prefix,price,first,next,currency\n44,0.02,60,60,USD\n1,0.01,60,60,USD\n"
OWN = "prefix,price,first,next,currency\n44,0.015,1,1,USD\n"


async def test_an_accounts_own_rates_stand_beside_everyones(services: Features, account: Account) -> None:
    assert await services[RateService].load(ADMIN, EVERYONES) == 2
    assert await services[RateService].load(ADMIN, OWN, account) == 1
    assert {(each.account, each.rate.prefix) for each in await services[RateService].list()} == {
        (None, "44"), (None, "1"), ("acme", "44"),
    }  # fmt: skip
    assert [each.rate.per_minute for each in await services[RateService].list(account)] == [15_000]
    assert await services[RateService].clear(ADMIN, account) == 1
    assert len(await services[RateService].list()) == 2


async def test_each_change_of_rates_is_kept_with_how_many_there_were(
    services: Features, account: Account, history: History
) -> None:
    await services[RateService].load(ADMIN, EVERYONES)
    await services[RateService].load(ADMIN, OWN)
    await services[RateService].load(ADMIN, OWN, account)
    again, first = await history(None)
    assert (first.what, first.subject, first.before, first.after) == (
        "rates.loaded",
        "rates",
        {"rates": 0},
        {"rates": 2},
    )
    assert (again.before, again.after) == ({"rates": 2}, {"rates": 1})
    (own,) = await history(account.id)
    assert (own.what, own.subject) == ("rates.loaded", account.id)


async def test_a_file_with_one_wrong_line_changes_nothing(services: Features, history: History) -> None:
    await services[RateService].load(ADMIN, EVERYONES)
    with pytest.raises(RatesInvalid, match="line 3"):
        await services[RateService].load(ADMIN, EVERYONES.replace("1,0.01", "1,free"))
    assert len(await services[RateService].list()) == 2 and len(await history(None)) == 1
