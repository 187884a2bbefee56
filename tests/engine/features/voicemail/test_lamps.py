"""Which lamps a box lights: its extension's, and those of all extensions of its user."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Connection

from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.endpoints.lamps import Lamp
from engine.features.users import store as users
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.features.voicemail.model import BoxFields
from engine.store import extensions
from engine.store.extensions import Extension
from tests.engine.features.voicemail.conftest import ANNA, BEN, House, spoken
from tests.engine.features.voicemail.test_taking import taken


class Lamps:
    """What each phone was shown last."""

    def __init__(self) -> None:
        self.shown: dict[str, Lamp] = {}
        self.changed = asyncio.Condition()

    async def show(self, lamps: Mapping[str, Lamp]) -> None:
        async with self.changed:
            self.shown.update(lamps)
            self.changed.notify_all()

    async def until(self, **wanted: tuple[int, int]) -> None:
        """Wait until these phones, by their SIP user names with a p before, show so many new and old ones."""
        lamps = {name.removeprefix("p"): Lamp(*counts) for name, counts in wanted.items()}
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: lamps.items() <= self.shown.items())


@pytest.fixture
async def lit(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """An installation that lights lamps; the user u-1 has the extensions 102 and 103, nobody has 101 and 104."""
    house = House(database_url, tmp_path)
    house.lamps = Lamps()
    await house.open()

    def unit(conn: Connection) -> None:
        una = User(
            id="user-1", account="acct-1", email="una@example.com", name="Una", role=Role.MEMBER, created=0.0
        )  # fmt: skip
        users.add(conn, una, "hash")
        for number, owner in (("102", "user-1"), ("103", "user-1"), ("104", None)):
            one = Extension(account="acct-1", number=number, sip_user=number, password="secret", owner=owner)
            extensions.add(conn, one)

    await house.writer.write(unit)
    await house.platform.cache.load()
    yield house
    await house.close()


async def test_a_user_s_box_lights_the_lamps_of_all_extensions_of_the_user(lit: House) -> None:
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="user-1"))
    await lit.recorded(spoken(3.0))
    (message,) = await taken(lit, 1)
    await lit.lamps.until(p102=(1, 0), p103=(1, 0))
    await lit.voicemail.mark_read("acct-1", message.id)
    await lit.lamps.until(p102=(0, 1), p103=(0, 1))
    assert {"101", "104"}.isdisjoint(lit.lamps.shown)


async def test_an_extension_with_a_box_of_its_own_shows_that_one(lit: House) -> None:
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="user-1"))
    await lit.voicemail.update_box(lit.by, "acct-1", BEN, BoxFields(extension="102"))
    await lit.recorded(spoken(3.0))
    await taken(lit, 1)
    await lit.lamps.until(p102=(0, 0), p103=(1, 0))
    await lit.recorded(spoken(3.0), id="2", box=BEN)
    await taken(lit, 2)
    await lit.lamps.until(p102=(1, 0), p103=(1, 0))


async def test_the_boxes_of_a_user_are_added_up(lit: House) -> None:
    for id, box in (("1", ANNA), ("2", BEN)):
        await lit.voicemail.update_box(lit.by, "acct-1", box, BoxFields(user="user-1"))
        await lit.recorded(spoken(3.0), id=id, box=box)
    await taken(lit, 2)
    await lit.lamps.until(p102=(2, 0), p103=(2, 0))


async def test_a_box_that_a_user_has_no_more_lights_nothing(lit: House) -> None:
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="user-1"))
    await lit.recorded(spoken(3.0))
    await taken(lit, 1)
    await lit.lamps.until(p102=(1, 0))
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="", extension="104"))
    await lit.lamps.until(p102=(0, 0), p103=(0, 0), p104=(1, 0))


async def test_all_are_told_to_an_asterisk_that_has_just_started(lit: House) -> None:
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="user-1"))
    await lit.recorded(spoken(3.0))
    await taken(lit, 1)
    await lit.lamps.until(p102=(1, 0))
    lit.lamps.shown.clear()
    await lit.feature.on_media_server()
    assert lit.lamps.shown == {"102": Lamp(1, 0), "103": Lamp(1, 0)}


async def test_an_extension_that_is_given_to_a_user_shows_the_user_s_box_at_once(lit: House) -> None:
    await lit.voicemail.update_box(lit.by, "acct-1", ANNA, BoxFields(user="user-1"))
    await lit.recorded(spoken(3.0))
    await taken(lit, 1)
    await lit.lamps.until(p102=(1, 0))
    change = lit.features[ExtensionDiversions].change
    await change(lit.by, "acct-1", "104", DiversionFields(owner="una@example.com"))
    await lit.lamps.until(p104=(1, 0))
    await change(lit.by, "acct-1", "102", DiversionFields(owner=""))
    await lit.lamps.until(p102=(0, 0))
