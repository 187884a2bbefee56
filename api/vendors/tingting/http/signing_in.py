"""TingTing's login and its refresh of tokens, which need no token before."""

from aiohttp import web

from api.guess_throttle import Guesses, ShownCredential
from api.vendors.tingting import fields
from api.vendors.tingting.auth import Auth
from api.vendors.tingting.errors import TingTingUnauthorized
from api.vendors.tingting.fields import Fields
from api.vendors.tingting.http import resources, users
from api.vendors.tingting.ids import DIALECT
from engine.features.users.errors import SignInRefused
from engine.features.users.passwords import MOST


class SigningIn:
    """The handlers; each gets the request itself. Wrong passwords are throttled like wrong keys."""

    def __init__(self, auth: Auth, guesses: Guesses) -> None:
        self._auth, self._guesses = auth, guesses

    async def login(self, request: web.Request) -> web.Response:
        """Exchange an e-mail address and a password for two tokens.

        `account` may name the account of a user; without it the first user of the address is meant.
        """
        given = await fields.read(request)
        email, password = given.text("email", most=MOST), _password(given)
        account = given.text_or_none("account", most=MOST)
        name = f"{account or ''} {email.lower()}"
        with self._guesses.attempt(request, _shown(f"{name} {password}", name), wrong=_is_wrong):
            issued = await self._auth.sign_in(email, password, account)
        tokens = {"refresh": issued.refresh, "access": issued.access}
        data = {"token": tokens, "user_data": users.names(issued.requester)}
        return resources.envelope(data, "Successfully logged in")

    async def refresh(self, request: web.Request) -> web.Response:
        """Exchange a refresh token for a new access token; the answer has no envelope, as the document prints it."""
        token = (await fields.read(request)).text("refresh")
        with self._guesses.attempt(request, _shown(token, ""), wrong=_is_wrong):
            access = await self._auth.refreshed(token)
        return web.json_response({"access": access})


def _password(given: Fields) -> str:
    """Return the password as it was sent, with spaces around it; raises Invalid for one that cannot be a text."""
    text, password = given.text("password"), given.raw("password")
    return password if isinstance(password, str) else text


def _shown(proof: str, key: str) -> ShownCredential:
    return ShownCredential(f"{DIALECT} sign-in", proof, key)


def _is_wrong(error: Exception) -> bool:
    return isinstance(error, SignInRefused | TingTingUnauthorized)
