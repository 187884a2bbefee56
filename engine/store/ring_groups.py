"""Ring groups: names within an account, each with the extensions and numbers that ring."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete

from engine.model.ring_strategy import Strategy
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement
from engine.store.tables import ring_groups


class RingGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group; its fields are those of engine.tasks.ring.Ring. `otherwise`: a destination as stored, "" for none."""

    account: str
    name: str
    members: tuple[str, ...]
    strategy: Strategy = "all"
    seconds: float = 60.0
    seconds_each: float = 20.0
    otherwise: str = ""


_group = Mapped(RingGroup, ring_groups, converters={"members": msgspec.json.decode})
_one = (ring_groups.c.account == bindparam("of_account"), ring_groups.c.name == bindparam("of_name"))
_set = Statement(
    lambda insert: (
        insert(ring_groups)
        .values({c.name: bindparam(c.name) for c in ring_groups.c})
        .on_conflict_do_update(
            index_elements=[ring_groups.c.account, ring_groups.c.name],
            set_={c.name: bindparam(c.name) for c in ring_groups.c if not c.primary_key},
        )
    )
)
_get = Statement(_group.select.where(*_one))
_remove = Statement(delete(ring_groups).where(*_one))
_of_account = Statement(_group.select.where(ring_groups.c.account == bindparam("account")).order_by(ring_groups.c.name))
_all = Statement(_group.select.order_by(ring_groups.c.account, ring_groups.c.name))


def put(conn: Connection, group: RingGroup) -> None:
    """Store a group; it replaces one of that name."""
    _set.run(conn, **plain(group) | {"members": to_json(group.members)})


def get(conn: Connection, account: str, name: str) -> RingGroup | None:
    """Return an account's group by its name."""
    return _group.one(conn, _get, of_account=account, of_name=name)


def remove(conn: Connection, account: str, name: str) -> bool:
    """Remove a group; returns False if there is none."""
    return _remove.run(conn, of_account=account, of_name=name) > 0


def list(conn: Connection, account: str | None = None) -> builtins.list[RingGroup]:
    """Return an account's groups by name; those of all accounts without an account."""
    return _group.all(conn, _all) if account is None else _group.all(conn, _of_account, account=account)
