"""SMSCs: the carriers of texts that are reached by SMPP, and which numbers each carries."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import phonenumbers
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.errors import AlreadyThere, InvalidNumber, InvalidSetting, NotThere
from engine.features.messaging.configuration import store
from engine.features.messaging.model import MessageRoute, Smsc
from engine.features.messaging.smpp.settings import SmscSettings
from engine.features.numbers.phone_numbers import LAB_PREFIX, prefix_of
from engine.features.trunks.outbound_routing import LAST_RESORT
from engine.platform import audit
from engine.platform.audit import SYSTEM, Actor
from engine.platform.platform import Platform
from engine.store import accounts
from engine.store.rows import to_json

_NAME = re.compile(r"[a-z0-9-]{1,32}")
_HOST = re.compile(r"[A-Za-z0-9:](?:[A-Za-z0-9.:-]{0,252}[A-Za-z0-9:])?")
_RESERVED = frozenset({"sip", "sip-trunk"})  # the carriers of texts by SIP: of phones, and of trunks
_OWN = frozenset({"name", "host", "port", "system_id", "password"})
LINK_SETTINGS = tuple(name for name in SmscSettings.__struct_fields__ if name not in _OWN)
"""What may be set of a link beside where it goes (engine.features.messaging.smpp.settings)."""
LAB, LAB_USER = "lab", "carillon"
"""The SMSC of the lab, and its system_id there."""
FASTEST = 10_000.0
HIGHEST_PRIORITY = 1_000_000


class Live(NamedTuple):
    """How the link to an SMSC stands now: bound, connecting, lost, refused or stopped; since when (Unix seconds; None:
    not known), and why there is none ("": nothing is wrong)."""

    state: str
    since: float | None = None
    error: str = ""


class Links(Protocol):
    """Who keeps the links."""

    def live(self, smsc: str) -> Live:
        """Say how a link stands."""


class SmscView(NamedTuple):
    """An SMSC with its routes; these have their accounts' names."""

    smsc: Smsc
    routes: Sequence[MessageRoute]
    live: Live


class Smscs:
    """Adds, changes and removes them. `changed` makes a change count at once; `links` says how they stand."""

    def __init__(self, platform: Platform, changed: Callable[[], Awaitable[None]], links: Links) -> None:
        self._db, self._writer = platform.database, platform.writer
        self._changed, self._links = changed, links

    async def list(self) -> list[SmscView]:
        """All SMSCs, by name."""

        def read(conn: Connection) -> list[tuple[Smsc, list[MessageRoute]]]:
            return [(smsc, _routes(conn, smsc.name)) for smsc in store.all_smscs(conn)]

        return [SmscView(smsc, routes, self._live(smsc)) for smsc, routes in await self._db.read(read)]

    async def show(self, name: str) -> SmscView:
        """One SMSC; raises NotThere."""
        smsc, routes = await self._db.read(lambda conn: (_found(conn, name), _routes(conn, name)))
        return SmscView(smsc, routes, self._live(smsc))

    async def add(self, by: Actor, smsc: Smsc, prefixes: Sequence[str] = (), priority: int = 10) -> SmscView:
        """Add an SMSC and everybody's routes to it; raises InvalidSetting, AlreadyThere."""
        wanted = _checked(smsc)
        routes = [_checked_route(MessageRoute(prefix=text, smsc=smsc.name, priority=priority)) for text in prefixes]

        def unit(conn: Connection) -> None:
            if store.smsc(conn, wanted.name):
                raise AlreadyThere(f"There is an SMSC {wanted.name} already; remove it first, or change it.")
            store.add_smsc(conn, wanted)
            for route in routes:
                store.put_route(conn, route)
            store.remove_route(conn, "", "", LAB)  # beside another one the lab keeps its own numbers and no others
            after = _audited(wanted) | {"prefixes": [route.prefix for route in routes]}
            audit.record(conn, by, account=None, what="smsc.added", subject=wanted.name, after=after)

        await self._writer.write(unit)
        await self._changed()
        return await self.show(wanted.name)

    async def ensure_lab(self, port: int, password: str) -> None:
        """See that the lab's SMSC is in the store as the settings say; before the links are made."""
        wanted = Smsc(name=LAB, host="127.0.0.1", port=port, system_id=LAB_USER, password=password)

        def unit(conn: Connection) -> None:
            there = store.smsc(conn, LAB)
            if there is None:
                store.add_smsc(conn, wanted)
                store.put_route(conn, MessageRoute(prefix=LAB_PREFIX, smsc=LAB, priority=LAST_RESORT))
                _lead_the_rest_to_the_lab(conn)
                audit.record(conn, SYSTEM, account=None, what="smsc.added", subject=LAB, after=_audited(wanted))
            elif (there.port, there.password) != (port, password):
                store.change_smsc(conn, msgspec.structs.replace(there, port=port, password=password))

        await self._writer.write(unit)

    async def change(self, by: Actor, name: str, fields: Mapping[str, Any]) -> SmscView:
        """Change fields of an SMSC; `settings` adds to its link's. Raises NotThere, InvalidSetting."""

        def unit(conn: Connection) -> None:
            before = _found(conn, name)
            link = {**settings_of(before), **fields.get("settings", {})}
            after = _checked(msgspec.structs.replace(before, **{**fields, "settings": to_json(link)}))
            store.change_smsc(conn, after)
            old, new = audit.changed(msgspec.structs.asdict(before), msgspec.structs.asdict(after))
            audit.record(conn, by, account=None, what="smsc.changed", subject=name, before=old, after=new)

        await self._writer.write(unit)
        await self._changed()
        return await self.show(name)

    async def remove(self, by: Actor, name: str) -> None:
        """Remove an SMSC with its routes; texts that wait for it go by another one. Raises NotThere."""

        def unit(conn: Connection) -> None:
            before = _found(conn, name)
            store.remove_smsc(conn, name)
            _lead_the_rest_to_the_lab(conn)
            audit.record(conn, by, account=None, what="smsc.removed", subject=name, before=_audited(before))

        await self._writer.write(unit)
        await self._changed()

    async def routes(self) -> Sequence[MessageRoute]:
        """All routes, their accounts by name; everybody's first."""
        return await self._db.read(lambda conn: _routes(conn))

    async def put_route(self, by: Actor, route: MessageRoute) -> MessageRoute:
        """Let an SMSC carry a prefix, for everybody or for one account (its name or id); raises NotThere and others."""
        wanted = _checked_route(route)

        def unit(conn: Connection) -> None:
            _found(conn, wanted.smsc)
            row = msgspec.structs.replace(wanted, account=_account(conn, wanted.account))
            before = store.route(conn, row.account, row.prefix, row.smsc)
            store.put_route(conn, row)
            _note_route(conn, by, "message_route.changed" if before else "message_route.added", before, row)

        await self._writer.write(unit)
        await self._changed()
        return wanted

    async def remove_route(self, by: Actor, account: str, prefix: str, smsc: str) -> None:
        """Take a route away; raises NotThere."""
        digits = _prefix(prefix)

        def unit(conn: Connection) -> None:
            before = store.route(conn, _account(conn, account), digits, smsc)
            if before is None:
                raise NotThere(f"No route leads {prefix or 'every number'} to {smsc}.")
            store.remove_route(conn, before.account, digits, smsc)
            _note_route(conn, by, "message_route.removed", before, None)

        await self._writer.write(unit)
        await self._changed()

    def _live(self, smsc: Smsc) -> Live:
        return Live("disabled") if smsc.disabled else self._links.live(smsc.name)


def settings_of(smsc: Smsc) -> dict[str, Any]:
    """Return what is set of an SMSC's link."""
    found: dict[str, Any] = msgspec.json.decode(smsc.settings)
    return found


def _checked(smsc: Smsc) -> Smsc:
    """Return an SMSC that a link can be made to, its link's settings by their types; raises InvalidSetting."""
    _must(_NAME.fullmatch(smsc.name), "An SMSC's name must be 1 to 32 characters, of a-z, 0-9 and -.")
    _must(smsc.name not in _RESERVED, f"An SMSC cannot be named {smsc.name!r}: that is the carrier of texts by SIP.")
    _must(_HOST.fullmatch(smsc.host), "An SMSC's host must be an IP address or a host name; its port goes to port.")
    fast = 0 < smsc.per_second <= FASTEST
    _must(fast, f"per_second must be above 0 and at most {FASTEST:g} (got {smsc.per_second:g}).")
    known = not smsc.country or smsc.country in phonenumbers.SUPPORTED_REGIONS
    _must(known, f"country must be two letters, such as US (got {smsc.country!r}).")
    link = settings_of(smsc)
    unknown = [name for name in link if name not in LINK_SETTINGS]
    _must(not unknown, f"A link has no setting {unknown[:1]}: it has {', '.join(LINK_SETTINGS)}.")
    try:
        own = {name: getattr(smsc, name) for name in _OWN}
        read = msgspec.convert(own | link, SmscSettings, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidSetting(f"The SMSC cannot be set so: {error}.") from error
    return msgspec.structs.replace(smsc, settings=to_json({name: getattr(read, name) for name in link}))


def _checked_route(route: MessageRoute) -> MessageRoute:
    within = 0 <= route.priority <= HIGHEST_PRIORITY
    _must(within, f"A priority must be 0 to {HIGHEST_PRIORITY}; the lowest is tried first (got {route.priority}).")
    return msgspec.structs.replace(route, prefix=_prefix(route.prefix))


def _prefix(text: str) -> str:
    try:
        return prefix_of(text)
    except InvalidNumber:
        raise InvalidSetting(f"A prefix must be digits such as +44, or * for every number (got {text!r}).") from None


def _must(holds: object, sentence: str) -> None:
    if not holds:
        raise InvalidSetting(sentence)


def _found(conn: Connection, name: str) -> Smsc:
    found = store.smsc(conn, name)
    if found is None:
        raise NotThere(f"There is no SMSC {name}.")
    return found


def _account(conn: Connection, name: str) -> str:
    return account_settings.find(conn, name).id if name else ""


def _routes(conn: Connection, smsc: str | None = None) -> list[MessageRoute]:
    names = {"": ""} | {account.id: account.name for account in accounts.list(conn)}
    found = [route for route in store.all_routes(conn) if smsc in (None, route.smsc)]
    return [msgspec.structs.replace(route, account=names.get(route.account, route.account)) for route in found]


def _lead_the_rest_to_the_lab(conn: Connection) -> None:
    """Let the lab carry every number if it is the only SMSC."""
    if [smsc.name for smsc in store.all_smscs(conn)] == [LAB]:
        store.put_route(conn, MessageRoute(prefix="", smsc=LAB, priority=LAST_RESORT))


def _note_route(
    conn: Connection, by: Actor, what: str, before: MessageRoute | None, after: MessageRoute | None
) -> None:
    row = after or before
    assert row
    fields = [None if each is None else {"prefix": each.prefix, "priority": each.priority} for each in (before, after)]
    audit.record(conn, by, account=row.account or None, what=what, subject=row.smsc, before=fields[0], after=fields[1])


def _audited(smsc: Smsc) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(smsc).items() if name != "password"}
