"""Subscriptions in the database."""

import builtins
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy import delete as delete_from

from engine.features.subscriptions.model import Subscription
from engine.store.rows import Mapped, plain, seal_of, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import subscriptions

_rows = Mapped(Subscription, subscriptions, converters={"events": lambda text: msgspec.json.decode(text)})
_insert = insert_into(subscriptions)
_updates = Updates(subscriptions, "id")
_ordered = _rows.select.order_by(subscriptions.c.created, subscriptions.c.id)
_get = Statement(_rows.select.where(subscriptions.c.id == bindparam("id")))
_list = Statement(_ordered.where(subscriptions.c.account == bindparam("account")))
_all = Statement(_ordered)
_count = Statement(
    select(func.count()).select_from(subscriptions).where(subscriptions.c.account == bindparam("account"))
)
_delete = Statement(delete_from(subscriptions).where(subscriptions.c.id == bindparam("id")))


def add(conn: Connection, subscription: Subscription) -> None:
    """Store a new subscription."""
    _insert.run(conn, **plain(subscription) | {"events": to_json(subscription.events)})


def update(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a subscription."""
    written = {"events": to_json(fields["events"])} if "events" in fields else {}
    _updates.run(conn, id, fields | written)


def get(conn: Connection, id: str) -> Subscription | None:
    """Return a subscription by its id."""
    return _rows.one(conn, _get, id=id)


def list(conn: Connection, account: str) -> builtins.list[Subscription]:
    """Return an account's subscriptions, the oldest first."""
    return _rows.all(conn, _list, account=account)


def count(conn: Connection, account: str) -> int:
    """Return how many subscriptions an account has."""
    return int(_count.value(conn, account=account))


def all(conn: Connection) -> builtins.list[Subscription]:
    """Return the subscriptions of all accounts, the oldest first."""
    return _rows.all(conn, _all)


def delete(conn: Connection, id: str) -> None:
    """Delete a subscription."""
    _delete.run(conn, id=id)


def sealed(conn: Connection, secret: str) -> str:
    """Return a secret as it is stored."""
    seal = seal_of(conn)
    return seal.close(secret) if seal else secret
