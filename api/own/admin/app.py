"""The web application of the admin API: all its routes behind one token, errors as JSON."""

import re

from aiohttp import web

from api import bodies
from api.app_keys import ERRORS
from api.guess_throttle import ADMIN, ShownCredential, same
from api.middleware import Errors
from api.own.admin.accounts import AccountsAdmin
from api.own.admin.applications import ApplicationsAdmin
from api.own.admin.callbacks import CallbacksAdmin
from api.own.admin.calls import CallsAdmin
from api.own.admin.closing import ClosingAdmin
from api.own.admin.dialects import DialectsAdmin
from api.own.admin.doctor import DoctorAdmin
from api.own.admin.groups import GroupsAdmin
from api.own.admin.lab import LabAdmin
from api.own.admin.lab_texts import LabTextsAdmin
from api.own.admin.numbers import NumbersAdmin
from api.own.admin.prompts import PromptsAdmin
from api.own.admin.rates import RatesAdmin
from api.own.admin.recordings import RecordingsAdmin
from api.own.admin.trunk_costs import TrunkCostsAdmin
from api.own.admin.trunks import TrunksAdmin
from api.own.admin.users import UsersAdmin
from api.own.errors import Handler, OwnErrors, TokenRefused, answering
from api.own.features.registry import modules
from api.own.metrics import Metrics
from api.own.openapi import About, OpenApi
from api.own.services import OwnServices

HEALTH = "/health"  # the container's own check; it has no token and is told nothing else
DOCUMENT = "/openapi.json"  # the same for every installation
ABOUT = About(
    title="Carillon's administrator's API",
    description="Accounts, numbers, trunks and calls of one installation, on its loopback address.",
    schemes={
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "The installation's CARILLON_ADMIN_TOKEN.",
        }
    },
)
LARGEST_REQUEST = 32 * 1024 * 1024  # a file of rates


def build_admin(services: OwnServices, metrics: Metrics) -> web.Application:
    """Return the web application; it must listen on a loopback address only."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        async def judged(request: web.Request) -> web.StreamResponse:
            bodies.check(request)
            if request.path not in (HEALTH, DOCUMENT):
                _check_token(services, request)
            return await handler(request)

        return await answering(judged)(request)

    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[guarded])
    app[ERRORS] = Errors([_AdminErrors()])
    doctor = DoctorAdmin(services)
    for noun in (
        AccountsAdmin(services), ApplicationsAdmin(services), NumbersAdmin(services), TrunksAdmin(services),
        TrunkCostsAdmin(services), RatesAdmin(services), ClosingAdmin(services.features), UsersAdmin(services.features),
        GroupsAdmin(services), DialectsAdmin(services),
        LabAdmin(services), LabTextsAdmin(services), CallsAdmin(services), RecordingsAdmin(services),
        PromptsAdmin(services), CallbacksAdmin(services), *(module.ADMIN(services) for module in modules("admin")),
        doctor,
    ):  # fmt: skip
        app.add_routes(noun.routes())
    app.add_routes([web.get("/metrics", metrics.serve), web.get(HEALTH, doctor.healthz)])
    app.add_routes([web.get(DOCUMENT, OpenApi(ABOUT).serve)])
    return app


class _AdminErrors(OwnErrors):
    paths = re.compile("/")


def _check_token(services: OwnServices, request: web.Request) -> None:
    """Raise TokenRefused unless the request has the administrator's token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    shown = ShownCredential(ADMIN, token) if token else None
    with services.guesses.attempt(request, shown, wrong=lambda error: isinstance(error, TokenRefused)):
        if not services.admin_token or scheme.lower() != "bearer" or not same(token, services.admin_token):
            raise TokenRefused("Show the administrator's token: Authorization: Bearer CARILLON_ADMIN_TOKEN.")
