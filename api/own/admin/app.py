"""The administrator's application: every noun's routes behind one token, errors as JSON."""

import hmac

from aiohttp import web

from api.own.admin.accounts import AccountsAdmin
from api.own.admin.applications import ApplicationsAdmin
from api.own.admin.callbacks import CallbacksAdmin
from api.own.admin.calls import CallsAdmin
from api.own.admin.closing import ClosingAdmin
from api.own.admin.doctor import Doctor
from api.own.admin.lab import LabAdmin
from api.own.admin.lines import LinesAdmin
from api.own.admin.numbers import NumbersAdmin
from api.own.admin.prompts import PromptsAdmin
from api.own.admin.rates import RatesAdmin
from api.own.admin.recordings import RecordingsAdmin
from api.own.errors import Handler, answering, error_of
from api.own.metrics import Metrics
from api.own.services import Services

HEALTH = "/health"  # the container's own check; it has no token and is told nothing else
LARGEST_REQUEST = 32 * 1024 * 1024  # a file of rates


def build_admin(services: Services, metrics: Metrics) -> web.Application:
    """Return the administrator's application; it must listen on a loopback address only."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != HEALTH and not _is_shown(request.headers.get("Authorization", ""), services.admin_token):
            return error_of(401, "Show the administrator's token: Authorization: Bearer CARILLON_ADMIN_TOKEN.", "token")
        return await answering(handler)(request)

    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[guarded])
    doctor = Doctor(services)
    for noun in (
        AccountsAdmin(services), ApplicationsAdmin(services), NumbersAdmin(services), LinesAdmin(services),
        RatesAdmin(services), ClosingAdmin(services),
        LabAdmin(services), CallsAdmin(services), RecordingsAdmin(services), PromptsAdmin(services),
        CallbacksAdmin(services), doctor,
    ):  # fmt: skip
        app.add_routes(noun.routes())
    app.add_routes([web.get("/metrics", metrics.serve), web.get(HEALTH, doctor.healthz)])
    return app


def _is_shown(header: str, token: str) -> bool:
    scheme, _, shown = header.partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())
