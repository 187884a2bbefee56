"""Errors in RingPlan's format: `{detail, status, title, type}`, which is that of RFC 7807."""

from http import HTTPStatus
from typing import Any

from aiohttp import web

from api.errors import sentence_of, status_of
from engine.commands import CommandRefused
from engine.features.errors import FeatureError, NotProvisioned, NotThere
from engine.features.locations.model import LastLocation
from engine.features.users.errors import LastOwner, NotPermitted

_TYPE = "about:blank"


class RingPlanError(Exception):
    """A request that cannot be served; the message is what the customer reads."""

    status = 400


class Invalid(RingPlanError):
    """A parameter or a field is missing, or its value is not a possible one."""


class RingPlanUnauthorized(RingPlanError):
    """The API key is missing or wrong, or X-User-Id names nobody."""

    status = 401


class Forbidden(RingPlanError):
    """The requesting user may not do this."""

    status = 403


class NotFound(RingPlanError):
    """The company has no such thing."""

    status = 404


class NotAcceptable(RingPlanError):
    """It is possible only for what has failed, or is not under way."""

    status = 406


def body(status: int, sentence: str) -> dict[str, Any]:
    """Return an error's object."""
    return {"detail": sentence, "status": status, "title": _title(status), "type": _TYPE}


def render(status: int, sentence: str) -> web.Response:
    """Return an error."""
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return web.json_response(body(status, sentence), status=status, headers=headers)


def of_feature(error: FeatureError) -> web.Response:
    """Return what a feature refused."""
    return render(_status(error), str(error))


def of_refusal(refusal: CommandRefused) -> web.Response:
    """Return what the engine refused."""
    return render(status_of(refusal), sentence_of(refusal))


def _status(error: FeatureError) -> int:
    if isinstance(error, NotThere):
        return 404
    if isinstance(error, NotPermitted | LastOwner | LastLocation):
        return 403
    return 502 if isinstance(error, NotProvisioned) else 400


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
