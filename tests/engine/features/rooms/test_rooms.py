"""Rooms: their PINs and settings, what is kept of them, and which PIN opens which."""

from typing import Any

import pytest
from sqlalchemy import text

from engine.calls.directory import NoDestination
from engine.features.destinations.feature import DestinationsFeature
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.guesses.service import Guesses
from engine.features.rooms import pins
from engine.features.rooms.destination import RoomsKind
from engine.features.rooms.entering import TOPIC, Place, asking
from engine.features.rooms.feature import RoomsFeature
from engine.features.rooms.model import NewRoom, RoomChange, RoomSettings, WithPins
from engine.features.rooms.service import RoomService
from engine.platform import audit
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.store.accounts import Account
from engine.store.database import Database
from engine.tasks.converse import Converse
from engine.tasks.hang_up import HangUp
from engine.tasks.say import Say
from tests.engine.features.rooms.conftest import AtTheDoor
from tests.engine.features.subscriptions.conftest import Clock
from tests.support.digits import stands_in

PIN, ADMIN_PIN = "48215", "90371"


async def make(rooms: RoomService, account: Account, **fields: Any) -> WithPins:
    return await rooms.add(SYSTEM, account.id, NewRoom(**{"number": "12", "pin": PIN, "admin_pin": ADMIN_PIN} | fields))


def said(task: object) -> str:
    assert isinstance(task, Say)
    return task.text


async def test_a_room_without_anything_given_has_a_number_and_two_pins(rooms: RoomService, account: Account) -> None:
    made = await rooms.add(SYSTEM, account.id, NewRoom())
    assert made.room.number.isdigit() and made.room.name == made.room.number
    assert made.pin and made.admin_pin and made.pin != made.admin_pin
    assert await rooms.get(account.id, made.room.number) == await rooms.get(account.id, made.room.id) == made.room


async def test_each_pin_opens_its_room_as_participant_or_admin(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    made = await make(rooms, account)
    for code, admin in ((PIN, False), (ADMIN_PIN, True), (f"12*{PIN}", False)):
        task = await door.opens(account, code)
        assert task is not None
        assert (task.name, task.admin, task.rules) == (made.room.id, admin, RoomSettings().rules)
    for wrong in ("48216", f"13*{PIN}", f"*{PIN}", "", "12*"):
        assert await door.opens(account, wrong) is None


async def test_a_pin_of_another_room_or_account_does_not_open_this_one(
    rooms: RoomService, door: AtTheDoor, account: Account, other: Account
) -> None:
    made, theirs = await make(rooms, account), await make(rooms, other)
    second = await rooms.add(SYSTEM, account.id, NewRoom(number="13"))
    for owner, room in ((account, made.room), (other, theirs.room)):
        task = await door.opens(owner, PIN)
        assert task is not None and task.name == room.id
    assert await door.opens(account, PIN, line=second.room.id) is None
    assert await door.opens(account, PIN, line=theirs.room.id) is None
    with pytest.raises(NotThere):
        await rooms.get(account.id, theirs.room.id)


@pytest.mark.parametrize(
    "pin", ["0000", "1234", "4321", "7890", "9999999999", "123", "12345678901", "12a4", "٤٨٢١٥", ""]
)
async def test_pins_that_are_none_or_guessed_first_are_refused_and_not_repeated(
    rooms: RoomService, account: Account, pin: str
) -> None:
    for fields in ({"pin": pin}, {"admin_pin": pin}):
        with pytest.raises(InvalidSetting) as refused:
            await make(rooms, account, **fields)
        assert not pin or pin not in str(refused.value)
    assert await rooms.list_all(account.id) == []


async def test_equal_pins_are_refused_also_one_after_the_other(rooms: RoomService, account: Account) -> None:
    with pytest.raises(InvalidSetting, match="must differ"):
        await make(rooms, account, admin_pin=PIN)
    await make(rooms, account)
    with pytest.raises(InvalidSetting, match="must differ"):
        await rooms.change(SYSTEM, account.id, "12", RoomChange(pin=ADMIN_PIN))
    with pytest.raises(AlreadyThere, match="another room"):
        await make(rooms, account, number="13", admin_pin="61520")
    with pytest.raises(AlreadyThere, match="room 12 already"):
        await make(rooms, account, pin="61520", admin_pin="61521")
    assert len(await rooms.list_all(account.id)) == 1


async def test_a_changed_pin_counts_at_once_and_the_former_does_not(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account)
    changed = await rooms.change(SYSTEM, account.id, "12", RoomChange(pin="61520", settings={"most": 3}))
    assert (changed.pin, changed.admin_pin, changed.room.settings.most) == ("61520", None, 3)
    assert await door.opens(account, PIN) is None
    task, admins = await door.opens(account, "61520"), await door.opens(account, ADMIN_PIN)
    assert task and task.rules and task.rules.most == 3 and admins and admins.admin
    await rooms.remove(SYSTEM, account.id, "12")
    assert await door.opens(account, "61520") is None


async def test_neither_the_database_nor_the_audit_has_a_pin(
    rooms: RoomService, account: Account, database: Database
) -> None:
    await make(rooms, account)
    await rooms.change(SYSTEM, account.id, "12", RoomChange(pin="61520"))

    def everything(conn: Any) -> str:
        return "".join(str(conn.execute(text(f"SELECT * FROM {table}")).all()) for table in ("rooms", "room_pins"))

    kept = await database.read(everything)
    entries = str(await database.read(lambda conn: audit.of(conn, account.id)))
    for pin in (PIN, ADMIN_PIN, "61520"):
        assert not stands_in(pin, kept) and not stands_in(pin, entries)
    assert "room.added" in entries and "room.changed" in entries


async def test_after_a_restart_the_same_pins_open_the_same_rooms(
    rooms: RoomService, features: Features, account: Account
) -> None:
    made = await make(rooms, account, settings=RoomSettings(locked=True, opens=5.0))
    platform = features._platform
    again = RoomsFeature(platform, Guesses(platform), DestinationsFeature(platform).registry)
    await again.start()
    entering = again.conversations[TOPIC]
    task = await AtTheDoor(entering).opens(account, ADMIN_PIN)  # type: ignore[arg-type]
    assert task and task.rules
    assert (task.name, task.admin, task.rules.locked) == (made.room.id, True, True)


async def test_outside_of_the_window_a_caller_hears_when_it_opens_or_that_it_is_over_and_is_hung_up(
    rooms: RoomService, door: AtTheDoor, account: Account, clock: Clock
) -> None:
    settings = RoomSettings(opens=clock.now + 3600, closes=clock.now + 7200, timezone="Europe/Berlin")
    await make(rooms, account, settings=settings)
    early, end = await door.enters(account, ADMIN_PIN)
    assert said(early).startswith("The conference opens on January 15 at 10:00 AM, Berlin.")
    assert isinstance(end, HangUp)
    clock.now += 3600
    assert await door.opens(account, PIN)
    clock.now += 3600
    late, _ = await door.enters(account, PIN)
    assert said(late) == "The conference is over. Goodbye."


async def test_the_destination_asks_for_a_pin_of_all_rooms_or_of_one(
    rooms: RoomService, kind: RoomsKind, account: Account, other: Account
) -> None:
    made = await make(rooms, account, settings=RoomSettings(language="de-DE"))
    assert kind.checked(account, "") == ""
    assert kind.checked(account, "12") == made.room.id
    assert kind.fields(account, made.room.id) == {"target": "12"}
    with pytest.raises(NotThere):
        kind.checked(other, made.room.id)
    (ask,) = kind.answering(account, made.room.id, 1).tasks
    assert isinstance(ask, Converse) and (ask.topic, ask.confidential) == (TOPIC, True)
    assert made.room.id in ask.state
    with pytest.raises(NoDestination):
        kind.answering(other, made.room.id, 1)


async def test_three_wrong_pins_end_the_call_and_a_second_key_that_ended_one_is_no_further_try(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account)
    (second,) = await door.enters(account, "61027")
    assert second == asking(Place(tries=1, ended=True))
    (third,) = await door.enters(account, "61027", place=Place(tries=1))
    assert third == asking(Place(tries=2, ended=True))
    farewell, end = await door.enters(account, "61027", place=Place(tries=2))
    assert "not right. Goodbye" in said(farewell) and isinstance(end, HangUp)


def test_a_random_pin_may_be_set() -> None:
    for _ in range(50):
        assert pins.checked(pins.random_pin(), "pin")


@pytest.mark.parametrize(
    ("rooms", "digits"), [(0, 4), (1, 4), (2, 5), (10, 5), (11, 6), (100, 6), (101, 7), (1000, 7), (10_000, 8)]
)
def test_pins_are_a_digit_longer_for_each_tenfold_of_rooms(rooms: int, digits: int) -> None:
    assert pins.least_digits(rooms) == digits
    assert len(pins.random_pin(rooms)) == max(6, digits + 1)
    easy = "4827159036"[: digits - 1]
    with pytest.raises(InvalidSetting) as refused:
        pins.checked(easy, "pin", rooms=rooms)
    assert easy not in str(refused.value)


async def test_a_short_pin_of_one_room_more_is_refused_with_a_sentence_and_that_of_the_first_room_still_opens(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account, pin="4821", admin_pin="9037")
    with pytest.raises(InvalidSetting, match=r"pin must have at least 5 digits \(got 4\): the account has 2 rooms"):
        await make(rooms, account, number="13", pin="6152", admin_pin="61521")
    await make(rooms, account, number="13", pin="61520", admin_pin="61521")
    with pytest.raises(InvalidSetting, match="admin_pin must have at least 5 digits"):
        await rooms.change(SYSTEM, account.id, "12", RoomChange(admin_pin="6027"))
    assert await door.opens(account, "4821")


@pytest.mark.parametrize("moment", [-1.0, 3e11, float("nan"), float("inf")])
def test_a_room_opens_and_closes_at_times_that_can_be_spoken(moment: float) -> None:
    for name in ("opens", "closes"):
        with pytest.raises(InvalidSetting, match=name):
            RoomSettings(**{name: moment}).checked()
