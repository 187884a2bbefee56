"""Our own API's routes of the public port."""

from collections.abc import Iterable

from aiohttp import web

from api.own.admin.doctor import Doctor
from api.own.services import Services
from api.own.v1 import AccountApi


def public_routes(services: Services) -> Iterable[web.RouteDef]:
    """Return /carillon/v1 and /healthz."""
    return [*AccountApi(services).routes(), web.get("/healthz", Doctor(services).healthz)]
