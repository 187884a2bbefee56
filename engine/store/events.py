"""Events, the outbox. `sequence` is their order within a root, `position` their order for consumers."""

from collections.abc import Iterable

import msgspec
import structlog
from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.events import DigitPressed, Event
from engine.store import deliveries
from engine.store.rows import to_json
from engine.store.statement import Row, Statement
from engine.store.tables import events

log = structlog.get_logger(__name__)
APPENDED = "appended events"
"""The key in `Connection.info` of the list in which a writer collects the events that its units append."""


class Batch(msgspec.Struct, frozen=True):
    """Events of an account, and how far they reach: the last one's position and id, also of one that cannot be read.

    `more`: there may be more behind it.
    """

    events: "list[StoredEvent]"
    position: int
    last: str | None
    more: bool


class StoredEvent(msgspec.Struct, frozen=True):
    """An event with its sequence, and its position among all events, which rises with each commit and has gaps."""

    position: int
    event: Event


_of_root = events.alias("of_root")
_append = Statement(
    insert(events)
    .values(
        {c.name: bindparam(c.name) for c in events.c if c.name not in ("position", "sequence")}
        | {
            "sequence": select(func.coalesce(func.max(_of_root.c.sequence), 0) + 1)
            .where(_of_root.c.root == bindparam("root"))
            .scalar_subquery()
        }
    )
    .returning(events.c.position, events.c.sequence)
)
_select = select(events.c.position, events.c.sequence, events.c.body)
_of_subject = Statement(_select.where(events.c.subject == bindparam("subject")).order_by(events.c.position))
_by_root = Statement(_select.where(events.c.root == bindparam("root")).order_by(events.c.sequence))
_after = Statement(
    _select.where(events.c.position > bindparam("position")).order_by(events.c.position).limit(bindparam("most"))
)
_of_account = Statement(
    select(*_select.selected_columns, events.c.id)
    .where(events.c.account == bindparam("account"), events.c.position > bindparam("position"))
    .order_by(events.c.position)
    .limit(bindparam("most"))
)
_position = Statement(
    select(events.c.position).where(events.c.account == bindparam("account"), events.c.id == bindparam("id"))
)
_latest = Statement(
    select(events.c.id).where(events.c.account == bindparam("account")).order_by(events.c.position.desc()).limit(1)
)
_known = Statement(select(events.c.position).where(events.c.id == bindparam("id")))
_body = Statement(select(events.c.body).where(events.c.id == bindparam("id")))
_rewrite = Statement(update(events).where(events.c.id == bindparam("the_id")).values(body=bindparam("body")))
_last = Statement(select(func.max(events.c.position)))


def append(conn: Connection, event: Event) -> None:
    """Store an event under the next sequence of its root; the writer passes it on after the commit."""
    row = _append.first(
        conn,
        id=event.id,
        root=event.root,
        subject=event.subject,
        account=event.account,
        kind=event.__struct_config__.tag,
        at=event.at,
        body=to_json(event),
    )
    assert row is not None
    appended = conn.info.get(APPENDED)
    if appended is not None:
        appended.append(StoredEvent(row[0], msgspec.structs.replace(event, sequence=row[1])))


def known(conn: Connection, id: str) -> bool:
    """Return whether an event of this id is stored."""
    return _known.value(conn, id=id) is not None


def mask_digit(conn: Connection, id: str, mask: str) -> None:
    """Mask the digit of a DigitPressed that turned out to be secret, also in what was sent of it.

    Does nothing if there is no such event.
    """
    body = _body.value(conn, id=id)
    event = Event.kinds.decode(body) if body else None
    if isinstance(event, DigitPressed):
        _rewrite.run(conn, the_id=id, body=to_json(msgspec.structs.replace(event, digit=mask)))
        deliveries.mask_digit(conn, id, event.digit, mask)


def of_subject(conn: Connection, subject: str) -> list[StoredEvent]:
    """Return a call's or conference's events, oldest first."""
    return _readable(_of_subject.all(conn, subject=subject))


def of_root(conn: Connection, root: str) -> list[StoredEvent]:
    """Return the events of a call tree, by sequence."""
    return _readable(_by_root.all(conn, root=root))


def after(conn: Connection, position: int, limit: int) -> list[StoredEvent]:
    """Return at most `limit` events after `position`, oldest first; fewer only if there are no more."""
    found: list[StoredEvent] = []
    while wanted := limit - len(found):
        rows = _after.all(conn, position=position, most=wanted)
        found += _readable(rows)
        if len(rows) < wanted:
            break
        position = rows[-1][0]
    return found


def of_account(conn: Connection, account: str, position: int, limit: int) -> Batch:
    """Return the next `limit` events of an account after `position`, oldest first; those not readable are left out."""
    rows = _of_account.all(conn, account=account, position=position, most=limit)
    reached, last = (rows[-1][0], rows[-1][3]) if rows else (position, None)
    return Batch(_readable(row[:3] for row in rows), reached, last, len(rows) == limit)


def position_of(conn: Connection, account: str, id: str) -> int | None:
    """Return the position of an account's event; None: there is none of this id."""
    found = _position.value(conn, account=account, id=id)
    return None if found is None else int(found)


def latest_of(conn: Connection, account: str) -> str | None:
    """Return the id of an account's newest event; None: there is none."""
    found = _latest.value(conn, account=account)
    return None if found is None else str(found)


def last_position(conn: Connection) -> int:
    """Return the newest event's position; 0 if there is none."""
    return int(_last.value(conn) or 0)


def _readable(rows: Iterable[Row]) -> list[StoredEvent]:
    """Read rows; one that cannot be read is left out, with a line in the log: it would stop all that are behind it."""
    found = []
    for row in rows:
        try:
            found.append(_read(row))
        except msgspec.DecodeError:
            log.error("a stored event cannot be read and is left out", position=row[0], exc_info=True)
    return found


def _read(row: Row) -> StoredEvent:
    position, sequence, body = row
    event = Event.kinds.decode(body)
    return StoredEvent(position, msgspec.structs.replace(event, sequence=sequence))
