"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from engine.features.accounts import Account


class AuthenticatedRequest(NamedTuple):
    """Whose request it is, and its body."""

    account: Account
    body: bytes


Handler = Callable[[AuthenticatedRequest], Awaitable[web.Response]]
