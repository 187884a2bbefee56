"""The rules of rooms: every change of one goes through here, and is audited."""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.guesses.service import Guesses
from engine.features.rooms import pins, store
from engine.features.rooms.index import RoomIndex
from engine.features.rooms.model import (
    NewRoom,
    Room,
    RoomChange,
    RoomSettings,
    TooManyRooms,
    WithPins,
    checked_name,
    checked_number,
)
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform

MOST = 10_000
"""How many rooms an account has, at most."""
Made = tuple[WithPins, dict[bool, str]]
"""A room with the PINs that were set, and what is kept of all of its PINs."""


class RoomService:
    """Adds, changes, shows and removes rooms; `index` has them in memory once `load` has run.

    Every method that takes an account takes its id, and raises NotThere where the account has no such room. A room is
    named by its id or its number.
    """

    def __init__(self, platform: Platform, index: RoomIndex, guesses: Guesses, destinations: Destinations) -> None:
        self._db, self._writer = platform.database, platform.writer
        self._guesses, self._destinations = guesses, destinations
        self._seal, self._clock = platform.seal, platform.clock
        self.index = index

    async def load(self) -> None:
        """Read all of them, at the start."""
        rooms, found = await self._db.read(lambda conn: (store.all(conn), store.pins(conn)))
        self.index.load(rooms, found)

    async def list_all(self, account: str) -> list[Room]:
        """Return an account's rooms by number."""
        return await self._db.read(lambda conn: store.list(conn, account))

    async def get(self, account: str, room: str) -> Room:
        """Return one room."""
        return await self._db.read(lambda conn: _find(conn, account, room))

    async def add(self, by: Actor, account: str, wanted: NewRoom) -> WithPins:
        """Make a room; its PINs are returned here alone. Raises InvalidSetting, AlreadyThere, TooManyRooms."""
        return self.made(await self._writer.write(lambda conn: self.add_within(conn, by, account, wanted)))

    def add_within(self, conn: Connection, by: Actor, account: str, wanted: NewRoom) -> Made:
        """Make a room within a transaction, then call `made` with what is returned. Raises what `add` raises."""
        settings = wanted.settings.checked()
        number = None if wanted.number is None else checked_number(wanted.number)
        name = None if wanted.name is None else checked_name(wanted.name)
        easy = wanted.easy_pins
        given = {False: _given(wanted.pin, "pin", easy), True: _given(wanted.admin_pin, "admin_pin", easy)}
        _differ(given)
        rooms = store.count(conn, account) + 1
        _long_enough(given, rooms)
        if rooms > MOST:
            raise TooManyRooms(f"An account has at most {MOST} rooms: remove one first.")
        chosen = number or _free_number(conn, account)
        if store.get(conn, account, chosen):
            raise AlreadyThere(f"The account has a room {chosen} already.")
        room = Room(
            id=new_id("room"),
            account=account,
            number=chosen,
            name=name or chosen,
            settings=settings,
            created=self._clock(),
        )
        store.add(conn, room)
        shown = {admin: pin or self._free_pin(conn, account, rooms) for admin, pin in given.items()}
        digests = self._kept(conn, room, shown)
        store.put_pins(conn, account, room.id, digests)
        audit.record(conn, by, account=account, what="room.added", subject=room.id, after=_audited(room))
        return WithPins(room=room, pin=shown[False], admin_pin=shown[True]), digests

    def made(self, made: Made) -> WithPins:
        """Let calls find a room that was made or changed within a transaction, now that this is committed."""
        with_pins, digests = made
        self.index.put(with_pins.room, digests)
        return with_pins

    async def change(self, by: Actor, account: str, room: str, change: RoomChange) -> WithPins:
        """Change a room; a conference that goes on in it keeps its rules. Raises InvalidSetting, AlreadyThere."""
        return self.made(await self._writer.write(lambda conn: self.change_within(conn, by, account, room, change)))

    def change_within(self, conn: Connection, by: Actor, account: str, room: str, change: RoomChange) -> Made:
        """Change a room within a transaction; `made` is called after it. Raises what `change` raises."""
        given = {
            admin: _given(pin, what)
            for admin, pin, what in ((False, change.pin, "pin"), (True, change.admin_pin, "admin_pin"))
            if pin is not None
        }
        _differ(given)
        name = None if change.name is None else checked_name(change.name)
        before = _find(conn, account, room)
        _long_enough(given, store.count(conn, account))
        settings = _replaced(before.settings, change.settings)
        after = msgspec.structs.replace(before, name=name or before.name, settings=settings)
        shown = {admin: pin for admin, pin in given.items() if pin}
        digests = store.pins_of(conn, before.id) | self._kept(conn, before, shown)
        if len(set(digests.values())) < len(digests):
            raise InvalidSetting("pin and admin_pin must differ: the PIN says who is the admin.")
        store.update(conn, after)
        store.put_pins(conn, account, before.id, digests)
        old, new = audit.changed(_audited(before), _audited(after))
        if shown:
            self._guesses.forget(conn, account, pins.guessed(1), before.number)
            new = {**new, "pins": "changed"}
        if new:
            audit.record(conn, by, account=account, what="room.changed", subject=before.id, before=old, after=new)
        return WithPins(room=after, pin=shown.get(False), admin_pin=shown.get(True)), digests

    async def remove(self, by: Actor, account: str, room: str) -> Room:
        """Remove a room; a conference that goes on in it is not ended. Raises StillUsed while something leads to it."""
        removed = await self._writer.write(lambda conn: self.remove_within(conn, by, account, room))
        self.index.drop(removed)
        return removed

    def remove_within(self, conn: Connection, by: Actor, account: str, room: str) -> Room:
        """Remove a room within a transaction; it is dropped from `index` after it. Raises what `remove` raises."""
        found = _find(conn, account, room)
        self._destinations.refuse_used(conn, account, [f"rooms:{found.id}"], f"The room {found.number}")
        store.delete(conn, found.id)
        self._guesses.forget(conn, account, pins.guessed(1), found.number)
        audit.record(conn, by, account=account, what="room.removed", subject=found.id, before=_audited(found))
        return found

    def _kept(self, conn: Connection, room: Room, shown: dict[bool, str]) -> dict[bool, str]:
        """What is kept of PINs; raises AlreadyThere where another room of the account has one of them."""
        digests = {admin: pins.digest(self._seal, room.account, pin) for admin, pin in shown.items()}
        for admin, digest in digests.items():
            taken = store.pin(conn, room.account, digest)
            if taken and taken.room != room.id:
                what = "admin_pin" if admin else "pin"
                raise AlreadyThere(f"{what} is a PIN of another room of the account: the PIN alone selects the room.")
        return digests

    def _free_pin(self, conn: Connection, account: str, rooms: int) -> str:
        while True:
            pin = pins.random_pin(rooms)
            if store.pin(conn, account, pins.digest(self._seal, account, pin)) is None:
                return pin


def _given(pin: str | None, what: str, easy: bool = False) -> str | None:
    return None if pin is None else pins.checked(pin, what, easy=easy)


def _long_enough(given: Mapping[bool, str | None], rooms: int) -> None:
    for admin, pin in given.items():
        if pin is not None:
            pins.checked(pin, "admin_pin" if admin else "pin", easy=True, rooms=rooms)


def _differ(given: dict[bool, str | None]) -> None:
    pin, admin_pin = given.get(False), given.get(True)
    if pin and admin_pin:
        pins.checked_pair(pin, admin_pin)


def _replaced(settings: RoomSettings, fields: dict[str, object]) -> RoomSettings:
    return msgspec.structs.replace(settings, **fields).checked() if fields else settings


def _free_number(conn: Connection, account: str) -> str:
    while True:
        number = str(secrets.randbelow(9 * 10**5) + 10**5)
        if store.get(conn, account, number) is None:
            return number


def _find(conn: Connection, account: str, room: str) -> Room:
    found = store.get(conn, account, room)
    if found is None:
        raise NotThere(f"The account has no room {room[:80]}.")
    return found


def _audited(room: Room) -> dict[str, Any]:
    return {"number": room.number, "name": room.name, **msgspec.to_builtins(room.settings)}
