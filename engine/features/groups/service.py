"""The rules of ring groups: who is rung, for how long, and where the call goes then. The only writer of their table."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.accounts.emergency import refusal
from engine.features.destinations.choosing import LeadsTo
from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, InvalidNumber, InvalidSetting, NotThere
from engine.features.groups.destination import LONGEST_EXTENSION, called
from engine.features.numbers.phone_numbers import normalise
from engine.model.ring_strategy import Strategy
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.settings_cache import SettingsCache
from engine.store import ring_groups
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.ring_groups import RingGroup
from engine.store.writer import Writer
from engine.tasks.ring import Ring

_NAME = re.compile(r"(?=.*\w)[\w.+-]([\w .+-]{0,62}[\w.+-])?")


class GroupFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a group is made of; None: as it is, or the default of a new one."""

    members: tuple[str, ...] | None = None
    strategy: Strategy | None = None
    seconds: float | None = None
    seconds_each: float | None = None
    otherwise: LeadsTo | None = None


class Groups:
    """Adds, changes and removes the groups of accounts. `refresh` makes a change count at once."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        cache: SettingsCache,
        destinations: Destinations,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._db, self._writer, self._cache = db, writer, cache
        self._destinations, self._refresh = destinations, refresh

    async def list(self) -> list[dict[str, Any]]:
        """All groups as they are shown, by account and name."""

        def read(conn: Connection) -> list[dict[str, Any]]:
            owners = {row.account: account_settings.find(conn, row.account) for row in ring_groups.list(conn)}
            return [self.shown(owners[row.account], row) for row in ring_groups.list(conn)]

        return await self._db.read(read)

    async def add(self, by: Actor, account: str, name: str, fields: GroupFields) -> dict[str, Any]:
        """Make a group; raises InvalidSetting, NotThere, AlreadyThere."""
        if not _NAME.fullmatch(name):
            shown = name[:64]
            raise InvalidSetting(
                f"A group's name must be 1 to 64 letters, digits, . _ + - and blanks between them (got {shown!r})."
            )
        if not fields.members:
            raise InvalidSetting("A group must have at least one member: an extension, or a number.")

        def unit(conn: Connection) -> dict[str, Any]:
            owner = account_settings.find(conn, account)
            if ring_groups.get(conn, owner.id, name):
                raise AlreadyThere(f"The account {owner.name} has a group {name} already.")
            row = RingGroup(account=owner.id, name=name, members=())
            return self._put(conn, by, owner, None, self._changed(conn, owner, row, fields))

        return await self._written(unit)

    async def change(self, by: Actor, account: str, name: str, fields: GroupFields) -> dict[str, Any]:
        """Change a group; calls that ring go on as it was. Raises InvalidSetting, NotThere."""

        def unit(conn: Connection) -> dict[str, Any]:
            owner, had = self._found(conn, account, name)
            return self._put(conn, by, owner, had, self._changed(conn, owner, had, fields))

        return await self._written(unit)

    async def remove(self, by: Actor, account: str, name: str) -> None:
        """Remove a group; raises NotThere, StillUsed while something leads to it."""

        def unit(conn: Connection) -> None:
            owner, had = self._found(conn, account, name)
            self._destinations.refuse_used(conn, owner.id, [f"group:{name}"], f"The group {name}")
            ring_groups.remove(conn, owner.id, name)
            before = self._noted(self.shown(owner, had))
            audit.record(conn, by, account=owner.id, what="group.removed", subject=name, before=before)

        await self._writer.write(unit)
        await self._refresh()

    def shown(self, account: Account, row: RingGroup) -> dict[str, Any]:
        """A group as it is shown: its account's name, its members as they are written, its destination."""
        return {
            "name": row.name,
            "account": account.name,
            "members": [_written(member) for member in row.members],
            "strategy": row.strategy,
            "seconds": row.seconds,
            "seconds_each": row.seconds_each,
            "otherwise": self._destinations.shown(account, row.otherwise),
        }

    def _noted(self, shown: dict[str, Any]) -> dict[str, Any]:
        return {**shown, "otherwise": self._destinations.noted(shown["otherwise"])}

    async def _written(self, unit: Callable[[Connection], dict[str, Any]]) -> dict[str, Any]:
        shown = await self._writer.write(unit)
        await self._refresh()
        return shown

    def _found(self, conn: Connection, account: str, name: str) -> tuple[Account, RingGroup]:
        owner = account_settings.find(conn, account)
        found = ring_groups.get(conn, owner.id, name)
        if found is None:
            raise NotThere(f"The account {owner.name} has no group {name}.")
        return owner, found

    def _changed(self, conn: Connection, owner: Account, row: RingGroup, fields: GroupFields) -> RingGroup:
        given = {name: value for name, value in msgspec.structs.asdict(fields).items() if value is not None}
        if fields.members is not None:
            given["members"] = tuple(self._member(owner, member) for member in fields.members)
            for number in called(given["members"]):
                self._destinations.refuse_loop(owner, f"group:{row.name}", number)
        if fields.otherwise is not None:
            given["otherwise"] = fields.otherwise(conn, owner)
            self._destinations.refuse_loop(owner, f"group:{row.name}", given["otherwise"])
        row = msgspec.structs.replace(row, **given)
        try:
            Ring(members=row.members, strategy=row.strategy, seconds=row.seconds, seconds_each=row.seconds_each)
        except ValueError as error:
            raise InvalidSetting(str(error)) from error
        return row

    def _member(self, owner: Account, written: str) -> str:
        """Read an extension of the account, or a number as somebody in its country writes it."""
        text = written.strip()
        if found := self._cache.extension_named(owner.id, text):
            return found.number
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_EXTENSION:
            raise InvalidSetting(f"A member must be an extension of the account, or a number (got {text!r}).")
        if why := refusal(text, owner.country):
            raise InvalidSetting(why)
        try:
            return normalise(text, owner.country)
        except InvalidNumber as error:
            raise InvalidSetting(f"{text[:64]!r} cannot be a member of a group. {error}") from error

    def _put(
        self, conn: Connection, by: Actor, owner: Account, had: RingGroup | None, row: RingGroup
    ) -> dict[str, Any]:
        ring_groups.put(conn, row)
        before, after = self._noted(self.shown(owner, had)) if had else None, self.shown(owner, row)
        what = "group.changed" if had else "group.added"
        audit.record(conn, by, account=owner.id, what=what, subject=row.name, before=before, after=self._noted(after))
        return after


def _written(member: str) -> str:
    return member if len(member) <= LONGEST_EXTENSION else f"+{member}"
