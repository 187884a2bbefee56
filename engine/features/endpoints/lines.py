"""All trunks and extensions of a node: added, removed, put back, and how they are."""

import asyncio

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.book import Book
from engine.features.endpoints import extension as extension_settings
from engine.features.endpoints.provisioning import Piece, Provisioner
from engine.features.errors import AlreadyThere, InvalidSetting, NotProvisioned, NotThere
from engine.features.trunks import trunk as trunk_settings
from engine.features.trunks.addresses import TrunkAddresses
from engine.features.trunks.sources import look_up, names_of
from engine.store import accounts
from engine.store import extensions as extension_rows
from engine.store import numbers as number_rows
from engine.store import trunks as trunk_rows
from engine.store.extensions import Extension
from engine.store.trunks import Trunk
from engine.store.writer import Writer

log = structlog.get_logger(__name__)


class LineState(msgspec.Struct, frozen=True, kw_only=True):
    """How a trunk or an extension is: online, offline or unknown, in Asterisk's words; missing: it has none of it."""

    name: str
    state: str


class Lines:
    """Trunks and extensions: the store first, then Asterisk; the book in memory follows."""

    def __init__(
        self, writer: Writer, book: Book, provisioner: Provisioner, addresses: TrunkAddresses | None = None
    ) -> None:
        self._writer, self._book, self._provisioner = writer, book, provisioner
        self._addresses = addresses or TrunkAddresses()
        self._changing = asyncio.Lock()  # of trunks: of two changes at once neither loses the other's fields

    async def push_all(self) -> None:
        """Put everything into Asterisk as the store has it, and take out what it has not.

        At start and whenever Asterisk is found fresh. What Asterisk refuses is logged and the rest goes on;
        raises Unreachable.
        """
        trunks, extensions = self._book.trunks, tuple(self._book.extensions.values())
        known = [trunk_settings.endpoint_of(trunk.name) for trunk in trunks] + [each.number for each in extensions]
        pieces = list(await asyncio.gather(*(self._pieces(trunk) for trunk in trunks)))
        pieces += [extension_settings.pieces(extension) for extension in extensions]
        for group in pieces:
            try:
                await self._provisioner.put(group)
            except NotProvisioned as error:
                log.error("a line was not provisioned", line=group[-1].id, error=str(error))
        strangers = await self._provisioner.take_out_strangers(known)
        log.info("lines provisioned", lines=len(pieces), removed=len(strangers))

    async def add_trunk(self, trunk: Trunk) -> Trunk:
        """Add a trunk; raises InvalidSetting, AlreadyThere, NotProvisioned (then it was not added), Unreachable."""
        trunk = await self._checked(trunk)

        def unit(conn: Connection) -> None:
            if trunk_rows.get(conn, trunk.name):
                raise AlreadyThere(f"There is a trunk {trunk.name} already; remove it first.")
            trunk_rows.add(conn, trunk)

        await self._writer.write(unit)
        name = trunk_settings.endpoint_of(trunk.name)
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: trunk_rows.remove(conn, trunk.name))
            await self._try_to_take_out(name)
            raise
        await self._book.load()
        return trunk

    async def change_trunk(self, name: str, **fields: object) -> Trunk:
        """Change fields of a trunk; calls on it go on.

        Raises NotThere, InvalidSetting, NotProvisioned (then it is as it was), Unreachable.
        """
        async with self._changing:
            before = self._book.trunk(name)
            if before is None:
                raise NotThere(f"There is no trunk {name}.")
            if name == trunk_settings.LAB:
                raise InvalidSetting("The lab's trunk follows the settings in .env and is not changed.")
            return await self._change(before, await self._checked(msgspec.structs.replace(before, **fields)))

    async def _change(self, before: Trunk, trunk: Trunk) -> Trunk:
        await self._writer.write(lambda conn: trunk_rows.change(conn, trunk))
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: trunk_rows.change(conn, before))
            await self._try_to_put_back(before)
            raise
        await self._book.load()
        return trunk

    async def refresh_addresses(self) -> None:
        """Look up the hosts of the trunks again, and tell Asterisk where they changed."""
        async with self._changing:
            for trunk in self._book.trunks:
                if names_of(trunk):
                    piece = trunk_settings.identify(trunk, await self._addresses.match(trunk))
                    if await self._provisioner.renew(piece):
                        match = piece.fields["match"]
                        log.info("The addresses of a trunk have changed.", trunk=trunk.name, match=match)

    async def _checked(self, trunk: Trunk) -> Trunk:
        trunk = trunk_settings.checked(trunk)
        names = names_of(msgspec.structs.replace(trunk, host="192.0.2.0"))  # Asterisk itself refuses a host without one
        missing = names and set(names) - set(await look_up(names))
        if missing:
            raise InvalidSetting(f"Where a trunk's calls come from must have an address ({min(missing)!r} has none).")
        return trunk

    async def _pieces(self, trunk: Trunk) -> list[Piece]:
        return trunk_settings.pieces(trunk, await self._addresses.match(trunk))

    async def ensure_lab(self, address: str, port: int) -> None:
        """See that the lab's trunk is there as the settings say; Asterisk learns it by push_all."""
        wanted = trunk_settings.lab(address, port)

        def unit(conn: Connection) -> None:
            if trunk_rows.get(conn, wanted.name) == wanted:
                return
            trunk_rows.remove(conn, wanted.name)
            trunk_rows.add(conn, wanted)

        await self._writer.write(unit)
        await self._book.load()

    async def remove_trunk(self, name: str) -> None:
        """Remove a trunk; calls on it go on. Raises NotThere."""
        async with self._changing:
            if self._book.trunk(name) is None:
                raise NotThere(f"There is no trunk {name}.")
            await self._writer.write(lambda conn: trunk_rows.remove(conn, name))
            await self._book.load()
            await self._try_to_take_out(trunk_settings.endpoint_of(name))

    async def add_extension(self, extension: Extension) -> Extension:
        """Add an extension; raises InvalidSetting, AlreadyThere, NotProvisioned (then it was not added)."""

        def unit(conn: Connection) -> Extension:
            owner = accounts.get(conn, extension.account)
            if owner is None:
                raise InvalidSetting("There is no such account.")
            if extension_rows.get(conn, extension.number):
                raise AlreadyThere(f"There is an extension {extension.number} already.")
            if taken := number_rows.of(conn, extension.number):
                holder = accounts.get(conn, taken[0].account)
                of = f" of the account {holder.name}" if holder else ""
                raise AlreadyThere(f"{extension.number} is a number{of} already: an extension must have other digits.")
            found = extension_settings.checked(extension, owner.country)
            extension_rows.add(conn, found)
            return found

        added = await self._writer.write(unit)
        try:
            await self._provisioner.put(extension_settings.pieces(added))
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: extension_rows.remove(conn, extension.number))
            await self._try_to_take_out(extension.number)
            raise
        await self._book.load()
        return added

    async def remove_extension(self, number: str) -> None:
        """Remove an extension; its phone cannot register or call any more. Raises NotThere."""
        if number not in self._book.extensions:
            raise NotThere(f"There is no extension {number}.")
        await self._writer.write(lambda conn: extension_rows.remove(conn, number))
        await self._book.load()
        await self._try_to_take_out(number)

    async def states(self) -> list[LineState]:
        """How each trunk and extension is, by its endpoint's name; raises Unreachable."""
        states = await self._provisioner.states()
        names = [trunk_settings.endpoint_of(trunk.name) for trunk in self._book.trunks] + sorted(self._book.extensions)
        return [LineState(name=name, state=states.get(name, "missing")) for name in names]

    async def _try_to_put_back(self, trunk: Trunk) -> None:
        """Give Asterisk a trunk as it was; one that is away gets it at the next push_all."""
        try:
            await self._provisioner.put(await self._pieces(trunk))
        except (NotProvisioned, AriError) as error:
            log.warning("A trunk was not put back into Asterisk yet.", trunk=trunk.name, error=str(error))

    async def _try_to_take_out(self, name: str) -> None:
        """Take it out of Asterisk; one that is away loses it at the next push_all."""
        try:
            await self._provisioner.take_out(name)
        except AriError as error:
            log.warning("a line was not taken out of Asterisk yet", line=name, error=str(error))
