"""Files as responses."""

import re
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

_ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*", re.ASCII | re.IGNORECASE)


class File(web.FileResponse):
    """A file, or the part of it that a Range requests.

    One range of bytes is answered by 206, or by 416 if it begins after the end. A Range that is not valid, has another
    unit or several ranges is ignored, as RFC 9110 §14.2 permits: the answer is the whole file with 200.
    """

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send the header and the file; a Range that is not one valid range is removed first."""
        return await super().prepare(request if is_one_range(request.headers) else _without_range(request))


def is_one_range(headers: Any) -> bool:
    """Return whether a request's Range is absent or one valid range of bytes (RFC 9110 §14.1.1)."""
    given = headers.getall("Range", ())
    if not given:
        return True
    read = _ONE_RANGE.fullmatch(given[0].strip()) if len(given) == 1 else None
    if read is None or not any(read.groups()):
        return False
    first, last = read.groups()
    return not (first and last and int(first) > int(last))


def _without_range(request: web.BaseRequest) -> web.BaseRequest:
    kept = [(name, text) for name, text in request.headers.items() if name.lower() != "range" and text.isprintable()]
    return request.clone(headers=kept)
