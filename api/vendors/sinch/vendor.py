"""Sinch Calling: described, and put together from its rooms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.vendors.parts import VendorParts
from api.vendors.sinch.auth import AuthPolicy
from api.vendors.sinch.events.notifications import Notifications
from api.vendors.sinch.events.questions import Questions
from api.vendors.sinch.events.reports import reported
from api.vendors.sinch.http import configuration
from api.vendors.sinch.http.calls import CallOperations
from api.vendors.sinch.http.conferences import ConferenceOperations
from api.vendors.sinch.http.parties import Parties
from api.vendors.sinch.http.placing import CalloutOperations
from api.vendors.sinch.http.routes import PATHS, Routes
from api.vendors.sinch.ids import DIALECT, FALLBACK, PRIMARY, issue
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.billing.call_rates import CallRates
from engine.features.call_history.views import CallHistory
from engine.model.call_data import CallData


class Sinch(Vendor):
    """The Sinch Calling dialect; a customer's server is asked what a call does next, and answers with a script."""

    name = DIALECT
    paths = PATHS

    def __init__(self, routes: Routes, notifications: Notifications, questions: Questions) -> None:
        self._routes, self._notifications, self._questions = routes, notifications, questions

    @staticmethod
    def describe() -> Dialect:
        """Each application has a key and a secret, and two URLs that are asked and told; all of it is signed."""
        return Dialect(name=DIALECT, url_setting=PRIMARY, fallback_setting=FALLBACK, issue=issue, asks=True, signs=True)

    @classmethod
    def make(cls, parts: VendorParts) -> "Sinch":
        """Make it with all of its operations."""
        features, engine = parts.features, parts.engine
        parties = Parties(parts.cache, features[CallRates], parts.api_url)
        questions = Questions(features, parts.accounts, parties, parts.live, parts.seal, clock=parts.clock)
        operations = (
            configuration.operations(features, parts.cache, parties)
            | CallOperations(engine, features[CallHistory], parties, clock=parts.clock).operations()
            | CalloutOperations(engine, questions, parts.inquire, parts.seal).operations()
            | ConferenceOperations(engine, clock=parts.clock).operations()
        )
        policy = AuthPolicy(replay_seconds=parts.replay_seconds, prefixes=(parts.mounted_at,))
        return cls(
            Routes(parts.accounts, operations, parts.guesses, policy=policy, clock=parts.clock),
            Notifications(features, parties, parts.recordings, clock=parts.clock),
            questions,
        )

    @property
    def questions(self) -> Questions:
        """ICE, ACE and PIE."""
        return self._questions

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every path of every operation."""
        return self._routes.routes()

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error that no operation gave, as JSON."""
        return self._routes.render_error(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """The data of the calls that an application answers: its server hears of their end."""
        return CallData(dialect=DIALECT, address=str(settings.get(PRIMARY) or settings.get(FALLBACK) or ""))

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """DiCE, notify, and the PIE of a menu in which somebody hung up."""
        return await self._notifications.callbacks(event, data)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Sign with the secret of the application whose call it is about, at this attempt's time."""
        return await self._notifications.sign(delivery)

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """How the customer judges a call that ended."""
        return reported(delivery.body, reply)


VENDOR = Sinch
