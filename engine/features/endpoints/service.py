"""Adds, finds and removes extensions: the store first, then Asterisk; the settings in memory follow."""

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.accounts import Account, find
from engine.features.endpoints.extension import checked, new_password, pieces
from engine.features.endpoints.model import NewExtension
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.endpoints.user_names import free_name
from engine.features.errors import AlreadyThere, InvalidSetting, NotProvisioned, NotThere
from engine.features.users import lookup as users
from engine.model.destination import Destination
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, extensions, numbers
from engine.store.extensions import Extension
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
_MOST_NAMED = 10
_LED = ("no_answer", "busy", "unregistered")


class Extensions:
    """The extensions of all accounts; an extension's number is unique within its account."""

    def __init__(self, writer: Writer, cache: SettingsCache, provisioner: Provisioner) -> None:
        self._writer, self._cache, self._provisioner = writer, cache, provisioner
        self._adding: set[str] = set()  # SIP user names that Asterisk has and the settings in memory do not yet

    async def add(self, by: Actor, wanted: NewExtension) -> Extension:
        """Add an extension and choose its SIP user name.

        Raises NotThere (no such account, application or user), InvalidSetting, AlreadyThere, NotProvisioned and
        Unreachable (then it was not added).
        """
        added = await self._writer.write(lambda conn: _add(conn, by, wanted))
        self._adding.add(added.sip_user)
        try:
            await self._provisioner.put(pieces(added))
            await self._cache.reload_extension(added.account, added.number)
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: _remove(conn, audit.SYSTEM, added.account, added.number))
            await self._try_to_take_out(added.sip_user)
            raise
        finally:
            self._adding.discard(added.sip_user)
        return added

    async def remove(self, by: Actor, account: str, number: str) -> None:
        """Remove an extension of an account (its id): its phone cannot register or call any more. Raises NotThere."""
        removed = await self._writer.write(lambda conn: _remove(conn, by, account, number))
        await self._cache.reload_extension(account, number)
        await self._try_to_take_out(removed.sip_user)

    def remove_all(self, conn: Connection, by: Actor, account: str) -> list[Extension]:
        """Remove all extensions of an account (its id) within a transaction; after it they are to be taken out."""
        return [_remove(conn, by, account, each.number) for each in extensions.list(conn, account)]

    async def take_out(self, account: str, removed: Sequence[Extension]) -> None:
        """Take extensions of an account that were removed out of the settings in memory and out of Asterisk."""
        await self._cache.reload(account)
        for extension in removed:
            await self._try_to_take_out(extension.sip_user)

    def find(self, number: str, account: str | None = None) -> Extension:
        """Return an extension by its number and its account's name or id.

        Without an account it is the only extension of that number. Raises NotThere; InvalidSetting where several
        accounts have that number, which names them.
        """
        found = [one for one in self._cache.extensions() if one.number == number]
        named = {one.account: self.account_name(one) for one in found}
        if account is not None:
            found = [one for one in found if account in (one.account, named[one.account])]
        if not found:
            of = f"The account {account} has no" if account else "There is no"
            raise NotThere(f"{of} extension {number}.")
        if len(found) > 1:
            names = sorted(named.values())
            shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
            raise InvalidSetting(
                f"Several accounts have an extension {number}: give the account, one of {shown} (--account NAME)."
            )
        return found[0]

    def all(self, account: str | None = None) -> list[Extension]:
        """Return the extensions by number: of an account by its name or id, or of all accounts."""
        found = self._cache.extensions()
        return found if account is None else [one for one in found if account in (one.account, self.account_name(one))]

    def account_name(self, extension: Extension) -> str:
        """Return the name of an extension's account."""
        owner = self._cache.find(extension.account)
        return owner.name if owner else extension.account

    def application_name(self, extension: Extension) -> str | None:
        """Return the name of the application that is asked about the extension's calls; None where there is none."""
        found = self._cache.application(extension.application) if extension.application else None
        return found.name if found else None

    def endpoint_names(self) -> list[str]:
        """Return the SIP user names of all extensions: Asterisk's names of their endpoints."""
        known = [extension.sip_user for extension in self._cache.extensions()]
        return [*known, *self._adding.difference(known)]

    async def endpoints(self) -> dict[str, list[Piece]]:
        """Return what Asterisk must have of each extension, by its endpoint's name."""
        return {extension.sip_user: pieces(extension) for extension in self._cache.extensions()}

    async def _try_to_take_out(self, sip_user: str) -> None:
        """Take an endpoint out of Asterisk; one that cannot be reached loses it when all endpoints are pushed."""
        try:
            await self._provisioner.take_out(sip_user)
        except AriError as error:
            log.warning("An extension was not taken out of Asterisk yet.", sip_user=sip_user, error=str(error))


def _add(conn: Connection, by: Actor, wanted: NewExtension) -> Extension:
    owner = find(conn, wanted.account)
    _refuse_taken(conn, owner, wanted.number)
    extension = Extension(
        account=owner.id,
        number=wanted.number,
        sip_user=free_name(conn, owner.id, wanted.number),
        password=wanted.password or new_password(),
        name=wanted.name,
        application=_application(conn, owner, wanted.application),
        owner=users.find(conn, owner.id, wanted.owner).id if wanted.owner else None,
    )
    checked(extension, owner.country)
    extensions.add(conn, extension)
    audit.record(
        conn, by, account=owner.id, what="extension.added", subject=extension.number, after=_audited(extension)
    )
    return extension


def _refuse_taken(conn: Connection, owner: Account, number: str) -> None:
    """Raise AlreadyThere where the account has these digits as an extension or as a number of its own."""
    if extensions.get(conn, owner.id, number):
        raise AlreadyThere(f"The account {owner.name} has an extension {number} already.")
    if any(row.account == owner.id for row in numbers.of(conn, number)):
        raise AlreadyThere(
            f"{number} is a number of the account {owner.name} already: an extension must have other digits."
        )


def _application(conn: Connection, owner: Account, name: str | None) -> str | None:
    if not name:
        return None
    found = applications.by_name(conn, owner.id, name)
    if found is None:
        raise NotThere(f"The account has no application {name}; `carillon applications list` shows all.")
    return found.id


def _remove(conn: Connection, by: Actor, account: str, number: str) -> Extension:
    found = extensions.get(conn, account, number)
    if found is None:
        raise NotThere(f"There is no extension {number}.")
    extensions.remove(conn, account, number)
    audit.record(conn, by, account=account, what="extension.removed", subject=number, before=_audited(found))
    return found


def _audited(extension: Extension) -> dict[str, Any]:
    """Return an extension's fields without its password and without the tasks that its calls are led to."""
    fields = msgspec.structs.asdict(extension)
    led = {name: Destination.read(fields[name]).noted for name in _LED if fields[name]}
    return {name: value for name, value in (fields | led).items() if name not in ("account", "password")}
