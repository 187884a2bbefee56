"""The page by which a browser enters a meeting. Its link is all that a guest needs: no key, and no PIN.

The page calls the ticket that `enter` answers, by SIP over the websocket of api.sip_socket.
"""

import time
from pathlib import Path

from aiohttp import web

from api.guess_throttle import ShownCredential
from api.meeting_links import PATH
from api.most_recent import MostRecent
from api.own.features.meetings.schema import Entry, Guest
from api.own.operations import Body, Media, operation, taking
from api.own.pages import page
from api.own.services import OwnServices
from api.token_bucket import TokenBucket
from engine.features.endpoints.guests import Guests
from engine.features.meetings.model import MeetingView, NoMeeting
from engine.features.meetings.service import MeetingService

_FOLDER = Path(__file__).with_name("page")
_FILES = {"meeting.js": "text/javascript", "meeting.css": "text/css"}
_SCRIPT = "jssip.js"
PAGE = Media("The page.", ("text/html",))
PARTS = Media("A script or a style sheet.", tuple(sorted(set(_FILES.values()))))
AT_ONCE, PER_SECOND = 100, 1.0
"""How many tickets a meeting has at once, and how many more each second."""
_HEADERS = {
    # nothing of another host, no script in the page itself; the websocket is of this host
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=()",
    "Referrer-Policy": "no-referrer",  # the address is what lets one in
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class MeetingPage:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._meetings, self._guests = services.features[MeetingService], services.features[Guests]
        self._entries: MostRecent[str, TokenBucket] = MostRecent()

    def routes(self) -> list[web.RouteDef]:
        """The page, what it loads, and what it asks for to enter."""
        return [
            web.get(f"{PATH}/page/{{file}}", self.file),
            web.get(f"{PATH}/{{link}}", self.page),
            web.post(f"{PATH}/{{link}}", self.enter),
        ]

    @operation("getMeetingPage", {200: PAGE, 404: PAGE}, is_open=True)
    async def page(self, request: web.Request) -> web.Response:
        """Serve the page of a meeting; if the link opens none, a page that says so."""
        try:
            view, host = await self._opened(request)
        except NoMeeting as error:
            return page(_FOLDER / "gone.html", 404, headers=_HEADERS, sentence=str(error))
        role = "host" if host else "guest"
        return page(_FOLDER / "meeting.html", headers=_HEADERS, name=view.room.name, role=role)

    @operation("getPartOfMeetingPage", {200: PARTS}, errors=(404,), is_open=True)
    async def file(self, request: web.Request) -> web.StreamResponse:
        """Serve what the page loads."""
        name = request.match_info["file"]
        headers = {name: text for name, text in _HEADERS.items() if name != "Cache-Control"}
        if name == _SCRIPT and (script := self._services.scripts / _SCRIPT).is_file():
            return web.FileResponse(script, headers=headers | {"Content-Type": "text/javascript"})
        if name not in _FILES:
            raise web.HTTPNotFound
        return web.FileResponse(_FOLDER / name, headers=headers | {"Content-Type": _FILES[name]})

    @taking("enterMeeting", Guest, {200: Entry}, errors=(404, 409), is_open=True)
    async def enter(self, request: web.Request, body: Body[Guest]) -> web.Response:
        """Answer what the browser of a guest calls to be in the meeting of the link."""
        guest = await body()
        view, _ = await self._opened(request)
        self._limit(view.meeting.id)
        ticket = await self._meetings.ticket(request.match_info["link"], guest.name)
        host = self._services.addresses.sip_host
        entry = {"uri": f"sip:{ticket}@{host}", "user": self._guests.user, "password": self._guests.password}
        return web.json_response(entry, headers={"Cache-Control": "no-store"})

    def _limit(self, meeting: str) -> None:
        """Raise HTTPTooManyRequests if a meeting is entered too often: each ticket is a call of its account."""
        now = time.monotonic()
        bucket = self._entries.get(meeting) or self._entries.put(meeting, _bucket(now))
        if not bucket.take(now):
            sentence = f"Too many enter this meeting at once; try again in {bucket.seconds} s."
            raise web.HTTPTooManyRequests(reason=sentence, headers={"Retry-After": str(bucket.seconds)})

    async def _opened(self, request: web.Request) -> tuple[MeetingView, bool]:
        """Return the meeting of the link, and whether it is the host's; raises NoMeeting, TooManyGuesses."""
        link = request.match_info["link"]
        shown = ShownCredential("meeting", link)
        with self._services.guesses.attempt(request, shown, wrong=lambda error: isinstance(error, NoMeeting)):
            return await self._meetings.opened(link)


def _bucket(now: float) -> TokenBucket:
    return TokenBucket(now, most=AT_ONCE, per_second=PER_SECOND)


PUBLIC = MeetingPage
