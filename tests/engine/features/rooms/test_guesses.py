"""The pace of wrong PINs of rooms: of a caller, of PINs alone, of one room, and who is not held back by others."""

from engine.features.guesses.budgets import BY_CALLER, BY_KNOWN
from engine.features.rooms import pins
from engine.features.rooms.entering import Place, asking
from engine.features.rooms.model import RoomChange
from engine.features.rooms.service import RoomService
from engine.platform.audit import SYSTEM
from engine.store.accounts import Account
from engine.store.database import Database
from tests.engine.features.guesses.test_guesses import told
from tests.engine.features.rooms.conftest import AtTheDoor
from tests.engine.features.rooms.test_rooms import PIN, make, said
from tests.engine.features.subscriptions.conftest import Clock


def numbers(count: int) -> list[str]:
    """So many callers."""
    return [f"1201666{number:04d}" for number in range(count)]


async def test_a_caller_has_nine_guesses_and_then_a_lock_even_for_the_right_pin(
    rooms: RoomService, door: AtTheDoor, account: Account, clock: Clock
) -> None:
    await make(rooms, account)
    for guess in range(BY_CALLER.free):
        assert await door.opens(account, f"12*6{guess}027") is None
    for code in (f"12*{PIN}", "12*61027"):
        assert "Too many wrong PINs" in said((await door.enters(account, code))[0])
    assert await door.opens(account, PIN, caller="12015550115")
    clock.now += 900 + 1
    assert await door.opens(account, f"12*{PIN}")


async def test_guesses_of_pins_alone_under_many_numbers_end_in_a_question_for_the_room_s_number_too(
    rooms: RoomService, door: AtTheDoor, account: Account, other: Account
) -> None:
    await make(rooms, account)
    await make(rooms, other)
    assert await door.opens(account, PIN, caller="12015550199")
    for caller in numbers(pins.ONE.free):
        assert await door.opens(account, "61027", caller=caller) is None
    (asked,) = await door.enters(account, PIN, caller="12016669999")
    assert asked == asking(Place(numbered=True, ended=True))
    (again,) = await door.enters(account, PIN, caller="12016669999", place=Place(numbered=True))
    assert again == asking(Place(numbered=True, tries=1, ended=True)), "a PIN alone is not looked at"
    assert await door.opens(account, f"12*{PIN}", caller="12016669999", place=Place(numbered=True))
    assert await door.opens(account, PIN, caller="12015550199"), "who was right before is not held back"
    assert await door.opens(other, PIN, caller="12016669999"), "nor is another account's caller"


async def test_a_room_that_is_guessed_at_is_locked_and_so_is_a_number_that_is_no_room(
    rooms: RoomService, door: AtTheDoor, account: Account, database: Database
) -> None:
    await make(rooms, account)
    heard = []
    for number in ("12", "77"):
        for caller in numbers(pins.ONE.free):
            assert await door.opens(account, f"{number}*61027", caller=caller) is None
        heard.append(await door.enters(account, f"{number}*{PIN}", caller="12016669999"))
    assert heard[0] == heard[1] and "Too many wrong PINs" in said(heard[0][0])
    assert [event.target for event in await told(database) if event.target] == ["12", "***"]


async def test_who_was_right_under_many_numbers_has_few_guesses_more_at_the_admin_s_pin(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account)
    looked_at = 0
    for caller in numbers(10):
        assert await door.opens(account, f"12*{PIN}", caller=caller)
    for caller in numbers(10):
        for guess in range(BY_CALLER.free):
            first = (await door.enters(account, f"12*6{guess}027", caller=caller))[0]
            looked_at += first == asking(Place(tries=1, ended=True))
    assert looked_at == BY_KNOWN.free


async def test_a_new_pin_unlocks_the_room_and_nobody_is_known_there_any_more(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account)
    for caller in numbers(pins.ONE.free):
        await door.opens(account, "12*61027", caller=caller)
    await rooms.change(SYSTEM, account.id, "12", RoomChange(pin="61520"))
    assert await door.opens(account, "12*61520", caller="12016669999")


async def test_a_new_pin_forgets_who_was_right_with_a_pin_alone(
    rooms: RoomService, door: AtTheDoor, account: Account
) -> None:
    await make(rooms, account)
    assert await door.opens(account, PIN, caller="12015550199")
    for caller in numbers(pins.ONE.free):
        await door.opens(account, "61027", caller=caller)
    assert await door.opens(account, PIN, caller="12015550199")
    await rooms.change(SYSTEM, account.id, "12", RoomChange(pin="61520"))
    (asked,) = await door.enters(account, "61520", caller="12015550199")
    assert asked == asking(Place(numbered=True, ended=True)), "asked for the room's number as strangers are"
