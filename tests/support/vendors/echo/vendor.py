"""Echo: described, and put together from its rooms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web
from api.vendors.echo.errors import render
from api.vendors.echo.events.notifications import Notifications
from api.vendors.echo.http.calls import CallOperations
from api.vendors.echo.http.routes import PATHS, Routes
from api.vendors.echo.ids import DIALECT

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.vendors.parts import VendorParts
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.model.call_data import CallData


class Echo(Vendor):
    """The dialect. Its callbacks carry the number of the attempt."""

    name = DIALECT
    paths = PATHS
    questions = None

    def __init__(self, routes: Routes, notifications: Notifications) -> None:
        self._routes, self._notifications = routes, notifications

    @staticmethod
    def describe() -> Dialect:
        """The account has the key; a setting says how loud it is."""
        return Dialect(name=DIALECT, settings={"loud": ("no", "yes")}, url_setting="notify")

    @classmethod
    def make(cls, parts: VendorParts) -> "Echo":
        """Make it."""
        return cls(Routes(parts.accounts, CallOperations(parts.engine).operations()), Notifications())

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return self._routes.routes()

    def render_error(self, status: int, sentence: str) -> web.Response:
        return render(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        return CallData(dialect=DIALECT, address=str(settings["notify"]))

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        return await self._notifications.callbacks(event, data)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        return {"Echo-Attempt": str(attempt)}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        return reply.decode()


VENDOR = Echo
