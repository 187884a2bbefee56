"""The rules of applications: made, replaced, changed, removed, and their keys."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from engine.features.applications import keys, views
from engine.features.applications.dialects import OWN, Dialect
from engine.features.applications.errors import ApplicationInvalid
from engine.features.applications.model import (
    Application,
    ApplicationDetails,
    CallApplication,
    ListedApplication,
    WantedApplication,
)
from engine.features.errors import NotThere
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.refresh import Refresh
from engine.store import applications
from engine.store.database import Database
from engine.store.writer import Writer

_NAME = re.compile(r"[\w .:+-]{1,64}")
T = TypeVar("T")


class ApplicationService:
    """Applications of all accounts. `dialects` are those that applications may have, beside fixed lists of tasks."""

    def __init__(self, db: Database, writer: Writer, dialects: Sequence[Dialect], refresh: Refresh) -> None:
        self._db, self._writer, self._dialects, self._refresh = db, writer, tuple(dialects), refresh

    def dialect(self, name: str) -> Dialect | None:
        """Return a dialect by its name, our own API's included."""
        return next((each for each in (OWN, *self._dialects) if each.name == name), None)

    # Read

    async def list(self) -> list[ListedApplication]:
        """Return all applications, by their accounts' ids and their names."""
        return await self._db.read(views.every)

    async def details(self, name: str) -> ApplicationDetails:
        """Return an application by its id or its key; raises NotThere."""
        return await self._db.read(lambda conn: views.details(conn, self._named(conn, name)))

    async def get(self, application: str) -> Application | None:
        """Return an application by its id."""
        return await self._db.read(lambda conn: applications.get(conn, application))

    async def of_account(self, account: str, dialect: str) -> tuple[Application, ...]:
        """Return an account's applications of a dialect, by their names."""
        found = await self._db.read(lambda conn: applications.list(conn, account))
        return tuple(row for row in found if row.dialect == dialect)

    async def by_key(self, account: str, dialect: str, key: str) -> Application:
        """Return an account's application by its key in a dialect; raises NotThere, also if it is another account's."""
        found = await self._db.read(lambda conn: applications.by_key(conn, dialect, key))
        if found is None or found.account != account:
            raise NotThere("This account has no application with that key.")
        return found

    async def keys(self, account: str, dialect: str) -> dict[str, str]:
        """Return the keys of an account's applications of a dialect, by the applications' ids."""
        return await self._db.read(lambda conn: applications.keys(conn, account, dialect))

    async def key(self, application: str) -> str:
        """Return an application's key; "" if it has none of its own."""
        found = await self._db.read(lambda conn: applications.key(conn, application))
        return found[0] if found else ""

    async def of_call(self, *calls: str) -> CallApplication | None:
        """Return the first of these calls that there is, with its application and the key of that; None: there is none.

        One transaction: it is asked for each callback that is signed.
        """
        return await self._db.read(lambda conn: views.of_call(conn, calls))

    # Write

    def fields(self, wanted: WantedApplication) -> dict[str, Any]:
        """Return the fields of an application as it is wanted; raises ApplicationInvalid."""
        if wanted.tasks is not None:
            if wanted.url is not None or wanted.fallback is not None:
                raise ApplicationInvalid("An application has either tasks or a URL.")
            return {"tasks": list(wanted.tasks)}
        dialect = self.dialect(wanted.dialect or "")
        if wanted.url is None and not (dialect and dialect.issue):
            raise ApplicationInvalid("An application has either tasks or a URL.")
        if dialect is None or dialect.url_setting is None:
            raise ApplicationInvalid(f"The dialect {wanted.dialect!r} takes no calls by a URL.")
        settings = {} if wanted.url is None else {dialect.url_setting: wanted.url}
        if wanted.fallback is not None:
            if dialect.fallback_setting is None:
                raise ApplicationInvalid(f"The dialect {dialect.name!r} has no second URL.")
            settings[dialect.fallback_setting] = wanted.fallback
        return {"dialect": dialect.name, "settings": settings, "asks": dialect.asks}

    async def put(self, by: Actor, account: str, name: str, wanted: WantedApplication) -> ApplicationDetails:
        """Make an account's application, or replace the one that has this name; raises ApplicationInvalid."""
        if not _NAME.fullmatch(name):
            raise ApplicationInvalid("An application's name is 1 to 64 letters, digits, blanks and . : + -")
        fields = self.fields(wanted)
        return await self._write(lambda conn: views.details(conn, self.put_within(conn, by, account, name, fields)))

    def put_within(
        self, conn: Connection, by: Actor, account: str, name: str, fields: Mapping[str, Any]
    ) -> Application:
        """Make or replace an application within a transaction; one that needs a key of its own gets it.

        `fields` are those of `fields`; what is not in them is as in a new application.
        """
        given = {"dialect": "", "settings": {}, "tasks": None, "asks": False, **fields}
        if found := applications.by_name(conn, account, name):
            applications.update(conn, found.id, **given)
            row = msgspec.structs.replace(found, **given)
            if row.dialect != found.dialect:
                applications.drop_key(conn, row.id)
        else:
            row = applications.create(conn, Application(id=new_id("app"), account=account, name=name, **given))
        keys.issue(conn, row, self.dialect(row.dialect))
        _record(conn, by, "application.replaced" if found else "application.added", found, row)
        return row

    async def set_urls(self, by: Actor, name: str, *, url: str | None, fallback: str | None) -> ApplicationDetails:
        """Change the URLs that are notified or asked: None leaves one as it is, "" takes it away.

        Raises NotThere, ApplicationInvalid.
        """

        def unit(conn: Connection) -> ApplicationDetails:
            row = self._named(conn, name)
            dialect = self.dialect(row.dialect)
            given: dict[str, str] = {}
            for setting, value in (
                (dialect.url_setting if dialect else None, url),
                (dialect.fallback_setting if dialect else None, fallback),
            ):
                if value is not None and setting is None:
                    raise ApplicationInvalid("This application has no such URL.")
                if setting and value is not None:
                    given[setting] = value
            return views.details(conn, _set(conn, by, row, given))

        return await self._write(unit)

    async def set_settings(self, by: Actor, application: str, given: Mapping[str, str]) -> Application:
        """Change settings of an application by its id: a value "" takes the setting away. Raises NotThere."""
        return await self._write(lambda conn: _set(conn, by, _by_id(conn, application), given))

    async def renew_secret(self, by: Actor, name: str) -> ApplicationDetails:
        """Give an application a new secret; the old one is invalid at once, the key stays.

        Raises NotThere, ApplicationInvalid.
        """

        def unit(conn: Connection) -> ApplicationDetails:
            row = self._named(conn, name)
            key = keys.renew(conn, row, self.dialect(row.dialect))
            if key is None:
                sentence = "This application has no key of its own: its account has (carillon accounts rotate)."
                raise ApplicationInvalid(sentence)
            what = "application.secret_renewed"
            audit.record(conn, by, account=row.account, what=what, subject=row.id, after={"key": key})
            return views.details(conn, row)

        return await self._write(unit)

    async def remove(self, by: Actor, name: str) -> None:
        """Delete an application and its key.

        Raises NotThere, and StoreConflict while a number, an extension or a ring group leads to it.
        """

        def unit(conn: Connection) -> None:
            row = self._named(conn, name)
            applications.delete(conn, row.id)
            _record(conn, by, "application.removed", row, None)

        await self._write(unit)

    async def _write(self, unit: Callable[[Connection], T]) -> T:
        made = await self._writer.write(unit)
        await self._refresh()
        return made

    def _named(self, conn: Connection, name: str) -> Application:
        found = applications.get(conn, name)
        for dialect in self._dialects:
            found = found or (applications.by_key(conn, dialect.name, name) if dialect.issue else None)
        if found is None:
            raise NotThere("There is no such application; `carillon applications list` shows the id and key of each.")
        return found


def named(conn: Connection, account: str, name: str) -> Application:
    """Return an account's application by its name within a transaction; raises NotThere."""
    application = applications.by_name(conn, account, name)
    if application is None:
        raise NotThere(f"The account has no application {name}; `carillon applications list` shows all.")
    return application


def _by_id(conn: Connection, id: str) -> Application:
    found = applications.get(conn, id)
    if found is None:
        raise NotThere("There is no such application.")
    return found


def _set(conn: Connection, by: Actor, row: Application, given: Mapping[str, str]) -> Application:
    settings = {name: value for name, value in {**row.settings, **given}.items() if value != ""}
    applications.update(conn, row.id, settings=settings)
    changed = msgspec.structs.replace(row, settings=settings)
    _record(conn, by, "application.changed", row, changed)
    return changed


def _record(conn: Connection, by: Actor, what: str, before: Application | None, after: Application | None) -> None:
    row = after or before
    assert row
    audit.record(
        conn,
        by,
        account=row.account,
        what=what,
        subject=row.id,
        before=None if before is None else views.noted(before),
        after=None if after is None else views.noted(after),
    )
