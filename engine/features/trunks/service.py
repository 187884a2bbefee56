"""Adds, changes and removes trunks: the store first, then Asterisk; the settings in memory follow."""

import asyncio
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.errors import AlreadyThere, InvalidSetting, NotProvisioned, NotThere
from engine.features.trunks import trunk as rules
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.sources import look_up, names_of
from engine.features.trunks.trunk import endpoint_of
from engine.platform import audit
from engine.platform.audit import SYSTEM, Actor
from engine.platform.settings_cache import SettingsCache
from engine.store import trunks, unmatched_calls
from engine.store.database import Database
from engine.store.trunks import Trunk
from engine.store.writer import Writer

log = structlog.get_logger(__name__)


class Trunks:
    """The trunks of the installation; they belong to no account."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        cache: SettingsCache,
        provisioner: Provisioner,
        addresses: TrunkAddresses | None = None,
    ) -> None:
        self._db, self._writer, self._cache, self._provisioner = db, writer, cache, provisioner
        self._addresses = addresses or TrunkAddresses()
        self._adding: set[str] = set()  # trunks that Asterisk is given before they are in the settings in memory
        self._changing = asyncio.Lock()  # of two changes at once neither loses the other's fields

    async def add(self, by: Actor, trunk: Trunk) -> Trunk:
        """Add a trunk; raises InvalidSetting, AlreadyThere, NotProvisioned and Unreachable (then it was not added)."""
        trunk = await _checked(trunk)

        def unit(conn: Connection) -> None:
            if trunks.get(conn, trunk.name):
                raise AlreadyThere(f"There is a trunk {trunk.name} already; remove it first.")
            _add(conn, by, trunk)

        await self._writer.write(unit)
        self._adding.add(trunk.name)
        try:
            await self._provisioner.put(await self._pieces(trunk))
            await self._cache.load_trunks()
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: _remove(conn, SYSTEM, trunk.name))
            await self._try_to_take_out(trunk.name)
            raise
        finally:
            self._adding.discard(trunk.name)
        return trunk

    async def change(self, by: Actor, name: str, **fields: object) -> Trunk:
        """Change fields of a trunk; calls on it go on.

        Raises NotThere, InvalidSetting, NotProvisioned and Unreachable (then it is as it was).
        """
        async with self._changing:
            before = self._cache.trunk(name)
            if before is None:
                raise NotThere(f"There is no trunk {name}.")
            if name == rules.LAB:
                raise InvalidSetting("The lab's trunk follows the settings in .env and is not changed.")
            return await self._change(by, before, await _checked(msgspec.structs.replace(before, **fields)))

    async def _change(self, by: Actor, before: Trunk, trunk: Trunk) -> Trunk:
        await self._writer.write(lambda conn: _change(conn, by, before, trunk))
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: _change(conn, SYSTEM, trunk, before))
            await self._try_to_put_back(before)
            raise
        await self._cache.load_trunks()
        return trunk

    async def remove(self, by: Actor, name: str) -> None:
        """Remove a trunk; calls on it go on. Raises NotThere."""
        async with self._changing:
            await self._writer.write(lambda conn: _remove(conn, by, name))
            await self._cache.load_trunks()
            await self._try_to_take_out(name)

    async def ensure_lab(self, address: str, port: int) -> None:
        """See that the lab's trunk is in the store as the settings say; Asterisk gets it when all is pushed."""
        wanted = rules.lab(address, port)

        def unit(conn: Connection) -> None:
            there = trunks.get(conn, wanted.name)
            if there is None:
                _add(conn, SYSTEM, wanted)
            elif there != wanted:
                _change(conn, SYSTEM, there, wanted)

        await self._writer.write(unit)
        await self._cache.load_trunks()

    async def refresh_addresses(self) -> None:
        """Look up the hosts of the trunks again, and tell Asterisk where they changed."""
        async with self._changing:
            for trunk in self._cache.trunks:
                if names_of(trunk):
                    piece = rules.identify(trunk, await self._addresses.match(trunk))
                    if await self._provisioner.renew(piece):
                        match = piece.fields["match"]
                        log.info("The addresses of a trunk have changed.", trunk=trunk.name, match=match)

    def all(self) -> tuple[Trunk, ...]:
        """Return all trunks by priority."""
        return self._cache.trunks

    async def unmatched(self) -> dict[str, int]:
        """Return how many calls of each trunk reached no number."""
        return await self._db.read(unmatched_calls.by_trunk)

    def endpoint_names(self) -> list[str]:
        """Return Asterisk's names of the trunks' endpoints."""
        known = [trunk.name for trunk in self._cache.trunks]
        return [endpoint_of(name) for name in (*known, *self._adding.difference(known))]

    async def endpoints(self) -> dict[str, list[Piece]]:
        """Return what Asterisk must have of each trunk, by its endpoint's name."""
        known = self._cache.trunks
        found = await asyncio.gather(*(self._pieces(trunk) for trunk in known))
        return {endpoint_of(trunk.name): pieces for trunk, pieces in zip(known, found, strict=True)}

    async def _pieces(self, trunk: Trunk) -> list[Piece]:
        return rules.pieces(trunk, await self._addresses.match(trunk))

    async def _try_to_put_back(self, trunk: Trunk) -> None:
        """Give Asterisk a trunk as it was; one that cannot be reached gets it when all endpoints are pushed."""
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (NotProvisioned, AriError) as error:
            log.warning("A trunk was not put back into Asterisk yet.", trunk=trunk.name, error=str(error))

    async def _try_to_take_out(self, name: str) -> None:
        """Take a trunk out of Asterisk; one that cannot be reached loses it when all endpoints are pushed."""
        try:
            await self._provisioner.take_out(endpoint_of(name))
        except AriError as error:
            log.warning("A trunk was not taken out of Asterisk yet.", trunk=name, error=str(error))


async def _checked(trunk: Trunk) -> Trunk:
    """Return a trunk whose fields are safe for Asterisk and whose hosts have addresses; raises InvalidSetting."""
    trunk = rules.checked(trunk)
    names = names_of(msgspec.structs.replace(trunk, host="192.0.2.0"))  # Asterisk itself refuses a host without one
    missing = names and set(names) - set(await look_up(names))
    if missing:
        raise InvalidSetting(f"Where a trunk's calls come from must have an address ({min(missing)!r} has none).")
    return trunk


def _add(conn: Connection, by: Actor, trunk: Trunk) -> None:
    trunks.add(conn, trunk)
    audit.record(conn, by, account=None, what="trunk.added", subject=trunk.name, after=_audited(trunk))


def _change(conn: Connection, by: Actor, old: Trunk, new: Trunk) -> None:
    trunks.change(conn, new)
    before, after = audit.changed(msgspec.structs.asdict(old), msgspec.structs.asdict(new))  # it masks passwords
    audit.record(conn, by, account=None, what="trunk.changed", subject=new.name, before=before, after=after)


def _remove(conn: Connection, by: Actor, name: str) -> None:
    found = trunks.get(conn, name)
    if found is None:
        raise NotThere(f"There is no trunk {name}.")
    trunks.remove(conn, name)
    audit.record(conn, by, account=None, what="trunk.removed", subject=name, before=_audited(found))


def _audited(trunk: Trunk) -> dict[str, Any]:
    """Return a trunk's fields without its password."""
    return {name: value for name, value in msgspec.structs.asdict(trunk).items() if name != "password"}
