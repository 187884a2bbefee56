"""Requests to place a call that named themselves, with the call that each was answered with."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, or_, select

from engine.commands.once import KeyReused, Once
from engine.store.statement import Statement, insert_into
from engine.store.tables import call_requests

KEPT_SECONDS = 86_400.0
"""For how long a request is known."""
_c = call_requests.c
_find = Statement(
    select(_c.digest, _c.call).where(
        _c.account == bindparam("the_account"), _c.key == bindparam("the_key"), _c.at > bindparam("after")
    )
)
_forget = Statement(
    delete(call_requests).where(
        _c.account == bindparam("the_account"), or_(_c.at <= bindparam("before"), _c.key == bindparam("the_key"))
    )
)
_insert = insert_into(call_requests)


def answered(conn: Connection, account: str, once: Once, now: float) -> str | None:
    """Return the id of the call that the request was answered with; None: it is a new one.

    Raises KeyReused where the key named another request.
    """
    row: Any = _find.first(conn, the_account=account, the_key=once.key, after=now - KEPT_SECONDS)
    if row is None:
        return None
    digest, call = row
    if digest != once.digest:
        raise KeyReused(
            "This Idempotency-Key named another request within 24 hours: repeat that one unchanged, or use a new key."
        )
    return str(call)


def keep(conn: Connection, account: str, once: Once, call: str, now: float) -> None:
    """Store what a request was answered with; those of the account that are not known any more go."""
    _forget.run(conn, the_account=account, the_key=once.key, before=now - KEPT_SECONDS)
    _insert.run(conn, account=account, key=once.key, digest=once.digest, call=call, at=now)
