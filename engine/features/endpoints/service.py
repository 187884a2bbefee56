"""Adds, finds and removes extensions: the store first, then Asterisk; the settings in memory follow."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from engine.ari.errors import AriError
from engine.features.accounts import Account, find
from engine.features.callers import Callers
from engine.features.endpoints.extension import CODECS, checked, endpoints_of, new_password
from engine.features.endpoints.model import NewExtension, PhoneFields
from engine.features.endpoints.presence import Presence, context_of, with_context
from engine.features.endpoints.provisioner import Piece, Provisioner
from engine.features.endpoints.user_names import free_name
from engine.features.errors import AlreadyThere, InvalidSetting, NotProvisioned, NotThere
from engine.features.trunks.media import checked_codecs, translated
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
_LED = ("always", "no_answer", "busy", "unregistered")


class Extensions:
    """The extensions of all accounts; an extension's number is unique within its account."""

    def __init__(
        self,
        writer: Writer,
        cache: SettingsCache,
        provisioner: Provisioner,
        rtp_address: str = "",
        presence: Presence | None = None,
    ) -> None:
        self._presence = presence
        self._writer, self._cache, self._provisioner = writer, cache, provisioner
        self._rtp_address, self._callers = rtp_address, Callers(cache)
        self._adding: set[str] = set()  # SIP user names that Asterisk has and the settings in memory do not yet

    async def add(self, by: Actor, wanted: NewExtension) -> Extension:
        """Add an extension and choose its SIP user name.

        Raises NotThere (no such account, application or user), InvalidSetting, AlreadyThere, NotProvisioned and
        Unreachable (then it was not added).
        """
        await self._refuse_untranslated(wanted.codecs)
        added, first = await self._writer.write(lambda conn: _add(conn, by, wanted, self._callers))
        self._adding.update(added.sip_users)
        try:
            if first:
                await self._cache.reload(added.account)
            await self._put(added)
            await self._cache.reload_extension(added.account, added.number)
        except (NotProvisioned, AriError):
            await self._writer.write(lambda conn: _remove(conn, audit.SYSTEM, added.account, added.number))
            await self._cache.reload_extension(added.account, added.number)
            await self._try_to_take_out(added.sip_users)
            raise
        finally:
            self._adding.difference_update(added.sip_users)
        await self._try_to_show(added)
        return added

    async def equip(self, by: Actor, account: str, number: str, phones: PhoneFields) -> Extension:
        """Change its name, its phones and their media, and what its calls show and record.

        `account` is its account's id. Phones that are registered stay so, unless the password changes. Raises NotThere,
        InvalidSetting; NotProvisioned and Unreachable (then Asterisk is told when all endpoints are pushed).
        """
        await self._refuse_untranslated(phones.codecs)
        unit = partial(_equip, by=by, account=account, number=number, phones=phones, callers=self._callers)
        had, changed = await self._writer.write(unit)
        await self._cache.reload_extension(account, number)
        await self._put(changed)
        await self._try_to_take_out([name for name in had.sip_users if name not in changed.sip_users])
        await self._try_to_show(changed)
        return changed

    def check(self, extension: Extension, phones: PhoneFields) -> None:
        """Raise InvalidSetting for what `equip` would refuse."""
        if owner := self._cache.find(extension.account):
            checked(_equipped(extension, phones, self._callers, owner), owner.country)

    async def _refuse_untranslated(self, codecs: str | None) -> None:
        """Raise InvalidSetting for a codec that Asterisk does not translate, and Unreachable."""
        if codecs:
            translated(checked_codecs(codecs, CODECS), await self._provisioner.modules())

    async def _put(self, extension: Extension) -> None:
        for each in self._pieces(extension).values():
            await self._provisioner.put(each)

    async def _try_to_show(self, extension: Extension) -> None:
        """Let phones see an extension's state; where that fails they do from the next start of the controller on."""
        try:
            if self._presence:
                await self._presence.push([extension])
        except AriError as error:
            log.warning("The state of an extension is shown later.", sip_user=extension.sip_user, error=str(error))

    async def remove(self, by: Actor, account: str, number: str) -> None:
        """Remove an extension of an account (its id): its phone cannot register or call any more. Raises NotThere."""
        removed = await self._writer.write(lambda conn: _remove(conn, by, account, number))
        await self._cache.reload_extension(account, number)
        await self._try_to_take_out(removed.sip_users)

    def remove_all(self, conn: Connection, by: Actor, account: str) -> list[Extension]:
        """Remove all extensions of an account (its id) within a transaction; after it they are to be taken out."""
        return [_remove(conn, by, account, each.number) for each in extensions.list(conn, account)]

    async def take_out(self, account: str, removed: Sequence[Extension]) -> None:
        """Take extensions of an account that were removed out of the settings in memory and out of Asterisk."""
        await self._cache.reload(account)
        for extension in removed:
            await self._try_to_take_out(extension.sip_users)

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
            known = self._cache.find(account) if account else None
            of = f"The account {known.name if known else account} has no" if account else "There is no"
            raise NotThere(f"{of} extension {number}.")
        if len(found) > 1:
            names = sorted(named.values())
            shown = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
            raise InvalidSetting(
                f"Several accounts have an extension {number}: give the account, one of {shown} (--account NAME)."
            )
        return found[0]

    def by_id(self, account: str, id: str) -> Extension:
        """Return an extension of an account (its id) by its id; raises NotThere."""
        found = next((one for one in self._cache.extensions(account) if one.id == id), None)
        if found is None:
            raise NotThere(f"There is no extension {id[:80]}.")
        return found

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
        """Return the SIP user names of all extensions' phones and browsers: Asterisk's names of their endpoints."""
        known = [name for extension in self._cache.extensions() for name in extension.sip_users]
        return [*known, *self._adding.difference(known)]

    async def endpoints(self) -> dict[str, list[Piece]]:
        """Return what Asterisk must have of each extension, by its endpoint's name."""
        known = self._cache.extensions()
        return {name: each for one in known for name, each in self._pieces(one).items()}

    def _pieces(self, extension: Extension) -> dict[str, list[Piece]]:
        return endpoints_of(extension, self._rtp_address, context_of(self._cache.find(extension.account)))

    def shown_state(self, name: str, state: str) -> str:
        """Return the state of an extension's endpoint, which is Asterisk's word."""
        return state

    async def _try_to_take_out(self, sip_users: Iterable[str]) -> None:
        """Take endpoints out of Asterisk; one that cannot be reached loses them when all endpoints are pushed."""
        for sip_user in sip_users:
            try:
                await self._provisioner.take_out(sip_user)
            except AriError as error:
                log.warning("An extension was not taken out of Asterisk yet.", sip_user=sip_user, error=str(error))


def _add(conn: Connection, by: Actor, wanted: NewExtension, callers: Callers) -> tuple[Extension, bool]:
    """Store an extension; returns it, and whether its account has a context for states only now."""
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
        max_contacts=wanted.max_contacts,
        webrtc=wanted.webrtc,
        srtp=wanted.srtp,
        dtmf=wanted.dtmf,
        codecs=wanted.codecs,
        outbound_caller=callers.outbound(owner, wanted.outbound_caller),
        record_external=wanted.record_external,
        record_internal=wanted.record_internal,
    )
    extension = checked(extension, owner.country)
    extensions.add(conn, extension)
    audit.record(
        conn, by, account=owner.id, what="extension.added", subject=extension.number, after=_audited(extension)
    )
    return extension, with_context(conn, owner).hint_context != owner.hint_context


def _equip(
    conn: Connection, by: Actor, account: str, number: str, phones: PhoneFields, callers: Callers
) -> tuple[Extension, Extension]:
    had = extensions.get(conn, account, number)
    if had is None:
        raise NotThere(f"There is no extension {number}.")
    owner = find(conn, account)
    changed = checked(_equipped(had, phones, callers, owner), owner.country)
    extensions.equip(conn, changed)
    before, after = audit.changed(_audited(had), _audited(changed))
    if phones.password is not None:
        after |= {"password": "***"}
    audit.record(conn, by, account=account, what="extension.changed", subject=number, before=before, after=after)
    return had, changed


def _equipped(extension: Extension, phones: PhoneFields, callers: Callers, owner: Account) -> Extension:
    given = {name: value for name, value in msgspec.structs.asdict(phones).items() if value is not None}
    if phones.outbound_caller is not None:
        given["outbound_caller"] = callers.outbound(owner, phones.outbound_caller)
    return msgspec.structs.replace(extension, **given)


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
    return {name: value for name, value in (fields | led).items() if name not in ("account", "id", "password")}
