"""Applications: what answers a number."""

import builtins
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, bindparam
from sqlalchemy.exc import IntegrityError

from engine.store.errors import Conflict
from engine.store.rows import Mapped, plain, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import applications
from engine.tasks.kinds import AnyTask, decode_list


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What answers a number: a dialect with its settings, or a fixed list of tasks that needs no web server."""

    id: str
    account: str
    name: str
    dialect: str = ""
    settings: dict[str, Any] = {}
    tasks: builtins.list[AnyTask] | None = None


def _tasks(text: str | None) -> builtins.list[AnyTask] | None:
    return None if text is None else decode_list(text)


_application = Mapped(Application, applications, converters={"settings": msgspec.json.decode, "tasks": _tasks})
_insert = insert_into(applications)
_updates = Updates(applications, "id")
_get = Statement(_application.select.where(applications.c.id == bindparam("id")))
_by_name = Statement(
    _application.select.where(applications.c.account == bindparam("account"), applications.c.name == bindparam("name"))
)
_of_account = Statement(
    _application.select.where(applications.c.account == bindparam("account")).order_by(applications.c.name)
)
_all = Statement(_application.select.order_by(applications.c.account, applications.c.name))
_delete = Statement(sqlalchemy.delete(applications).where(applications.c.id == bindparam("id")))


def create(conn: Connection, application: Application) -> Application:
    """Store a new application; raises Conflict where its account has one of that name."""
    try:
        _insert.run(conn, **_stored(plain(application)))
    except IntegrityError as error:
        raise Conflict(f"The account has an application named {application.name!r}, or does not exist.") from error
    return application


def update(conn: Connection, id: str, **fields: Any) -> bool:
    """Change fields of an application; False where there is none. Raises Conflict where the name is taken."""
    try:
        return _updates.run(conn, id, _stored(fields)) > 0
    except IntegrityError as error:
        raise Conflict(f"The account already has an application named {fields.get('name')!r}.") from error


def get(conn: Connection, id: str) -> Application | None:
    """Return an application by its id."""
    return _application.one(conn, _get, id=id)


def by_name(conn: Connection, account: str, name: str) -> Application | None:
    """Return an account's application by its name."""
    return _application.one(conn, _by_name, account=account, name=name)


def list(conn: Connection, account: str | None = None) -> builtins.list[Application]:
    """Return an account's applications by name; all of them without an account."""
    return _application.all(conn, _all) if account is None else _application.all(conn, _of_account, account=account)


def delete(conn: Connection, id: str) -> bool:
    """Delete an application; False where there is none. Raises Conflict while a number leads to it."""
    try:
        return _delete.run(conn, id=id) > 0
    except IntegrityError as error:
        raise Conflict("A number still leads to this application: release it first.") from error


def _stored(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "settings" in values:
        values["settings"] = to_json(values["settings"])
    if values.get("tasks") is not None:
        values["tasks"] = to_json(values["tasks"])
    return values
