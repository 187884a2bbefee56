"""Rooms: their PINs and settings, what is kept of them, which PIN opens which, and the pace of guesses."""

from typing import Any

import pytest
from sqlalchemy import text

from engine.calls.directory import NoDestination
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.rooms import guesses, pins
from engine.features.rooms.destination import RoomsKind
from engine.features.rooms.feature import RoomsFeature
from engine.features.rooms.gate import RoomGate
from engine.features.rooms.model import NewRoom, RoomChange, RoomSettings, WithPins
from engine.features.rooms.service import RoomService
from engine.model.call import Call, Direction
from engine.platform import audit
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.store.accounts import Account
from engine.store.database import Database
from engine.tasks.enter_code import EnterCode
from engine.tasks.hang_up import HangUp
from engine.tasks.join_conference import JoinConference
from engine.tasks.say import Say
from tests.engine.features.subscriptions.conftest import Clock

PIN, ADMIN_PIN = "48215", "90371"


def call_of(account: Account, caller: str = "12015550114") -> Call:
    return Call(
        id="call-1", root="call-1", account=account.id, direction=Direction.INBOUND, caller=caller,
        callee="442012345678", state="answered", created=0.0, ari_application="carillon-0",
    )  # fmt: skip


async def make(rooms: RoomService, account: Account, **fields: Any) -> WithPins:
    return await rooms.add(SYSTEM, account.id, NewRoom(**{"number": "12", "pin": PIN, "admin_pin": ADMIN_PIN} | fields))


async def opened(gate: RoomGate, account: Account, code: str, target: str = "", caller: str = "12015550114") -> Any:
    """The task behind a right code, or the sentence; None: it is wrong."""
    found = await gate.open(call_of(account, caller), target, code)
    return None if found is None else found[0]


async def test_a_room_without_anything_given_has_a_number_and_two_pins(rooms: RoomService, account: Account) -> None:
    made = await rooms.add(SYSTEM, account.id, NewRoom())
    assert made.room.number.isdigit() and made.room.name == made.room.number
    assert made.pin and made.admin_pin and made.pin != made.admin_pin
    assert await rooms.get(account.id, made.room.number) == await rooms.get(account.id, made.room.id) == made.room


async def test_each_pin_opens_its_room_as_participant_or_admin(
    rooms: RoomService, gate: RoomGate, account: Account
) -> None:
    made = await make(rooms, account)
    for code, admin in ((PIN, False), (ADMIN_PIN, True), (f"12*{PIN}", False)):
        task = await opened(gate, account, code)
        assert isinstance(task, JoinConference)
        assert (task.name, task.admin, task.rules) == (made.room.id, admin, RoomSettings().rules)
    for wrong in ("48216", f"13*{PIN}", f"*{PIN}", "", "12*"):
        assert await opened(gate, account, wrong) is None


async def test_a_pin_of_another_room_or_account_does_not_open_this_one(
    rooms: RoomService, gate: RoomGate, account: Account, other: Account
) -> None:
    made, theirs = await make(rooms, account), await make(rooms, other)
    second = await rooms.add(SYSTEM, account.id, NewRoom(number="13"))
    assert (await opened(gate, account, PIN)).name == made.room.id
    assert (await opened(gate, other, PIN)).name == theirs.room.id
    assert await opened(gate, account, PIN, second.room.id) is None
    assert await opened(gate, account, PIN, theirs.room.id) is None
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
    rooms: RoomService, gate: RoomGate, account: Account
) -> None:
    await make(rooms, account)
    changed = await rooms.change(SYSTEM, account.id, "12", RoomChange(pin="61520", settings={"most": 3}))
    assert (changed.pin, changed.admin_pin, changed.room.settings.most) == ("61520", None, 3)
    assert await opened(gate, account, PIN) is None
    assert (await opened(gate, account, "61520")).rules.most == 3
    assert (await opened(gate, account, ADMIN_PIN)).admin
    await rooms.remove(SYSTEM, account.id, "12")
    assert await opened(gate, account, "61520") is None


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
        assert pin not in kept and pin not in entries
    assert "room.added" in entries and "room.changed" in entries


async def test_after_a_restart_the_same_pins_open_the_same_rooms(
    rooms: RoomService, features: Features, account: Account
) -> None:
    made = await make(rooms, account, settings=RoomSettings(locked=True, opens=5.0))
    again = RoomsFeature(features._platform)
    await again.start()
    (gate,) = again.gates.values()
    assert isinstance(gate, RoomGate)
    task = await opened(gate, account, ADMIN_PIN)
    assert (task.name, task.admin, task.rules.locked) == (made.room.id, True, True)


async def test_outside_of_the_window_a_caller_hears_when_it_opens_or_that_it_is_over(
    rooms: RoomService, gate: RoomGate, account: Account, clock: Clock
) -> None:
    settings = RoomSettings(opens=clock.now + 3600, closes=clock.now + 7200, timezone="Europe/Berlin")
    await make(rooms, account, settings=settings)
    early = await opened(gate, account, ADMIN_PIN)
    assert isinstance(early, Say) and early.text.startswith("The conference opens on January 15 at 10:00 AM, Berlin.")
    clock.now += 3600
    assert isinstance(await opened(gate, account, PIN), JoinConference)
    clock.now += 3600
    assert (await opened(gate, account, PIN)).text == "The conference is over. Goodbye."


async def test_guesses_of_a_caller_are_used_up_even_for_the_right_pin_and_come_back(
    rooms: RoomService, gate: RoomGate, account: Account, clock: Clock
) -> None:
    await make(rooms, account)
    for guess in range(int(guesses.CALLER[0])):
        assert await opened(gate, account, f"6{guess}027") is None
    for code in (PIN, "61027"):
        assert "Too many wrong PINs" in (await opened(gate, account, code)).text
    assert isinstance(await opened(gate, account, PIN, caller="12015550115"), JoinConference)
    clock.now += 1 / guesses.CALLER[1]
    assert isinstance(await opened(gate, account, PIN), JoinConference)


async def test_guesses_under_many_numbers_are_used_up_and_who_was_right_before_still_gets_in(
    rooms: RoomService, gate: RoomGate, account: Account, other: Account
) -> None:
    await make(rooms, account)
    await make(rooms, other)
    assert isinstance(await opened(gate, account, PIN, caller="12015550199"), JoinConference)
    for guess in range(int(guesses.ACCOUNT[0])):
        assert await opened(gate, account, "61027", caller=f"1201666{guess:04d}") is None
    assert "Too many" in (await opened(gate, account, PIN, caller="12016669999")).text
    assert isinstance(await opened(gate, account, PIN, caller="12015550199"), JoinConference)
    assert isinstance(await opened(gate, other, PIN, caller="12016669999"), JoinConference)


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
    assert isinstance(ask, EnterCode) and ask.target == made.room.id and "PIN ein" in str(ask.prompt)
    with pytest.raises(NoDestination):
        kind.answering(other, made.room.id, 1)


async def test_who_is_too_early_is_hung_up_behind_the_sentence(
    rooms: RoomService, gate: RoomGate, account: Account, clock: Clock
) -> None:
    await make(rooms, account, settings=RoomSettings(opens=clock.now + 60))
    found = await gate.open(call_of(account), "", PIN)
    assert found is not None and isinstance(found[-1], HangUp)


def test_a_random_pin_may_be_set() -> None:
    for _ in range(50):
        assert pins.checked(pins.random_pin(), "pin")


async def test_who_was_right_once_under_many_numbers_has_no_more_guesses_than_all_unknown_callers(
    rooms: RoomService, gate: RoomGate, account: Account
) -> None:
    await make(rooms, account)
    allowed = 0
    for caller in range(10):
        number = f"1201555{caller:04}"
        await opened(gate, account, PIN, caller=number)
        for guess in range(int(guesses.CALLER[0])):
            allowed += await opened(gate, account, f"6{guess}027", caller=number) is None
    assert allowed == guesses.ACCOUNT[0]


@pytest.mark.parametrize("moment", [-1.0, 3e11, float("nan"), float("inf")])
def test_a_room_opens_and_closes_at_times_that_can_be_spoken(moment: float) -> None:
    for name in ("opens", "closes"):
        with pytest.raises(InvalidSetting, match=name):
            RoomSettings(**{name: moment}).checked()
