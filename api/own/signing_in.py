"""Routes to sign in with a password, to sign out, and to change the password."""

from aiohttp import web

from api.dialects import OWN
from api.guess_throttle import Guesses, ShownCredential
from api.own.access import Access
from api.own.errors import BadRequest
from api.own.operations import Body, operation, taking
from api.own.schema.people import ChangedPassword, SignedIn, SignIn
from api.own.users import shape, token_shape
from engine.features.users.errors import SignInRefused
from engine.features.users.passwords import MOST
from engine.features.users.service import UserService
from engine.platform.feature import Features


class SigningIn:
    """The handlers. Wrong passwords are throttled like wrong keys."""

    def __init__(self, features: Features, access: Access, guesses: Guesses) -> None:
        self._users, self._access, self._guesses = features[UserService], access, guesses

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Every route, below `prefix`."""
        return [
            web.post(prefix + "/sign-in", self.sign_in),
            web.delete(prefix + "/sign-in", self.sign_out),
            web.put(prefix + "/password", self.change_password),
        ]

    @taking("signIn", SignIn, {201: SignedIn}, errors=(401,), is_open=True)
    async def sign_in(self, request: web.Request, body: Body[SignIn]) -> web.Response:
        """Exchange a password for a token that is good for 12 hours."""
        wanted = await body()
        with self._guesses.attempt(request, _shown(wanted.account, wanted.email, wanted.password), wrong=_is_wrong):
            user, made = await self._users.sign_in(wanted.account, wanted.email, wanted.password)
        return web.json_response(token_shape(made) | {"user": shape(user)}, status=201)

    @operation("signOut", {204: None})
    async def sign_out(self, request: web.Request) -> web.Response:
        """Delete the token that is sent."""
        caller = await self._access.signed_in(request)
        if caller.user is None:
            raise BadRequest("Only a user's token can be signed out; an account's keys are renewed instead.")
        await self._users.drop_token(caller.by, caller.account.id, caller.user.id, caller.token)
        return web.Response(status=204)

    @taking("changePassword", ChangedPassword, {204: None})
    async def change_password(self, request: web.Request, body: Body[ChangedPassword]) -> web.Response:
        """Change the user's own password; all tokens of the user end."""
        caller, wanted = await self._access.signed_in(request), await body()
        if caller.user is None:
            raise BadRequest("Only a user has a password: show a user's token.")
        shown = _shown(caller.account.id, caller.user.email, wanted.password)
        with self._guesses.attempt(request, shown, wrong=_is_wrong):
            await self._users.change_own_password(caller.user, wanted.password, wanted.new_password)
        return web.Response(status=204)


def _shown(account: str, email: str, password: str) -> ShownCredential:
    name = f"{account[:MOST]} {email.strip().lower()[:MOST]}"
    return ShownCredential(f"{OWN.name} password", f"{name} {password}", name)


def _is_wrong(error: Exception) -> bool:
    return isinstance(error, SignInRefused)
