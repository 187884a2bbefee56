"""Calendars in the database."""

import builtins

from sqlalchemy import Connection, bindparam
from sqlalchemy import delete as delete_from

from engine.features.calendars.model import MOST_ASKED, Calendar, Consent
from engine.features.calendars.tables import calendar_consents, calendars
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into

_rows = Mapped(Calendar, calendars)
_of_user = (calendars.c.account == bindparam("account"), calendars.c.user == bindparam("the_user"))
_list = Statement(_rows.select.where(*_of_user).order_by(calendars.c.created, calendars.c.id))
_insert = insert_into(calendars)
_of_account = Statement(_rows.select.where(calendars.c.account == bindparam("account")))
_delete = Statement(delete_from(calendars).where(calendars.c.id == bindparam("the_id")))
_delete_same = Statement(
    delete_from(calendars).where(calendars.c.id == bindparam("the_id"), calendars.c.token == bindparam("token"))
)
_consents = Mapped(Consent, calendar_consents)
_consent = Statement(_consents.select.where(calendar_consents.c.state == bindparam("state")))
_insert_consent = insert_into(calendar_consents)
_delete_consent = Statement(delete_from(calendar_consents).where(calendar_consents.c.state == bindparam("state")))
_open = Statement(
    _consents.select.where(
        calendar_consents.c.account == bindparam("account"), calendar_consents.c.user == bindparam("the_user")
    ).order_by(calendar_consents.c.expires, calendar_consents.c.state)
)
_delete_old = Statement(delete_from(calendar_consents).where(calendar_consents.c.expires < bindparam("now")))


def list(conn: Connection, account: str, user: str) -> builtins.list[Calendar]:
    """Return a user's calendars, the oldest first."""
    return _rows.all(conn, _list, account=account, the_user=user)


def put(conn: Connection, calendar: Calendar) -> None:
    """Store a calendar in place of the one of its id."""
    _delete.run(conn, the_id=calendar.id)
    _insert.run(conn, **plain(calendar))


def of_account(conn: Connection, account: str) -> builtins.list[Calendar]:
    """Return the calendars of all users of an account."""
    return _rows.all(conn, _of_account, account=account)


def delete(conn: Connection, calendar: Calendar) -> bool:
    """Delete a calendar; False if another consent has replaced it meanwhile."""
    return _delete_same.run(conn, the_id=calendar.id, token=calendar.token) > 0


def put_consent(conn: Connection, consent: Consent, now: float) -> None:
    """Store a request for consent, and forget those that are too old, and the user's oldest if there are too many."""
    _delete_old.run(conn, now=now)
    for old in open_consents(conn, consent.account, consent.user)[: -MOST_ASKED + 1]:
        _delete_consent.run(conn, state=old.state)
    _insert_consent.run(conn, **plain(consent))


def open_consents(conn: Connection, account: str, user: str) -> builtins.list[Consent]:
    """Return a user's requests for consent, the oldest first."""
    return _consents.all(conn, _open, account=account, the_user=user)


def forget_consents(conn: Connection, account: str, user: str) -> None:
    """Delete a user's requests for consent."""
    for one in open_consents(conn, account, user):
        _delete_consent.run(conn, state=one.state)


def consent(conn: Connection, state: str) -> Consent | None:
    """Return a request for consent by the digest of its state."""
    return _consents.one(conn, _consent, state=state)


def take_consent(conn: Connection, state: str) -> Consent | None:
    """The same, which is deleted: it is good once."""
    found = consent(conn, state)
    _delete_consent.run(conn, state=state)
    return found
