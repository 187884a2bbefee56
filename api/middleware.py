"""The middleware that renders errors that no handler rendered, in the format of the path's dialect."""

import re
import secrets
from collections.abc import Iterable
from typing import Protocol

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from api import bodies

log = structlog.get_logger(__name__)
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not accept that method.",
    413: "The request must have at most 1 MB.",
}
_KEPT_HEADERS = ("Allow", "Retry-After", "Accept-Encoding")


class Renderer(Protocol):
    """Renders the errors of some paths; every dialect is one."""

    @property
    def paths(self) -> re.Pattern[str]:
        """Matches the beginning of each path."""

    def render_error(self, status: int, sentence: str) -> web.Response:
        """Return an error in its format."""


class Errors:
    """Renders errors by the first renderer whose `paths` match the path, else as plain text."""

    def __init__(self, renderers: Iterable[Renderer]) -> None:
        self._renderers = tuple(renderers)

    def render(self, path: str, status: int, sentence: str) -> web.Response:
        """Return an error for a request of this path."""
        renderer = next((each for each in self._renderers if each.paths.match(path)), None)
        return renderer.render_error(status, sentence) if renderer else web.Response(status=status, text=sentence)

    def refused(self, path: str, error: web.HTTPException) -> web.Response:
        """Return the response for an exception of aiohttp, with those of its headers that belong to the status."""
        response = self.render(path, error.status, _SENTENCES.get(error.status, error.reason))
        response.headers.update({name: error.headers[name] for name in _KEPT_HEADERS if name in error.headers})
        if error.status in (413, 415):
            response.force_close()
        return response


def errors(rendering: Errors) -> Middleware:
    """Return the middleware, which refuses unreadable requests and renders errors that no handler rendered."""

    @web.middleware
    async def rendered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            bodies.check(request)
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return rendering.refused(request.path, error)
        except (web.RequestPayloadError, HttpProcessingError):
            return rendering.render(request.path, 400, "The body cannot be read as its headers describe it.")
        except ConnectionError:
            raise
        except Exception:
            reference = secrets.token_hex(6)
            # The path may contain a key: only the route's pattern is logged.
            resource = request.match_info.route.resource
            log.exception("a request failed", reference=reference, route=resource.canonical if resource else "")
            sentence = f"Something went wrong here. Please report it with the reference {reference}."
            return rendering.render(request.path, 500, sentence)

    return rendered
