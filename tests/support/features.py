"""The features for tests: on a real store, with files in a folder of the test."""

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from api.callbacks.subscribers import checked_url
from engine import features
from engine.ari.client import AriClient
from engine.features.accounts.feature import AccountsFeature
from engine.features.applications.dialects import Dialect
from engine.features.applications.feature import ApplicationsFeature
from engine.features.billing.feature import BillingFeature
from engine.features.calendars.clients import Clients
from engine.features.calendars.feature import CalendarsFeature
from engine.features.call_history.feature import CallHistoryFeature
from engine.features.caller_ids.feature import CallerIdsFeature
from engine.features.campaigns.feature import CampaignsFeature
from engine.features.destinations.feature import DestinationsFeature, core_kinds
from engine.features.destinations.programs import without_data
from engine.features.destinations.registry import Destinations
from engine.features.details.feature import DetailsFeature
from engine.features.endpoints.feature import EndpointsFeature
from engine.features.endpoints.lamps import Lamps
from engine.features.endpoints.provisioner import Provisioner
from engine.features.fax.feature import FaxFeature
from engine.features.fax.files import FaxFiles
from engine.features.fax.making import Check
from engine.features.fax.sending import Placing
from engine.features.files.feature import FilesFeature
from engine.features.files.service import FileService
from engine.features.groups.destination import GroupKind
from engine.features.groups.feature import GroupsFeature
from engine.features.guesses.feature import GuessesFeature
from engine.features.health.feature import HealthFeature
from engine.features.locations.feature import LocationsFeature
from engine.features.meetings.feature import MeetingsFeature
from engine.features.messaging.feature import MessagingFeature
from engine.features.messaging.service import MessageService
from engine.features.numbers.feature import NumbersFeature
from engine.features.numbers.feature import leads_of as number_leads
from engine.features.numbers.sales import NumberSales
from engine.features.pairs.feature import PairsFeature
from engine.features.passcodes.feature import PasscodesFeature
from engine.features.phonebook.feature import PhonebookFeature
from engine.features.questions.feature import QuestionsFeature
from engine.features.recordings.feature import RecordingsFeature
from engine.features.rooms.feature import RoomsFeature
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.features.sheets.feature import SheetsFeature
from engine.features.sip_traces.feature import SipTracesFeature
from engine.features.sip_traces.model import TraceSettings
from engine.features.speech.feature import SpeechFeature
from engine.features.star_codes.feature import StarCodesFeature
from engine.features.statuses.feature import StatusesFeature
from engine.features.subscriptions.feature import SubscriptionsFeature
from engine.features.trunks.costs import TrunkCosts
from engine.features.trunks.feature import TrunksFeature
from engine.features.trunks.tls import TlsSettings
from engine.features.uploads.feature import UploadsFeature
from engine.features.users.destination import UserKind
from engine.features.users.feature import UsersFeature
from engine.features.users.passwords import Passwords
from engine.features.voicemail.feature import VoicemailFeature
from engine.media import Prompts, PromptSettings, RecordingFiles
from engine.model.call_data import CallData
from engine.net import Net
from engine.platform import call_events
from engine.platform.catalogue import Catalogue
from engine.platform.destination_kind import DestinationKind, DestinationKinds
from engine.platform.feature import Feature, Features
from engine.platform.folder import Folder
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.platform.settings_cache import SettingsCache
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.writer import Writer
from tests.support.known_names import KnownNames


def platform_of(db: Database, writer: Writer, net: Net, folder: Path) -> Platform:
    """Build a platform. The prompts are not started: who uploads makes the folders `prompts` and `uploads` before."""
    prompts = Prompts(net, folder / "prompts", PromptSettings(uploads=folder / "uploads"))
    return Platform(db, writer, RecordingFiles(folder), prompts)


def _nothing_refused(account: str, callee: str, caller: str | None) -> None:
    """Refuse no number."""


class NothingRefused:
    """Rules of calls that refuse nothing, and know no trunk."""

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse no number."""

    def routes(self, account: str, digits: str) -> tuple[Any, ...]:
        """Know none."""
        return ()

    def allow_private(self, account: str) -> bool:
        """Allow it."""
        return True


TLS_PORT = 19000 + 60 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""The first port of TLS transports, of which Asterisk would have some: each worker of the tests looks for free ones."""


def _no_engine() -> Any:
    raise AssertionError("these features have no engine")


def features_on(
    platform: Platform,
    client: AriClient,
    net: Net,
    folder: Path,
    *,
    dialects: Sequence[Dialect] = (),
    pool: str = "",
    passwords: Passwords | None = None,
    calendars: Clients | None = None,
    post: Post | None = None,
) -> Features:
    """Build every feature that asks nothing of the engine."""
    built, provisioner = Features(platform), Provisioner(client)
    add = built.add
    billing, leading = add(BillingFeature(platform)), add(DestinationsFeature(platform))
    tls = TlsSettings(folder=folder / "certificates", port=TLS_PORT)
    costs = TrunkCosts(platform.database, platform.writer)
    trunks = add(TrunksFeature(platform, provisioner, costs, (), folder / "refused", tls, KnownNames()))
    endpoints = add(EndpointsFeature(platform, provisioner, trunks.trunks, Lamps(client)))
    add(NumbersFeature(platform, leading.registry, pool or "none"))
    add(GroupsFeature(platform, leading.registry))
    guesses = add(GuessesFeature(platform)).service
    rooms = add(RoomsFeature(platform, guesses, leading.registry)).service
    add(MeetingsFeature(platform, rooms))
    add(ApplicationsFeature(platform, dialects))
    users = add(UsersFeature(platform, passwords, page="http://127.0.0.1:8080/invitations", post=post)).users
    extensions, rates = endpoints.extensions, billing.rates
    add(AccountsFeature(platform, dialects, pool, extensions, rates.load, built[NumberSales], users))
    add(LocationsFeature(platform))
    add(DetailsFeature(platform))
    add(PhonebookFeature(platform))
    files = add(FilesFeature(platform, Folder(folder / "files"), "http://127.0.0.1:8080/f")).service
    add(VoicemailFeature(platform, leading.registry, guesses, passwords, lamps=Lamps(client)))
    add(StarCodesFeature(platform, leading.registry, leading.extensions))
    add(CalendarsFeature(platform, net, calendars or {}, "http://127.0.0.1:8080/calendars/callback"))
    messaging = add(MessagingFeature(platform, leading.registry, without_data, files=files))
    add(StatusesFeature(platform, messaging))
    add(CallHistoryFeature(platform))
    add(QuestionsFeature(platform))
    add(UploadsFeature(platform))
    add(SheetsFeature())
    add(SpeechFeature(platform))
    add(RecordingsFeature(platform))
    add(SubscriptionsFeature(platform, checked_url, mails=True))
    add(HealthFeature(platform))
    add(SipTracesFeature(platform, TraceSettings(port=0, password="a password of the tests")))
    return built


def services_of(
    db: Database, writer: Writer, net: Net, folder: Path, *, dialects: tuple[Dialect, ...] = ()
) -> Features:
    """Build all of them on a platform of their own, for an Asterisk and an engine that are not there."""
    nobody, platform = AriClient("http://127.0.0.1:9", "nobody", "", "carillon-0"), platform_of(db, writer, net, folder)
    built = features_on(platform, nobody, net, folder, dialects=dialects)
    built.add(ScheduledCallsFeature(platform, _nothing_refused, _no_engine))
    built.add(PairsFeature(platform, _nothing_refused, _no_engine))
    built.add(fax_on(platform, built, _nothing_refused, _no_engine, folder))
    built.add(CallerIdsFeature(platform, _nothing_refused, _no_engine, built[MessageService]))
    built.add(CampaignsFeature(platform, NothingRefused(), _no_engine, built[MessageService]))
    built.add(PasscodesFeature(platform, _nothing_refused, _no_engine, built[MessageService]))
    return built


def fax_on(
    platform: Platform, built: Features, check: Check, engine: Callable[[], Placing], folder: Path
) -> FaxFeature:
    """Build the feature of faxes, for one that is asked for its engine."""
    files = FaxFiles(Folder(folder / "faxes"), folder)
    return FaxFeature(platform, built[Destinations], check, engine, built[FileService], files)


def all_features() -> list[type[Feature]]:
    """Return the class of every feature, found by its folder."""
    found = []
    for folder in sorted(Path(features.__file__).parent.glob("*/feature.py")):
        module = import_module(f"{features.__name__}.{folder.parent.name}.feature")
        of_module = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Feature)]
        found += [each for each in of_module if each.__module__ == module.__name__]
    return found


def announced() -> Catalogue:
    """Return the events that customers hear of where every feature is added."""
    catalogue = Catalogue(call_events.ENTRIES)
    for feature in all_features():
        catalogue.add(feature.announces)
    return catalogue


def standard(
    cache: SettingsCache,
    data: Callable[[Application], CallData | None] = without_data,
    *,
    more: Sequence[DestinationKind] = (),
) -> Destinations:
    """Return the destinations that there are, and `more`, on settings in memory of a test's own."""
    kinds = DestinationKinds((*core_kinds(cache, data), GroupKind(cache), UserKind(cache), *more))
    return Destinations(cache, kinds, [lambda conn, account: number_leads(cache, account)])
