"""The public HTTP application."""

from collections.abc import Iterable

from aiohttp import web

from api.accounts import Accounts
from api.app_keys import ACCOUNTS, DELIVERY, ENGINE, ERRORS
from api.bodies import LARGEST
from api.callbacks.delivery import Delivery
from api.command_taker import CommandTaker
from api.middleware import Errors, errors
from api.own.errors import OwnErrors
from api.recordings import Recordings
from api.vendors.vendor import Vendor


def build_app(
    *,
    engine: CommandTaker,
    accounts: Accounts,
    delivery: Delivery,
    recordings: Recordings,
    vendors: Iterable[Vendor],
    routes: Iterable[web.AbstractRouteDef] = (),
) -> web.Application:
    """Return the application with every dialect's routes at the root, and `routes`, e.g. those of our own API."""
    vendors = tuple(vendors)
    rendering = Errors((*vendors, OwnErrors()))
    app = web.Application(client_max_size=LARGEST, middlewares=[errors(rendering)])
    app[ERRORS] = rendering
    app[ENGINE], app[ACCOUNTS], app[DELIVERY] = engine, accounts, delivery
    app.add_routes(recordings.routes())
    app.add_routes(routes)
    for vendor in vendors:
        app.add_routes(vendor.routes())
    return app
