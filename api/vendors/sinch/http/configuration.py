"""Sinch's operations that concern no call: numbers, callback URLs, a number's price."""

from collections.abc import Mapping

from aiohttp import web

from api.vendors.sinch.errors import (
    ILLEGAL_PARAMETERS,
    INVALID_REQUEST,
    SinchOperation,
    failure,
)
from api.vendors.sinch.http import requests, resources
from api.vendors.sinch.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.sinch.http.parties import SHORTEST_NUMBER, Parties
from api.vendors.sinch.ids import DIALECT, FALLBACK, PRIMARY
from engine.features.accounts import emergency
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.accounts.model import actor_of
from engine.features.applications.model import Application
from engine.features.applications.service import ApplicationService
from engine.features.errors import NotThere
from engine.features.numbers import phone_numbers
from engine.features.numbers.assignments import NumberAssignments
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache


def operations(features: Features, cache: SettingsCache, parties: Parties) -> dict[SinchOperation, Handler]:
    """Return the operations of this file by their names."""
    return {
        **NumberOperations(features[ApplicationService], features[NumberAssignments]).operations(),
        **CallbackOperations(features[ApplicationService]).operations(),
        **QueryOperations(cache, parties).operations(),
    }


class NumberOperations:
    """Get Numbers, Update Numbers, Un-assign Number."""

    def __init__(self, applications: ApplicationService, assignments: NumberAssignments) -> None:
        self._applications, self._assignments = applications, assignments

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return each by its name."""
        return {
            SinchOperation.GET_NUMBERS: self.get,
            SinchOperation.UPDATE_NUMBERS: self.update,
            SinchOperation.UNASSIGN_NUMBER: self.unassign,
        }

    async def get(self, request: AuthenticatedRequest) -> web.Response:
        """List the account's numbers; a short code is none."""
        keys = await self._applications.keys(request.account.id, DIALECT)
        listed = [
            (f"+{row.number}", keys.get(row.application or ""), row.capability)
            for row in await self._assignments.of_account(request.account.id)
            if len(row.number) >= SHORTEST_NUMBER
        ]
        return resources.render(resources.numbers(listed))

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Let numbers lead to an application: all of them, or none where one is not the account's."""
        wanted = requests.update_numbers(request.body, request.account.country)
        application = await _application(self._applications, request, wanted.application, SinchOperation.UPDATE_NUMBERS)
        spellings = [_spellings(number) for number in wanted.numbers]
        by, account = actor_of(request.account), request.account.id
        try:
            await self._assignments.lead(by, account, spellings, wanted.capability, application.id)
        except NotThere:
            raise failure(ILLEGAL_PARAMETERS, operation=SinchOperation.UPDATE_NUMBERS) from None
        return resources.render(resources.EmptyObject())

    async def unassign(self, request: AuthenticatedRequest) -> web.Response:
        """Let a number that leads to an application lead to nobody."""
        wanted = requests.unassign_number(request.body, request.account.country)
        application = await _application(
            self._applications, request, wanted.application, SinchOperation.UNASSIGN_NUMBER
        )
        by, account, spellings = actor_of(request.account), request.account.id, _spellings(wanted.number)
        try:
            await self._assignments.unassign(by, account, spellings, wanted.capability, application.id)
        except NotThere:
            raise failure(ILLEGAL_PARAMETERS, operation=SinchOperation.UNASSIGN_NUMBER) from None
        return resources.render(resources.EmptyObject())


class CallbackOperations:
    """Get Callbacks, Update Callbacks."""

    def __init__(self, applications: ApplicationService) -> None:
        self._applications = applications

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return each by its name."""
        return {SinchOperation.GET_CALLBACKS: self.get, SinchOperation.UPDATE_CALLBACKS: self.update}

    async def get(self, request: AuthenticatedRequest) -> web.Response:
        """Return an application's URLs."""
        key = request.http.match_info["key"]
        found = await _application(self._applications, request, key, SinchOperation.GET_CALLBACKS)
        return resources.render(resources.callbacks(found.settings.get(PRIMARY), found.settings.get(FALLBACK)))

    async def update(self, request: AuthenticatedRequest) -> web.Response:
        """Set an application's URLs."""
        wanted = requests.update_callbacks(request.http.match_info["key"], request.body)
        found = await _application(self._applications, request, wanted.application, SinchOperation.UPDATE_CALLBACKS)
        given = {PRIMARY: wanted.primary or "", FALLBACK: wanted.fallback or ""}
        await self._applications.set_settings(actor_of(request.account), found.id, given)
        return resources.render(resources.EmptyObject())


class QueryOperations:
    """Query Number."""

    def __init__(self, cache: SettingsCache, parties: Parties) -> None:
        self._cache, self._parties = cache, parties

    def operations(self) -> Mapping[SinchOperation, Handler]:
        """Return it by its name."""
        return {SinchOperation.QUERY_NUMBER: self.number}

    async def number(self, request: AuthenticatedRequest) -> web.Response:
        """Return what is known of a number, what a minute to it costs, and whether this account may call it."""
        account = request.account
        digits = requests.query_number(_last_part(request.http), account.country).digits
        refused = not_allowed(digits, self._cache.rules(account.id).prefixes)
        restricted = bool(refused or emergency.refusal(digits, account.country))
        rate = self._parties.rate(account.id, digits)
        return resources.render(resources.query_number(digits, restricted=restricted, rate=rate))


async def _application(
    applications: ApplicationService, request: AuthenticatedRequest, key: str | None, operation: SinchOperation
) -> Application:
    """Return the application with this key (None: the one that asks); another account's reads like none."""
    if key is None:
        return request.application
    if not (key.isascii() and key.isprintable()):
        raise failure(INVALID_REQUEST, operation=operation)
    try:
        return await applications.by_key(request.account.id, DIALECT, key)
    except NotThere:
        raise failure(INVALID_REQUEST, operation=operation) from None


def _spellings(number: requests.WrittenNumber) -> list[str]:
    """Return the digits as they are written, which are an owned number's as it is listed, and as they are read."""
    return list(dict.fromkeys((phone_numbers.digits_of(number.written), number.digits)))


def _last_part(request: web.Request) -> str:
    """Return the last part of the path as it was sent, without a slash behind it."""
    return request.rel_url.raw_path.rstrip("/").rpartition("/")[2]
