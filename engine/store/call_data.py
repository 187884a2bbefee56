"""What customers stored with calls: a row for each call that has any, changed by patches."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, literal_column, select, update

from engine.model.call_data import CallData, DataPatch, patched
from engine.store.errors import StoreConflict
from engine.store.rows import to_json
from engine.store.statement import Statement
from engine.store.tables import call_data

MOST_TRIES = 20
_texts: msgspec.json.Decoder[dict[str, str]] = msgspec.json.Decoder(dict[str, str])
_columns: dict[str, Any] = {name: bindparam(name) for name in ("dialect", "address", "values")}
_new = {"call": bindparam("of_call"), **_columns, "version": literal_column("1")}
_of_call = call_data.c.call == bindparam("of_call")
_later = {"version": call_data.c.version + literal_column("1")}
_insert = Statement(lambda insert: insert(call_data).values(_new).on_conflict_do_nothing())
_replace = Statement(
    lambda insert: (
        insert(call_data)
        .values(_new)
        .on_conflict_do_update(index_elements=[call_data.c.call], set_={**_columns, **_later})
    )
)
_get = Statement(select(*(call_data.c[name] for name in (*_columns, "version"))).where(_of_call))
_change = Statement(
    update(call_data)
    .where(_of_call, call_data.c.version == bindparam("seen"))
    .values({"values": bindparam("values"), **_later})
)
_remove = Statement(delete(call_data).where(_of_call))


def read(dialect: str | None, address: str | None, values: str | None) -> CallData | None:
    """Return the data of a row's columns; None where they are NULL: the call has none."""
    if dialect is None or values is None:
        return None
    return CallData(dialect=dialect, address=address or "", values=_texts.decode(values))


def get(conn: Connection, call: str) -> CallData | None:
    """Return a call's data; None if it has none."""
    row = _get.first(conn, of_call=call)
    return None if row is None else read(*row[:3])


def insert(conn: Connection, call: str, data: CallData) -> bool:
    """Store the data of a call that has none; False if it has some."""
    return _insert.run(conn, of_call=call, **_plain(data)) > 0


def replace(conn: Connection, call: str, data: CallData | None) -> None:
    """Store a call's data instead of what it had; None: it has none any more."""
    if data is None:
        _remove.run(conn, of_call=call)
    else:
        _replace.run(conn, of_call=call, **_plain(data))


def change(conn: Connection, call: str, patch: DataPatch) -> None:
    """Apply a patch to what is stored now, by compare-and-set: a patch of another transaction takes effect too.

    A call without data gets some if the patch has a dialect. Raises StoreConflict if others always come first.
    """
    for _ in range(MOST_TRIES):
        if _changed(conn, call, patch):
            return
    raise StoreConflict(f"The data of the call {call} is being changed by too many at once; try again.")


def _changed(conn: Connection, call: str, patch: DataPatch) -> bool:
    """Whether the patch took effect, or had none; False: another came first."""
    row = _get.first(conn, of_call=call)
    before = None if row is None else read(*row[:3])
    after = patched(before, patch)
    if after is before or after is None:
        return True
    if row is None:
        return insert(conn, call, after)
    return _change.run(conn, of_call=call, seen=row[3], values=to_json(after.values)) > 0


def remove(conn: Connection, call: str) -> None:
    """Delete a call's data."""
    _remove.run(conn, of_call=call)


def _plain(data: CallData) -> dict[str, str]:
    return {"dialect": data.dialect, "address": data.address, "values": to_json(data.values)}
