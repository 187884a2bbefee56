"""Trunks: SIP connections to carriers."""

import builtins
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.exc import IntegrityError

from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, insert_into
from engine.store.tables import trunks
from engine.store.trunk_groups import Group, Media, Numbering, Routing, Signalling


def _is_group(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Group)


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A SIP trunk. `prefix`: the digits it carries; the longest prefix wins, among equals the lowest `priority`.

    `port` 0: its host is looked up by NAPTR and SRV (RFC 3263). `register`: we register with it; otherwise it knows us
    by our address. `codecs` in order, comma-separated.
    `sources`: sources of its calls besides `host`, comma-separated (engine.features.trunks.sources). `country`
    (ISO 3166): the country in which the numbers it sends are read; "": that of the number's account. What else is set
    is in groups; GROUPS has their types by the names of the fields, which are those of the columns.
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
    signalling: Signalling = Signalling()
    numbering: Numbering = Numbering()
    media: Media = Media()
    routing: Routing = Routing()


GROUPS: dict[str, type[Group]] = {
    field.name: field.type for field in msgspec.structs.fields(Trunk) if _is_group(field.type)
}
"""The groups of settings by their fields' names."""
_trunk = Mapped(Trunk, trunks, converters=dict.fromkeys(GROUPS, msgspec.json.decode))
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
        _insert.run(conn, **_row(trunk))
    except IntegrityError as error:
        raise StoreConflict(f"There is already a trunk named {trunk.name!r}.") from error


def change(conn: Connection, trunk: Trunk) -> bool:
    """Store a trunk's new version; returns False if there is none of its name."""
    values = _row(trunk)
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


def _row(trunk: Trunk) -> dict[str, Any]:
    return plain(trunk) | {name: to_json(getattr(trunk, name)) for name in GROUPS}
