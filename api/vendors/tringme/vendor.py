"""TringMe: described, and put together from its rooms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.vendors.parts import VendorParts
from api.vendors.tringme.auth import SIGNING
from api.vendors.tringme.events.notifications import METHODS, Notifications
from api.vendors.tringme.http.account_state import AccountState
from api.vendors.tringme.http.audio import Audio
from api.vendors.tringme.http.caller_ids import CallerIdOperations
from api.vendors.tringme.http.calls import CallOperations
from api.vendors.tringme.http.cancelling import CancelOperations
from api.vendors.tringme.http.conferences import ConferenceOperations, Conferences
from api.vendors.tringme.http.messages import MessageOperations
from api.vendors.tringme.http.notifying import NotifyOperations
from api.vendors.tringme.http.routes import PATHS, Routes
from api.vendors.tringme.http.users import Users
from api.vendors.tringme.http.voicemails import VoicemailOperations
from api.vendors.tringme.ids import DIALECT, NOTIFY_URL, shown_of_user, shown_with_keys
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.accounts.service import AccountService
from engine.features.applications.service import ApplicationService
from engine.features.caller_ids.service import CallerIds
from engine.features.messaging.service import MessageService
from engine.features.pairs.service import PairService
from engine.features.rooms.service import RoomService
from engine.features.scheduled_calls.service import ScheduledCalls
from engine.features.users.service import UserService
from engine.features.voicemail.events import VoicemailReceived
from engine.features.voicemail.service import VoicemailService
from engine.model.call_data import CallData


class TringMe(Vendor):
    """The TringMe dialect; a customer is notified at the URL that it has set. It asks nothing."""

    name = DIALECT
    paths = PATHS
    questions = None
    notices = (VoicemailReceived,)

    def __init__(self, routes: Routes, notifications: Notifications) -> None:
        self._routes, self._notifications = routes, notifications

    @staticmethod
    def describe() -> Dialect:
        """The account has the key; its cookie is shown beside it."""
        return Dialect(
            name=DIALECT,
            key="apikey",
            secret="private",
            settings={"sig": SIGNING, "notify": METHODS},
            url_setting=NOTIFY_URL,
            more=shown_with_keys,
            of_user=shown_of_user,
            number_leads_to="rooms",
            number_name="conference_number",
        )

    @classmethod
    def make(cls, parts: VendorParts) -> "TringMe":
        """Make it with all of its operations."""
        features, engine = parts.features, parts.engine
        accounts, scheduled = features[AccountService], features[ScheduledCalls]
        users = Users(features[UserService], features[VoicemailService])
        state, conferences = AccountState(features[ApplicationService]), Conferences(features[RoomService])
        operations = (
            CallOperations(
                engine, scheduled, features[PairService], features[CallerIds], state, Audio(parts.prompts), parts.clock
            ).operations()
            | MessageOperations(engine).operations()
            | CancelOperations(
                engine, scheduled, features[PairService], features[MessageService], conferences
            ).operations()
            | VoicemailOperations(features[VoicemailService], users, parts.clock).operations()
            | ConferenceOperations(conferences).operations()
            | CallerIdOperations(features[CallerIds]).operations()
            | NotifyOperations(state).operations()
        )
        return cls(
            Routes(parts.accounts, operations, parts.guesses, users),
            Notifications(parts.accounts, accounts, state, users),
        )

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """One path for all operations."""
        return self._routes.routes()

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error as text, with the status 200."""
        return self._routes.render_error(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """TringMe's document has no inbound calls."""
        return None

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """The statuses of calls, and notices of new voicemails."""
        return await self._notifications.callbacks(event, data)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """The signature is among the fields."""
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """TringMe reads no answer."""
        return ""


VENDOR = TringMe
