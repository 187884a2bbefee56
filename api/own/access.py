"""Authenticates requests of our own API: by an account's key, or a user's token."""

import base64
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from api.accounts import Accounts, KeyHolder
from api.dialects import OWN
from api.guess_throttle import Guesses, ShownCredential, same
from api.own.errors import Forbidden, Unauthorized
from api.own.operations import operation_of
from api.permissions import refusal
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.users.model import User
from engine.features.users.tokens import digest_of
from engine.platform.audit import Actor

_LONGEST_KEY = 256


class Caller(NamedTuple):
    """The caller of a request: its account, the actor of its changes, and the user, None if the key is the account's.

    `token` is the id of the user's token.
    """

    account: Account
    by: Actor
    user: User | None = None
    token: str = ""


CallerOf = Callable[[web.Request], Awaitable[Caller]]
"""Says whose things a request is about, and who asks."""


class Access:
    """Authenticates requests. `clock` returns Unix seconds."""

    def __init__(self, accounts: Accounts, guesses: Guesses, *, clock: Callable[[], float] = time.time) -> None:
        self._accounts, self._guesses, self._clock = accounts, guesses, clock

    async def caller(self, request: web.Request) -> Caller:
        """Return the caller; raises Unauthorized, or Forbidden if a member changes what is not its own."""
        caller = await self.signed_in(request)
        if why := refusal(caller.user, request.method, is_own=_is_own(request, caller.user)):
            raise Forbidden(why)
        return caller

    async def signed_in(self, request: web.Request) -> Caller:
        """Return the caller, whatever its role permits; raises Unauthorized."""
        key, secret = _shown(request.headers.get("Authorization", ""))
        shown = ShownCredential(OWN.name, f"{key}.{secret}", key) if key else None
        with self._guesses.attempt(request, shown, wrong=lambda error: isinstance(error, Unauthorized)):
            holder = await self._accounts.by_key(OWN.name, key) if key else None
            if holder is None or not self._fits(holder, secret):
                raise Unauthorized("Show a valid key or token: Authorization: Bearer KEY.SECRET.")
        if holder.user:
            return Caller(holder.account, holder.user.actor, holder.user, key)
        return Caller(holder.account, actor_of(holder.account))

    def _fits(self, holder: KeyHolder, secret: str) -> bool:
        if holder.user is None:
            return same(secret, holder.secret)
        expired = holder.expires is not None and holder.expires <= self._clock()
        return same(digest_of(secret), holder.secret) and not expired and not holder.user.disabled


def _is_own(request: web.Request, user: User | None) -> bool:
    """Whether an operation is declared as a user's own, and is about this one."""
    declared = operation_of(request.match_info.handler)
    if user is None or declared is None or not declared.is_own:
        return False
    named = request.match_info.get("user", user.id)
    return named == user.id or named.strip().lower() == user.email


def _shown(header: str) -> tuple[str, str]:
    """Return key and secret; two empty texts if there are none."""
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    if len(rest) > 2 * _LONGEST_KEY:
        return "", ""
    if scheme.lower() == "bearer":
        key, _, secret = rest.partition(".")
        return key, secret
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return key, secret
    return "", ""
