"""Rooms and PINs in memory."""

import time

from engine.features.rooms.index import RoomIndex
from engine.features.rooms.model import Room, RoomSettings
from engine.features.rooms.store import Pin

MANY = 5_000


def a_room(number: int, account: str = "acct-1") -> Room:
    id = f"room-{account}-{number}"
    return Room(id=id, account=account, number=str(number), name="", settings=RoomSettings(), created=0.0)


def pins_of(room: Room) -> list[Pin]:
    return [Pin(room.account, f"{room.number}-{admin}", room.id, admin) for admin in (False, True)]


def test_the_rooms_of_an_account_that_is_closed_are_forgotten_at_once_however_many() -> None:
    index, closed, kept = RoomIndex(), [a_room(number) for number in range(MANY)], a_room(1, "acct-2")
    index.load([*closed, kept], [pin for room in (*closed, kept) for pin in pins_of(room)])
    began = time.process_time()
    index.keep(lambda account: account == "acct-2")
    assert time.process_time() - began < 0.5, "the event loop stands still meanwhile"
    assert index.count("acct-1") == 0 and index.entered("acct-1", "7-True") is None
    assert index.entered("acct-2", "1-True") == (kept, True)


def test_a_pin_that_was_replaced_opens_nothing_and_one_that_another_room_took_opens_that_one() -> None:
    index, first, second = RoomIndex(), a_room(1), a_room(2)
    index.put(first, {False: "old", True: "admin"})
    index.put(second, {False: "old"})
    index.put(first, {False: "new", True: "admin"})
    assert index.entered("acct-1", "old") == (second, False)
    assert index.entered("acct-1", "new") == (first, False)
    index.drop(first)
    assert index.entered("acct-1", "new") is None and index.entered("acct-1", "admin") is None
