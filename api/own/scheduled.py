"""Scheduled calls: placed at a time, listed, cancelled; used by the account's and the administrator's routes."""

from datetime import datetime

from aiohttp import web

from api.own import render
from api.own.bodies import number_of
from api.own.errors import BadRequest
from api.own.services import OwnServices
from engine.commands import PlaceCall
from engine.features.accounts import Account
from engine.features.scheduled_calls.model import ScheduledCall, WantedCall
from engine.features.scheduled_calls.service import ScheduledCalls


def time_of(at: float | str, name: str = "at") -> float:
    """Read a time of a request, its field `name`: Unix seconds, or ISO 8601 with an offset. Raises BadRequest."""
    if isinstance(at, (int, float)):
        return float(at)
    try:
        read = datetime.fromisoformat(at)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise BadRequest(
            f"{name} must be Unix seconds, or a date and a time with an offset such as 2030-01-31T12:00:00+01:00"
            f" (got {at[:64]!r})."
        )
    return read.timestamp()


def shape(services: OwnServices, call: ScheduledCall, *, named: bool = False) -> render.Shape:
    """A scheduled call; with its account's name if it is `named`."""
    owner = services.cache.find(call.account)
    return {
        "id": call.id,
        "account": owner.name if named and owner else call.account,
        "state": call.state,
        "at": render.moment(call.at),
        "callee": call.callee,
        "caller": call.caller,
        "reason": call.reason,
    }


async def schedule(services: OwnServices, account: Account, command: PlaceCall, at: float | str) -> ScheduledCall:
    """Schedule a call as it would be placed; raises what ScheduledCalls.schedule raises, and BadRequest."""
    wanted = WantedCall(
        callee=command.callee,
        caller=command.options.caller,
        tasks=command.tasks,
        ring_seconds=command.options.ring_seconds,
        max_seconds=command.max_seconds,
    )
    return await services.features[ScheduledCalls].schedule(account.id, wanted, time_of(at), command.once)


async def listed(services: OwnServices, request: web.Request, account: Account | None) -> list[ScheduledCall]:
    """Return an account's scheduled calls, or all accounts'; `?limit=`."""
    limit = number_of(request, "limit", 100)
    return await services.features[ScheduledCalls].page(account.id if account else None, limit)
