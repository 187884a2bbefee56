"""Trunks in the store, each change with its line in the audit."""

from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.features.trunks.model import GROUPS
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import trunk_costs, trunks
from engine.store.trunks import Trunk


def add(conn: Connection, by: Actor, trunk: Trunk) -> None:
    """Add a trunk."""
    trunks.add(conn, trunk)
    audit.record(conn, by, account=None, what="trunk.added", subject=trunk.name, after=_audited(trunk))


def change(conn: Connection, by: Actor, old: Trunk, new: Trunk) -> None:
    """Change a trunk."""
    trunks.change(conn, new)
    before, after = audit.changed(_flat(old), _flat(new))  # it masks passwords
    audit.record(conn, by, account=None, what="trunk.changed", subject=new.name, before=before, after=after)


def remove(conn: Connection, by: Actor, name: str) -> None:
    """Remove a trunk with its costs; raises NotThere."""
    found = trunks.get(conn, name)
    if found is None:
        raise NotThere(f"There is no trunk {name}.")
    trunks.remove(conn, name)
    trunk_costs.clear(conn, name)
    audit.record(conn, by, account=None, what="trunk.removed", subject=name, before=_audited(found))


def _audited(trunk: Trunk) -> dict[str, Any]:
    """Return a trunk's fields without its secrets."""
    secret = {name for kind in GROUPS.values() for name in kind.secrets} | {"password"}
    return {name: value for name, value in _flat(trunk).items() if name.rpartition(".")[2] not in secret}


def _flat(trunk: Trunk) -> dict[str, Any]:
    """Return all fields; those of a group by `group.field`, and its secrets only by whether they are there."""
    fields = msgspec.structs.asdict(trunk)
    for group, kind in GROUPS.items():
        values = msgspec.structs.asdict(fields.pop(group))
        masked = {name: audit.MASK for name in kind.secrets if values[name]}
        fields |= {f"{group}.{name}": value for name, value in (values | masked).items()}
    return fields
