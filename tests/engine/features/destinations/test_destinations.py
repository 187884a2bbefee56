"""Destinations: read, shown, resolved, and refused where they lead to themselves."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from engine.calls.called import Called
from engine.calls.directory import Answering, NoDestination
from engine.features.destinations.choosing import nowhere, to_destination, to_tasks
from engine.features.destinations.extension_settings import DiversionFields, ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.errors import FeatureError, InvalidSetting, NotThere, StillUsed
from engine.features.groups.service import GroupFields, Groups
from engine.features.numbers.directory import Directory
from engine.features.numbers.model import NewNumber
from engine.features.numbers.service import Numbers
from engine.features.users import store as users
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.model.destination import MOST_HOPS
from engine.platform import audit
from engine.platform.audit import ADMIN
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, extensions
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.writer import Writer
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.ring import Ring
from engine.tasks.say import Say
from tests.support.features import standard

NUMBER, OTHER = "14155550100", "14155550101"


class House:
    """An account with two extensions, an application, and the services that lead calls."""

    def __init__(self, database: Database, writer: Writer, cache: SettingsCache, account: Account) -> None:
        self.database, self.writer, self.cache, self.account = database, writer, cache, account
        self.destinations: Destinations = standard(cache)
        refresh = cache.load
        self.numbers = Numbers(database, writer, self.destinations, cache.reload_number)
        self.groups = Groups(database, writer, cache, self.destinations, refresh)
        self.diversions = ExtensionDiversions(writer, cache, self.destinations, refresh)

    async def divert(self, number: str, **to: str) -> dict[str, Any]:
        fields = DiversionFields(**{name: self.to(text) for name, text in to.items()})  # type: ignore[arg-type]
        return await self.diversions.change(ADMIN, "acme", number, fields)

    async def number(self, number: str, to: str, **fields: Any) -> Any:
        return await self.numbers.add(ADMIN, NewNumber(number=number, account="acme", **fields), self.to(to))

    async def group(self, name: str, *members: str, otherwise: str = "") -> dict[str, Any]:
        fields = GroupFields(members=members, otherwise=self.to(otherwise))
        return await self.groups.add(ADMIN, "acme", name, fields)

    def to(self, text: str) -> Callable[..., str]:
        return to_destination(self.destinations, text)

    def resolved(self, text: str, hops: int = 1) -> Answering:
        return self.destinations.resolve(self.account.id, text, hops=hops)

    async def answering(self, number: str) -> Any:
        return await Directory(self.cache, self.destinations).from_trunk(Called(user=number), "")

    async def audited(self) -> list[str]:
        found = await self.database.read(lambda conn: audit.of(conn, self.account.id))
        return [entry.what for entry in reversed(found)]


@pytest.fixture
async def house(database: Database, writer: Writer, cache: SettingsCache, account: Account) -> House:
    def unit(conn: Any) -> None:
        ann = User(id="user-1", account=account.id, email="ann@example.com", name="", role=Role.MEMBER, created=0.0)
        users.add(conn, ann, "")
        for number in ("101", "102"):
            phone = Extension(number=number, account=account.id, sip_user=number, password="secret-of-" + number)
            extensions.add(conn, phone)
            extensions.give(conn, msgspec.structs.replace(phone, owner="user-1"))
        applications.create(conn, Application(id="app-1", account=account.id, name="shop", dialect="one"))

    await writer.write(unit)
    await cache.load()
    return House(database, writer, cache, account)


@pytest.mark.parametrize(
    ("written", "stored", "tasks"),
    [
        ("extension:101", "extension:101", (Dial(to="101"),)),
        ("room:sales", "room:sales", (JoinConference(name="sales"),)),
        ("hangup", "hangup:rejected", (HangUp(cause="rejected"),)),
        ("hangup:busy", "hangup:busy", (HangUp(cause="busy"),)),
        ("forward:(201) 555-0114", "forward:+12015550114", (Dial(to="12015550114"),)),
        ("forward:+44 20 7183 8750", "forward:+442071838750", (Dial(to="442071838750"),)),
        ('tasks:[{"kind":"say","text":"Hi"}]', 'tasks:[{"kind":"say","text":"Hi"}]', (Say(text="Hi"),)),
        ("application:shop", "application:app-1", ()),
        ("user:Ann@example.com", "user:user-1", (Ring(members=("101", "102"), seconds=25.0, hops=1),)),
    ],
)
async def test_each_kind_is_stored_shown_and_resolved(
    house: House, written: str, stored: str, tasks: tuple[Any, ...]
) -> None:
    assert house.destinations.checked(house.account, written) == stored
    assert house.resolved(stored).tasks == tasks == house.resolved(written).tasks
    shown = house.destinations.shown(house.account, stored)
    assert shown is not None and shown["kind"] == written.partition(":")[0]
    assert house.destinations.checked(house.account, stored) == stored


async def test_what_is_shown_names_what_people_know(house: House) -> None:
    assert house.destinations.written(house.account, "application:app-1") == "application:shop"
    assert house.destinations.written(house.account, "") == ""
    shown = house.destinations.shown(house.account, 'tasks:[{"kind":"say","text":"Hi"}]')
    assert shown is not None and shown["text"] == "tasks" and shown["tasks"][0]["text"] == "Hi"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("extension:109", "no extension 109"),
        ("application:none", "no application none"),
        ("group:none", "no ring group none"),
        ("forward:911", "Emergency"),
        ("forward:12", "7 to 15 digits"),
        ("hangup:maybe", "cause must be one of"),
        ("room:", "which room"),
        ("extension:", "which extension it names .got 'extension:'"),
        ("group", "which group"),
        ("tasks:[]", "at least one task"),
        ("tasks:[{}]", "list of tasks"),
        ('tasks:[{"kind":"converse","topic":"rooms"}]', "must have no task converse: only the engine writes it"),
        ('tasks:[{"kind":"ask","question":"offered"}]', "must have no task ask"),
        (f"room:room-{'0a' * 14}", f"room:room-{'0a' * 14} has PINs, which rooms:room-.* asks for"),
        ("mailbox:101", "kind must be one of application, extension, forward, group, hangup, room, tasks"),
        ("101", "such as extension:101"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(house: House, written: str, sentence: str) -> None:
    with pytest.raises(FeatureError, match=sentence):
        house.destinations.checked(house.account, written)


async def test_an_extension_leads_on_where_it_says_and_rings_for_its_time(house: House) -> None:
    await house.divert("101", no_answer="forward:+12015550114", busy="extension:102")
    (dial,) = house.resolved("extension:101", hops=2).tasks
    assert isinstance(dial, Dial) and dial.diversions is not None
    assert (dial.leg.ring_seconds, dial.hops) == (25.0, 2)
    assert (dial.diversions.no_answer, dial.diversions.busy) == ("forward:+12015550114", "extension:102")
    await house.diversions.change(ADMIN, None, "101", DiversionFields(ring_seconds=7, busy=nowhere))
    (dial,) = house.resolved("extension:101").tasks
    assert isinstance(dial, Dial) and dial.diversions is not None
    assert (dial.leg.ring_seconds, dial.diversions.busy) == (7, "")
    assert await house.audited() == ["extension.diverted", "extension.diverted"]


async def test_a_softphone_that_dials_a_colleague_is_led_on_too(house: House) -> None:
    await house.divert("101", unregistered="hangup:busy")
    found = await Directory(house.cache, house.destinations).from_extension("101", "102")
    assert found is not None and found.caller == "102"
    (dial,) = found.tasks
    assert isinstance(dial, Dial) and dial.diversions is not None and dial.diversions.unregistered == "hangup:busy"


async def test_a_number_leads_to_each_kind_and_back_to_an_application(house: House) -> None:
    added = await house.number(NUMBER, "extension:101")
    assert (added.application, added.leads_to["text"]) == (None, "extension:101")
    assert (await house.answering(NUMBER)).tasks == (Dial(to="101"),)
    led = await house.numbers.lead(ADMIN, NUMBER, house.to("application:shop"))
    assert led.application is not None and led.leads_to == {
        "kind": "application", "text": "application:shop", "target": "shop",
    }  # fmt: skip
    assert (await house.answering(NUMBER)).application == "app-1"
    nobody = await house.numbers.lead(ADMIN, NUMBER, nowhere)
    assert nobody.leads_to is None and (await house.answering(NUMBER)).reason == "unassigned"
    await house.numbers.remove(ADMIN, NUMBER)
    assert await house.audited() == ["number.added", "number.changed", "number.changed", "number.removed"]


async def test_a_number_s_tasks_are_kept_with_it(house: House) -> None:
    leads_to = to_tasks(house.destinations, [Say(text="Hi"), HangUp()], lambda tasks, country: tuple(tasks))
    view = await house.numbers.add(ADMIN, NewNumber(number="500", account="acme"), leads_to)
    assert view.leads_to is not None and [task["kind"] for task in view.leads_to["tasks"]] == ["say", "hang_up"]
    assert (await house.answering("500")).tasks == (Say(text="Hi"), HangUp())


async def test_a_forward_to_an_own_number_does_not_go_out(house: House) -> None:
    await house.number(NUMBER, "extension:101")
    await house.number(OTHER, "forward:+14155550100")
    (first,) = (await house.answering(OTHER)).tasks
    assert first == GoTo(destination="extension:101", hops=1)


async def test_a_destination_that_is_gone_is_found_out_by_the_call_itself(house: House) -> None:
    await house.number(NUMBER, "extension:101")
    await house.writer.write(lambda conn: extensions.remove(conn, house.account.id, "101"))
    await house.cache.load()
    (first,) = (await house.answering(NUMBER)).tasks
    assert first == GoTo(destination="extension:101")
    with pytest.raises(NoDestination, match="no extension 101") as refused:
        house.resolved("extension:101")
    assert refused.value.cause == "user_unknown"


@pytest.mark.parametrize("text", ["tasks:[{}]", "tasks:[]", "hangup:maybe", "room:", "group", "mailbox:101"])
async def test_what_a_task_says_that_is_no_destination_ends_the_call_with_a_sentence(house: House, text: str) -> None:
    with pytest.raises(NoDestination, match=r"must|no ring group|needs a name|no destination"):
        house.resolved(text)


async def test_a_call_that_was_led_on_too_often_is_ended_with_a_sentence(house: House) -> None:
    assert house.resolved("room:sales", hops=MOST_HOPS).tasks
    with pytest.raises(NoDestination, match="led on 5 times and is ended before room:sales") as refused:
        house.resolved("room:sales", hops=MOST_HOPS + 1)
    assert (refused.value.cause, refused.value.reason) == ("loop", "loop")


async def test_what_leads_to_itself_is_refused_when_it_is_set(house: House) -> None:
    with pytest.raises(InvalidSetting, match="extension:101 would lead to itself: extension:101 → extension:101"):
        await house.divert("101", busy="extension:101")
    await house.group("sales", "101", otherwise="extension:102")
    await house.divert("101", no_answer="group:sales")
    with pytest.raises(InvalidSetting, match="extension:102 → extension:101 → group:sales → extension:102"):
        await house.divert("102", busy="extension:101")
    with pytest.raises(InvalidSetting, match="group:sales would lead to itself"):
        fields = GroupFields(otherwise=house.to("group:sales"))
        await house.groups.change(ADMIN, "acme", "sales", fields)
    await house.number(NUMBER, "extension:102")
    await house.number(OTHER, "forward:4155550100")
    with pytest.raises(InvalidSetting, match="would lead to itself"):
        await house.numbers.lead(ADMIN, NUMBER, house.to(f"forward:+{OTHER}"))
    with pytest.raises(InvalidSetting, match="would lead to itself"):
        await house.numbers.lead(ADMIN, NUMBER, house.to(f"forward:+{NUMBER}"))


async def test_the_audit_keeps_of_a_list_of_tasks_their_kinds_alone(house: House) -> None:
    tasks = 'tasks:[{"kind":"play","source":"http://ann:canary@shop.example/?key=canary"}]'
    await house.group("sales", "101", otherwise=tasks)
    await house.groups.change(ADMIN, "acme", "sales", GroupFields(seconds=9))
    await house.groups.remove(ADMIN, "acme", "sales")
    await house.divert("101", busy=tasks)
    await house.divert("101", busy="hangup")
    await house.divert("101", no_answer=tasks)
    await house.number(NUMBER, tasks)
    found = await house.database.read(lambda conn: audit.of(conn, house.account.id))
    assert len(found) == 7 and "canary" not in msgspec.json.encode(found).decode()
    diverted = next(entry for entry in found if entry.what == "extension.diverted")
    assert diverted.after == {"no_answer": {"kind": "tasks", "text": "tasks", "target": "", "tasks": ["play"]}}


async def test_a_menu_may_lead_back_for_its_caller_chooses(house: House) -> None:
    menu = '[{"kind":"run_menu","first":"m","menus":[{"id":"m","choices":[{"digit":"1","to":"extension:101"}]}]}]'
    await house.number(NUMBER, f"tasks:{menu}")
    await house.divert("101", no_answer=f"forward:+{NUMBER}")
    assert (await house.answering(NUMBER)).tasks


async def test_a_group_s_members_are_read_as_its_account_writes_them(house: House) -> None:
    shown = await house.group("sales", "101", "(201) 555-0114")
    assert shown["members"] == ["101", "+12015550114"]
    (ring,) = house.resolved("group:sales", hops=3).tasks
    assert ring == Ring(members=("101", "12015550114"), hops=3)
    changed = await house.groups.change(ADMIN, "acme", "sales", GroupFields(strategy="in_order", seconds_each=9))
    assert (changed["strategy"], changed["seconds_each"], changed["members"]) == ("in_order", 9, shown["members"])
    assert [group["name"] for group in await house.groups.list()] == ["sales"]
    assert await house.audited() == ["group.added", "group.changed"]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ((), "at least one member"),
        (("999",), "Emergency|extension of the account"),
        (("109",), "extension of the account"),
        (("101", "101"), "named once"),
        (("911",), "extension of the account|Emergency"),
        (("hello",), "only digits"),
        (("101 102",), "'101 102' cannot be a member of a group. A telephone number has 7 to 15 digits"),
    ],
)
async def test_a_group_that_cannot_ring_is_refused(house: House, members: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(FeatureError, match=sentence):
        await house.group("sales", *members)


async def test_a_group_is_removed_when_nothing_leads_to_it(house: House) -> None:
    await house.group("sales", "101")
    await house.number(NUMBER, "group:sales")
    with pytest.raises(StillUsed, match=f"the number {NUMBER} leads to it"):
        await house.groups.remove(ADMIN, "acme", "sales")
    await house.numbers.lead(ADMIN, NUMBER, nowhere)
    await house.groups.remove(ADMIN, "acme", "sales")
    with pytest.raises(NotThere):
        await house.groups.remove(ADMIN, "acme", "sales")


async def test_another_account_s_extensions_groups_and_applications_are_not_destinations(
    house: House, writer: Writer
) -> None:
    await house.group("sales", "101")
    stranger = Account(id="acct-2", name="other", created=0.0, country="US", currency="USD")
    for text in ("extension:101", "group:sales", "application:shop", "application:app-1"):
        with pytest.raises(NotThere):
            house.destinations.checked(stranger, text)


async def test_two_changes_of_an_extension_at_once_both_count(house: House) -> None:
    await asyncio.gather(house.divert("101", no_answer="extension:102"), house.divert("101", busy="hangup:busy"))
    (dial,) = house.resolved("extension:101").tasks
    assert isinstance(dial, Dial) and dial.diversions is not None
    assert (dial.diversions.no_answer, dial.diversions.busy) == ("extension:102", "hangup:busy")


async def test_an_extension_that_forwards_every_call_does_not_ring_alone_or_in_a_group(house: House) -> None:
    await house.divert("101", always="extension:102", no_answer="room:lobby")
    assert house.resolved("extension:101").tasks == (GoTo(destination="extension:102", hops=1, diverted_by="101"),)
    await house.group("both", "101", "102", otherwise="room:lobby")
    (ring,) = house.resolved("group:both").tasks
    assert isinstance(ring, Ring) and ring.members == ("102",)
    await house.group("one", "101", otherwise="room:lobby")
    assert house.resolved("group:one").tasks == (GoTo(destination="room:lobby", hops=1),)
    with pytest.raises(InvalidSetting, match="extension:102 would lead to itself"):
        await house.divert("102", busy="extension:101")


async def test_a_user_s_phones_that_forward_every_call_do_not_ring(house: House) -> None:
    await house.divert("101", always="room:lobby")
    (ring,) = house.resolved("user:Ann@example.com").tasks
    assert isinstance(ring, Ring) and ring.members == ("102",)
    await house.divert("102", always="room:sales")
    expected = GoTo(destination="room:lobby", hops=1, diverted_by="101")
    assert house.resolved("user:Ann@example.com").tasks == (expected,)


async def test_nothing_is_led_to_a_number_of_high_risk_that_is_not_allowed(house: House) -> None:
    with pytest.raises(InvalidSetting, match="may not call that number"):
        await house.divert("101", always="forward:+19005550100")
