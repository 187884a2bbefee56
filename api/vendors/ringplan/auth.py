"""Who asks: a company's API key with the id of the acting user, or a user's own token.

Web clients of this API send their user's token without `Bearer` and without X-User-Id; that token is one of ours
(`carillon users tokens`), and acts for its user alone.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from api.accounts import Accounts
from api.dialects import OWN
from api.guess_throttle import Guesses, ShownCredential, same
from api.vendors.ringplan.errors import RingPlanUnauthorized
from api.vendors.ringplan.ids import DIALECT, PRIMARY
from engine.features.accounts import Account
from engine.features.accounts.model import actor_of
from engine.features.errors import NotThere
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.features.users.tokens import PREFIX, digest_of
from engine.platform.audit import Actor

WRONG_TOKEN = "token must be the company's API key, or a user's token."
WRONG = "Show the company's API key: Authorization: Bearer KEY, and the acting user's id as X-User-Id."


class Requester(NamedTuple):
    """A company and the user who acts; `user` None: the company has no owner, and acts itself as its primary user."""

    account: Account
    user: User | None

    @property
    def by(self) -> Actor:
        """Who makes its changes."""
        return self.user.actor if self.user else actor_of(self.account)

    @property
    def id(self) -> str:
        """The contact's id."""
        return self.user.id if self.user else self.account.id

    @property
    def is_owner(self) -> bool:
        """Whether it may change what belongs to the company."""
        return self.user is None or self.user.role is Role.OWNER


def primary_of(users: list[User]) -> User | None:
    """Return the primary user of a company: its oldest owner; None if it has none."""
    owners = [user for user in users if user.role is Role.OWNER and not user.disabled]
    return min(owners, key=lambda user: (user.created, user.id), default=None)


class Auth:
    """Authenticates requests. `clock`: Unix seconds."""

    def __init__(
        self, accounts: Accounts, users: UserService, guesses: Guesses, clock: Callable[[], float] = time.time
    ) -> None:
        self._accounts, self._users, self._guesses, self._clock = accounts, users, guesses, clock

    async def authenticate(self, request: web.Request) -> Requester:
        """Return who asks; raises RingPlanUnauthorized."""
        token = token_of(request.headers.get("Authorization", ""))
        found = await self._of_token(request, token)
        if isinstance(found, Requester):
            return found
        return await self._acting(found, request.headers.get("X-User-Id", "").strip())

    async def of_socket(self, request: web.Request, token: str, email: str) -> Requester:
        """Return who a live socket is for: the user with an e-mail address, "": the token's, or the primary one.

        `request` opened the socket. Raises RingPlanUnauthorized, TooManyGuesses and TooManyRequests.
        """
        return await self._with_email(await self._of_token(request, token, WRONG_TOKEN), email)

    async def of_socket_again(self, token: str, email: str) -> Requester:
        """Return who a live socket is for by now that has authenticated; raises RingPlanUnauthorized."""
        return await self._with_email(await self._checked(token, WRONG_TOKEN), email)

    async def _with_email(self, found: Requester | Account, email: str) -> Requester:
        if isinstance(found, Requester):
            if email and (found.user is None or found.user.email.lower() != email.lower()):
                raise RingPlanUnauthorized("user_email must be the address of the token's user.")
            return found
        users = await self._users.list_all(found.id)
        if not email:
            return Requester(found, primary_of(users))
        user = next((each for each in users if each.email.lower() == email.lower() and not each.disabled), None)
        if user is None:
            raise RingPlanUnauthorized(
                f"user_email must be the address of one of the company's contacts (got {email[:80]!r})."
            )
        return Requester(found, user)

    async def _of_token(self, request: web.Request, token: str, wrong: str = WRONG) -> Requester | Account:
        """Return whose a token is: a user's, or a company's key; raises RingPlanUnauthorized, and TooManyGuesses."""
        shown = ShownCredential(DIALECT, token, token.partition(".")[0]) if token else None
        with self._guesses.attempt(request, shown, wrong=lambda error: isinstance(error, RingPlanUnauthorized)):
            return await self._checked(token, wrong)

    async def _checked(self, token: str, wrong: str) -> Requester | Account:
        if token.startswith(PREFIX):
            return await self._of_user(token, wrong)
        return await self._of_company(token, wrong)

    async def _of_company(self, token: str, wrong: str) -> Account:
        key, _, secret = token.partition(".")
        holder = await self._accounts.by_key(DIALECT, key)
        if holder is None or not same(secret, holder.secret):
            raise RingPlanUnauthorized(wrong)
        return holder.account

    async def _of_user(self, token: str, wrong: str) -> Requester:
        key, _, secret = token.partition(".")
        holder = await self._accounts.by_key(OWN.name, key)
        if holder is None or holder.user is None or not same(digest_of(secret), holder.secret):
            raise RingPlanUnauthorized(wrong)
        expired = holder.expires is not None and holder.expires <= self._clock()
        if expired or holder.user.disabled:
            raise RingPlanUnauthorized("The token has expired: sign in again.")
        return Requester(holder.account, holder.user)

    async def _acting(self, account: Account, named: str) -> Requester:
        if named in (PRIMARY, account.id):
            return Requester(account, primary_of(await self._users.list_all(account.id)))
        try:
            user = await self._users.get(account.id, named)
        except NotThere:
            raise RingPlanUnauthorized(
                f"X-User-Id must be the id of one of the company's contacts, or primary (got {named[:40]!r})."
            ) from None
        if user.disabled:
            raise RingPlanUnauthorized("The contact in X-User-Id is not activated.")
        return Requester(account, user)


def token_of(header: str) -> str:
    """Return the token of an Authorization header, with or without `Bearer`; "" for none."""
    first, _, rest = header.strip().partition(" ")
    return rest.strip() if first.lower() == "bearer" else first
