"""RingPlan: described, and put together from its rooms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiohttp import web

from api.callbacks.callback import Callback
from api.callbacks.model import DeliveryRow
from api.dialects import Dialect
from api.sip_socket import PATH as SIP_PATH
from api.vendors.parts import VendorParts
from api.vendors.ringplan.auth import Auth
from api.vendors.ringplan.events import notifications
from api.vendors.ringplan.events.live import CompanyEvents
from api.vendors.ringplan.events.sockets import LiveSockets
from api.vendors.ringplan.http.companies import CompanyOperations
from api.vendors.ringplan.http.contacts import ContactOperations
from api.vendors.ringplan.http.conversation_shapes import ConversationShapes
from api.vendors.ringplan.http.conversations import ConversationOperations
from api.vendors.ringplan.http.extension_settings import ExtensionSettings
from api.vendors.ringplan.http.extensions import ExtensionOperations
from api.vendors.ringplan.http.faxes import FaxOperations
from api.vendors.ringplan.http.files import FileOperations
from api.vendors.ringplan.http.locations import LocationOperations
from api.vendors.ringplan.http.meetings import MeetOperations
from api.vendors.ringplan.http.routes import PATHS, Routes
from api.vendors.ringplan.http.texting_contacts import TextingContactOperations
from api.vendors.ringplan.http.texting_numbers import NumberOwners, TextingNumberOperations
from api.vendors.ringplan.http.voicemails import LINK_PATH, VoicemailLinks, VoicemailOperations
from api.vendors.ringplan.http.webhooks import WebhookOperations
from api.vendors.ringplan.ids import DIALECT, shown_of_account, shown_with_keys
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.calendars.service import CalendarService
from engine.features.destinations.extension_settings import ExtensionDiversions
from engine.features.destinations.registry import Destinations
from engine.features.details.service import DetailService
from engine.features.endpoints.service import Extensions
from engine.features.fax.boxes import FaxBoxes
from engine.features.fax.service import FaxService
from engine.features.files.service import FileService
from engine.features.locations.service import LocationService
from engine.features.meetings.service import MeetingService
from engine.features.messaging.threads.service import ThreadService
from engine.features.phonebook.service import Phonebook
from engine.features.subscriptions.live import LiveEvents
from engine.features.subscriptions.service import SubscriptionService
from engine.features.users.invitations import Invitations
from engine.features.users.service import UserService
from engine.features.voicemail.service import VoicemailService
from engine.model.call import Call
from engine.model.call_data import CallData


class RingPlan(Vendor):
    """The RingPlan dialect. A company subscribes to events; none of them belongs to a request."""

    name = DIALECT
    paths = PATHS
    questions = None

    def __init__(self, routes: Routes, sockets: LiveSockets) -> None:
        self._routes, self._sockets = routes, sockets

    @staticmethod
    def describe() -> Dialect:
        """The company is the account: its API key, its id and its instance's are shown together."""
        return Dialect(name=DIALECT, more=shown_with_keys, of_account=shown_of_account)

    @classmethod
    def make(cls, parts: VendorParts) -> "RingPlan":
        """Make it with all of its operations."""
        users, details = parts.features[UserService], parts.features[DetailService]
        numbers, phonebook = TextingNumberOperations(parts.cache, details), parts.features[Phonebook]
        voicemail = parts.features[VoicemailService]
        faxes = FaxOperations(parts.features[FaxService], parts.features[FaxBoxes], parts.cache, parts.clock)
        files = FileOperations(parts.features[FileService], parts.features[FaxService])
        threads = parts.features[ThreadService]
        shapes = ConversationShapes(threads, phonebook, parts.features[FileService])
        meetings, calendars = parts.features[MeetingService], parts.features[CalendarService]
        links = VoicemailLinks(voicemail, parts.seal, parts.api_url, parts.clock)
        operations = (
            CompanyOperations(details, users, parts.sip_host).operations()
            | ContactOperations(users, parts.features[Invitations], details, parts.cache).operations()
            | _extensions(parts, users, details).operations()
            | LocationOperations(parts.features[LocationService]).operations()
            | WebhookOperations(parts.features[SubscriptionService], details).operations()
            | numbers.operations()
            | TextingContactOperations(phonebook).operations()
            | VoicemailOperations(voicemail, parts.cache, links).operations()
            | faxes.operations()
            | files.operations()
            | MeetOperations(meetings, calendars, parts.api_url).operations()
            | ConversationOperations(threads, phonebook, numbers, shapes).operations()
        )
        auth = Auth(parts.accounts, users, parts.guesses, parts.clock)
        events = CompanyEvents(threads, shapes)
        sockets = LiveSockets(auth, parts.features[LiveEvents], threads, events, NumberOwners(details), parts.clients)
        return cls(Routes(auth, operations, {f"GET {LINK_PATH}": links.serve}, files.uploads()), sockets)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Every operation's paths, and that of live events."""
        return [*self._routes.routes(), *self._sockets.routes()]

    async def leave(self) -> None:
        """Close the live sockets."""
        await self._sockets.leave()

    def render_error(self, status: int, sentence: str) -> web.Response:
        """An error as the document has it."""
        return self._routes.render_error(status, sentence)

    def inbound_data(self, settings: Mapping[str, Any]) -> CallData | None:
        """The document's customers do not answer calls by programs."""
        return None

    async def callbacks(self, event: Event, data: CallData) -> Sequence[Callback]:
        """None of a request's own: companies subscribe."""
        return ()

    def message(self, topic: str, event: Event, call: Call | None) -> str | None:
        """The body of a webhook."""
        return notifications.message(topic, event, call)

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Nothing is delivered but to subscriptions, which have secrets of their own."""
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """The status says it all."""
        return ""


def _extensions(parts: VendorParts, users: UserService, details: DetailService) -> ExtensionOperations:
    features = parts.features
    extensions, voicemail = features[Extensions], features[VoicemailService]
    settings = ExtensionSettings(
        extensions,
        features[ExtensionDiversions],
        features[Destinations],
        voicemail,
        details,
        features[LocationService],
        users,
    )
    server = f"{parts.sip_host}:{parts.sip_port}"
    socket = f"{parts.api_url.replace('http', 'ws', 1)}{SIP_PATH}"
    return ExtensionOperations(extensions, settings, users, details, voicemail, server, socket)


VENDOR = RingPlan
