"""The page that a provider redirects to after consent. It names the account and user that the calendar will belong to.

Nothing is stored until *Connect* is pressed, so a user who was sent another user's link can stop there.
"""

from pathlib import Path

from aiohttp import web

from api.own.features.calendars.v1 import provider_of
from api.own.operations import Media, operation
from api.own.pages import page
from api.own.services import OwnServices
from engine.commands import CommandRefused
from engine.features.calendars.model import ConsentFailed, NotSetUp, ProviderFailed
from engine.features.calendars.service import CalendarService

PATH = "/calendars/callback"
PAGE = Media("The page.", ("text/html",))
FORM = Media("The page's form.", ("application/x-www-form-urlencoded",))
_FOLDER = Path(__file__).with_name("page")
_LONGEST = 4096
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class CalendarPages:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._calendars = services.features[CalendarService]

    def routes(self) -> list[web.RouteDef]:
        """The page, and what its button does."""
        one = f"{PATH}/{{provider}}"
        return [web.get(one, self.ask), web.post(one, self.connect)]

    @operation("askToConnectCalendar", {200: PAGE, 409: PAGE}, errors=(404,), is_open=True)
    async def ask(self, request: web.Request) -> web.Response:
        """Serve the page that asks whether the calendar is to be connected."""
        provider, given = provider_of(request), request.query
        name = provider.value.title()
        if "error" in given or not given.get("code") or not given.get("state"):
            return _said("Not connected", f"{name} says that you did not consent.", 409)
        try:
            account, email = await self._calendars.asked(provider, given["state"])
        except ConsentFailed as error:
            return _said("Not connected", str(error), 409)
        user = f"{email} of the account {account}" if email else f"the account {account}"
        code, state = given["code"][:_LONGEST], given["state"][:_LONGEST]
        file = _FOLDER / "connect.html"
        return page(file, headers=_HEADERS, provider=name, user=user, code=code, state=state)

    @operation("connectCalendar", {200: PAGE, 409: PAGE, 502: PAGE}, errors=(404,), is_open=True, body=FORM)
    async def connect(self, request: web.Request) -> web.Response:
        """Connect the calendar, and serve a page that says so."""
        provider, form = provider_of(request), await request.post()
        try:
            calendar = await self._calendars.connect(provider, str(form.get("state", "")), str(form.get("code", "")))
        except (ConsentFailed, NotSetUp, CommandRefused) as error:
            return _said("Not connected", str(error), 409)
        except ProviderFailed as error:
            return _said("Not connected", str(error), 502)
        sentence = f"{calendar.address} is connected. You may close this page."
        return _said("Connected", sentence)


def _said(title: str, sentence: str, status: int = 200) -> web.Response:
    return page(_FOLDER / "said.html", status, headers=_HEADERS, title=title, sentence=sentence)


PUBLIC = CalendarPages
