"""What leads to a box or a room: wherever a destination may be named, the box or room is not removed."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.destinations.choosing import to_destination
from engine.features.destinations.registry import Destinations
from engine.features.errors import StillUsed
from engine.features.groups.service import GroupFields, Groups
from engine.features.numbers.model import NewNumber
from engine.features.numbers.service import Numbers
from engine.features.rooms.model import NewRoom
from engine.features.rooms.service import RoomService
from engine.features.voicemail.model import BoxFields
from engine.features.voicemail.service import VoicemailService
from engine.net import Net
from engine.platform.audit import ADMIN
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import applications, extensions
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.writer import Writer
from engine.tasks.kinds import decode_list
from tests.support.features import services_of

NUMBER = "14155550100"
MENU = '[{"kind":"run_menu","first":"m","menus":[{"id":"m","choices":[{"digit":"1","to":"%s"}]}]}]'
OTHERWISE = '[{"kind":"run_menu","first":"m","menus":[{"id":"m","otherwise":"%s"}]}]'
BUSY = '[{"kind":"dial","to":"101","diversions":{"busy":"%s"}}]'
GO_TO = '[{"kind":"go_to","destination":"%s"}]'


class Office:
    """An account with a box, a room, a group, an extension and a number."""

    def __init__(self, features: Features, writer: Writer, account: Account) -> None:
        self.features, self.writer, self.account = features, writer, account
        self.platform: Platform = features._platform

    def to(self, text: str) -> Callable[..., str]:
        return to_destination(self.features[Destinations], text)

    async def number(self, to: str) -> None:
        await self.features[Numbers].add(ADMIN, NewNumber(number=NUMBER, account="acme"), self.to(to))

    async def extension(self, to: str) -> None:
        def unit(conn: Any) -> None:
            phone = Extension(number="102", account=self.account.id, sip_user="102", password="p" * 20)
            extensions.add(conn, phone)
            extensions.divert(conn, Extension(**{**_fields(phone), "no_answer": to}))

        await self.writer.write(unit)
        await self.platform.refresh()

    async def group(self, to: str) -> None:
        fields = GroupFields(members=("101",), otherwise=self.to(to))
        await self.features[Groups].add(ADMIN, "acme", "support", fields)

    async def application(self, tasks: str) -> None:
        row = Application(id="app-1", account=self.account.id, name="shop", tasks=decode_list(tasks))
        await self.writer.write(lambda conn: applications.create(conn, row))
        await self.platform.refresh()

    async def box(self, to: str) -> None:
        fields = BoxFields(zero=self.to(to))
        await self.features[VoicemailService].create_box(ADMIN, self.account.id, "301", fields)


def _fields(extension: Extension) -> dict[str, Any]:
    return {name: getattr(extension, name) for name in extension.__struct_fields__}


@pytest.fixture
async def office(database: Database, writer: Writer, account: Account, tmp_path: Path) -> AsyncIterator[Office]:
    net = Net()
    features = services_of(database, writer, net, tmp_path)

    def unit(conn: Any) -> None:
        phone = Extension(number="101", account=account.id, sip_user="101", password="p" * 20)
        extensions.add(conn, phone)

    await writer.write(unit)
    await features._platform.cache.load()
    await features[RoomService].load()
    office = Office(features, writer, account)
    await features[VoicemailService].create_box(ADMIN, account.id, "201", BoxFields(extension="101"))
    await features[RoomService].add(ADMIN, account.id, NewRoom(number="12"))
    await features[Groups].add(ADMIN, account.name, "sales", GroupFields(members=("101",)))
    yield office
    await net.close()


async def removing(office: Office, what: str) -> str:
    """What is said of the removal of a box, a room or a group; "": it is removed."""
    account = office.account.id
    try:
        match what:
            case "voicemail:201" | "voicemail:201/busy" | "voicemail_menu:201":
                await office.features[VoicemailService].delete_box(ADMIN, account, "201")
            case "rooms:12":
                await office.features[RoomService].remove(ADMIN, account, "12")
            case _:
                await office.features[Groups].remove(ADMIN, "acme", "sales")
    except StillUsed as error:
        return str(error)
    return ""


PLACES = {
    "the number 14155550100": lambda office, to: office.number(to),
    "the number 14155550100 by tasks": lambda office, to: office.number("tasks:" + GO_TO % to),
    "the extension 102": lambda office, to: office.extension(office.to(to)(None, office.account)),
    "the group support": lambda office, to: office.group(to),
    "the voicemail box 301": lambda office, to: office.box(to),
    "the application shop": lambda office, to: office.application(MENU % to),
    "the application shop by otherwise": lambda office, to: office.application(OTHERWISE % to),
    "the application shop by a diversion": lambda office, to: office.application(BUSY % to),
    "the application shop by tasks in it": lambda office, to: office.application(
        GO_TO % ("tasks:" + MENU % to).replace('"', '\\"')
    ),
}


@pytest.mark.parametrize(
    "what", ["voicemail:201", "voicemail:201/busy", "voicemail_menu:201", "rooms:12", "group:sales"]
)
@pytest.mark.parametrize("place", PLACES)
async def test_what_something_leads_to_is_not_removed_and_the_sentence_names_it(
    office: Office, what: str, place: str
) -> None:
    await PLACES[place](office, what)
    said = await removing(office, what)
    assert f"is still used: {place.partition(' by ')[0]} leads to it. Let that lead elsewhere first." in said


@pytest.mark.parametrize("what", ["voicemail:201", "rooms:12", "group:sales"])
async def test_what_nothing_leads_to_is_removed(office: Office, what: str) -> None:
    await office.number("voicemail_menu")
    await office.application(MENU % "extension:101")
    assert await removing(office, what) == ""


async def test_what_another_account_leads_to_its_own_of_the_same_name_is_nothing_to_this_one(office: Office) -> None:
    other, _ = await office.writer.write(lambda conn: account_settings.create(conn, NewAccount(name="other"), ["own"]))
    await office.platform.refresh()
    theirs = await office.features[RoomService].add(ADMIN, other.id, NewRoom(number="12"))
    row = Application(id="app-2", account=other.id, name="shop", tasks=decode_list(GO_TO % f"rooms:{theirs.room.id}"))
    await office.writer.write(lambda conn: applications.create(conn, row))
    assert await removing(office, "rooms:12") == ""
