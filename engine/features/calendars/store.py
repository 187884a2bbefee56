"""Calendars in the database."""

import builtins

from sqlalchemy import Connection, bindparam
from sqlalchemy import delete as delete_from

from engine.features.calendars.model import Calendar, Consent
from engine.features.calendars.tables import calendar_consents, calendars
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into

_rows = Mapped(Calendar, calendars)
_of_user = (calendars.c.account == bindparam("account"), calendars.c.user == bindparam("the_user"))
_list = Statement(_rows.select.where(*_of_user).order_by(calendars.c.created, calendars.c.id))
_insert = insert_into(calendars)
_delete = Statement(delete_from(calendars).where(calendars.c.id == bindparam("the_id")))
_consents = Mapped(Consent, calendar_consents)
_consent = Statement(_consents.select.where(calendar_consents.c.state == bindparam("state")))
_insert_consent = insert_into(calendar_consents)
_delete_consent = Statement(delete_from(calendar_consents).where(calendar_consents.c.state == bindparam("state")))
_delete_old = Statement(delete_from(calendar_consents).where(calendar_consents.c.expires < bindparam("now")))


def list(conn: Connection, account: str, user: str) -> builtins.list[Calendar]:
    """Return a user's calendars, the oldest first."""
    return _rows.all(conn, _list, account=account, the_user=user)


def put(conn: Connection, calendar: Calendar) -> None:
    """Store a calendar in place of the one of its id."""
    _delete.run(conn, the_id=calendar.id)
    _insert.run(conn, **plain(calendar))


def delete(conn: Connection, id: str) -> None:
    """Delete a calendar."""
    _delete.run(conn, the_id=id)


def put_consent(conn: Connection, consent: Consent, now: float) -> None:
    """Store a request for consent, and forget those that are too old."""
    _delete_old.run(conn, now=now)
    _insert_consent.run(conn, **plain(consent))


def consent(conn: Connection, state: str) -> Consent | None:
    """Return a request for consent by the digest of its state."""
    return _consents.one(conn, _consent, state=state)


def take_consent(conn: Connection, state: str) -> Consent | None:
    """The same, which is deleted: it is good once."""
    found = consent(conn, state)
    _delete_consent.run(conn, state=state)
    return found
