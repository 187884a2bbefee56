"""Ringful: described, and put together from its rooms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.vendors.parts import VendorParts
from api.vendors.ringful.auth import SIGNING
from api.vendors.ringful.events.callbacks import ADDITIONS
from api.vendors.ringful.events.notifications import Notifications
from api.vendors.ringful.http.calls import CallOperations
from api.vendors.ringful.http.conferences import ConferenceOperations
from api.vendors.ringful.http.routes import PATHS, Routes
from api.vendors.ringful.ids import DIALECT, INBOUND_URL
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.call_history.views import CallHistory
from engine.model.call_data import CallData


class Ringful(Vendor):
    """The Ringful dialect; a customer is notified, and queues tasks. It asks nothing and signs nothing."""

    name = DIALECT
    paths = PATHS
    questions = None

    def __init__(self, routes: Routes, notifications: Notifications) -> None:
        self._routes, self._notifications = routes, notifications

    @staticmethod
    def describe() -> Dialect:
        """The account has the key; two additions to the document can be switched off."""
        return Dialect(
            name=DIALECT,
            key="apikey",
            settings={"sig": SIGNING, **dict.fromkeys(ADDITIONS, ("on", "off"))},
            url_setting=INBOUND_URL,
            first_call="/Call/apikey/{key}?callee={number}",
        )

    @classmethod
    def make(cls, parts: VendorParts) -> "Ringful":
        """Make it with all of its operations."""
        operations = (
            CallOperations(parts.engine).operations()
            | ConferenceOperations(parts.engine, parts.features[CallHistory]).operations()
        )
        return cls(
            Routes(parts.accounts, operations, parts.guesses),
            Notifications(parts.accounts, parts.recordings),
        )

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """One route for all methods."""
        return self._routes.routes()

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error as text."""
        return self._routes.render_error(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """The application's inboundUrl hears of its calls."""
        url = settings.get(INBOUND_URL)
        return CallData(dialect=DIALECT, address=str(url)) if url else None

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """The document's callbacks, and our two additions."""
        return await self._notifications.callbacks(event, data)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Ringful signs no callback."""
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """Ringful reads no answer."""
        return ""


VENDOR = Ringful
