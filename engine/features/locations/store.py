"""Locations in the database."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam
from sqlalchemy import delete as delete_from

from engine.features.locations.model import Location
from engine.features.locations.tables import locations
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into

_rows = Mapped(Location, locations, converters={"fields": msgspec.json.decode})
_get = Statement(_rows.select.where(locations.c.account == bindparam("account"), locations.c.id == bindparam("id")))
_list = Statement(
    _rows.select.where(locations.c.account == bindparam("account")).order_by(locations.c.created, locations.c.id)
)
_insert = insert_into(locations)
_updates = Updates(locations, "id")
_delete = Statement(delete_from(locations).where(locations.c.id == bindparam("id")))


def add(conn: Connection, location: Location) -> None:
    """Store a new location."""
    _insert.run(conn, **_values(location))


def update(conn: Connection, location: Location) -> None:
    """Store a location as it is now."""
    _updates.run(conn, location.id, _values(location))


def get(conn: Connection, account: str, id: str) -> Location | None:
    """Return a location of an account by its id."""
    return _rows.one(conn, _get, account=account, id=id)


def list(conn: Connection, account: str) -> builtins.list[Location]:
    """Return the locations of an account, the oldest first."""
    return _rows.all(conn, _list, account=account)


def delete(conn: Connection, id: str) -> None:
    """Delete a location."""
    _delete.run(conn, id=id)


def _values(location: Location) -> dict[str, object]:
    return plain(location) | {"fields": to_json(location.fields)}
