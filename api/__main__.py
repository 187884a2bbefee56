"""The composition root: settings, store, Redis, engine, vendors, apps; one process, started by `python -m api`."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from api import __version__
from api.accounts import Accounts
from api.app import build_app
from api.callbacks.delivery import Delivery
from api.callbacks.publisher import Publisher
from api.clients import Clients
from api.dialogue import Dialogue
from api.exchange import About, StoredExchangeLog
from api.guess_throttle import Guesses
from api.inbound import Inbound, data_of
from api.lab import Lab
from api.own.admin.app import build_admin
from api.own.metrics import MeasuredClient, Metrics
from api.own.routes import public_routes
from api.own.services import Addresses, OwnServices
from api.process import run
from api.recordings import Recordings
from api.serving import listening, places
from api.settings import Settings
from api.steering import Steering, owner_of
from api.vendors import ringful, sinch
from api.vendors.vendor import AskingVendor, Question, Vendor
from engine.engine import Engine, Parts
from engine.events import QuestionAsked
from engine.features.accounts.credentials import Credentials
from engine.features.admission import Admission
from engine.features.destination_services import assembled
from engine.features.destinations.standard import standard
from engine.features.endpoint_services import EndpointServices
from engine.features.numbers.directory import Directory
from engine.features.numbers.pool import Pool
from engine.features.recordings.delivery import RecordingDelivery
from engine.features.services import FeatureServices
from engine.features.tenants import tenants_of
from engine.media import Links, Prompts, PromptSettings, RecordingFiles
from engine.media.s3_client import Buckets
from engine.media.speech.registry import Voices
from engine.net import Net
from engine.platform.settings_cache import SettingsCache
from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.remote.inbox import Inbox
from engine.settings import EngineSettings
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer
from engine.tasks.secret import Seal

log = structlog.get_logger(__name__)
DIALECTS = (ringful.DIALECT, sinch.DIALECT)
SWITCH_SECONDS = 0.0005  # the store's writer thread waits less for the interpreter: its worst write halves


class Controller:
    """Everything of this process, put together; `running` is its life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.seal = Seal(settings.secret)
        self.database = Database(settings.database_url, self.seal)
        self.writer = Writer(self.database, settings.ari_application)
        self.redis = connect(settings.redis_url)
        self.steering = Steering(self.redis, self.writer, settings.ari_application, owner_of(settings.data))
        self.client = MeasuredClient(
            settings.ari_url,
            settings.ari_user,
            settings.ari_password,
            settings.ari_application,
            before_command=self.steering.may_command,
        )
        self.cache = SettingsCache(self.database)
        self.counters = Counters(self.redis, settings.ari_application)
        self.endpoints = EndpointServices(
            self.client, self.database, self.writer, self.cache, settings.own_addresses, settings.asterisk_log
        )
        self.accounts = Accounts(Credentials(self.database))
        self.files = RecordingFiles(settings.recordings)
        self.net = Net()
        self.clients = Clients.read(settings.trusted_proxies)
        self.guesses = Guesses(self.clients)
        files = PromptSettings(media_root=settings.media_root, uploads=settings.data / "uploads")
        self.prompts = Prompts(self.net, settings.prompts, files, Voices.standard(settings.voices))
        self.features = FeatureServices.build(
            self.database, self.writer, self.files, self.prompts, DIALECTS, self._refresh, self.cache.load_rates
        )
        self.recordings = Recordings(self.features.recordings, Links(settings.secret), settings.api_url)
        self.destinations = standard(self.cache, lambda application: data_of(self.vendors, application))
        self.engine = self._engine()
        self.inbox = Inbox(self.database, self.writer, self.redis, self.engine, settings.ari_application)
        on_ringful = ringful.Ringful(self.engine, self.features.calls, self.accounts, self.recordings, self.guesses)
        on_sinch, asking = self._sinch()
        self.vendors: dict[str, Vendor] = {vendor.name: vendor for vendor in (on_ringful, on_sinch)}
        self.delivery = Delivery(self.database, self.writer, self.net, self.accounts, self.vendors)
        inbound = Inbound(self.features, self.vendors)
        self.dialogue = self._dialogue(asking, inbound)
        self.publisher = Publisher(self.database, self.writer, self.vendors, inbound, self.delivery)
        self.recording_delivery = RecordingDelivery(
            self.database, self.writer, self.files, Buckets(settings.s3_endpoint), self.seal
        )
        self.metrics = self.client.metrics = Metrics(self.features.health, self.delivery.counts)
        self.writer.on_events = self._feed
        self.lab = Lab(settings.lab_ari_url, settings.lab_ari_password)
        self.services = self._services()

    def _engine(self) -> Engine:
        settings = self.settings
        return Engine(
            Parts(
                client=self.client,
                database=self.database,
                writer=self.writer,
                prompts=self.prompts,
                files=self.files,
                admission=Admission(self.database, self.cache, self.counters),
                directory=Directory(self.cache, self.destinations),
                settings=EngineSettings(ari_application=settings.ari_application, recordings=settings.recordings),
                on_media_server=self.endpoints.all.push_all,
                on_question=self._ask,
                on_unmatched=self.endpoints.watch.unmatched.note,
            )
        )

    def _sinch(self) -> tuple[Vendor, AskingVendor]:
        settings = self.settings
        return sinch.assembled(
            sinch.Needs(
                self.engine,
                self.features,
                self.cache,
                self.accounts,
                self.recordings,
                sinch.AuthPolicy(replay_seconds=settings.replay_seconds, prefixes=(settings.mounted_at,)),
                settings.api_url,
                self._inquire,
                self.engine.live,
                self.guesses,
                self.seal,
            )
        )

    def _dialogue(self, asking: AskingVendor, inbound: Inbound) -> Dialogue:
        vendors, journal = {asking.name: asking}, StoredExchangeLog(self.features.questions)
        return Dialogue(self.engine, self.net, self.accounts, vendors, inbound.data_of_question, journal)

    async def _inquire(
        self, vendor: AskingVendor, question: Question, about: About
    ) -> tuple[bytes | None, tuple[str, ...]]:
        return await self.dialogue.inquire(vendor, question, about)

    async def _refresh(self) -> None:
        await self.services.refresh()

    def _services(self) -> OwnServices:
        settings = self.settings
        return OwnServices(
            engine=self.engine,
            features=self.features,
            cache=self.cache,
            endpoints=self.endpoints.all,
            extensions=self.endpoints.extensions,
            trunks=self.endpoints.trunks,
            leading=assembled(
                self.database, self.writer, self.cache, self.destinations, self._refresh, self.accounts.forget
            ),
            accounts=self.accounts,
            delivery=self.delivery,
            recordings=self.recordings,
            files=self.files,
            prompts=self.prompts,
            ari=self.client,
            connected=lambda: self.engine.available,
            redis=self.redis,
            addresses=Addresses(api=settings.api_url, sip_host=settings.reached_at, sip_port=settings.sip_port),
            admin_token=settings.admin_token,
            tenants=tenants_of(
                self.database,
                self.writer,
                self.cache,
                self.accounts,
                extensions=self.endpoints.extensions,
                prompts=self.prompts,
                files=self.files,
                dialects=DIALECTS,
                pool=Pool.read(settings.number_pool),
            ),
            folders={"data": settings.data, "prompts": settings.prompts, "recordings": settings.recordings},
            dialects=DIALECTS,
            lab=self.lab,
            guesses=self.guesses,
            version=__version__,
            refused=self.endpoints.watch.refused.seen,
        )

    def _ask(self, question: QuestionAsked) -> None:
        self.dialogue.ask(question)

    def _feed(self, committed: list[StoredEvent]) -> None:
        self.publisher.feed(committed)
        self.recording_delivery.feed(committed)
        self.metrics.feed(stored.event for stored in committed)

    # Its life

    async def run(self) -> None:
        """Run until a signal, a lost lease, or a take-over; calls stay up in Asterisk."""
        async with self.running():
            ends = [self.steering.stopping.wait(), self.engine.replaced.wait(), self.writer.fenced.wait()]
            waiting = [asyncio.create_task(end, name="end of the controller") for end in ends]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            self.steering.leaving = True
            log.info("the controller leaves; calls stay up in Asterisk", calls=len(self.engine.registry))
            await self.engine.stop()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start everything in order; leaving the block stops it in the opposite one."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self.redis.aclose)
            stack.push_async_callback(self.net.close)
            stack.push_async_callback(self.lab.close)
            await self.database.migrate()
            await self.steering.lease.acquire()
            stack.push_async_callback(self.steering.lease.release)
            await self.writer.claim()
            stack.push_async_callback(self.writer.stop)
            await self.prompts.start()
            stack.push_async_callback(self.prompts.close)
            await self.endpoints.trunks.ensure_lab(self.settings.lab_address, self.settings.lab_sip_port)
            await self.cache.load()
            await self.cache.load_rates()
            await self.counters.reconcile()
            await self.publisher.start()
            stack.push_async_callback(self.publisher.stop)
            await self.delivery.start()
            stack.push_async_callback(self.delivery.stop)
            stack.push_async_callback(self.dialogue.stop)
            await self.recording_delivery.start()
            stack.push_async_callback(self.recording_delivery.stop)
            await self.endpoints.watch.start()
            stack.push_async_callback(self.endpoints.watch.stop)
            gc.collect()
            gc.freeze()  # what is there now stays: a collection that walks it lets every call wait for 0.1 s
            await self.engine.start()
            stack.push_async_callback(self.engine.stop)
            await self.inbox.start()
            stack.push_async_callback(self.inbox.stop)
            await stack.enter_async_context(self._serving())
            yield

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        public = build_app(
            engine=self.engine,
            accounts=self.accounts,
            delivery=self.delivery,
            recordings=self.recordings,
            vendors=self.vendors.values(),
            routes=public_routes(self.services),
        )
        admin = build_admin(self.services, self.metrics)
        async with listening(places(self.settings, public, admin, self.clients)):
            log.info("the API listens", api=self.settings.api_url)
            yield


def main() -> int:
    """Run the controller; returns the exit status."""
    return run(Controller)


if __name__ == "__main__":
    sys.exit(main())
