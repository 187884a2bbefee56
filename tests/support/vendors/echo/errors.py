"""Errors as the dialect says them: `{"wrong": sentence}`."""

from aiohttp import web


class EchoError(Exception):
    """A request that cannot be served; the message is what the customer reads."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        super().__init__(sentence)


def render(status: int, sentence: str) -> web.Response:
    """Return an error as JSON."""
    return web.json_response({"wrong": sentence}, status=status)
