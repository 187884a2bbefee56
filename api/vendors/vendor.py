"""What the API asks of a dialect."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.tags import Tag
from engine.events import AnyEvent
from engine.store.deliveries import DeliveryRow


class Vendor(Protocol):
    """One dialect: its routes, its errors, its callbacks."""

    @property
    def name(self) -> str:
        """The dialect's name in tags, credentials, applications and account settings."""

    @property
    def paths(self) -> re.Pattern[str]:
        """Matches the beginning of every path whose errors this dialect renders."""

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Its routes, authenticated and with its errors rendered."""

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error in this dialect's manner."""

    def inbound_tag(self, settings: Mapping[str, Any]) -> Tag | None:
        """The tag of the calls that an application with these settings answers; None: nobody is told."""

    async def callbacks(self, event: AnyEvent, tag: Tag) -> Sequence[Callback]:
        """What an event that carries this dialect's tag tells the customer; empty: nothing."""

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Headers that prove one attempt's origin; called at each attempt."""
