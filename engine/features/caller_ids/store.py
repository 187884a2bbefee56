"""Codes and defaults in the database."""

import builtins
import time

from sqlalchemy import Connection, bindparam, delete, func, select, update

from engine.features.caller_ids.model import DAY, CallerId, Code
from engine.features.caller_ids.tables import caller_id_codes, user_caller_ids
from engine.store.rows import Mapped, plain, seal_of
from engine.store.statement import Statement, insert_into
from engine.store.tables import caller_ids

_codes = caller_id_codes.c
_rows = Mapped(Code, caller_id_codes)
_insert = insert_into(caller_id_codes)
_ids = caller_ids.c
_list = Statement(
    select(_ids.number, _ids.verified, _ids.preferred)
    .where(_ids.account == bindparam("account"))
    .order_by(_ids.preferred.is_(None), _ids.number)
)
_user_default = Statement(
    select(user_caller_ids.c.number).where(
        user_caller_ids.c.account == bindparam("account"), user_caller_ids.c.user == bindparam("user")
    )
)
_insert_default = insert_into(user_caller_ids)


def add(conn: Connection, code: Code) -> None:
    """Store a code, sealed; the earlier ones of this number and account do not count any more."""
    earlier = (_codes.account == code.account, _codes.number == code.number)
    conn.execute(update(caller_id_codes).where(*earlier).values(tries=0))
    seal = seal_of(conn)
    _insert.run(conn, **plain(code) | {"code": seal.close(code.code) if seal else code.code})


def drop(conn: Connection, id: str) -> None:
    """Delete a code that was not sent."""
    conn.execute(delete(caller_id_codes).where(_codes.id == id))


def forget(conn: Connection, now: float) -> None:
    """Delete the codes that are not counted any more."""
    conn.execute(delete(caller_id_codes).where(_codes.created < now - DAY))


def waiting(conn: Connection, account: str, number: str | None, user: str | None, now: float) -> builtins.list[Code]:
    """Return the codes that may be answered, opened: of a number or (None) of any, of a user or (None) of anybody."""
    query = _rows.select.where(_codes.account == account, _codes.expires > now, _codes.tries > 0)
    query = query if number is None else query.where(_codes.number == number)
    query = query if user is None else query.where(_codes.user == user)
    found, seal = _rows.each(conn.execute(query.order_by(_codes.created))), seal_of(conn)
    if seal is None:
        return found
    return [Code(**plain(code) | {"code": seal.open(code.code)}) for code in found]


def miss(conn: Connection, id: str) -> None:
    """Note a wrong answer."""
    conn.execute(update(caller_id_codes).where(_codes.id == id).values(tries=_codes.tries - 1))


def use(conn: Connection, account: str, number: str) -> None:
    """Let no code of a number count any more."""
    one = (_codes.account == account, _codes.number == number)
    conn.execute(update(caller_id_codes).where(*one).values(tries=0))


def count(conn: Connection, since: float, *, account: str | None = None, number: str | None = None) -> int:
    """Return how many codes were sent since a time, of an account and to a number."""
    query = select(func.count()).select_from(caller_id_codes).where(_codes.created > since)
    query = query if account is None else query.where(_codes.account == account)
    query = query if number is None else query.where(_codes.number == number)
    return int(conn.execute(query).scalar_one())


def list(conn: Connection, account: str) -> builtins.list[CallerId]:
    """Return the caller ids of an account, the default one first."""
    rows = _list.all(conn, account=account)
    return [CallerId(number=number, verified=verified, default=bool(since)) for number, verified, since in rows]


def prefer(conn: Connection, account: str, number: str | None) -> None:
    """Let a caller id be the account's default, and no other one; None: none is."""
    conn.execute(update(caller_ids).where(_ids.account == account).values(preferred=None))
    if number is not None:
        chosen = (_ids.account == account, _ids.number == number)
        conn.execute(update(caller_ids).where(*chosen).values(preferred=time.time()))


def prefer_for(conn: Connection, account: str, user: str, number: str | None) -> None:
    """Let a caller id be a user's default; None: the user has none."""
    table = user_caller_ids
    conn.execute(delete(table).where(table.c.account == account, table.c.user == user))
    if number is not None:
        _insert_default.run(conn, account=account, user=user, number=number)


def default_of(conn: Connection, account: str, user: str) -> str | None:
    """Return a user's default; None: it has none."""
    found: str | None = _user_default.value(conn, account=account, user=user)
    return found


def forget_defaults(conn: Connection, account: str, number: str) -> None:
    """Let no user have this default."""
    table = user_caller_ids
    conn.execute(delete(table).where(table.c.account == account, table.c.number == number))
