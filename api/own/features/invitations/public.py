"""The page of an invitation's link, at which a user chooses a password. Its link is all that it needs, and good once.

To open the page changes nothing: mail servers and programs that look at the links of a mail use none up.
"""

from pathlib import Path

from aiohttp import web

from api.forms import BadForm, read_pairs
from api.guess_throttle import ShownCredential
from api.own.errors import BadRequest
from api.own.operations import Media, operation
from api.own.pages import page
from api.own.services import OwnServices
from engine.features.errors import InvalidSetting
from engine.features.users.invitation import Invited, LinkNotValid
from engine.features.users.invitations import Invitations
from engine.features.users.passwords import FEWEST, MOST

PATH = "/invitations"
PAGE = Media("The page.", ("text/html",))
FORM = Media("The page's form.", ("application/x-www-form-urlencoded",))
_FOLDER = Path(__file__).with_name("page")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address is what lets one in
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class InvitationPages:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._services, self._invitations = services, services.features[Invitations]

    def routes(self) -> list[web.RouteDef]:
        """The page, and what its button does."""
        one = f"{PATH}/{{link}}"
        return [web.get(one, self.ask), web.post(one, self.accept)]

    @operation("getInvitationPage", {200: PAGE, 404: PAGE}, is_open=True)
    async def ask(self, request: web.Request) -> web.Response:
        """Serve the page that asks for a password; if the link is not valid, a page that says so."""
        try:
            return _form(await self._opened(request))
        except LinkNotValid as error:
            return _not_valid(error)

    @operation("acceptInvitation", {200: PAGE, 404: PAGE, 422: PAGE}, is_open=True, body=FORM)
    async def accept(self, request: web.Request) -> web.Response:
        """Set the password, and serve a page that says so; the page that asks again if it cannot be one."""
        try:
            invited = await self._opened(request)
            fields = await _fields(request)
            if fields.get("password", "") != fields.get("again", ""):
                return _form(invited, "The two passwords are not the same.")
            try:
                await self._invitations.accept(request.match_info["link"], fields.get("password", ""))
            except InvalidSetting as error:
                return _form(invited, str(error))
        except LinkNotValid as error:
            return _not_valid(error)
        sentence = f"The password of {invited.email} in the account {invited.account} is set. You may close this page."
        return page(_FOLDER / "said.html", headers=_HEADERS, title="Welcome", sentence=sentence)

    async def _opened(self, request: web.Request) -> Invited:
        """Return whom the link is for; raises LinkNotValid, TooManyGuesses."""
        link = request.match_info["link"]
        shown = ShownCredential("invitation", link)
        with self._services.guesses.attempt(request, shown, wrong=lambda error: isinstance(error, LinkNotValid)):
            return await self._invitations.opened(link)


async def _fields(request: web.Request) -> dict[str, str]:
    """Return the form's fields; raises BadRequest."""
    try:
        return dict(await read_pairs(request))
    except BadForm as error:
        raise BadRequest(str(error)) from None


def _form(invited: Invited, problem: str = "") -> web.Response:
    return page(
        _FOLDER / "choose.html",
        422 if problem else 200,
        headers=_HEADERS,
        company=invited.company,
        email=invited.email,
        problem=problem,
        fewest=str(FEWEST),
        most=str(MOST),
    )


def _not_valid(error: LinkNotValid) -> web.Response:
    sentence = f"{error} Ask for another invitation."
    return page(_FOLDER / "said.html", 404, headers=_HEADERS, title="No invitation", sentence=sentence)


PUBLIC = InvitationPages
