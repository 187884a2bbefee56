"""Where the faxes of a number go: checked and protected, and listened for in calls by trunks."""

from collections.abc import Iterable
from typing import Any

import pytest

from engine.calls.called import Called
from engine.calls.directory import Answering, NoDestination
from engine.features.destinations.choosing import nowhere, to_destination
from engine.features.destinations.registry import Destinations
from engine.features.errors import FeatureError, InvalidSetting, NotThere, StillUsed
from engine.features.numbers.assignments import NumberAssignments
from engine.features.numbers.directory import Directory
from engine.features.numbers.model import NewNumber
from engine.features.numbers.service import Numbers
from engine.platform import audit
from engine.platform.audit import ADMIN
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, extensions
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.writer import Writer
from engine.tasks.detect_fax import DetectFax
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.task import Task
from tests.support.features import standard

NUMBER = "14155550100"
FIRST = DetectFax(destination="fax:box-1", written="fax:office")
"""What a call of a number does first whose faxes go to fax:office."""
DIAL = Dial(to="101")


class FaxKind(DestinationKind):
    """`fax`, and `fax:office`, stored by its id."""

    name = "fax"
    alone = True

    def checked(self, account: Account, target: str) -> str:
        if target not in ("", "office", "box-1"):
            raise NotThere(f"The account has no fax box {target}.")
        return "box-1" if target else ""

    def fields(self, account: Account, target: str) -> dict[str, Any]:
        return {"target": "office" if target else ""}

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        raise NoDestination("Faxes are received by their own tests.")


class Office:
    """An account with an extension, a program, one that asks, a fixed list, and a fax box."""

    def __init__(self, database: Database, writer: Writer, cache: SettingsCache, account: Account) -> None:
        self.database, self.cache, self.account = database, cache, account
        self.destinations: Destinations = standard(cache, more=(FaxKind(),))
        self.numbers = Numbers(database, writer, self.destinations, cache.reload_number)
        self.assignments = NumberAssignments(database, writer, cache.load)

    async def add(self, to: str = "extension:101", fax_to: str = "fax:office", **fields: Any) -> Any:
        wanted = NewNumber(number=NUMBER, account="acme", fax_to=fax_to, **fields)
        return await self.numbers.add(ADMIN, wanted, to_destination(self.destinations, to))

    async def lead(self, to: str | None = None, fax_to: str | None = None) -> Any:
        leads_to = None if to is None else to_destination(self.destinations, to)
        return await self.numbers.lead(ADMIN, NUMBER, leads_to, fax_to=fax_to)

    async def shown(self) -> tuple[str | None, str | None]:
        """What the number and its faxes lead to, as it is stored and shown."""
        (view,) = await self.numbers.list()
        return view.leads_to and view.leads_to["text"], view.fax_to and view.fax_to["text"]

    async def tasks(self) -> Iterable[AnyTask]:
        """What a call by a trunk does."""
        found = await Directory(self.cache, self.destinations).from_trunk(Called(user=NUMBER), "")
        assert isinstance(found, Answering)
        return found.tasks

    async def remove_box(self) -> None:
        """Ask as the box's removal does."""
        account, used = self.account.id, self.destinations.refuse_used
        await self.database.read(lambda conn: used(conn, account, ("fax:box-1",), "The fax box office"))


@pytest.fixture
async def office(database: Database, writer: Writer, cache: SettingsCache, account: Account) -> Office:
    def unit(conn: Any) -> None:
        extensions.add(conn, Extension(number="101", account=account.id, sip_user="101", password="12345678"))
        for name, fields in (
            ("shop", {"dialect": "one"}), ("asks", {"dialect": "one", "asks": True}), ("fixed", {"tasks": [HangUp()]}),
        ):  # fmt: skip
            applications.create(conn, Application(id=f"app-{name}", account=account.id, name=name, **fields))

    await writer.write(unit)
    await cache.load()
    return Office(database, writer, cache, account)


async def test_a_call_by_a_trunk_listens_first_and_then_goes_as_it_always_did(office: Office) -> None:
    await office.add(fax_to="")
    assert await office.tasks() == (DIAL,)
    view = await office.lead(fax_to="fax:office")
    assert view.fax_to == {"kind": "fax", "text": "fax:office", "target": "office"}
    assert await office.tasks() == (FIRST, DIAL) and await office.shown() == ("extension:101", "fax:office")
    await office.lead(fax_to="fax")
    assert await office.tasks() == (DetectFax(destination="fax", written="fax"), DIAL)
    await office.lead(to="application:fixed")
    assert await office.tasks() == (DetectFax(destination="fax", written="fax"), HangUp())
    await office.lead(fax_to="")
    assert await office.tasks() == (HangUp(),) and await office.shown() == ("application:fixed", None)


async def test_a_phone_of_the_account_that_dials_the_number_is_not_listened_to(office: Office) -> None:
    await office.add()
    found = await Directory(office.cache, office.destinations).from_extension(NUMBER, "101")
    assert found is not None and found.tasks == (DIAL,)


async def test_a_number_keeps_its_faxes_when_it_leads_elsewhere_and_where_it_leads_to_nothing(office: Office) -> None:
    await office.add()
    await office.lead(to="hangup:busy")
    assert await office.tasks() == (FIRST, HangUp(cause="busy"))
    await office.numbers.lead(ADMIN, NUMBER, nowhere)
    assert await office.shown() == (None, "fax:office")


async def test_a_number_whose_destination_is_gone_says_so_in_the_timeline_all_the_same(
    office: Office, writer: Writer
) -> None:
    await office.add()
    await writer.write(lambda conn: extensions.remove(conn, office.account.id, "101"))
    await office.cache.load()
    assert await office.tasks() == (FIRST, GoTo(destination="extension:101"))


@pytest.mark.parametrize(
    ("fields", "problem", "sentence"),
    [
        ({"fax_to": "extension:101"}, InvalidSetting, "such as fax or fax:office (got extension)"),
        ({"fax_to": "101"}, InvalidSetting, "of the kind fax"),
        ({"fax_to": "fax:none"}, NotThere, "no fax box none"),
        ({"fax_to": "nonsense:1"}, InvalidSetting, "kind must be one of"),
        ({"to": "application:shop"}, InvalidSetting, "the application shop must have no fax_to"),
        ({"to": "application:asks"}, InvalidSetting, "the application asks must have no fax_to"),
        ({"capability": "sms"}, InvalidSetting, "a number for sms must have none"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    office: Office, fields: dict[str, Any], problem: type[FeatureError], sentence: str
) -> None:
    with pytest.raises(problem, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        await office.add(**fields)
    assert await office.numbers.list() == []
    if "capability" not in fields:
        await office.add()
        with pytest.raises(problem):
            await office.lead(**fields)
        assert await office.shown() == ("extension:101", "fax:office")


async def test_a_box_that_a_number_s_faxes_go_to_is_still_used(office: Office) -> None:
    await office.remove_box()
    await office.add()
    with pytest.raises(StillUsed, match=rf"office is still used: the number {NUMBER} for faxes leads to it"):
        await office.remove_box()
    await office.lead(fax_to="fax")
    await office.remove_box()


async def test_a_program_that_takes_the_number_takes_its_faxes_too(office: Office) -> None:
    await office.add(to="hangup")
    await office.assignments.lead(ADMIN, office.account.id, [(NUMBER,)], "voice", "app-asks")
    assert await office.shown() == ("application:asks", None)
    (first,) = await office.tasks()
    assert isinstance(first, Task) and not isinstance(first, DetectFax)
    changes = await office.database.read(lambda conn: audit.of(conn, office.account.id))
    assert changes[0].before is not None and changes[0].before["fax_to"] == "fax:box-1"


async def test_a_change_of_where_faxes_go_is_in_the_audit(office: Office) -> None:
    await office.add(fax_to="")
    await office.lead(fax_to="fax:office")
    (change, added) = await office.database.read(lambda conn: audit.of(conn, office.account.id))
    assert (added.what, change.what) == ("number.added", "number.changed")
    assert change.before is not None and "fax_to" not in change.before
    assert change.after is not None and change.after["fax_to"] == "fax:office"
