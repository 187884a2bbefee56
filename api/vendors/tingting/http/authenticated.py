"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import web

from api.vendors.tingting.auth import Requester
from api.vendors.tingting.fields import Fields
from engine.features.accounts import Account
from engine.platform.audit import Actor


class AuthenticatedRequest(NamedTuple):
    """Who asks, what is asked, and the request, whose body was read already."""

    requester: Requester
    fields: Fields
    http: web.Request

    @property
    def account(self) -> Account:
        """Whose request it is."""
        return self.requester.account

    @property
    def by(self) -> Actor:
        """Who makes its changes."""
        return self.requester.by

    def number(self, name: str) -> int:
        """Return a whole number of the path."""
        return int(self.http.match_info[name])


Handler = Callable[[AuthenticatedRequest], Awaitable[web.StreamResponse]]
"""Serves an operation; raises TingTingError, and what the engine and the features refuse."""
