"""Read models of applications. Each function is part of a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from yarl import URL

from engine.features.applications.model import (
    Application,
    ApplicationDetails,
    CallApplication,
    ListedApplication,
)
from engine.store import accounts, applications, calls, numbers
from engine.tasks.kinds import kind_of


def every(conn: Connection) -> list[ListedApplication]:
    """Return all applications with their accounts' names and their keys."""
    owners = {account.id: account.name for account in accounts.list(conn)}
    keys = {id: key for owner in owners for id, key in applications.keys(conn, owner).items()}
    return [
        ListedApplication(row, owners.get(row.account, row.account), keys.get(row.id))
        for row in applications.list(conn)
    ]


def details(conn: Connection, application: Application) -> ApplicationDetails:
    """Return an application with its key and secret, and the numbers that lead to it."""
    key, secret = applications.key(conn, application.id) or (None, None)
    own = [each for each in numbers.list(conn, application.account) if each.application == application.id]
    return ApplicationDetails(application, key, secret, tuple(each.number for each in own))


def of_call(conn: Connection, ids: Sequence[str]) -> CallApplication | None:
    """Return the first of these calls that there is, with its application and the key of that."""
    call = next((call for id in ids if (call := calls.get(conn, id))), None)
    if call is None:
        return None
    application = applications.get(conn, call.application) if call.application else None
    key, secret = (applications.key(conn, application.id) if application else None) or ("", "")
    return CallApplication(call, application, key, secret)


def noted(application: Application) -> dict[str, Any]:
    """Return what the audit keeps of an application: URLs without credentials and queries, tasks by their kinds."""
    return {
        "name": application.name,
        "dialect": application.dialect,
        "settings": {name: _masked(value) for name, value in application.settings.items()},
        "tasks": None if application.tasks is None else [kind_of(task) for task in application.tasks],
    }


def _masked(value: Any) -> Any:
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        url = URL(value)
        shown = str(url.with_user(None).with_query(None).with_fragment(None))
    except ValueError:
        return "***"
    return f"{shown}?***" if url.raw_query_string else shown
