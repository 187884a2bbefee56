"""Applications: the programs that answer numbers."""

import builtins
import time
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import Connection, bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, seal_of, to_json
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import applications, credentials, extensions, ring_groups
from engine.tasks.kinds import AnyTask, decode_list, encode_list


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """A program that answers a number: a dialect with its settings, or a fixed list of tasks without a web server.

    `asks`: its server decides what each call does, before anything else happens to the call.
    """

    id: str
    account: str
    name: str
    dialect: str = ""
    settings: dict[str, Any] = {}
    tasks: builtins.list[AnyTask] | None = None
    asks: bool = False


def _tasks(text: str | None) -> builtins.list[AnyTask] | None:
    return None if text is None else decode_list(text)


_DIVERSIONS = (extensions.c.no_answer, extensions.c.busy, extensions.c.unregistered)
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
_leading = Statement(
    select(extensions.c.account)
    .where(
        or_(
            extensions.c.application == bindparam("asked"),
            *(column == bindparam("destination") for column in _DIVERSIONS),
        )
    )
    .union_all(select(ring_groups.c.account).where(ring_groups.c.otherwise == bindparam("destination")))
)
_delete = Statement(sqlalchemy.delete(applications).where(applications.c.id == bindparam("id")))
_by_key = Statement(
    _application.select.join_from(applications, credentials, credentials.c.application == applications.c.id).where(
        credentials.c.dialect == bindparam("dialect"), credentials.c.key == bindparam("key")
    )
)
_key = Statement(
    select(credentials.c.key, credentials.c.secret).where(credentials.c.application == bindparam("application"))
)
_keys = Statement(
    select(credentials.c.application, credentials.c.key, credentials.c.dialect).where(
        credentials.c.application.is_not(None), credentials.c.account == bindparam("account")
    )
)
_add_key = insert_into(credentials, without=("kind", "user", "name", "expires"))
_drop_key = Statement(sqlalchemy.delete(credentials).where(credentials.c.application == bindparam("application")))


def create(conn: Connection, application: Application) -> Application:
    """Store a new application; raises StoreConflict if its account has one of that name."""
    try:
        _insert.run(conn, **_stored(conn, msgspec.structs.asdict(application)))
    except IntegrityError as error:
        raise StoreConflict(f"The account has an application named {application.name!r}, or does not exist.") from error
    return application


def update(conn: Connection, id: str, **fields: Any) -> bool:
    """Change fields of an application; returns False if there is none. Raises StoreConflict if the name is taken."""
    try:
        return _updates.run(conn, id, _stored(conn, fields)) > 0
    except IntegrityError as error:
        raise StoreConflict(f"The account already has an application named {fields.get('name')!r}.") from error


def get(conn: Connection, id: str) -> Application | None:
    """Return an application by its id."""
    return _application.one(conn, _get, id=id)


def by_name(conn: Connection, account: str, name: str) -> Application | None:
    """Return an account's application by its name."""
    return _application.one(conn, _by_name, account=account, name=name)


def list(conn: Connection, account: str | None = None) -> builtins.list[Application]:
    """Return an account's applications by name; those of all accounts without an account."""
    return _application.all(conn, _all) if account is None else _application.all(conn, _of_account, account=account)


def is_led_to(conn: Connection, id: str) -> bool:
    """Return whether an extension or a ring group leads to an application."""
    return _leading.first(conn, destination=f"application:{id}", asked=id) is not None


def delete(conn: Connection, id: str) -> bool:
    """Delete an application and its key; returns False if there is none. Raises StoreConflict while it is in use."""
    if is_led_to(conn, id):
        raise StoreConflict("An extension or a ring group still leads to this application: release it first.")
    drop_key(conn, id)
    try:
        return _delete.run(conn, id=id) > 0
    except IntegrityError as error:
        raise StoreConflict("A number or an extension still leads to this application: release it first.") from error


def by_key(conn: Connection, dialect: str, key: str) -> Application | None:
    """Return the application that has this key in this dialect."""
    return _application.one(conn, _by_key, dialect=dialect, key=key)


def key(conn: Connection, application: str) -> tuple[str, str] | None:
    """Return an application's (key, secret); None if it has no key of its own."""
    row = _key.first(conn, application=application)
    return None if row is None else (row[0], row[1])


def keys(conn: Connection, account: str, dialect: str | None = None) -> dict[str, str]:
    """Return the keys of an account's applications (of one dialect, or of all), by the application's id."""
    rows = _keys.all(conn, account=account)
    return {application: key for application, key, of in rows if dialect in (None, of)}


def set_key(conn: Connection, application: Application, key: str, secret: str) -> None:
    """Replace an application's key in its dialect; raises StoreConflict if the key is taken."""
    drop_key(conn, application.id)
    try:
        _add_key.run(
            conn,
            dialect=application.dialect,
            key=key,
            account=application.account,
            application=application.id,
            secret=secret,
            created=time.time(),
        )
    except IntegrityError as error:
        raise StoreConflict("Another application has this key, or there is no such application.") from error


def drop_key(conn: Connection, application: str) -> None:
    """Remove an application's key; harmless if it has none."""
    _drop_key.run(conn, application=application)


def _stored(conn: Connection, fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "settings" in values:
        values["settings"] = to_json(values["settings"])
    if values.get("tasks") is not None:
        values["tasks"] = encode_list(values["tasks"], seal_of(conn))
    return values
