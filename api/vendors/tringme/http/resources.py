"""What TringMe's requests answer: `OK`, `OK <id>`, or `OKJ` and JSON."""

from typing import Any

import msgspec
from aiohttp import web


def done(id: str = "") -> web.Response:
    """OK, with the id of what was made where there is one."""
    return web.Response(text=f"OK {id}" if id else "OK")


def listed(found: Any) -> web.Response:
    """OKJ, and what was found as JSON."""
    return web.Response(text=f"OKJ {msgspec.json.encode(found).decode()}")
