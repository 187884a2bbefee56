"""Extensions: softphones that register with us."""

import builtins

import msgspec
from sqlalchemy import Connection, bindparam, delete, update
from sqlalchemy.exc import IntegrityError

from engine.store.errors import StoreConflict
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import extensions


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """A softphone's number and SIP password, and the name it shows.

    `application`, where it asks (see engine.store.applications), says what each call that the phone makes shall do.
    `no_answer` (after `ring_seconds`; None: as long as a call may ring), `busy` and `unregistered` are destinations as
    stored, "" for none: where a call goes that the phone does not take.
    """

    number: str
    account: str
    password: str
    name: str = ""
    application: str | None = None
    no_answer: str = ""
    busy: str = ""
    unregistered: str = ""
    ring_seconds: float | None = None


_extension = Mapped(Extension, extensions)
_insert = insert_into(extensions)
_remove = Statement(delete(extensions).where(extensions.c.number == bindparam("number")))
_divert = Statement(
    update(extensions)
    .where(extensions.c.number == bindparam("the_number"), extensions.c.account == bindparam("the_account"))
    .values({name: bindparam(name) for name in ("no_answer", "busy", "unregistered", "ring_seconds")})
)
_get = Statement(_extension.select.where(extensions.c.number == bindparam("number")))
_of_account = Statement(
    _extension.select.where(extensions.c.account == bindparam("account")).order_by(extensions.c.number)
)
_all = Statement(_extension.select.order_by(extensions.c.number))


def add(conn: Connection, extension: Extension) -> None:
    """Store a new extension; raises StoreConflict where the number is taken."""
    try:
        _insert.run(conn, **plain(extension))
    except IntegrityError as error:
        raise StoreConflict(f"The extension {extension.number} exists already, or its account does not.") from error


def remove(conn: Connection, number: str) -> bool:
    """Remove an extension; False where there is none."""
    return _remove.run(conn, number=number) > 0


def divert(conn: Connection, extension: Extension) -> None:
    """Store where the calls go that an extension does not take, and how long it rings."""
    names = ("no_answer", "busy", "unregistered", "ring_seconds")
    values = {name: getattr(extension, name) for name in names}
    _divert.run(conn, the_number=extension.number, the_account=extension.account, **values)


def get(conn: Connection, number: str) -> Extension | None:
    """Return an extension."""
    return _extension.one(conn, _get, number=number)


def list(conn: Connection, account: str | None = None) -> builtins.list[Extension]:
    """Return an account's extensions; all of them without an account."""
    return _extension.all(conn, _all) if account is None else _extension.all(conn, _of_account, account=account)
