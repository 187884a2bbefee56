"""Callbacks that are delivered again, as the administrator or an account asks for it."""

from aiohttp import web

from api.callbacks.replay import Replay
from api.own.bodies import time_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.platform.audit import Actor

_NAMES = ("event", "call", "subscription")


async def replayed(
    request: web.Request, services: OwnServices, by: Actor, account: str | None = None, **named: str
) -> web.Response:
    """Deliver again and answer with how many; what is not in `named` is read from the query.

    `account`: an account's callbacks alone. Raises BadRequest, NoSuchDelivery.
    """
    given = named or {name: request.query[name] for name in _NAMES if request.query.get(name)}
    if len(given) != 1:
        raise BadRequest("Name one of event, call and subscription.")
    if "event" in given:
        given["event"] = event_of(given["event"])
    what = Replay(**given, since=time_of(request, "since") or 0.0, account=account)
    return web.json_response({"replayed": await services.delivery.replay(by, what)}, status=202)


def event_of(key: str) -> str:
    """Return the event of a callback's webhook-id or Carillon-Event-Id, which may end in the number of its part."""
    return "-".join(key.split("-")[:2])
