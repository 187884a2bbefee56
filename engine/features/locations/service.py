"""The rules of locations: every change of one goes through here, and is audited. The only writer of their table."""

import time
from collections.abc import Callable
from math import inf, nextafter
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features.details.model import Fields, checked, merged
from engine.features.errors import NotThere
from engine.features.locations import store
from engine.features.locations.model import FIRST, LastLocation, Location, TooManyLocations, name_of
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store.database import Database
from engine.store.writer import Writer

MOST = 1000
"""How many locations an account has, at most."""


class LocationService:
    """Adds, changes, shows and removes the locations of accounts (by their ids). `clock`: Unix seconds.

    Every method that takes a location's id raises NotThere where the account has no such location.
    """

    def __init__(self, db: Database, writer: Writer, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._clock = db, writer, clock

    async def list_all(self, account: str) -> list[Location]:
        """Return an account's locations, the oldest first. An account that had none has its first one from now on."""
        found = await self._db.read(lambda conn: store.list(conn, account))
        return found or await self._writer.write(lambda conn: self._begun(conn, account))

    async def get(self, account: str, id: str) -> Location:
        """Return one location."""
        return await self._db.read(lambda conn: _find(conn, account, id))

    async def add(self, by: Actor, account: str, name: str, fields: Fields) -> Location:
        """Add a location; raises InvalidSetting, TooManyLocations."""
        checked_name, kept = name_of(name), checked(fields)

        def unit(conn: Connection) -> Location:
            had = self._begun(conn, account)
            if len(had) >= MOST:
                raise TooManyLocations(f"An account has at most {MOST} locations: remove one first.")
            location = self._new(account, checked_name, kept, behind=had[-1].created)
            store.add(conn, location)
            _record(conn, by, "location.added", location, None, location)
            return location

        return await self._writer.write(unit)

    async def change(self, by: Actor, account: str, id: str, change: Fields, name: str | None = None) -> Location:
        """Change the fields that are named, and the name if one is given; raises InvalidSetting."""
        new_name = None if name is None else name_of(name)

        def unit(conn: Connection) -> Location:
            before = _find(conn, account, id)
            after = msgspec.structs.replace(
                before,
                name=new_name or before.name,
                fields=checked(merged(before.fields, change)),
                updated=self._clock(),
            )
            store.update(conn, after)
            _record(conn, by, "location.changed", after, before, after)
            return after

        return await self._writer.write(unit)

    async def remove(self, by: Actor, account: str, id: str) -> Location:
        """Remove a location; raises LastLocation."""

        def unit(conn: Connection) -> Location:
            found = _find(conn, account, id)
            if len(store.list(conn, account)) == 1:
                raise LastLocation("The account keeps at least one location: add another one first.")
            store.delete(conn, id)
            _record(conn, by, "location.removed", found, found, None)
            return found

        return await self._writer.write(unit)

    def _begun(self, conn: Connection, account: str) -> list[Location]:
        """Return an account's locations, of which there is one at least."""
        if not store.list(conn, account):
            store.add(conn, self._new(account, FIRST, {}))
        return store.list(conn, account)

    def _new(self, account: str, name: str, fields: Fields, *, behind: float = 0.0) -> Location:
        """Return a location that is newer than one that was made at `behind`, even in the same moment."""
        now = max(self._clock(), nextafter(behind, inf))
        return Location(id=new_id("location"), account=account, name=name, created=now, updated=now, fields=fields)


def _find(conn: Connection, account: str, id: str) -> Location:
    found = store.get(conn, account, id)
    if found is None:
        raise NotThere(f"The account has no location {id[:80]}.")
    return found


def _record(
    conn: Connection, by: Actor, what: str, about: Location, before: Location | None, after: Location | None
) -> None:
    old, new = audit.changed(_audited(before), _audited(after))
    audit.record(conn, by, account=about.account, what=what, subject=about.name, before=old, after=new)


def _audited(location: Location | None) -> dict[str, Any]:
    return {} if location is None else {"name": location.name, **location.fields}
