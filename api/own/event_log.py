"""GET …/events: the events of an account that are kept, page by page, each as a webhook has it."""

from typing import Any

from aiohttp import web

from api.own.access import Caller
from api.own.bodies import number_of
from engine.features.subscriptions import bodies
from engine.features.subscriptions.log import EventLog, Logged
from engine.platform.catalogue import ALL


async def event_page(request: web.Request, caller: Caller, log: EventLog) -> web.Response:
    """Answer with a page; raises InvalidSetting and NotThere."""
    limit, after = number_of(request, "limit", 100), request.query.get("after")
    page = await log.page(caller.account.id, patterns_of(request), after=after, limit=limit)
    return web.json_response(
        {"events": [message_of(each) for each in page.events], "last": page.last, "more": page.more}
    )


def patterns_of(request: web.Request) -> list[str]:
    """Return the names and patterns of events that a request asks for; all if it names none."""
    return [name for each in request.query.get("events", ALL).split(",") if (name := each.strip())]


def message_of(logged: Logged) -> dict[str, Any]:
    """Return an event as it is sent to subscribers."""
    return bodies.message(logged.event, logged.entry, logged.call)
