"""Rooms and their PINs in the database."""

import builtins
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy import delete as delete_from

from engine.features.rooms.model import Room, RoomSettings
from engine.features.rooms.tables import room_pins, rooms
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into

_settings = msgspec.json.Decoder(RoomSettings)
_rows = Mapped(Room, rooms, converters={"settings": lambda text: msgspec.to_builtins(_settings.decode(text))})
_insert = insert_into(rooms)
_updates = Updates(rooms, "id")
_ordered = _rows.select.order_by(rooms.c.account, rooms.c.number)
_all = Statement(_ordered)
_list = Statement(_ordered.where(rooms.c.account == bindparam("account")))
_get = Statement(_rows.select.where(rooms.c.account == bindparam("account"), rooms.c.id == bindparam("id")))
_numbered = Statement(
    _rows.select.where(rooms.c.account == bindparam("account"), rooms.c.number == bindparam("number"))
)
_count = Statement(select(func.count()).select_from(rooms).where(rooms.c.account == bindparam("account")))
_delete = Statement(delete_from(rooms).where(rooms.c.id == bindparam("id")))
_insert_pin = insert_into(room_pins)
_pins = Statement(select(room_pins.c.account, room_pins.c.digest, room_pins.c.room, room_pins.c.admin))
_pin = Statement(
    select(room_pins.c.account, room_pins.c.digest, room_pins.c.room, room_pins.c.admin).where(
        room_pins.c.account == bindparam("account"), room_pins.c.digest == bindparam("digest")
    )
)
_pins_of = Statement(
    select(room_pins.c.account, room_pins.c.digest, room_pins.c.room, room_pins.c.admin).where(
        room_pins.c.room == bindparam("room")
    )
)
_delete_pins = Statement(delete_from(room_pins).where(room_pins.c.room == bindparam("room")))


class Pin(NamedTuple):
    """What is kept of a PIN, and whose it is: of an admin, or of the participants of a room."""

    account: str
    digest: str
    room: str
    admin: bool


def add(conn: Connection, room: Room) -> None:
    """Store a new room."""
    _insert.run(conn, **plain(room) | {"settings": to_json(room.settings)})


def update(conn: Connection, room: Room) -> None:
    """Store a room's name and settings as they are now."""
    _updates.run(conn, room.id, {"name": room.name, "settings": to_json(room.settings)})


def get(conn: Connection, account: str, id: str) -> Room | None:
    """Return an account's room by its id, or else by its number."""
    return _rows.one(conn, _get, account=account, id=id) or _rows.one(conn, _numbered, account=account, number=id)


def list(conn: Connection, account: str) -> builtins.list[Room]:
    """Return an account's rooms by number."""
    return _rows.all(conn, _list, account=account)


def all(conn: Connection) -> builtins.list[Room]:
    """Return the rooms of all accounts."""
    return _rows.all(conn, _all)


def count(conn: Connection, account: str) -> int:
    """Return how many rooms an account has."""
    return int(_count.value(conn, account=account))


def delete(conn: Connection, id: str) -> None:
    """Delete a room and its PINs."""
    _delete_pins.run(conn, room=id)
    _delete.run(conn, id=id)


def pins(conn: Connection) -> builtins.list[Pin]:
    """Return the PINs of all accounts."""
    return [_read(row) for row in _pins.all(conn)]


def pin(conn: Connection, account: str, digest: str) -> Pin | None:
    """Return whose PIN this is within the account."""
    row = _pin.first(conn, account=account, digest=digest)
    return None if row is None else _read(row)


def pins_of(conn: Connection, room: str) -> dict[bool, str]:
    """Return what is kept of a room's PINs: the admin's (True) and the participants' (False)."""
    return {bool(row[3]): row[1] for row in _pins_of.all(conn, room=room)}


def put_pins(conn: Connection, account: str, room: str, digests: dict[bool, str]) -> None:
    """Replace a room's PINs."""
    _delete_pins.run(conn, room=room)
    for admin, digest in digests.items():
        _insert_pin.run(conn, account=account, digest=digest, room=room, admin=admin)


def _read(row: tuple[Any, ...]) -> Pin:
    account, digest, room, admin = row
    return Pin(account, digest, room, bool(admin))
