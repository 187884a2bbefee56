"""Requests to send a text that named themselves, with the text that each was answered with."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from engine.commands.once import KeyReused, Once
from engine.features.messaging.model import Message
from engine.features.messaging.tables import idempotency_keys
from engine.store.rows import to_json
from engine.store.statement import Statement, insert_into

KEPT_SECONDS = 86_400.0
"""For how long a request is known."""
_k = idempotency_keys.c
_ONE = (_k.account == bindparam("the_account"), _k.key == bindparam("the_key"))
_find = Statement(select(_k.digest, _k.message).where(*_ONE, _k.at > bindparam("after")))
_drop = Statement(delete(idempotency_keys).where(*_ONE))
_insert = insert_into(idempotency_keys)
_forget = Statement(delete(idempotency_keys).where(_k.at <= bindparam("before")))


def answered(conn: Connection, account: str, once: Once, now: float) -> Message | None:
    """Return what the request was answered with; None: it is a new one. Raises KeyReused where it was another one."""
    row: Any = _find.first(conn, the_account=account, the_key=once.key, after=now - KEPT_SECONDS)
    if row is None:
        return None
    digest, message = row
    if digest != once.digest:
        raise KeyReused(
            "This Idempotency-Key named another request within 24 hours: repeat that one unchanged, or use a new key."
        )
    return msgspec.json.decode(message, type=Message)


def keep(conn: Connection, once: Once, message: Message) -> None:
    """Store what a request was answered with."""
    _drop.run(conn, the_account=message.account, the_key=once.key)
    _insert.run(
        conn,
        account=message.account,
        key=once.key,
        digest=once.digest,
        message=to_json(message),
        at=message.created,
    )


def forget(conn: Connection, now: float) -> None:
    """Delete those that are not known any more."""
    _forget.run(conn, before=now - KEPT_SECONDS)
