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
from engine.features.details.feature import DetailsFeature
from engine.features.endpoints.feature import EndpointsFeature
from engine.features.endpoints.lamps import Lamps
from engine.features.fax.feature import FaxFeature
from engine.features.fax.files import FaxFiles
from engine.features.files.feature import FilesFeature
from engine.features.groups.feature import GroupsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.health.feature import HealthFeature
from engine.features.locations.feature import LocationsFeature
from engine.features.meetings.feature import MeetingsFeature
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.features.numbers.directory import Directory
from engine.features.numbers.feature import NumbersFeature
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


def add_features(
    base: Foundation, features: Features, settings: Settings, dialects: Sequence[Dialect], later: Later
) -> Composed:
    """Add each feature."""

    def data_of(application: Application) -> CallData | None:
        return later.front.data_of(application)

    async def on_media_server() -> None:
        await endpoints.all.push_all()
        await features.on_media_server()

    on, provisioner, add = base.platform, base.provisioner, features.add
    billing = add(BillingFeature(on))
    costs, gate = TrunkCosts(on.database, on.writer), Gate(on.cache, base.counters)
    admission = Admission(
        on.database, on.cache, billing.rates, base.counters, bars=on.bars, backings=on.backings,
        cost_of=costs.of, max_attempts=settings.max_attempts,
    )  # fmt: skip
    leading = add(DestinationsFeature(on, data_of))
    names, own = Names(settings.name_servers), settings.own_addresses
    log, tls = settings.asterisk_log, settings.tls
    trunks = add(TrunksFeature(on, provisioner, costs, own, log, tls, names, gate.options))
    lamps = Lamps(base.client)
    endpoints = add(EndpointsFeature(on, provisioner, trunks.trunks, lamps, settings.rtp_address))
    add(NumbersFeature(on, leading.registry, settings.number_pool, settings.price_of_number))
    add(GroupsFeature(on, leading.registry))
    guesses = add(GuessesFeature(on)).service
    rooms = add(RoomsFeature(on, guesses, leading.registry)).service
    meetings = add(MeetingsFeature(on, rooms))
    add(ApplicationsFeature(on, dialects))
    add(AccountsFeature(on, dialects, settings.number_pool, endpoints.extensions, billing.rates.load))
    post = post_of(settings.mail_server)
    add(UsersFeature(on, page=f"{settings.api_url}/invitations", post=post))
    add(LocationsFeature(on))
    add(DetailsFeature(on))
    add(PhonebookFeature(on))
    files = add(FilesFeature(on, Folder(settings.data / "files"))).service
    code = settings.voicemail_code
    add(VoicemailFeature(on, leading.registry, guesses, lamps=lamps, post=post, code=code))
    faxed = FaxFiles(Folder(settings.data / "faxes"), settings.recordings)
    add(FaxFeature(on, leading.registry, admission.check, lambda: later.engine, files, faxed, post=post))
    add(StarCodesFeature(on, leading.registry, leading.extensions))
    add(ScheduledCallsFeature(on, admission.check, lambda: later.engine))
    add(PairsFeature(on, admission.check, lambda: later.engine))
    per_hour = settings.confirmations_per_hour
    phones = base.phones
    add(CalendarsFeature(on, base.net, settings.calendar_clients, f"{settings.api_url}/calendars/callback"))
    messaging = add(MessagingFeature(on, leading.registry, data_of, phones, confirmations_per_hour=per_hour))
    add(StatusesFeature(on, messaging))
    add(CallerIdsFeature(on, admission.check, lambda: later.engine, features[MessageService]))
    add(CampaignsFeature(on, admission, lambda: later.engine, features[MessageService]))
    add(PasscodesFeature(on, admission.check, lambda: later.engine, features[MessageService]))
    add(CallHistoryFeature(on))
    add(QuestionsFeature(on))
    add(UploadsFeature(on))
    add(SheetsFeature())
    add(SpeechFeature(on))
    add(RecordingsFeature(on, settings.s3_endpoint))
    add(SubscriptionsFeature(on, checked_url, mails=settings.mail_server is not None))
    add(HealthFeature(on))
    add(RetentionFeature(on, settings.kept))
    traces = add(SipTracesFeature(on, settings.sip_traces))

    def on_unmatched(call: UnmatchedCall) -> None:
        trunks.watch.unmatched.note(call)
        traces.on_unmatched(call)

    parts = Parts(
        client=base.client,
        database=on.database,
        writer=on.writer,
        prompts=on.prompts,
        files=on.files,
        admission=admission,
        gate=gate,
        directory=Directory(on.cache, leading.registry, on.codes, meetings.guests),
        settings=EngineSettings(ari_application=settings.ari_application, recordings=settings.recordings),
        on_media_server=on_media_server,
        on_question=lambda question: later.front.ask(question),
        conversations=on.conversations,
        rules_of=on.rules_of,
        on_unmatched=on_unmatched,
        on_sip_call_id=traces.on_sip_call_id,
    )
    return Composed(parts, trunks)
