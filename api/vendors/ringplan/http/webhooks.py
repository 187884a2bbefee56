"""RingPlan's webhooks: one URL of a company, and the events that are sent there."""

from aiohttp import web

from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import Invalid, NotFound
from api.vendors.ringplan.events.notifications import TOPICS
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.resources import Shape
from api.vendors.ringplan.ids import DIALECT
from engine.features.details.service import DetailService
from engine.features.subscriptions.model import InDialect, Subscription
from engine.features.subscriptions.service import SubscriptionService

KIND = f"{DIALECT} webhook url"


class WebhookOperations:
    """Shows and sets the URL; lists, adds and removes the events."""

    def __init__(self, subscriptions: SubscriptionService, details: DetailService) -> None:
        self._subscriptions, self._details = subscriptions, details

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        path = "/webhooks/callbacks"
        return {
            f"GET {path}/url": self.url,
            f"PUT {path}/url": self.set_url,
            f"GET {path}": self.list_all,
            f"POST {path}": self.add,
            f"DELETE {path}/{{event}}": self.remove,
        }

    async def url(self, request: AuthenticatedRequest) -> web.Response:
        """Show the URL; null where none was set."""
        return web.json_response(_shown_url(request.account.id, await self._url(request.account.id) or None))

    async def set_url(self, request: AuthenticatedRequest) -> web.Response:
        """Send all webhooks to another URL from now on; the company's owner alone may."""
        request.must_own()
        url, account = _absolute(fields.text(request.fields, "url")), request.account.id
        await self._subscriptions.redirect(request.by, account, DIALECT, url)
        await self._details.replace(account, KIND, account, {"url": url})
        return web.json_response(_shown_url(account, url))

    async def list_all(self, request: AuthenticatedRequest) -> web.Response:
        """List the events that the company subscribed to, the oldest first."""
        return web.json_response([_shown(each) for each in await self._own(request.account.id)])

    async def add(self, request: AuthenticatedRequest) -> web.Response:
        """Subscribe to an event; once is enough. The secret that signs its webhooks is shown here only (ours).

        The company's owner alone may, as it may unsubscribe.
        """
        request.must_own()
        account, topic = request.account.id, fields.text(request.fields, "type")
        if topic not in TOPICS:
            raise Invalid(f"type must be one of {', '.join(TOPICS)} (got {topic[:80]!r}).")
        had = next((each for each in await self._own(account) if each.topic == topic), None)
        if had:
            return web.json_response(_shown(had), status=201)
        wanted = InDialect(dialect=DIALECT, topic=topic, events=TOPICS[topic], url=await self._url(account))
        made = await self._subscriptions.add_in_dialect(request.by, account, wanted)
        return web.json_response(_shown(made.subscription) | {"secret": made.secret}, status=201)

    async def remove(self, request: AuthenticatedRequest) -> web.Response:
        """Unsubscribe from an event, and answer what it was."""
        request.must_own()
        id = request.part("event")
        found = next((each for each in await self._own(request.account.id) if each.id == id), None)
        if found is None:
            raise NotFound(f"The company has no webhook event {id[:80]}.")
        await self._subscriptions.remove(request.by, request.account.id, id)
        return web.json_response(_shown(found))

    async def _own(self, account: str) -> list[Subscription]:
        return [each for each in await self._subscriptions.list_all(account) if each.dialect == DIALECT]

    async def _url(self, account: str) -> str:
        return str((await self._details.get(account, KIND, account)).fields.get("url") or "")


def _absolute(url: str) -> str:
    """Return a URL; one without a scheme, as in the document's example, is taken for an https one."""
    return url if "://" in url else f"https://{url}"


def _shown_url(account: str, url: str | None) -> Shape:
    return {"id": account, "company_id": account, "url": url}


def _shown(row: Subscription) -> Shape:
    return {"id": row.id, "company_id": row.account, "type": row.topic}
