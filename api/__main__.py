"""The composition root: settings, store, Redis, engine, vendors, apps; one process, started by `python -m api`."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import structlog
import uvloop

from api import __version__
from api.accounts import Accounts
from api.app import build_app
from api.callbacks.delivery import Delivery
from api.callbacks.publisher import Publisher
from api.callbacks.tags import encode
from api.dialogue import Dialogue
from api.inbound import Inbound
from api.lab import Lab
from api.log import configure
from api.own.admin.app import build_admin
from api.own.metrics import MeasuredClient, Metrics
from api.own.routes import public_routes
from api.own.services import Addresses, Dialect, Services
from api.recordings import Recordings
from api.serving import listening
from api.settings import Settings, SettingsError, read
from api.vendors import sinch
from api.vendors.ringful import Ringful
from api.vendors.vendor import AskingVendor, Question, Vendor
from engine.ari.errors import Detached
from engine.engine import Engine, Parts
from engine.events import QuestionAsked
from engine.features.admission import Admission
from engine.features.book import Book
from engine.features.keeping import Keeper
from engine.features.lines import Lines
from engine.features.numbers import Directory
from engine.features.pool import Pool
from engine.features.provisioning import Provisioner
from engine.ids import new_id
from engine.media import Links, Prompts, PromptSettings, RecordingFiles
from engine.media.speech.registry import Voices
from engine.net import Net
from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.redis.errors import Unavailable
from engine.redis.lease import Lease
from engine.settings import EngineSettings
from engine.store import owners
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer

log = structlog.get_logger(__name__)
LEASE_POLL_SECONDS = 0.02
SWITCH_SECONDS = 0.0005  # the store's writer thread waits less for the interpreter: its worst write halves
RINGFUL = Dialect(
    name="ringful",
    key="apikey",
    settings={"sig": ("off", "kvmd5"), "CallReceived": ("on", "off"), "PlayFailed": ("on", "off")},
    url_setting="inboundUrl",
)
SINCH = Dialect(name="sinch", url_setting="primary", fallback_setting="fallback", issue=sinch.issue, asks=True)


class Controller:
    """Everything of this process, put together; `running` is its life."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        self.writer = Writer(self.database, settings.ari_application)
        self.redis = connect(settings.redis_url)
        self.lease = Lease(
            self.redis, settings.ari_application, _owner(settings.data), confirm=self._still_owner, on_lost=self._lost
        )
        self.over = asyncio.Event()
        self.leaving = False
        self.client = MeasuredClient(
            settings.ari_url,
            settings.ari_user,
            settings.ari_password,
            settings.ari_application,
            before_command=self._may_command,
        )
        self.book = Book(self.database)
        self.counters = Counters(self.redis, settings.ari_application)
        self.admission = Admission(self.database, self.book, self.counters)
        self.lines = Lines(self.writer, self.book, Provisioner(self.client))
        self.accounts = Accounts(self.database)
        self.files = RecordingFiles(settings.recordings)
        self.recordings = Recordings(self.database, self.files, Links(settings.secret), settings.api_url)
        self.net = Net()
        self.prompts = Prompts(
            self.net,
            settings.prompts,
            PromptSettings(media_root=settings.media_root, uploads=settings.data / "uploads"),
            Voices.standard(),
        )
        self.engine = Engine(
            Parts(
                client=self.client,
                database=self.database,
                writer=self.writer,
                prompts=self.prompts,
                files=self.files,
                admission=self.admission,
                directory=Directory(self.book, self._tag_of),
                settings=EngineSettings(ari_application=settings.ari_application, recordings=settings.recordings),
                on_media_server=self.lines.push_all,
                on_question=self._ask,
            )
        )
        self.vendors: dict[str, Vendor] = {}
        served, asking = self._sinch()
        for vendor in (Ringful(self.engine, self.database, self.accounts, self.recordings), served):
            self.vendors[vendor.name] = vendor
        self.delivery = Delivery(self.database, self.writer, self.net, self.accounts, self.vendors)
        inbound = Inbound(self.database, self.vendors)
        self.dialogue = Dialogue(
            self.engine, self.net, self.accounts, {asking.name: asking}, inbound.tag_of_question
        )
        self.publisher = Publisher(self.database, self.writer, self.vendors, inbound, self.delivery)
        self.keeper = Keeper(
            self.database, self.writer, self.files, self.net, s3_endpoint=settings.s3_endpoint
        )
        self.metrics = self.client.metrics = Metrics(self.database, self.writer)
        self.writer.on_events = self._feed
        self.lab = Lab(settings.lab_ari_url, settings.lab_ari_password)
        self.services = self._services()

    def _sinch(self) -> tuple[Vendor, AskingVendor]:
        settings = self.settings
        return sinch.assembled(
            sinch.Needs(
                self.engine,
                self.database,
                self.writer,
                self.book,
                self.accounts,
                self.recordings,
                sinch.Policy(replay_seconds=settings.replay_seconds, prefixes=(settings.mounted_at,)),
                settings.api_url,
                self._refresh,
                self._inquire,
                self.engine.live,
            )
        )

    async def _inquire(
        self, vendor: AskingVendor, question: Question, account: str
    ) -> tuple[bytes | None, tuple[str, ...]]:
        return await self.dialogue.inquire(vendor, question, account)

    async def _refresh(self) -> None:
        await self.services.refresh()

    def _tag_of(self, application: Application) -> str:
        vendor = self.vendors.get(application.dialect)
        tag = vendor.inbound_tag(application.settings) if vendor else None
        return encode(tag) if tag else ""

    def _services(self) -> Services:
        settings = self.settings
        return Services(
            engine=self.engine,
            db=self.database,
            writer=self.writer,
            book=self.book,
            lines=self.lines,
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
            folders={"data": settings.data, "prompts": settings.prompts, "recordings": settings.recordings},
            dialects=(RINGFUL, SINCH),
            lab=self.lab,
            pool=Pool.read(settings.number_pool),
            version=__version__,
        )

    def _ask(self, question: QuestionAsked) -> None:
        self.dialogue.ask(question)

    def _feed(self, committed: list[StoredEvent]) -> None:
        self.publisher.feed(committed)
        self.keeper.feed(committed)
        self.metrics.feed(committed)

    # Who may steer

    def _may_command(self) -> Awaitable[None] | None:
        return None if self.lease.held and not self.leaving else self._until_held()

    async def _until_held(self) -> None:
        """A lease that ran out (the process was frozen, or Redis and the store were away) may be ours again soon."""
        while not (self.leaving or self.lease.lost.is_set() or self.writer.fenced.is_set()):
            if self.lease.held:
                return
            await asyncio.sleep(LEASE_POLL_SECONDS)
        raise Detached("command", "this controller is leaving or holds no lease")

    async def _still_owner(self) -> bool:
        name = self.settings.ari_application
        return await self.database.read(lambda conn: owners.epoch(conn, name)) == self.writer.epoch

    def _lost(self) -> None:
        self.over.set()

    # Its life

    async def run(self) -> None:
        """Run until a signal, a lost lease, or a take-over; calls stay up in Asterisk."""
        async with self.running():
            ends = [self.over.wait(), self.engine.replaced.wait(), self.writer.fenced.wait()]
            waiting = [asyncio.create_task(end, name="end of the controller") for end in ends]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            self.leaving = True
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
            await self.lease.acquire()
            stack.push_async_callback(self.lease.release)
            await self.writer.claim()
            stack.push_async_callback(self.writer.stop)
            await self.prompts.start()
            stack.push_async_callback(self.prompts.close)
            await self.lines.ensure_lab(self.settings.lab_address, self.settings.lab_sip_port)
            await self.book.load()
            await self.book.load_rates()
            await self.counters.reconcile()
            await self.publisher.start()
            stack.push_async_callback(self.publisher.stop)
            await self.delivery.start()
            stack.push_async_callback(self.delivery.stop)
            stack.push_async_callback(self.dialogue.stop)
            await self.keeper.start()
            stack.push_async_callback(self.keeper.stop)
            await self.engine.start()
            stack.push_async_callback(self.engine.stop)
            await stack.enter_async_context(self._serving())
            yield

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[None]:
        public = build_app(
            engine=self.engine,
            db=self.database,
            writer=self.writer,
            accounts=self.accounts,
            delivery=self.delivery,
            recordings=self.recordings,
            vendors=self.vendors.values(),
            routes=public_routes(self.services),
        )
        admin = build_admin(self.services, self.metrics)
        places = ((public, self.settings.bind, self.settings.api_port), (admin, "127.0.0.1", self.settings.admin_port))
        async with listening(places):
            log.info("the API listens", api=self.settings.api_url)
            yield


def _owner(folder: Path) -> str:
    """This installation's name as a holder of leases; kept, so that one started again has its lease at once."""
    file = folder / "owner"
    if file.is_file():
        return file.read_text().strip()
    owner = new_id("controller")
    file.write_text(owner)
    return owner


async def _main(settings: Settings) -> None:
    controller = Controller(settings)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, controller.over.set)
    await controller.run()


def main() -> int:
    """Run the controller; returns the exit status."""
    configure()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        settings = read(os.environ)
    except SettingsError as error:
        print(f"carillon: {error}", file=sys.stderr)
        return 2
    try:
        uvloop.run(_main(settings))
    except Unavailable as error:
        print(f"carillon: Redis does not answer at 127.0.0.1:{settings.redis_port}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"carillon: it could not start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
