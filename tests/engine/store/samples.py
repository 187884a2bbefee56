"""Rows to store."""

import itertools
from typing import Any

from sqlalchemy import Connection

from engine.events import CallRinging
from engine.model.call import Call, CallState, Direction
from engine.store import accounts
from engine.store.accounts import Account

_numbers = itertools.count(1)


def an_account(**fields: Any) -> Account:
    return Account(**{"id": "acct-1", "name": "first", "created": 1000.0} | fields)


def an_event(root: str = "call-1", **fields: Any) -> CallRinging:
    number = next(_numbers)
    return CallRinging(
        **{"id": f"event-{number}", "account": "acct-1", "subject": root, "root": root, "at": float(number)} | fields
    )


def a_call(id: str = "call-1", **fields: Any) -> Call:
    return Call(
        **{
            "id": id,
            "root": id,
            "account": "acct-1",
            "direction": Direction.OUTBOUND,
            "caller": "15550001",
            "callee": "15550002",
            "state": CallState.QUEUED,
            "created": 1000.0,
            "channel_id": id,
        }
        | fields
    )


def store_account(conn: Connection) -> Account:
    return accounts.create(conn, an_account())
