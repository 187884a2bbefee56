"""The routes of our own API on the public port."""

from collections.abc import Iterable

from aiohttp import web

from api.own.admin.doctor import DoctorAdmin
from api.own.services import OwnServices
from api.own.v1 import AccountApi


def public_routes(services: OwnServices) -> Iterable[web.RouteDef]:
    """Return the routes of /carillon/v1 and /healthz."""
    return [*AccountApi(services).routes(), web.get("/healthz", DoctorAdmin(services).healthz)]
