"""Locations: one at least, changed by fields, audited, an account's own."""

import pytest

from engine.features.errors import InvalidSetting, NotThere
from engine.features.locations.model import FIRST, LastLocation, TooManyLocations
from engine.features.locations.service import LocationService
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.store.accounts import Account
from tests.engine.features.conftest import History


@pytest.fixture
def locations(services: Features) -> LocationService:
    return services[LocationService]


async def test_an_account_has_one_from_the_beginning_and_keeps_one(
    locations: LocationService, account: Account
) -> None:
    (first,) = await locations.list_all(account.id)
    assert first.name == FIRST and await locations.list_all(account.id) == [first]
    with pytest.raises(LastLocation, match="add another one first"):
        await locations.remove(SYSTEM, account.id, first.id)
    second = await locations.add(SYSTEM, account.id, "Berlin", {})
    await locations.remove(SYSTEM, account.id, first.id)
    assert await locations.list_all(account.id) == [second]


async def test_one_that_is_added_first_does_not_replace_the_main_one(
    locations: LocationService, account: Account
) -> None:
    await locations.add(SYSTEM, account.id, "Berlin", {"city": "Berlin"})
    assert [each.name for each in await locations.list_all(account.id)] == [FIRST, "Berlin"]


async def test_a_change_keeps_what_it_does_not_name_and_is_audited(
    locations: LocationService, account: Account, history: History
) -> None:
    fields = {"city": "Berlin", "street": {"name": "Foo", "number": 1}}
    made = await locations.add(SYSTEM, account.id, " Berlin ", fields)
    changed = await locations.change(SYSTEM, account.id, made.id, {"street": {"number": 2}}, "Office")
    assert (changed.name, changed.fields) == ("Office", {"city": "Berlin", "street": {"name": "Foo", "number": 2}})
    assert await locations.get(account.id, made.id) == changed
    entry = (await history(account.id))[0]
    assert (entry.what, entry.subject) == ("location.changed", "Office")
    assert entry.before == {"name": "Berlin", "street": {"name": "Foo", "number": 1}}


async def test_another_account_does_not_see_it(locations: LocationService, account: Account) -> None:
    made = await locations.add(SYSTEM, account.id, "Berlin", {})
    for attempt in (
        locations.get("account-other", made.id),
        locations.change(SYSTEM, "account-other", made.id, {}),
        locations.remove(SYSTEM, "account-other", made.id),
    ):
        with pytest.raises(NotThere, match="The account has no location"):
            await attempt


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_a_name_that_cannot_be_shown_is_refused(locations: LocationService, account: Account, name: str) -> None:
    with pytest.raises(InvalidSetting, match="name must be 1 to 100 printable characters"):
        await locations.add(SYSTEM, account.id, name, {})


async def test_there_is_an_end_to_them(
    locations: LocationService, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.features.locations.service.MOST", 2)
    await locations.add(SYSTEM, account.id, "Berlin", {})
    with pytest.raises(TooManyLocations, match="at most 2 locations"):
        await locations.add(SYSTEM, account.id, "Hamburg", {})
