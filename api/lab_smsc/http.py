"""The HTTP side: what arrived, texts to send, and faults to make."""

import hmac
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from api.lab_smsc.smsc import LabSmsc, State
from engine.features.messaging.encoding import TextTooLong

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NewText(msgspec.Struct, forbid_unknown_fields=True):
    """A text to send, from a number of the network to one of the client's."""

    sender: str
    recipient: str
    text: str


class NewState(msgspec.Struct, forbid_unknown_fields=True):
    """What the SMSC shall be."""

    state: State


def application(smsc: LabSmsc, password: str) -> web.Application:
    """Return the application; all but /health wants the password as a bearer token."""
    routes = Routes(smsc)

    @web.middleware
    async def authenticated(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path != "/health" and not hmac.compare_digest(given.encode(), password.encode()):
            return _error(401, "The password is CARILLON_LAB_SMSC_PASSWORD of .env, as a bearer token.")
        try:
            return await handler(request)
        except (msgspec.DecodeError, TextTooLong) as error:
            return _error(400, f"{error}.")

    app = web.Application(middlewares=[authenticated])
    app.router.add_get("/health", routes.health)
    app.router.add_get("/numbers/{number}/texts", routes.arrived)
    app.router.add_delete("/numbers/{number}/texts", routes.clear)
    app.router.add_post("/texts", routes.send)
    app.router.add_put("/state", routes.become)
    app.router.add_post("/cut", routes.cut)
    return app


class Routes:
    """The operations."""

    def __init__(self, smsc: LabSmsc) -> None:
        self._smsc = smsc

    async def health(self, _: web.Request) -> web.Response:
        """How the SMSC is."""
        smsc = self._smsc
        return _json({"state": smsc.state, "clients": smsc.clients, "port": smsc.port, "texts": smsc.texts.count})

    async def arrived(self, request: web.Request) -> web.Response:
        """What arrived at a number, the oldest first."""
        return _json({"texts": self._smsc.texts.at(_number(request))})

    async def clear(self, request: web.Request) -> web.Response:
        """Forget what arrived at a number."""
        self._smsc.texts.clear(_number(request))
        return web.Response(status=204)

    async def send(self, request: web.Request) -> web.Response:
        """Send a text to the client."""
        new = msgspec.json.decode(await request.read(), type=NewText)
        return _json({"parts": self._smsc.send(new.sender.lstrip("+"), new.recipient.lstrip("+"), new.text)}, 202)

    async def become(self, request: web.Request) -> web.Response:
        """Set the SMSC up, down or slow."""
        await self._smsc.become(msgspec.json.decode(await request.read(), type=NewState).state)
        return _json({"state": self._smsc.state})

    async def cut(self, _: web.Request) -> web.Response:
        """End all connections without a word."""
        self._smsc.cut()
        return web.Response(status=204)


def _number(request: web.Request) -> str:
    return request.match_info["number"].lstrip("+")


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")


def _error(status: int, message: str) -> web.Response:
    return _json({"message": message}, status)
