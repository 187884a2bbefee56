"""Receipts: the part that one names, and those that came before the answer that names their part."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, literal_column, select

from engine.features.messaging.carrier import Receipt, ReceiptState
from engine.features.messaging.store.messages import TEXT_COLUMNS, Text
from engine.features.messaging.tables import early_receipts, message_parts, messages
from engine.store.statement import Statement


class Named(NamedTuple):
    """A part that a receipt names, with its text."""

    text: Text
    number: int
    state: str


_NAMED = (
    message_parts.c.carrier == bindparam("the_carrier"),
    message_parts.c.carrier_id == bindparam("the_id"),
    message_parts.c.carrier_id != literal_column("''"),  # written out, for SQLite to use the index
)
_find = Statement(
    select(*TEXT_COLUMNS, message_parts.c.number, message_parts.c.state)
    .select_from(message_parts.join(messages, messages.c.id == message_parts.c.message))
    .where(*_NAMED)
    .order_by(message_parts.c.at.desc())
    .limit(1)
)
_EARLY = (
    early_receipts.c.carrier == bindparam("the_carrier"),
    early_receipts.c.carrier_id == bindparam("the_id"),
)
_put = Statement(
    lambda insert: (
        insert(early_receipts).values({c.name: bindparam(c.name) for c in early_receipts.c}).on_conflict_do_nothing()
    )
)
_take = Statement(select(early_receipts.c.state, early_receipts.c.error).where(*_EARLY).order_by(early_receipts.c.at))
_remove = Statement(delete(early_receipts).where(*_EARLY))
_forget = Statement(delete(early_receipts).where(early_receipts.c.at < bindparam("before")))
MOST_EARLY = 100_000
"""How many are kept from one look to the next, which is an hour."""
_surplus = Statement(
    select(early_receipts.c.at).order_by(early_receipts.c.at.desc()).offset(bindparam("most")).limit(1)
)
_forget_surplus = Statement(delete(early_receipts).where(early_receipts.c.at <= bindparam("until")))


def find(conn: Connection, carrier: str, id: str) -> Named | None:
    """Return the part that a carrier's receipt names; of several, for ids come again, the one submitted last."""
    row = _find.first(conn, the_carrier=carrier, the_id=id)
    if row is None:
        return None
    return Named(Text(*row[:-2]), *row[-2:])


def keep_early(conn: Connection, carrier: str, receipt: Receipt, now: float) -> None:
    """Keep a receipt that names no part that is known."""
    _put.run(conn, carrier=carrier, carrier_id=receipt.id, state=receipt.state.value, error=receipt.error, at=now)


def take_early(conn: Connection, carrier: str, id: str) -> list[Receipt]:
    """Return the receipts that came before their part was known, the oldest first, and keep them no longer."""
    rows = _take.all(conn, the_carrier=carrier, the_id=id)
    if rows:
        _remove.run(conn, the_carrier=carrier, the_id=id)
    return [Receipt(id=id, state=ReceiptState(state), error=error) for state, error in rows]


def forget_early(conn: Connection, before: float) -> int:
    """Delete those that came before a time, and all but the newest ones; returns how many."""
    forgotten = _forget.run(conn, before=before)
    until = _surplus.value(conn, most=MOST_EARLY)
    return forgotten if until is None else forgotten + _forget_surplus.run(conn, until=until)
