"""The one middleware: errors that no handler rendered, in the manner of the dialect whose path it was."""

import re
import secrets
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from api.vendors.vendor import Vendor

log = structlog.get_logger(__name__)
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large: 1 MB at most.",
}


def errors(vendors: Iterable[Vendor]) -> Middleware:
    """Return the middleware; the first vendor whose `paths` match a path renders its errors, else plain text."""
    table: list[tuple[re.Pattern[str], Vendor]] = [(vendor.paths, vendor) for vendor in vendors]

    def render(request: web.Request, status: int, sentence: str) -> web.Response:
        vendor = next((vendor for paths, vendor in table if paths.match(request.path)), None)
        return vendor.render_error(status, sentence) if vendor else web.Response(status=status, text=sentence)

    @web.middleware
    async def rendered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            response = render(request, error.status, _SENTENCES.get(error.status, error.reason))
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response
        except ConnectionError:
            raise
        except Exception:
            reference = secrets.token_hex(6)
            # The path may hold a key: only the route's pattern is logged.
            resource = request.match_info.route.resource
            log.exception("a request failed", reference=reference, route=resource.canonical if resource else "")
            return render(request, 500, f"Something went wrong here. Please report it with the reference {reference}.")

    return rendered
