"""Adds, changes and removes trunks: the store first, then Asterisk; the settings in memory follow."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.errors import AlreadyThere, FeatureError, InvalidSetting, NotThere
from engine.features.trunks import media, records, sources
from engine.features.trunks import trunk as rules
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.model import replaced
from engine.features.trunks.options import AnsweredOptions
from engine.features.trunks.sources import names_of
from engine.features.trunks.transports import Transports
from engine.features.trunks.trunk import endpoint_of
from engine.platform.audit import SYSTEM, Actor
from engine.platform.settings_cache import SettingsCache
from engine.store import trunks, unheard_calls, unmatched_calls
from engine.store.database import Database
from engine.store.trunks import Trunk
from engine.store.unheard_calls import Unheard
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
        transports: Transports,
        addresses: TrunkAddresses | None = None,
        clock: Callable[[], float] = time.monotonic,
        options: AnsweredOptions | None = None,
    ) -> None:
        self._options = options or AnsweredOptions()
        self._db, self._writer, self._cache, self._provisioner = db, writer, cache, provisioner
        self.transports = transports
        self.addresses = addresses or TrunkAddresses()
        self._adding: set[str] = set()  # trunks that Asterisk is given before they are in the settings in memory
        self._clock = clock
        self._made: dict[str, float] = {}  # when each endpoint was made
        provisioner.on_made(self._note_made)
        self._on_removed: list[Callable[[], Awaitable[None]]] = []
        self._changing = asyncio.Lock()  # of two changes at once neither loses the other's fields

    async def add(self, by: Actor, trunk: Trunk) -> Trunk:
        """Add a trunk; raises InvalidSetting, AlreadyThere, NotProvisioned and Unreachable (then it was not added)."""
        trunk = await self._checked(trunk)
        async with self._changing:  # what one makes for its trunk is not taken out by another one
            return await self._add(by, trunk)

    async def _add(self, by: Actor, trunk: Trunk) -> Trunk:
        def unit(conn: Connection) -> None:
            if trunks.get(conn, trunk.name):
                raise AlreadyThere(f"There is a trunk {trunk.name} already; remove it first.")
            records.add(conn, by, trunk)

        await self._writer.write(unit)
        self._adding.add(trunk.name)
        try:
            await self._provisioner.put(await self._pieces(trunk))
            await self._cache.load_trunks()
        except (FeatureError, AriError, OSError):
            await self._writer.write(lambda conn: records.remove(conn, SYSTEM, trunk.name))
            await self._try_to_take_out(trunk.name)
            await self._tidy(trunk)
            raise
        finally:
            self._adding.discard(trunk.name)
        return trunk

    def on_removed(self, forget: Callable[[], Awaitable[None]]) -> None:
        """Call `forget` after each removal of a trunk: it reads what it keeps of trunks again."""
        self._on_removed.append(forget)

    async def change(self, by: Actor, name: str, **fields: object) -> Trunk:
        """Change fields of a trunk; calls on it go on. Of a group of settings what changes is given by name.

        Raises NotThere, InvalidSetting, NotProvisioned and Unreachable (then it is as it was).
        """
        async with self._changing:
            before = self.find(name)
            if name == rules.LAB:
                raise InvalidSetting("The lab's trunk follows the settings in .env and is not changed.")
            return await self._change(by, before, await self._checked(replaced(before, fields), before))

    async def _change(self, by: Actor, before: Trunk, trunk: Trunk) -> Trunk:
        await self._writer.write(lambda conn: records.change(conn, by, before, trunk))
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (FeatureError, AriError, OSError):
            await self._writer.write(lambda conn: records.change(conn, SYSTEM, trunk, before))
            await self._try_to_put_back(before)
            await self._tidy(before, trunk)
            raise
        await self._cache.load_trunks()
        await self._tidy(before, trunk)
        return trunk

    async def remove(self, by: Actor, name: str) -> None:
        """Remove a trunk; calls on it go on. Raises NotThere."""
        async with self._changing:
            before = self._cache.trunk(name)
            await self._writer.write(lambda conn: records.remove(conn, by, name))
            await self._cache.load_trunks()
            for forget in self._on_removed:
                await forget()
            await self._try_to_take_out(name)
            await self._tidy(before)

    async def tidy(self) -> None:
        """Take the transports of TLS out of Asterisk that no trunk has; what cannot be taken out now is later."""
        async with self._changing:
            await self._tidy(anyway=True)

    async def ensure_lab(self, address: str, port: int) -> None:
        """See that the lab's trunk is in the store as the settings say; Asterisk gets it when all is pushed."""
        wanted = rules.lab(address, port)

        def unit(conn: Connection) -> None:
            there = trunks.get(conn, wanted.name)
            if there is None:
                records.add(conn, SYSTEM, wanted)
            elif there != wanted:
                records.change(conn, SYSTEM, there, wanted)

        await self._writer.write(unit)
        await self._cache.load_trunks()

    async def refresh_addresses(self) -> None:
        """Look up the names of the trunks that have expired, and tell Asterisk where they changed."""
        async with self._changing:
            self.addresses.forget([name for trunk in self._cache.trunks for name in names_of(trunk)])
            for trunk in self._cache.trunks:
                if names_of(trunk):
                    piece = rules.identify(trunk, await self.addresses.match(trunk))
                    if await self._provisioner.renew(piece):
                        match = piece.fields["match"]
                        log.info("The addresses of a trunk have changed.", trunk=trunk.name, match=match)
                        await self._provisioner.put(await self._pieces(trunk))  # their families may have, too

    def shown_state(self, name: str, state: str) -> str:
        """Return the state of an endpoint as people are told it, where Asterisk's word would mislead.

        "unwatched": its trunk is sent no OPTIONS. "checking": it was made just now, and the answer to the first OPTIONS
        is not there yet (Asterisk sends that after a random part of the interval).
        """
        trunk = self._cache.trunk(name.removeprefix(endpoint_of("")))
        if trunk is None or state == "missing":
            return state
        seconds = trunk.signalling.options_seconds
        if not seconds:  # of which Asterisk says that it is online
            return "unwatched"
        if state == "online":
            return state
        made = self._made.get(name)
        return "checking" if made is not None and self._clock() - made < seconds + rules.ANSWER_SECONDS else state

    async def answering(self) -> dict[str, bool | None]:
        """Return which trunks answer OPTIONS, of those that are sent any; None: the first may still come.

        Raises Unreachable.
        """
        found: dict[str, bool | None] = {}
        for trunk in self._cache.trunks:
            if trunk.signalling.options_seconds:
                name = endpoint_of(trunk.name)
                state = self.shown_state(name, await self._provisioner.state(name))
                found[trunk.name] = {"online": True, "offline": False}.get(state)
        return found

    def find(self, name: str) -> Trunk:
        """Return a trunk by its name; raises NotThere."""
        found = self._cache.trunk(name)
        if found is None:
            raise NotThere(f"There is no trunk {name}.")
        return found

    async def in_asterisk(self, trunk: Trunk) -> dict[str, dict[str, str]]:
        """Return what Asterisk has of a trunk, by the kind of object, without passwords. Raises Unreachable."""
        return await self._provisioner.objects(endpoint_of(trunk.name))

    def warnings(self, trunk: Trunk) -> list[str]:
        """Return what of a trunk is allowed, and may be a mistake."""
        found = sources.warnings(trunk, self._cache.trunks)
        if trunk.media.srtp != "off" and trunk.media.srtp_keys == "sdes" and trunk.signalling.transport != "tls":
            found.append("The keys of srtp are sent in the clear, because transport is not tls (RFC 4568 section 7).")
        if not trunk.signalling.options_seconds:
            pass
        elif self._options.stopped(trunk.name):
            found.append("It stopped answering OPTIONS: other trunks are tried before it.")
        elif self._options.never(trunk.name):
            found.append(
                "It has answered no OPTIONS yet. It is called nevertheless; if it takes calls, it answers none at all: "
                f"carillon trunks set {trunk.name} --options-seconds 0."
            )
        return found + self.addresses.warnings(trunk)

    def all(self) -> tuple[Trunk, ...]:
        """Return all trunks by priority."""
        return self._cache.trunks

    async def unmatched(self) -> dict[str, int]:
        """Return how many calls of each trunk reached no number."""
        return await self._db.read(unmatched_calls.by_trunk)

    async def unheard(self) -> dict[str, Unheard]:
        """Return how many of each trunk's newest answered calls ended because nothing was heard."""
        return await self._db.read(unheard_calls.by_trunk)

    def endpoint_names(self) -> list[str]:
        """Return Asterisk's names of the trunks' endpoints."""
        known = [trunk.name for trunk in self._cache.trunks]
        return [endpoint_of(name) for name in (*known, *self._adding.difference(known))]

    async def endpoints(self) -> dict[str, list[Piece]]:
        """Return what Asterisk must have of each trunk, by its endpoint's name."""
        known = self._cache.trunks
        self.transports.forget()
        await self._listen_for_tls()
        found = await asyncio.gather(*(self._pieces_or_none(trunk) for trunk in known))
        return {endpoint_of(trunk.name): pieces for trunk, pieces in zip(known, found, strict=True) if pieces}

    async def _listen_for_tls(self) -> None:
        """Make the transports of TLS that phones use; without them the other phones and trunks go on."""
        try:
            await self.transports.share()
        except (FeatureError, AriError, OSError) as error:
            log.error("Phones cannot register by TLS.", error=str(error))

    async def _tidy(self, *touched: Trunk | None, anyway: bool = False) -> None:
        """The same within a change of such trunks; nothing is to be done if none had TLS."""
        if anyway or any(trunk and trunk.signalling.transport == "tls" for trunk in touched):
            try:
                await self.transports.keep(trunk.signalling for trunk in self._cache.trunks)
            except (FeatureError, AriError, OSError) as error:
                log.warning("Transports of TLS were not taken out of Asterisk yet.", error=str(error))

    def _note_made(self, name: str) -> None:
        self._made[name] = self._clock()

    async def _checked(self, trunk: Trunk, before: Trunk | None = None) -> Trunk:
        """Return a trunk that is safe for Asterisk, which translates its codecs, and whose hosts have addresses.

        Raises InvalidSetting, Unreachable.
        """
        trunk = rules.checked(trunk)
        if before is None or before.codecs != trunk.codecs:
            media.translated(trunk.codecs, await self._provisioner.modules())
        await self.addresses.check(trunk)
        return trunk

    async def _pieces(self, trunk: Trunk) -> list[Piece]:
        match = await self.addresses.match(trunk)
        return rules.pieces(trunk, match, await self.transports.of(trunk.signalling, match))

    async def _pieces_or_none(self, trunk: Trunk) -> list[Piece] | None:
        """Return a trunk's pieces; None, which is logged, if it cannot be provisioned: the others go on without it."""
        try:
            return await self._pieces(trunk)
        except (FeatureError, OSError) as error:
            log.error("A trunk was not provisioned.", trunk=trunk.name, error=str(error))
            return None

    async def _try_to_put_back(self, trunk: Trunk) -> None:
        """Give Asterisk a trunk as it was; one that cannot be reached gets it when all endpoints are pushed."""
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (FeatureError, AriError, OSError) as error:
            log.warning("A trunk was not put back into Asterisk yet.", trunk=trunk.name, error=str(error))

    async def _try_to_take_out(self, name: str) -> None:
        """Take a trunk out of Asterisk; one that cannot be reached loses it when all endpoints are pushed."""
        try:
            await self._provisioner.take_out(endpoint_of(name))
        except AriError as error:
            log.warning("A trunk was not taken out of Asterisk yet.", trunk=name, error=str(error))
