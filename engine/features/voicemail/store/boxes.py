"""Boxes, their PINs and their greetings."""

import builtins
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from engine.features.voicemail.errors import BoxTaken
from engine.features.voicemail.model import Box, Greeting
from engine.features.voicemail.tables import voicemail_boxes, voicemail_greetings
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into

_c, _g = voicemail_boxes.c, voicemail_greetings.c
_box = Mapped(Box, voicemail_boxes)
_greeting = Mapped(Greeting, voicemail_greetings)
_insert = insert_into(voicemail_boxes)
_updates = Updates(voicemail_boxes, "id")
_ONE = _c.id == bindparam("the_id")
_get = Statement(_box.select.where(_ONE))
_of_number = Statement(_box.select.where(_c.account == bindparam("account"), _c.number == bindparam("number")))
_list = Statement(_box.select.where(_c.account == bindparam("account")).order_by(_c.number))
_all = Statement(_box.select.order_by(_c.account, _c.number))
_delete = Statement(delete(voicemail_boxes).where(_ONE))
_pin = Statement(select(_c.pin).where(_ONE))
_set_pin = Statement(update(voicemail_boxes).where(_ONE).values(pin=bindparam("hashed")))
_GREETING = (_g.box == bindparam("the_box"), _g.kind == bindparam("the_kind"))
_insert_greeting = insert_into(voicemail_greetings)
_get_greeting = Statement(_greeting.select.where(*_GREETING))
_greetings = Statement(_greeting.select.where(_g.box == bindparam("the_box")).order_by(_g.kind))
_every_greeting = Statement(_greeting.select.order_by(_g.box, _g.kind))
_remove_greeting = Statement(delete(voicemail_greetings).where(*_GREETING))


def add(conn: Connection, box: Box, hashed: str) -> None:
    """Store a new box with the hash of its PIN; raises BoxTaken."""
    try:
        _insert.run(conn, **plain(box), pin=hashed)
    except IntegrityError as error:
        raise BoxTaken(f"The account has a voicemail box {box.number} already.") from error


def update_box(conn: Connection, box: Box) -> None:
    """Store a box as it is now."""
    fields: dict[str, Any] = plain(box)
    _updates.run(conn, fields.pop("id"), fields)


def get(conn: Connection, id: str) -> Box | None:
    """Return a box by its id."""
    return _box.one(conn, _get, the_id=id)


def named(conn: Connection, account: str, name: str) -> Box | None:
    """Return a box of an account by its number or its id."""
    found = _box.one(conn, _of_number, account=account, number=name) or get(conn, name)
    return found if found and found.account == account else None


def list(conn: Connection, account: str) -> builtins.list[Box]:
    """Return an account's boxes by their numbers."""
    return _box.all(conn, _list, account=account)


def all(conn: Connection) -> builtins.list[Box]:
    """Return the boxes of all accounts."""
    return _box.all(conn, _all)


def remove(conn: Connection, id: str) -> None:
    """Delete a box that has neither messages nor greetings."""
    _delete.run(conn, the_id=id)


def pin(conn: Connection, account: str, name: str) -> str | None:
    """Return the hash of the PIN of an account's box, by its number or its id; None if there is no such box."""
    found = named(conn, account, name)
    return str(_pin.value(conn, the_id=found.id)) if found else None


def set_pin(conn: Connection, id: str, hashed: str) -> None:
    """Store the hash of a box's PIN."""
    _set_pin.run(conn, the_id=id, hashed=hashed)


def put_greeting(conn: Connection, greeting: Greeting) -> Greeting | None:
    """Store a greeting; returns the one that it replaces."""
    before = remove_greeting(conn, greeting.box, greeting.kind)
    _insert_greeting.run(conn, **plain(greeting))
    return before


def greeting(conn: Connection, box: str, kind: str) -> Greeting | None:
    """Return a greeting of a box."""
    return _greeting.one(conn, _get_greeting, the_box=box, the_kind=kind)


def greetings_of(conn: Connection, account: str) -> builtins.list[Greeting]:
    """Return the greetings of all boxes of an account."""
    return _greeting.each(conn.execute(_greeting.select.where(_g.account == account)))


def greetings(conn: Connection, box: str | None = None) -> builtins.list[Greeting]:
    """Return the greetings of a box, or of all."""
    return _greeting.all(conn, _every_greeting) if box is None else _greeting.all(conn, _greetings, the_box=box)


def remove_greeting(conn: Connection, box: str, kind: str) -> Greeting | None:
    """Delete a greeting; returns it."""
    before = greeting(conn, box, kind)
    if before:
        _remove_greeting.run(conn, the_box=box, the_kind=kind)
    return before
