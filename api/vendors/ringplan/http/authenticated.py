"""An authenticated request, as an operation gets it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web

from api.vendors.ringplan.auth import Requester
from api.vendors.ringplan.errors import Forbidden, Invalid
from api.vendors.ringplan.fields import Fields
from engine.features.accounts import Account
from engine.platform.audit import Actor


class AuthenticatedRequest(NamedTuple):
    """Who asks, what is asked, and the request, whose body was read already."""

    requester: Requester
    body: Fields | list[Any]
    http: web.Request

    @property
    def fields(self) -> Fields:
        """The body's object; raises Invalid for an array."""
        if isinstance(self.body, list):
            raise Invalid("The body must be a JSON object.")
        return self.body

    @property
    def texts(self) -> list[str]:
        """The body's array of texts; raises Invalid for all else."""
        if not isinstance(self.body, list) or not all(isinstance(each, str) for each in self.body):
            raise Invalid("The body must be a JSON array of strings.")
        return self.body

    @property
    def account(self) -> Account:
        """Whose request it is."""
        return self.requester.account

    @property
    def by(self) -> Actor:
        """Who makes its changes."""
        return self.requester.by

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return self.http.match_info[name]

    def must_own(self) -> None:
        """Raise Forbidden unless the company's owner asks."""
        if not self.requester.is_owner:
            raise Forbidden("Only the company's owner may do this: send X-User-Id: primary.")


Handler = Callable[[AuthenticatedRequest], Awaitable[web.StreamResponse]]
"""Serves an operation; raises RingPlanError, and what the engine and the features refuse."""
