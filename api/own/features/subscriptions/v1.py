"""Subscriptions of an account, and events that are delivered again."""

import time

from aiohttp import web

from api.callbacks.subscribers import trial_of
from api.own import render
from api.own.access import Caller, CallerOf
from api.own.features.subscriptions.render import subscription, with_secret
from api.own.features.subscriptions.schema import (
    ChangedSubscription,
    NewSubscription,
    Subscription,
    Subscriptions,
    SubscriptionWithSecret,
)
from api.own.operations import Body, operation, taking
from api.own.replaying import replayed
from api.own.schema.calls import Callback, Replayed
from api.own.schema.queries import SINCE_DELIVERY
from api.own.services import OwnServices
from engine.features.subscriptions import model
from engine.features.subscriptions.model import SubscriptionChange
from engine.features.subscriptions.service import SubscriptionService


class SubscriptionRoutes:
    """The handlers; `caller_of` says whose subscriptions a request is about, and who asks."""

    def __init__(self, services: OwnServices, caller_of: CallerOf) -> None:
        self._services, self._caller_of = services, caller_of
        self._subscriptions = services.features[SubscriptionService]

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`. A subscription is named by its id."""
        one = prefix + "/subscriptions/{subscription}"
        return [
            web.get(prefix + "/subscriptions", self.list_all),
            web.post(prefix + "/subscriptions", self.add),
            web.get(one, self.show),
            web.patch(one, self.change),
            web.delete(one, self.remove),
            web.post(one + "/rotate", self.rotate),
            web.post(one + "/test", self.test),
            web.post(one + "/replay", self.replay),
            web.post(prefix + "/events/{event}/replay", self.replay_event),
        ]

    @operation("listSubscriptions", {200: Subscriptions})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the account's subscriptions, the oldest first."""
        caller = await self._caller_of(request)
        found = await self._subscriptions.list_all(caller.account.id)
        return web.json_response({"subscriptions": [subscription(each) for each in found]})

    @taking("addSubscription", NewSubscription, {201: SubscriptionWithSecret}, errors=(409,))
    async def add(self, request: web.Request, body: Body[NewSubscription]) -> web.Response:
        """Add a subscription; its secret is shown here alone."""
        caller = await self._caller_of(request)
        wanted = _new(await body())
        added = await self._subscriptions.add(caller.by, caller.account.id, wanted)
        return web.json_response(with_secret(added), status=201)

    @operation("getSubscription", {200: Subscription})
    async def show(self, request: web.Request) -> web.Response:
        """Show a subscription."""
        return web.json_response(subscription((await self._named(request))[1]))

    @taking("changeSubscription", ChangedSubscription, {200: Subscription}, errors=(409,))
    async def change(self, request: web.Request, body: Body[ChangedSubscription]) -> web.Response:
        """Change the events of a subscription, or whether anything is sent."""
        caller, id = await self._caller_of(request), request.match_info["subscription"]
        given = await body()
        change = SubscriptionChange(events=given.events, disabled=given.disabled)
        changed = await self._subscriptions.change(caller.by, caller.account.id, id, change)
        return web.json_response(subscription(changed))

    @operation("removeSubscription", {204: None}, errors=(409,))
    async def remove(self, request: web.Request) -> web.Response:
        """Remove a subscription; what is still to be delivered to it is given up."""
        caller, id = await self._caller_of(request), request.match_info["subscription"]
        await self._subscriptions.remove(caller.by, caller.account.id, id)
        return web.Response(status=204)

    @operation("rotateSubscription", {200: SubscriptionWithSecret}, errors=(409,))
    async def rotate(self, request: web.Request) -> web.Response:
        """Renew the secret, which is shown here alone; the old one signs too for a day."""
        caller, id = await self._caller_of(request), request.match_info["subscription"]
        return web.json_response(with_secret(await self._subscriptions.rotate(caller.by, caller.account.id, id)))

    @operation("testSubscription", {202: Callback})
    async def test(self, request: web.Request) -> web.Response:
        """Send a test event; the answer names the delivery."""
        _, subscription = await self._named(request)
        row = trial_of(subscription, time.time())
        await self._services.delivery.send(row)
        return web.json_response(render.delivery(row), status=202)

    @operation("replaySubscription", {202: Replayed}, query=(SINCE_DELIVERY,))
    async def replay(self, request: web.Request) -> web.Response:
        """Deliver again what was delivered to a subscription or given up."""
        caller, subscription = await self._named(request)
        account = caller.account.id
        return await replayed(request, self._services, caller.by, account, subscription=subscription.id)

    @operation("replayEvent", {202: Replayed}, query=(SINCE_DELIVERY,))
    async def replay_event(self, request: web.Request) -> web.Response:
        """Deliver an event's callbacks again."""
        caller = await self._caller_of(request)
        event = request.match_info["event"]
        return await replayed(request, self._services, caller.by, caller.account.id, event=event)

    async def _named(self, request: web.Request) -> tuple[Caller, model.Subscription]:
        caller = await self._caller_of(request)
        return caller, await self._subscriptions.get(caller.account.id, request.match_info["subscription"])


def _new(wanted: NewSubscription) -> model.NewSubscription:
    return model.NewSubscription(
        events=wanted.events, url=wanted.url, email=wanted.email, application=wanted.application
    )


ROUTES = SubscriptionRoutes
