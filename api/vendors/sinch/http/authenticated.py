"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from engine.features.accounts import Account
from engine.features.applications.model import Application


class AuthenticatedRequest(NamedTuple):
    """Who asks (`application`: the one whose key was shown), the request, and its body, which was read already."""

    account: Account
    application: Application
    http: web.Request
    body: bytes


Handler = Callable[[AuthenticatedRequest], Awaitable[web.Response]]
"""Raises SinchError or CommandRefused for what it refuses; the answer to both is rendered in one place."""
