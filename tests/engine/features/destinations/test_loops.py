"""Destinations that lead to themselves by a long way, and names that nobody can say."""

from typing import Any

import msgspec
import pytest

from engine.features.errors import InvalidSetting
from engine.features.groups.service import GroupFields
from engine.platform.audit import ADMIN
from engine.platform.settings_cache import SettingsCache
from engine.store import extensions
from engine.store.extensions import Extension
from tests.engine.features.destinations.test_destinations import NUMBER, OTHER, House, house

__all__ = ["house"]
WAYS = ("no_answer", "busy", "unregistered")


async def test_a_group_that_calls_a_number_that_leads_to_it_is_refused(house: House) -> None:
    await house.number(NUMBER, "room:lobby")
    await house.group("sales", "101", NUMBER)
    with pytest.raises(InvalidSetting, match=f"\\+{NUMBER} → group:sales → forward:\\+{NUMBER}"):
        await house.numbers.lead(ADMIN, NUMBER, house.to("group:sales"))
    await house.group("support", "101")
    await house.number(OTHER, "group:support")
    with pytest.raises(InvalidSetting, match="group:support would lead to itself"):
        await house.groups.change(ADMIN, "acme", "support", GroupFields(members=("101", OTHER)))


async def test_extensions_that_lead_to_one_another_in_every_way_are_looked_through_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    look = SettingsCache.extension_named

    def counting(cache: SettingsCache, account: str, name: str) -> Extension | None:
        nonlocal asked
        asked += 1
        return look(cache, account, name)

    def unit(conn: Any) -> None:
        for number in range(201, 260):
            ways = {way: f"extension:{min(number + ahead, 260)}" for ahead, way in enumerate(WAYS, start=1)}
            phone = Extension(number=str(number), account=house.account.id, sip_user=f"a{number}", password="p" * 20)
            extensions.add(conn, phone)
            extensions.divert(conn, msgspec.structs.replace(phone, **ways))

    await house.writer.write(unit)
    await house.cache.load()
    monkeypatch.setattr(SettingsCache, "extension_named", counting)
    house.destinations.refuse_loop(house.account, "extension:101", "extension:240")
    assert asked < 300
    with pytest.raises(InvalidSetting, match="would lead to itself"):
        house.destinations.refuse_loop(house.account, "extension:259", "extension:240")


async def test_a_long_chain_is_looked_through_to_its_end(house: House) -> None:
    def unit(conn: Any) -> None:
        for number in range(2001, 4000):
            phone = Extension(number=str(number), account=house.account.id, sip_user=str(number), password="p" * 20)
            extensions.add(conn, phone)
            extensions.divert(conn, msgspec.structs.replace(phone, busy=f"extension:{number + 1}"))

    await house.writer.write(unit)
    await house.cache.load()
    with pytest.raises(InvalidSetting, match="extension:3999 would lead to itself"):
        house.destinations.refuse_loop(house.account, "extension:3999", "extension:2001")


@pytest.mark.parametrize("name", [" ", " sales", "sales ", ".", "..", "a/b", ""])
async def test_a_group_is_not_named_so_that_nobody_can_say_it(house: House, name: str) -> None:
    with pytest.raises(InvalidSetting, match="A group's name must"):
        await house.group(name, "101")
