"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from api.vendors.tringme.http.requests import Parameters
from api.vendors.tringme.http.users import FIRST
from engine.features.accounts import Account


class AuthenticatedRequest(NamedTuple):
    """Whose request it is, and what it asks. `user` is the id of the user whom its cookie names, FIRST for the first
    one (api.vendors.tringme.http.users).
    """

    account: Account
    parameters: Parameters
    user: str = FIRST


Handler = Callable[[AuthenticatedRequest], Awaitable[web.Response]]
"""Serves an operation; raises TringMeError, and what the engine and the features refuse."""
