"""Sinch's operations that need no running call: numbers, callback URLs, a number's price, a call's result."""

import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from sqlalchemy import Connection

from api.vendors.sinch import requests, resources, summary, tags
from api.vendors.sinch.auth import DIALECT
from api.vendors.sinch.authenticated import AuthenticatedRequest, Handler
from api.vendors.sinch.errors import (
    ILLEGAL_PARAMETERS,
    INVALID_REQUEST,
    NOT_FOUND,
    SinchOperation,
    failure,
)
from api.vendors.sinch.parties import SHORTEST_NUMBER, Parties, as_shown, as_written
from engine.features import destinations, rating
from engine.features.accounts import emergency
from engine.features.accounts.allowances import not_allowed
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, calls, numbers
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.writer import Writer

PRIMARY, FALLBACK = "primary", "fallback"
"""Where an application keeps its callback URLs."""
_DATA_DOMAIN, _PHONE_DOMAIN = "mxp", "pstn"


def operations(
    db: Database, writer: Writer, cache: SettingsCache, parties: Parties, refresh: Callable[[], Awaitable[None]]
) -> dict[SinchOperation, Handler]:
    """Return the operations of this file by their names; `refresh` makes a change of settings count at once."""
    return {
        **NumberOperations(db, writer, refresh).operations(),
        **CallbackOperations(db, writer, refresh).operations(),
        **QueryOperations(db, cache, parties).operations(),
    }


class NumberOperations:
    """Get Numbers, Update Numbers, Un-assign Number."""

    def __init__(self, db: Database, writer: Writer, refresh: Callable[[], Awaitable[None]]) -> None:
        self._db, self._writer, self._refresh = db, writer, refresh

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return each by its name."""
        return {
            SinchOperation.GET_NUMBERS: self.get,
            SinchOperation.UPDATE_NUMBERS: self.update,
            SinchOperation.UNASSIGN_NUMBER: self.unassign,
        }

    async def get(self, request: AuthenticatedRequest) -> web.Response:
        """List the account's numbers; a short code is none."""

        def read(conn: Connection) -> list[tuple[str, str | None, str]]:
            keys = applications.keys(conn, request.account.id, DIALECT)
            return [
                (f"+{row.number}", keys.get(row.application or ""), row.capability)
                for row in numbers.list(conn, request.account.id)
                if len(row.number) >= SHORTEST_NUMBER
            ]

        return resources.render(resources.numbers(await self._db.read(read)))

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Let numbers lead to an application: all of them, or none where one is not the account's."""
        wanted = requests.update_numbers(request.body, request.account.country)

        def unit(conn: Connection) -> None:
            application = _application(conn, request, wanted.application, SinchOperation.UPDATE_NUMBERS)
            for number in wanted.numbers:
                led = (
                    numbers.lead(conn, request.account.id, digits, wanted.capability, application.id)
                    for digits in _spellings(number)
                )
                if not any(led):
                    raise failure(ILLEGAL_PARAMETERS, operation=SinchOperation.UPDATE_NUMBERS)

        await self._writer.write(unit)
        await self._refresh()
        return resources.render(resources.EmptyObject())

    async def unassign(self, request: AuthenticatedRequest) -> web.Response:
        """Let a number that leads to an application lead to nobody."""
        wanted = requests.unassign_number(request.body, request.account.country)

        def unit(conn: Connection) -> None:
            application = _application(conn, request, wanted.application, SinchOperation.UNASSIGN_NUMBER)
            gone = (
                numbers.unassign(conn, request.account.id, digits, wanted.capability, application.id)
                for digits in _spellings(wanted.number)
            )
            if not any(gone):
                raise failure(ILLEGAL_PARAMETERS, operation=SinchOperation.UNASSIGN_NUMBER)

        await self._writer.write(unit)
        await self._refresh()
        return resources.render(resources.EmptyObject())


class CallbackOperations:
    """Get Callbacks, Update Callbacks."""

    def __init__(self, db: Database, writer: Writer, refresh: Callable[[], Awaitable[None]]) -> None:
        self._db, self._writer, self._refresh = db, writer, refresh

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return each by its name."""
        return {SinchOperation.GET_CALLBACKS: self.get, SinchOperation.UPDATE_CALLBACKS: self.update}

    async def get(self, request: AuthenticatedRequest) -> web.Response:
        """Return an application's URLs."""
        key = request.http.match_info["key"]
        found = await self._db.read(lambda conn: _application(conn, request, key, SinchOperation.GET_CALLBACKS))
        return resources.render(resources.callbacks(found.settings.get(PRIMARY), found.settings.get(FALLBACK)))

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Set an application's URLs."""
        wanted = requests.update_callbacks(request.http.match_info["key"], request.body)
        given = {PRIMARY: wanted.primary, FALLBACK: wanted.fallback}

        def unit(conn: Connection) -> None:
            found = _application(conn, request, wanted.application, SinchOperation.UPDATE_CALLBACKS)
            kept = {name: value for name, value in found.settings.items() if name not in given}
            urls = {name: url for name, url in given.items() if url}
            applications.update(conn, found.id, settings=kept | urls)

        await self._writer.write(unit)
        await self._refresh()
        return resources.render(resources.EmptyObject())


class QueryOperations:
    """Query Number, Get Call Result. `clock`: Unix seconds."""

    def __init__(
        self, db: Database, cache: SettingsCache, parties: Parties, clock: Callable[[], float] = time.time
    ) -> None:
        self._db, self._cache, self._parties, self._clock = db, cache, parties, clock

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return each by its name."""
        return {SinchOperation.QUERY_NUMBER: self.number, SinchOperation.GET_CALL: self.call}

    async def number(self, request: AuthenticatedRequest) -> web.Response:
        """Return what is known of a number, what a minute to it costs, and whether this account may call it."""
        account = request.account
        digits = requests.query_number(_last_part(request.http), account.country).digits
        refused = not_allowed(digits, self._cache.rules(account.id).prefixes)
        restricted = bool(refused or emergency.refusal(digits, account.country))
        rate = self._parties.rate(account.id, digits)
        return resources.render(resources.query_number(digits, restricted=restricted, rate=rate))

    async def call(self, request: AuthenticatedRequest) -> web.Response:
        """Return a call of this application; another's reads like none."""
        id = requests.call_id(request.http.match_info["call"])
        found = summary.of(await self._db.read(lambda conn: calls.by_root(conn, id)), id)
        own = (request.account.id, request.application.id)
        if found is None or (found.root.account, found.root.application) != own:
            raise failure(NOT_FOUND, operation=SinchOperation.GET_CALL)
        return resources.render(self._result(found))

    def _result(self, found: summary.CallSummary) -> resources.CallResult:
        root, talked, parties = found.root, found.talked, self._parties
        rates = [(leg, self._cache.rate_of(leg.account, leg.callee)) for leg in found.legs]
        billed = sum(rating.billed(rate, leg.duration) for leg, rate in rates if rate and leg.price)
        tag = tags.tag_of(root)
        callee = as_written(tag) if talked is root else None
        callee = callee or parties.identity(root.account, talked.callee)
        return resources.call_result(
            call=root.id,
            caller=as_shown(tag) or parties.identity(root.account, root.caller),
            callee=callee,
            domain=_DATA_DOMAIN if callee and callee.type == "username" else _PHONE_DOMAIN,
            seconds=summary.seconds(found, self._clock()),
            ended=summary.outcome(found),
            at=root.created,
            custom=tag.data.get(tags.CUSTOM, ""),
            user_rate=parties.rate_of(talked),
            debit=resources.money(found.price, found.currency),
            minutes=billed / 60,
        )


def _application(
    conn: Connection, request: AuthenticatedRequest, key: str | None, operation: SinchOperation
) -> Application:
    """Return the application with this key (None: the one that asks); another account's reads like none."""
    found = request.application if key is None else None
    if key is not None and key.isascii() and key.isprintable():
        found = applications.by_key(conn, DIALECT, key)
    if found is None or found.account != request.account.id:
        raise failure(INVALID_REQUEST, operation=operation)
    return found


def _spellings(number: requests.WrittenNumber) -> list[str]:
    """Return the digits as they are written, which are an owned number's as it is listed, and as they are read."""
    return list(dict.fromkeys((destinations.digits_of(number.written), number.digits)))


def _last_part(request: web.Request) -> str:
    """Return the last part of the path as it was sent, without a slash behind it."""
    return request.rel_url.raw_path.rstrip("/").rpartition("/")[2]
