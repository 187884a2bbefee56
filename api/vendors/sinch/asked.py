"""A request that was authenticated."""

from typing import NamedTuple

from aiohttp import web

from engine.store.accounts import Account
from engine.store.applications import Application


class Asked(NamedTuple):
    """Whose request it is, the application whose key it showed, the request, and its body."""

    account: Account
    application: Application
    request: web.Request
    body: bytes
