"""RingPlan's Meet: links of meetings, and the calendars that a user has connected."""

from aiohttp import web

from api.meeting_links import link_of
from api.vendors.ringplan import fields
from api.vendors.ringplan.errors import NotFound
from api.vendors.ringplan.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringplan.http.resources import date
from engine.features.calendars.model import NotSetUp, Provider, ProviderFailed
from engine.features.calendars.service import CalendarService
from engine.features.errors import NotThere
from engine.features.meetings.service import MeetingService


class MeetOperations:
    """Serves them. `api_url` is where the API is reached."""

    def __init__(self, meetings: MeetingService, calendars: CalendarService, api_url: str) -> None:
        self._meetings, self._calendars, self._api_url = meetings, calendars, api_url

    def operations(self) -> dict[str, Handler]:
        """Return each by its method and path."""
        return {
            "GET /meet/app/calendar": self.calendar,
            "GET /meet/app/calendar/events/get-link/{meeting}": self.link,
            "GET /meet/app/calendar/get-auth-url": self.google_url,
            "GET /meet/app/outlook/get-auth-url": self.outlook_url,
            "POST /meet/google/revoke": self.revoke_google,
            "POST /meet/outlook/revoke": self.revoke_outlook,
        }

    async def calendar(self, request: AuthenticatedRequest) -> web.Response:
        """Show the Google calendar that the acting user connected last."""
        user = request.requester.id
        found = await self._calendars.list_all(request.account.id, user, Provider.GOOGLE)
        if not found:
            raise NotFound("There is no calendar for this contact.")
        last = max(found, key=lambda one: one.updated)
        return web.json_response({"calendar": last.address, "update": date(last.updated), "user_id": user})

    async def link(self, request: AuthenticatedRequest) -> web.Response:
        """Answer the link of a meeting."""
        try:
            view = await self._meetings.get(request.account.id, request.part("meeting"))
        except NotThere:
            raise NotFound("Invalid meeting ID.") from None
        return web.json_response({"full_link": link_of(self._api_url, self._meetings.links, view.meeting)})

    async def google_url(self, request: AuthenticatedRequest) -> web.Response:
        """Answer where the acting user gives its consent to Google."""
        return await self._url(request, Provider.GOOGLE)

    async def outlook_url(self, request: AuthenticatedRequest) -> web.Response:
        """Answer where the acting user gives its consent to Microsoft."""
        return await self._url(request, Provider.OUTLOOK)

    async def revoke_google(self, request: AuthenticatedRequest) -> web.Response:
        """Take the acting user's consent back at Google."""
        return await self._revoked(request, Provider.GOOGLE)

    async def revoke_outlook(self, request: AuthenticatedRequest) -> web.Response:
        """Forget the acting user's consent at Microsoft."""
        return await self._revoked(request, Provider.OUTLOOK)

    async def _url(self, request: AuthenticatedRequest, provider: Provider) -> web.Response:
        url = await self._calendars.ask(request.account.id, request.requester.id, provider)
        return web.json_response({"auth_url": url})

    async def _revoked(self, request: AuthenticatedRequest, provider: Provider) -> web.Response:
        """Take a consent back; what cannot be is answered as the document has it."""
        address = fields.text(request.fields, "calendar")
        try:
            await self._calendars.revoke(request.by, request.account.id, request.requester.id, provider, address)
        except (NotThere, NotSetUp, ProviderFailed):
            return web.json_response({"result": False}, status=400)
        return web.json_response({"result": True})
