"""Contacts in the database. `due` is set for those that wait for their turn, and for no other."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select, update

from engine.features.campaigns.contact import Contact, Status
from engine.features.campaigns.tables import campaign_contacts
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, insert_into

_c = campaign_contacts.c
_JSON = ("tags", "tries")
_WAITING = (Status.QUEUED.value, Status.RETRY.value)
MOST_CHOSEN = 500
"""Ids in one statement."""


class Row(Contact, frozen=True, kw_only=True):
    """A contact, with what is nobody else's: where it was read, how often each outcome was tried again, how long its
    message is, and by which trunk it is called (known if trunks are limited).
    """

    line: int = 0
    tries: dict[str, int] = {}  # noqa: RUF012
    message_seconds: float | None = None
    trunk: str | None = None


_rows = Mapped(Row, campaign_contacts, converters=dict.fromkeys(_JSON, msgspec.json.decode))
_insert = insert_into(campaign_contacts)
_ONE = and_(_c.account == bindparam("the_account"), _c.id == bindparam("the_id"))
_get = Statement(_rows.select.where(_ONE))
_of_call = Statement(_rows.select.where(_c.call == bindparam("the_call")))
_count = Statement(
    select(func.count())
    .select_from(campaign_contacts)
    .where(_c.campaign == bindparam("the_campaign"), _c.status == bindparam("the_status"))
)


def insert(conn: Connection, rows: Iterable[Row]) -> None:
    """Store new contacts."""
    _insert.many(conn, (_written(plain(row)) for row in rows))


def change(conn: Connection, row: Row, **fields: Any) -> Row:
    """Change fields of a contact; returns it as it is then."""
    where = (_c.account == row.account, _c.id == row.id)
    values = {name: value.value if isinstance(value, Status) else value for name, value in fields.items()}
    conn.execute(update(campaign_contacts).where(*where).values(_written(values)))
    return msgspec.structs.replace(row, **fields)


def get(conn: Connection, account: str, id: int) -> Row | None:
    """Return a contact."""
    return _rows.one(conn, _get, the_account=account, the_id=id)


def of_call(conn: Connection, call: str) -> Row | None:
    """Return the contact whose last attempt a call or a text is."""
    return _rows.one(conn, _of_call, the_call=call)


def remove(conn: Connection, row: Contact) -> None:
    """Delete a contact."""
    conn.execute(delete(campaign_contacts).where(_c.account == row.account, _c.id == row.id))


def numbers(conn: Connection, campaign: str, among: Sequence[str]) -> set[str]:
    """Return which of these numbers a campaign has."""
    found: set[str] = set()
    for begin in range(0, len(among), MOST_CHOSEN):
        some = among[begin : begin + MOST_CHOSEN]
        found.update(
            row[0] for row in conn.execute(select(_c.number).where(_c.campaign == campaign, _c.number.in_(some)))
        )
    return found


def page(conn: Connection, campaign: str, *, limit: int, after: int = 0, statuses: Sequence[Status] = ()) -> list[Row]:
    """Return a campaign's contacts by id, those after one."""
    query = _rows.select.where(_c.campaign == campaign, _c.id > after).order_by(_c.id).limit(limit)
    if statuses:
        query = query.where(_c.status.in_([status.value for status in statuses]))
    return _rows.each(conn.execute(query))


def chosen(conn: Connection, campaign: str, statuses: Sequence[Status], ids: Sequence[int]) -> list[Row]:
    """Return the contacts of these statuses and (if there are any) of these ids, by id."""
    query = _rows.select.where(_c.campaign == campaign, _c.status.in_([status.value for status in statuses]))
    if not ids:
        return _rows.each(conn.execute(query.order_by(_c.id)))
    found: list[Row] = []
    for begin in range(0, len(ids), MOST_CHOSEN):
        found += _rows.each(conn.execute(query.where(_c.id.in_(ids[begin : begin + MOST_CHOSEN]))))
    return sorted(found, key=lambda row: row.id)


def enqueue(conn: Connection, campaign: str, statuses: Sequence[Status], ids: Sequence[int], due: float) -> int:
    """Let contacts wait for their turn from then on, with nothing of an earlier run but its price. Returns how many."""
    values = {
        "status": Status.QUEUED.value,
        "due": due,
        "attempts": 0,
        "tries": "{}",
        "call": None,
        "trunk": None,
        "called": None,
        "ended": None,
        "seconds": None,
        "message_seconds": None,
        "playback": None,
        "digits": "",
        "machine": False,
        "recording": "",
        "reason": "",
    }
    where = (_c.campaign == campaign, _c.status.in_([status.value for status in statuses]))
    statement = update(campaign_contacts).where(*where).values(values)
    if not ids:
        return conn.execute(statement).rowcount
    parts = (ids[begin : begin + MOST_CHOSEN] for begin in range(0, len(ids), MOST_CHOSEN))
    return sum(conn.execute(statement.where(_c.id.in_(part))).rowcount for part in parts)


def give_up(conn: Connection, campaign: str, status: Status, reason: str, now: float) -> int:
    """Give all of a campaign that wait for their turn this status; returns how many."""
    where = (_c.campaign == campaign, _c.status.in_(_WAITING))
    values = {"status": status.value, "due": None, "reason": reason, "ended": now}
    return conn.execute(update(campaign_contacts).where(*where).values(values)).rowcount


def due(conn: Connection, campaign: str, now: float, most: int, *, but: Collection[str] = ()) -> list[Row]:
    """Return those whose turn has come, the longest due first; not those that wait for a trunk of `but`."""
    query = _rows.select.where(_c.campaign == campaign, _c.due <= now, *_for_none_of(but))
    return _rows.each(conn.execute(query.order_by(_c.due, _c.id).limit(most)))


def count_due(conn: Connection, campaign: str, now: float, *, most: int, but: Collection[str] = ()) -> int:
    """Return how many wait whose turn has come; no more than so many are counted, and nobody of `due`'s `but`."""
    some = select(_c.id).where(_c.campaign == campaign, _c.due <= now, *_for_none_of(but)).limit(max(0, most))
    return int(conn.execute(select(func.count()).select_from(some.subquery())).scalar_one())


def next_due(conn: Connection, campaign: str, *, but: Collection[str] = ()) -> float | None:
    """Return when the next turn comes, but for those of `due`'s `but`; None: nobody else waits."""
    query = select(_c.due).where(_c.campaign == campaign, _c.due.is_not(None), *_for_none_of(but))
    found: float | None = conn.execute(query.order_by(_c.due).limit(1)).scalar()
    return found


def waits_for(conn: Connection, campaign: str, trunk: str, now: float) -> bool:
    """Whether a contact whose turn has come is known to wait for a trunk."""
    query = select(_c.id).where(_c.campaign == campaign, _c.due <= now, _c.trunk == trunk)
    return conn.execute(query.limit(1)).first() is not None


def all_wait_because(conn: Connection, campaign: str, reason: str) -> bool:
    """Whether somebody waits, and everybody who waits does so for this reason."""
    waiting = select(_c.id).where(_c.campaign == campaign, _c.due.is_not(None))
    others = conn.execute(waiting.where(_c.reason != reason).limit(1)).first()
    return others is None and conn.execute(waiting.limit(1)).first() is not None


def look_again_at_all(conn: Connection, campaign: str, now: float, because: str, longest_wait: float | None) -> None:
    """Let those who were put off have their turn now, and those who wait for this reason.

    Who waits for another attempt waits for at most `longest_wait` seconds from the last one; None: as long as before.
    """
    waiting = update(campaign_contacts).where(_c.campaign == campaign, _c.due.is_not(None))
    conn.execute(waiting.where(_c.reason == because).values(due=now, reason=""))
    off = waiting.where(_c.due > now)
    conn.execute(off.where(_c.status == Status.QUEUED.value).values(due=now))
    if longest_wait is not None:
        retried = _c.ended + longest_wait
        conn.execute(off.where(_c.status == Status.RETRY.value, _c.due > retried).values(due=retried))


def _for_none_of(trunks: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (or_(_c.trunk.is_(None), _c.trunk.not_in(sorted(trunks))),) if trunks else ()


def active(conn: Connection, campaign: str) -> int:
    """Return how many are called or texted now."""
    return int(_count.value(conn, the_campaign=campaign, the_status=Status.ACTIVE.value))


def all_active(conn: Connection, campaign: str | None = None) -> list[Row]:
    """Return those that are called or texted now, of a campaign or of all."""
    query = _rows.select.where(_c.status == Status.ACTIVE.value)
    return _rows.each(conn.execute(query if campaign is None else query.where(_c.campaign == campaign)))


def sums(conn: Connection, campaign: str) -> list[tuple[Status, int, float, int]]:
    """Return of each status: how many there are, the sum of their seconds, and of their prices."""
    query = (
        select(_c.status, func.count(), func.sum(_c.seconds), func.sum(_c.price))
        .where(_c.campaign == campaign)
        .group_by(_c.status)
    )
    return [(Status(row[0]), int(row[1]), float(row[2] or 0), int(row[3] or 0)) for row in conn.execute(query)]


def past(conn: Connection, account: str, campaign: str | None) -> list[tuple[Status, int, float, float]]:
    """Return of each status how last attempts of an account ended, or of one campaign: how many, and their seconds from
    the beginning and from the answer, added up.
    """
    query = (
        select(_c.status, func.count(), func.sum(_c.ended - _c.called), func.sum(_c.seconds))
        .where(_c.account == account, _c.call.is_not(None), _c.ended.is_not(None), _c.due.is_(None))
        .group_by(_c.status)
    )
    found = conn.execute(query if campaign is None else query.where(_c.campaign == campaign))
    return [(Status(row[0]), int(row[1]), float(row[2] or 0), float(row[3] or 0)) for row in found]


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) if name in _JSON else value for name, value in fields.items()}
