"""What this installation can do: each feature once, in the order in which they need one another."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from api.callbacks.mail_post import post_of
from api.callbacks.subscribers import checked_url
from api.foundation import Foundation
from api.front import Front
from api.settings import Settings
from engine.engine import Engine, Parts
from engine.features.accounts.feature import AccountsFeature
from engine.features.admission import Admission
from engine.features.applications.dialects import Dialect
from engine.features.applications.feature import ApplicationsFeature
from engine.features.applications.model import Application
from engine.features.billing.feature import BillingFeature
from engine.features.calendars.feature import CalendarsFeature
from engine.features.call_history.feature import CallHistoryFeature
from engine.features.call_history.model import UnmatchedCall
from engine.features.caller_ids.feature import CallerIdsFeature
from engine.features.campaigns.feature import CampaignsFeature
from engine.features.destinations.feature import DestinationsFeature
from engine.features.destinations.registry import Destinations
from engine.features.details.feature import DetailsFeature
from engine.features.endpoints.feature import EndpointsFeature
from engine.features.endpoints.lamps import Lamps
from engine.features.fax.feature import FaxFeature
from engine.features.fax.files import FaxFiles
from engine.features.files.feature import FilesFeature
from engine.features.files.service import FileService
from engine.features.groups.feature import GroupsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.guesses.service import Guesses
from engine.features.health.feature import HealthFeature
from engine.features.locations.feature import LocationsFeature
from engine.features.meetings.feature import MeetingsFeature
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.features.numbers.directory import Directory, GuestsOf
from engine.features.numbers.feature import NumbersFeature
from engine.features.numbers.sales import NumberSales
from engine.features.pairs.feature import PairsFeature
from engine.features.passcodes.feature import PasscodesFeature
from engine.features.phonebook.feature import PhonebookFeature
from engine.features.questions.feature import QuestionsFeature
from engine.features.recordings.feature import RecordingsFeature
from engine.features.retention.feature import RetentionFeature
from engine.features.rooms.feature import RoomsFeature
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.features.sheets.feature import SheetsFeature
from engine.features.sip_traces.feature import SipTracesFeature
from engine.features.speech.feature import SpeechFeature
from engine.features.star_codes.feature import StarCodesFeature
from engine.features.statuses.feature import StatusesFeature
from engine.features.subscriptions.feature import SubscriptionsFeature
from engine.features.trunks.costs import TrunkCosts
from engine.features.trunks.feature import TrunksFeature
from engine.features.trunks.gate import Gate
from engine.features.trunks.names import Names
from engine.features.uploads.feature import UploadsFeature
from engine.features.users.feature import UsersFeature
from engine.features.voicemail.feature import VoicemailFeature
from engine.model.call_data import CallData
from engine.platform.feature import Features
from engine.platform.folder import Folder
from engine.settings import EngineSettings


class Later(Protocol):
    """What is made of the features, and they call once it runs."""

    @property
    def engine(self) -> Engine:
        """The engine."""

    @property
    def front(self) -> Front:
        """The HTTP side."""


class Composed(NamedTuple):
    """What the engine is made of, and the trunks, which the start looks at."""

    parts: Parts
    trunks: TrunksFeature


class _Lines(NamedTuple):
    """What calls go by: the features that the others are built on."""

    billing: BillingFeature
    leading: DestinationsFeature
    trunks: TrunksFeature
    endpoints: EndpointsFeature
    lamps: Lamps
    admission: Admission
    gate: Gate


def add_features(
    base: Foundation, features: Features, settings: Settings, dialects: Sequence[Dialect], later: Later
) -> Composed:
    """Add each feature."""
    composition = _Composition(base, features, settings, later)
    lines = composition.add_lines()
    guests = composition.add_conferences(lines.leading.registry)
    composition.add_tenants(dialects, lines)
    composition.add_boxes(lines)
    composition.add_dialling(lines)
    composition.add_messaging(lines)
    traces = composition.add_records()
    return Composed(composition.parts(lines, guests, traces), lines.trunks)


class _Composition:
    """Adds the features group by group; each method needs the ones before it."""

    def __init__(self, base: Foundation, features: Features, settings: Settings, later: Later) -> None:
        self._base, self._features, self._settings, self._later = base, features, settings, later
        self._on, self._add, self._post = base.platform, features.add, post_of(settings.mail_server)

    def add_lines(self) -> _Lines:
        """Money, destinations, trunks, endpoints and numbers."""
        on, base, settings, add = self._on, self._base, self._settings, self._add
        billing = add(BillingFeature(on))
        costs, gate = TrunkCosts(on.database, on.writer), Gate(on.cache, base.counters)
        admission = Admission(
            on.database, on.cache, billing.rates, base.counters, bars=on.bars, backings=on.backings,
            cost_of=costs.of, max_attempts=settings.max_attempts,
        )  # fmt: skip
        leading = add(DestinationsFeature(on, self._data_of))
        names, own = Names(settings.name_servers), settings.own_addresses
        log, tls = settings.asterisk_log, settings.tls
        trunks = add(TrunksFeature(on, base.provisioner, costs, own, log, tls, names, gate.options))
        lamps = Lamps(base.client)
        endpoints = add(EndpointsFeature(on, base.provisioner, trunks.trunks, lamps, settings.rtp_address))
        add(NumbersFeature(on, leading.registry, settings.number_pool, settings.price_of_number))
        add(GroupsFeature(on, leading.registry))
        return _Lines(billing, leading, trunks, endpoints, lamps, admission, gate)

    def add_conferences(self, destinations: Destinations) -> GuestsOf:
        """Rooms and meetings; returns where a meeting's guests are led."""
        guesses = self._add(GuessesFeature(self._on)).service
        rooms = self._add(RoomsFeature(self._on, guesses, destinations)).service
        return self._add(MeetingsFeature(self._on, rooms)).guests

    def add_tenants(self, dialects: Sequence[Dialect], lines: _Lines) -> None:
        """Accounts, their applications and users, and what is kept with them."""
        on, add = self._on, self._add
        add(ApplicationsFeature(on, dialects))
        page = f"{self._settings.api_url}/invitations"
        users, sales = add(UsersFeature(on, page=page, post=self._post)).users, self._features[NumberSales]
        pool, extensions, rates = self._settings.number_pool, lines.endpoints.extensions, lines.billing.rates
        add(AccountsFeature(on, dialects, pool, extensions, rates.load, sales, users))
        add(LocationsFeature(on))
        add(DetailsFeature(on))
        add(PhonebookFeature(on))

    def add_boxes(self, lines: _Lines) -> None:
        """Files, voicemail and fax."""
        on, settings, add = self._on, self._settings, self._add
        files = add(FilesFeature(on, Folder(settings.data / "files"), f"{settings.api_url}/f")).service
        post, code, guesses = self._post, settings.voicemail_code, self._features[Guesses]
        add(VoicemailFeature(on, lines.leading.registry, guesses, lamps=lines.lamps, post=post, code=code))
        faxed = FaxFiles(Folder(settings.data / "faxes"), settings.recordings)
        registry, check = lines.leading.registry, lines.admission.check
        add(FaxFeature(on, registry, check, self._engine, files, faxed, post=post))

    def add_dialling(self, lines: _Lines) -> None:
        """What phones dial, and calls that are placed at a time or in pairs."""
        on, settings, add = self._on, self._settings, self._add
        add(StarCodesFeature(on, lines.leading.registry, lines.leading.extensions))
        add(ScheduledCallsFeature(on, lines.admission.check, self._engine))
        add(PairsFeature(on, lines.admission.check, self._engine))
        add(CalendarsFeature(on, self._base.net, settings.calendar_clients, f"{settings.api_url}/calendars/callback"))

    def add_messaging(self, lines: _Lines) -> None:
        """Texts, and what sends or needs them."""
        on, add, registry, check = self._on, self._add, lines.leading.registry, lines.admission.check
        per_hour, phones, files = self._settings.confirmations_per_hour, self._base.phones, self._features[FileService]
        messaging = add(
            MessagingFeature(on, registry, self._data_of, phones, confirmations_per_hour=per_hour, files=files)
        )
        messages = self._features[MessageService]
        add(StatusesFeature(on, messaging))
        add(CallerIdsFeature(on, check, self._engine, messages))
        add(CampaignsFeature(on, lines.admission, self._engine, messages))
        add(PasscodesFeature(on, check, self._engine, messages))

    def add_records(self) -> SipTracesFeature:
        """What is kept of calls, played to them, and said about them; returns the traces."""
        on, settings, add = self._on, self._settings, self._add
        add(CallHistoryFeature(on))
        add(QuestionsFeature(on))
        add(UploadsFeature(on))
        add(SheetsFeature())
        add(SpeechFeature(on))
        add(RecordingsFeature(on, settings.s3_endpoint))
        add(SubscriptionsFeature(on, checked_url, mails=settings.mail_server is not None))
        add(HealthFeature(on))
        add(RetentionFeature(on, settings.kept))
        return add(SipTracesFeature(on, settings.sip_traces))

    def parts(self, lines: _Lines, guests: GuestsOf, traces: SipTracesFeature) -> Parts:
        """What the engine is made of."""
        on, base, settings = self._on, self._base, self._settings

        async def on_media_server() -> None:
            await lines.endpoints.all.push_all()
            await self._features.on_media_server()

        def on_unmatched(call: UnmatchedCall) -> None:
            lines.trunks.watch.unmatched.note(call)
            traces.on_unmatched(call)

        return Parts(
            client=base.client,
            database=on.database,
            writer=on.writer,
            prompts=on.prompts,
            files=on.files,
            admission=lines.admission,
            gate=lines.gate,
            directory=Directory(on.cache, lines.leading.registry, on.codes, guests),
            settings=EngineSettings(ari_application=settings.ari_application, recordings=settings.recordings),
            on_media_server=on_media_server,
            on_question=lambda question: self._later.front.ask(question),
            conversations=on.conversations,
            rules_of=on.rules_of,
            on_unmatched=on_unmatched,
            on_sip_call_id=traces.on_sip_call_id,
        )

    def _engine(self) -> Engine:
        return self._later.engine

    def _data_of(self, application: Application) -> CallData | None:
        return self._later.front.data_of(application)
