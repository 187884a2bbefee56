"""Who asks: access tokens (JWT) of those who signed in, and the tokens of the newer API.

A JWT has the claims of the document's samples (`token_type`, `exp`, `iat`, `jti`, `user_id`) and `session`, which names
the credential that it depends on: a user's sign-in, which ends with a change of its password, or the account's own key,
which ends when it is renewed. The `jti` of a user's refresh token is its sign-in's id.
"""

import secrets
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt

from api.accounts import Accounts, KeyHolder
from api.dialects import OWN
from api.guess_throttle import same
from api.vendors.tingting.errors import TingTingUnauthorized
from api.vendors.tingting.ids import ACCESS_DAYS, DIALECT, email_of, key_of
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.users.model import User
from engine.features.users.service import UserService
from engine.features.users.tokens import PREFIX, digest_of
from engine.platform.audit import Actor

ALGORITHM = "HS256"
ACCESS, REFRESH = "access", "refresh"
DAY = 86_400.0
REFRESH_SECONDS = 5 * DAY
REQUIRED = ("token_type", "exp", "iat", "jti", "user_id", "session")
LONGEST = 4096
NO_TOKEN = "Show an access token: Authorization: Bearer TOKEN (POST /api/accounts/login/ answers one)."
ENDED = "The token is not valid any more: its user's password or its account's key was changed, or it was signed out."


class Requester(NamedTuple):
    """Whose request it is; `user` None: the account itself, by its own `key`."""

    account: Account
    user: User | None
    key: str

    @property
    def email(self) -> str:
        """The address that it signs in with."""
        return self.user.email if self.user else email_of(self.key)

    @property
    def by(self) -> Actor:
        """Who makes its changes."""
        return self.user.actor if self.user else actor_of(self.account)

    @property
    def id(self) -> str:
        """What the claim `user_id` says."""
        return self.user.id if self.user else self.account.id


class Issued(NamedTuple):
    """The two tokens of a sign-in, and whose they are."""

    refresh: str
    access: str
    requester: Requester


class Tokens:
    """Makes and reads JWTs. `key` is derived from the installation's secret; `clock`: Unix seconds."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock

    def make(self, kind: str, requester: Requester, session: str, seconds: float, jti: str | None = None) -> str:
        """Return a new token of a type that is good for so long."""
        now = self._clock()
        claims = {
            "token_type": kind,
            "exp": int(now + seconds),
            "iat": int(now),
            "jti": jti or secrets.token_hex(16),
            "user_id": requester.id,
            "session": session,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    def read(self, token: str, kind: str) -> dict[str, Any]:
        """Return a token's claims; raises TingTingUnauthorized for one that is not ours, too old, or of another type.

        The algorithm is ours to say, whatever the token's header has (RFC 8725 §3.1).
        """
        options: Any = {"require": list(REQUIRED), "verify_exp": False, "verify_iat": False}
        try:
            claims: dict[str, Any] = jwt.decode(token[:LONGEST], self._key, algorithms=[ALGORITHM], options=options)
        except (jwt.InvalidTokenError, ValueError):  # ValueError: it has a character that is not ASCII
            raise TingTingUnauthorized("The token is not valid: it is not one of ours, or it is damaged.") from None
        if claims["token_type"] != kind:
            raise TingTingUnauthorized(f"The token must be the {kind} token (this is the other one).")
        if not isinstance(claims["exp"], int) or claims["exp"] <= self._clock():
            raise TingTingUnauthorized(f"The {kind} token has expired: {_REMEDY[kind]}.")
        return claims


_REMEDY = {ACCESS: "POST /api/accounts/token/refresh/ answers a new one", REFRESH: "sign in again"}


class Auth:
    """Signs in, and authenticates requests."""

    def __init__(
        self, accounts: Accounts, users: UserService, tokens: Tokens, clock: Callable[[], float] = time.time
    ) -> None:
        self._accounts, self._users, self._tokens, self._clock = accounts, users, tokens, clock

    async def sign_in(self, email: str, password: str, account: str | None) -> Issued:
        """Return tokens for an e-mail address and a password; raises SignInRefused, TingTingUnauthorized."""
        if (key := key_of(email)) is not None:
            return self._issued(Requester((await self._own(key, password)).account, None, key), key)
        user, made = await self._users.sign_in(account, email, password, seconds=REFRESH_SECONDS, name=DIALECT)
        found = await self._accounts.get(user.account)
        if found is None:
            raise TingTingUnauthorized(ENDED)
        return self._issued(Requester(found, user, made.entry.id), made.entry.id)

    async def refreshed(self, refresh: str) -> str:
        """Return a new access token for a refresh token; raises TingTingUnauthorized."""
        claims = self._tokens.read(refresh, REFRESH)
        requester = await self._of_session(claims)
        left = claims["exp"] - self._clock()
        return self._access(requester, str(claims["session"]), left)

    async def authenticate(self, token: str) -> Requester:
        """Return who shows an access token, or a token of the newer API; raises TingTingUnauthorized."""
        if not token:
            raise TingTingUnauthorized(NO_TOKEN)
        if token.count(".") == 2:
            return await self._of_session(self._tokens.read(token, ACCESS))
        return await self._of_key(token)

    def _issued(self, requester: Requester, session: str) -> Issued:
        jti = session if requester.user else None
        refresh = self._tokens.make(REFRESH, requester, session, REFRESH_SECONDS, jti)
        return Issued(refresh, self._access(requester, session, REFRESH_SECONDS), requester)

    def _access(self, requester: Requester, session: str, most: float) -> str:
        days = requester.account.settings.get(DIALECT, {}).get("access_days", ACCESS_DAYS[0])
        return self._tokens.make(ACCESS, requester, session, min(int(days) * DAY, most))

    async def _own(self, key: str, password: str) -> KeyHolder:
        holder = await self._accounts.by_key(DIALECT, key)
        if holder is None or not same(password, holder.secret):
            raise TingTingUnauthorized("The e-mail address or the password is wrong.")
        return holder

    async def _of_session(self, claims: dict[str, Any]) -> Requester:
        """Return whose the session of a token is, if it is still there; raises TingTingUnauthorized."""
        session = str(claims["session"])
        holder = await self._accounts.by_key(OWN.name if session.startswith(PREFIX) else DIALECT, session)
        requester = None if holder is None or self._is_over(holder) else Requester(holder.account, holder.user, session)
        if requester is None or requester.id != claims["user_id"]:
            raise TingTingUnauthorized(ENDED)
        return requester

    async def _of_key(self, token: str) -> Requester:
        """Return who shows a token of the newer API: an account's own, or one of a user."""
        key, _, secret = token.partition(".")
        of_user = key.startswith(PREFIX)
        holder = await self._accounts.by_key(OWN.name if of_user else DIALECT, key)
        shown = digest_of(secret) if of_user else secret
        if holder is None or not same(shown, holder.secret) or self._is_over(holder):
            raise TingTingUnauthorized("The token is not valid.")
        return Requester(holder.account, holder.user, key)

    def _is_over(self, holder: KeyHolder) -> bool:
        expired = holder.expires is not None and holder.expires <= self._clock()
        return expired or (holder.user is not None and holder.user.disabled)


def bearer(header: str) -> str:
    """Return the token of an Authorization header; "" for none."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""
