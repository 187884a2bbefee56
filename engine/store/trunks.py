"""Trunks: SIP connections to carriers."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.exc import IntegrityError

from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import trunks


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A SIP trunk. `prefix`: the digits it carries; the longest prefix wins, among equals the lowest `priority`.

    `register`: we register with it; otherwise it knows us by our address. `codecs` in order, comma-separated.
    `sources`: sources of its calls besides `host`, comma-separated (engine.features.trunks.sources). `country`
    (ISO 3166): the country in which the numbers it sends are read; "": that of the number's account.
    """

    name: str
    host: str
    port: int = 5060
    username: str | None = None
    password: str | None = None
    register: bool = False
    codecs: str = "ulaw,alaw"
    dtmf: str = "rfc4733"
    prefix: str = ""
    priority: int = 10
    sources: str = ""
    country: str = ""


_trunk = Mapped(Trunk, trunks)
_insert = insert_into(trunks)
_change = Statement(
    update(trunks)
    .where(trunks.c.name == bindparam("the_name"))
    .values({c.name: bindparam(c.name) for c in trunks.c if c.name != "name"})
)
_remove = Statement(delete(trunks).where(trunks.c.name == bindparam("name")))
_get = Statement(_trunk.select.where(trunks.c.name == bindparam("name")))
_all = Statement(_trunk.select.order_by(trunks.c.priority, trunks.c.name))


def add(conn: Connection, trunk: Trunk) -> None:
    """Store a new trunk; raises StoreConflict if the name is taken."""
    try:
        _insert.run(conn, **plain(trunk))
    except IntegrityError as error:
        raise StoreConflict(f"There is already a trunk named {trunk.name!r}.") from error


def change(conn: Connection, trunk: Trunk) -> bool:
    """Store a trunk's new version; returns False if there is none of its name."""
    values = plain(trunk)
    return _change.run(conn, the_name=values.pop("name"), **values) > 0


def remove(conn: Connection, name: str) -> bool:
    """Remove a trunk; returns False if there is none."""
    return _remove.run(conn, name=name) > 0


def get(conn: Connection, name: str) -> Trunk | None:
    """Return a trunk by its name."""
    return _trunk.one(conn, _get, name=name)


def list(conn: Connection) -> builtins.list[Trunk]:
    """Return all trunks by priority."""
    return _trunk.all(conn, _all)
