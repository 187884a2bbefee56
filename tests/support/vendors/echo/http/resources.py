"""What its operations answer."""

from aiohttp import web


def placed(call: str) -> web.Response:
    """The id of a call that was placed."""
    return web.json_response({"call": call}, status=201)
