"""What programs keep with things: merged, replaced, limited, apart by account, and gone with the account."""

import pytest

from engine.features.accounts.closing import Closing
from engine.features.details.model import LARGEST, merged
from engine.features.details.service import DetailService
from engine.features.errors import InvalidSetting
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.store.accounts import Account


@pytest.fixture
def details(services: Features) -> DetailService:
    return services[DetailService]


async def test_what_is_changed_is_merged_and_the_rest_stays(details: DetailService, account: Account) -> None:
    assert (await details.get(account.id, "user", "ann")).fields == {}
    await details.merge(account.id, "user", "ann", {"title": "Ms", "phones": {"home": "1", "work": "2"}})
    kept = await details.merge(account.id, "user", "ann", {"phones": {"work": None}, "tags": ["a"]})
    assert kept.fields == {"title": "Ms", "phones": {"home": "1", "work": None}, "tags": ["a"]}
    assert await details.get(account.id, "user", "ann") == kept and kept.updated > 0
    replaced = await details.replace(account.id, "user", "ann", {"title": "Dr"})
    assert replaced.fields == {"title": "Dr"}


async def test_things_of_other_kinds_and_accounts_have_fields_of_their_own(
    details: DetailService, account: Account
) -> None:
    await details.merge(account.id, "user", "ann", {"a": 1})
    await details.merge(account.id, "user", "bob", {"b": 1})
    await details.merge(account.id, "extension", "ann", {"c": 1})
    await details.merge("account-other", "user", "ann", {"d": 1})
    found = await details.of_kind(account.id, "user")
    assert {id: each.fields for id, each in found.items()} == {"ann": {"a": 1}, "bob": {"b": 1}}
    await details.remove(account.id, "user", "ann")
    await details.remove(account.id, "user", "nobody")
    assert list(await details.of_kind(account.id, "user")) == ["bob"]
    assert (await details.get("account-other", "user", "ann")).fields == {"d": 1}


async def test_what_is_too_large_or_too_deep_is_refused_and_changes_nothing(
    details: DetailService, account: Account
) -> None:
    await details.merge(account.id, "user", "ann", {"a": 1})
    with pytest.raises(InvalidSetting, match=f"at most {LARGEST} bytes"):
        await details.merge(account.id, "user", "ann", {"b": "x" * LARGEST})
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"in": [deep]}
    with pytest.raises(InvalidSetting, match="at most 8 levels deep"):
        await details.merge(account.id, "user", "ann", deep)
    assert (await details.get(account.id, "user", "ann")).fields == {"a": 1}


async def test_they_go_with_their_account(details: DetailService, services: Features, account: Account) -> None:
    await details.merge(account.id, "user", "ann", {"a": 1})
    await services[Closing].remove(SYSTEM, account.id)
    assert (await details.get(account.id, "user", "ann")).fields == {}


def test_an_object_is_merged_with_an_object_alone() -> None:
    assert merged({"a": {"b": 1}}, {"a": 2}) == {"a": 2}
    assert merged({"a": 2}, {"a": {"b": 1}}) == {"a": {"b": 1}}
    assert merged({"a": [1]}, {"a": [2]}) == {"a": [2]}
