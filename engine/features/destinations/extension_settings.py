"""What is set of an extension: which calls it takes, where the others go, how long it rings, and whose phone it is."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.destinations.choosing import LeadsTo
from engine.features.destinations.registry import Destinations
from engine.features.errors import InvalidSetting, NotThere
from engine.features.users import lookup as users
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.settings_cache import SettingsCache
from engine.store import extensions
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.store.writer import Writer

REASONS = ("always", "no_answer", "busy", "unregistered")
SWITCHES = ("do_not_disturb", "call_waiting")
LONGEST_SECONDS = 600.0


class DiversionFields(msgspec.Struct, frozen=True, kw_only=True):
    """What changes; None stays as it is. `always` is for every call: the phone does not ring.

    `ring_seconds` 0: as long as a call may ring. `owner` is the user whose phone it is, by its id or e-mail address;
    "": nobody's.
    """

    always: LeadsTo | None = None
    no_answer: LeadsTo | None = None
    busy: LeadsTo | None = None
    unregistered: LeadsTo | None = None
    do_not_disturb: bool | None = None
    call_waiting: bool | None = None
    ring_seconds: float | None = None
    owner: str | None = None


class ExtensionDiversions:
    """Sets them. `refresh` makes a change count at once."""

    def __init__(
        self, writer: Writer, cache: SettingsCache, destinations: Destinations, refresh: Callable[[], Awaitable[None]]
    ) -> None:
        self._writer, self._cache, self._destinations, self._refresh = writer, cache, destinations, refresh

    async def change(self, by: Actor, account: str | None, number: str, fields: DiversionFields) -> dict[str, Any]:
        """Change an extension, of an account by its name or id; None: of the only account that has it.

        Returns it as it is shown. Raises NotThere, InvalidSetting (also where it would lead to itself).
        """

        def unit(conn: Connection) -> dict[str, Any]:
            owner = account_settings.find(conn, account or self._owner(number))
            named = self._cache.extension_named(owner.id, number)
            had = extensions.get(conn, owner.id, named.number) if named else None
            if had is None:
                raise NotThere(f"The account {owner.name} has no extension {number}.")
            row = self._changed(conn, owner, had, fields)
            extensions.divert(conn, row)
            extensions.give(conn, row)
            shown = self.shown(owner, row)
            before, after = (_noted(each) for each in audit.changed(self.shown(owner, had), shown))
            audit.record(
                conn, by, account=owner.id, what="extension.diverted", subject=row.number, before=before, after=after
            )
            return {"number": row.number, "account": owner.name, **shown}

        changed = await self._writer.write(unit)
        await self._refresh()
        return changed

    def _owner(self, number: str) -> str:
        owners = {each.account for each in self._cache.extensions() if each.number == number}
        if len(owners) != 1:
            raise NotThere(f"There is no extension {number}." if not owners else "Several accounts have it: say which.")
        return owners.pop()

    def of(self, row: Extension) -> dict[str, Any]:
        """What an extension shows of it, its account as the settings in memory have it."""
        account = self._cache.find(row.account)
        return self.shown(account, row) if account else {}

    def shown(self, account: Account, row: Extension) -> dict[str, Any]:
        """What an extension shows of it."""
        shape: dict[str, Any] = {reason: self._destinations.shown(account, getattr(row, reason)) for reason in REASONS}
        shape |= {switch: getattr(row, switch) for switch in SWITCHES}
        owner = self._cache.user(account.id, row.owner) if row.owner else None
        return shape | {"ring_seconds": row.ring_seconds, "owner": owner.email if owner else None}

    def _changed(self, conn: Connection, owner: Account, row: Extension, fields: DiversionFields) -> Extension:
        given: dict[str, Any] = {}
        for reason in REASONS:
            if (leads_to := getattr(fields, reason)) is not None:
                given[reason] = leads_to(conn, owner)
                self._destinations.refuse_loop(owner, f"extension:{row.number}", given[reason])
        given |= {switch: on for switch in SWITCHES if (on := getattr(fields, switch)) is not None}
        if fields.ring_seconds is not None:
            if not (fields.ring_seconds == 0 or 1 <= fields.ring_seconds <= LONGEST_SECONDS):
                raise InvalidSetting(
                    f"ring_seconds must be 1 to {LONGEST_SECONDS:g}, or 0 (got {fields.ring_seconds:g})."
                )
            given["ring_seconds"] = fields.ring_seconds or None
        if fields.owner is not None:
            given["owner"] = users.find(conn, owner.id, fields.owner).id if fields.owner else None
        return msgspec.structs.replace(row, **given)


def _noted(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: Destinations.noted(value) if name in REASONS else value for name, value in fields.items()}
