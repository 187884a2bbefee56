"""The routes of our own API on the public port."""

from collections.abc import Iterable

from aiohttp import web

from api.own.admin.doctor import DoctorAdmin
from api.own.calls import AccountApi
from api.own.errors import answering_all
from api.own.features.registry import modules
from api.own.openapi import About, OpenApi
from api.own.services import OwnServices

ABOUT = About(
    title="Carillon's own API",
    description="Calls, their queues, recordings and users of one account.",
    schemes={
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "KEY.SECRET",
            "description": "The account's key and secret, or a user's token.",
        },
        "basic": {"type": "http", "scheme": "basic", "description": "The account's key and secret."},
    },
    has_roles=True,
)


def public_routes(services: OwnServices) -> Iterable[web.RouteDef]:
    """Return /carillon/v1, its document, and /healthz."""
    return [
        *AccountApi(services).routes(),
        *answering_all(route for module in modules("public") for route in module.PUBLIC(services).routes()),
        web.get("/healthz", DoctorAdmin(services).healthz),
        web.get("/carillon/v1/openapi.json", OpenApi(ABOUT).serve),
    ]
