"""The vendors' dialects that this installation serves, as each vendor describes its own."""

from aiohttp import web

from api.dialects import Dialect
from api.own import render
from api.own.operations import operation
from api.own.schema.system import Dialects
from api.own.services import OwnServices


class DialectsAdmin:
    """The handlers."""

    def __init__(self, services: OwnServices) -> None:
        self._dialects = services.dialects

    def routes(self) -> list[web.RouteDef]:
        """Every route of dialects."""
        return [web.get("/dialects", self.list_all)]

    @operation("listDialects", {200: Dialects})
    async def list_all(self, request: web.Request) -> web.Response:
        """List the dialects, in the order in which they are served."""
        return web.json_response({"dialects": [shape(dialect) for dialect in self._dialects]})


def shape(dialect: Dialect) -> render.Shape:
    """A dialect as it is shown; `keys_of` says what has a key and a secret: each `account` or each `application`."""
    return {
        "name": dialect.name,
        "keys_of": "application" if dialect.issue else "account",
        "key": dialect.key,
        "secret": dialect.secret,
        "settings": {name: list(values) for name, values in dialect.settings.items()},
        "url": dialect.url_setting is not None,
        "fallback": dialect.fallback_setting is not None,
        "asks": dialect.asks,
        "signs": dialect.signs,
        "first_call": dialect.first_call,
    }
