"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from api.vendors.tringme.http.requests import Parameters
from engine.features.accounts import Account


class AuthenticatedRequest(NamedTuple):
    """Whose request it is, and what it asks."""

    account: Account
    parameters: Parameters


Handler = Callable[[AuthenticatedRequest], Awaitable[web.Response]]
"""Serves an operation; raises TringMeError, and what the engine and the features refuse."""
