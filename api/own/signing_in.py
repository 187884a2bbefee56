"""Routes to sign in with a password, to sign out, and to change the password."""

import msgspec
from aiohttp import web

from api.dialects import OWN
from api.guess_throttle import Guesses, ShownCredential
from api.own.access import Access
from api.own.bodies import body_of
from api.own.errors import BadRequest
from api.own.users import shape, token_shape
from engine.features.users.errors import SignInRefused
from engine.features.users.passwords import MOST
from engine.features.users.service import UserService
from engine.platform.feature import Features


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sign-in: the account's name or id, and the user's e-mail address and password."""

    account: str
    email: str
    password: str


class OwnPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user's current password and the new one."""

    password: str
    new_password: str


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

    async def sign_in(self, request: web.Request) -> web.Response:
        """Exchange a password for a token that is valid for 12 hours."""
        wanted = await body_of(request, SignIn)
        with self._guesses.attempt(request, _shown(wanted.account, wanted.email, wanted.password), wrong=_is_wrong):
            user, made = await self._users.sign_in(wanted.account, wanted.email, wanted.password)
        return web.json_response(token_shape(made) | {"user": shape(user)}, status=201)

    async def sign_out(self, request: web.Request) -> web.Response:
        """Delete the token with which the request is authenticated."""
        caller = await self._access.signed_in(request)
        if caller.user is None:
            raise BadRequest("Only a user's token can be signed out; an account's keys are renewed instead.")
        await self._users.drop_token(caller.by, caller.account.id, caller.user.id, caller.token)
        return web.Response(status=204)

    async def change_password(self, request: web.Request) -> web.Response:
        """Change the user's password; all tokens of the user end."""
        caller, wanted = await self._access.signed_in(request), await body_of(request, OwnPassword)
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
