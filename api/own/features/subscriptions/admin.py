"""Subscriptions of any account: the same routes as accounts have, below /accounts/{account}."""

from aiohttp import web

from api.own.access import Caller
from api.own.event_log import event_page
from api.own.features.subscriptions.v1 import SubscriptionRoutes
from api.own.operations import operation
from api.own.schema.events import Events
from api.own.schema.queries import AFTER_EVENT, EVENTS, LIMIT
from api.own.services import OwnServices
from engine.features.subscriptions.log import EventLog
from engine.platform import audit


class SubscriptionsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route of subscriptions."""
        account = "/accounts/{account}"
        return [
            *SubscriptionRoutes(self._services, self._caller).routes(account),
            web.get(account + "/events", self.events),
        ]

    @operation("listEvents", {200: Events}, query=(AFTER_EVENT, EVENTS, LIMIT))
    async def events(self, request: web.Request) -> web.Response:
        """List the account's events that are kept, the oldest first."""
        return await event_page(request, await self._caller(request), self._services.features[EventLog])

    async def _caller(self, request: web.Request) -> Caller:
        return Caller(await self._services.account_named(request.match_info["account"]), audit.ADMIN)


ADMIN = SubscriptionsAdmin
