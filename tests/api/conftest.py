"""The whole HTTP side on a real store, a fake engine below it and a real web server of a customer's behind it."""

import asyncio
import time as wall_time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from api.accounts import Accounts
from api.app import build_app
from api.callbacks.audience import RequestHearers
from api.callbacks.delivery import Delivery, DeliveryPolicy
from api.callbacks.mail import Mailer, MailServer
from api.callbacks.publisher import Publisher
from api.callbacks.signer_protocol import Signer
from api.callbacks.subscribers import SubscriptionHearers
from api.callbacks.subscription_signer import SubscriptionSigner
from api.inbound import Inbound
from api.recordings import Recordings
from api.vendors.parts import VendorParts
from api.vendors.ringful.vendor import Ringful
from api.vendors.vendor import Vendor
from engine.features.accounts.credentials import Credentials
from engine.features.call_history.views import CallHistory
from engine.features.recordings.service import RecordingService
from engine.features.subscriptions.service import SubscriptionService
from engine.media import Links
from engine.net import Net
from engine.platform.consumers import Consumers
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.writer import Writer
from tests.api.serving import Unreached
from tests.fakes.engine import FakeEngine
from tests.fakes.mail_box import MailBox
from tests.fakes.sink import Sink
from tests.support.features import services_of
from tests.support.logs import plain_tracebacks
from tests.support.stores import migrated_file

plain_tracebacks()

KEY, SECRET = "key-of-ann", "secret-of-ann"


class Time:
    """Wall time that passes only in `sleep`, which takes none; it remembers how long everybody slept."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass
class Stack:
    """Everything between a customer's request and a customer's callback."""

    db: Database
    writer: Writer
    net: Net
    features: Features
    accounts: Accounts
    recordings: Recordings
    engine: FakeEngine
    vendors: dict[str, Vendor]
    delivery: Delivery
    consumers: Consumers
    subscriptions: SubscriptionService
    time: Time
    folder: Path
    client: TestClient[Any, Any]

    @property
    def ringful(self) -> Vendor:
        """The vendor that most tests ask."""
        return self.vendors["ringful"]

    async def ask(self, method: str, **parameters: str) -> tuple[int, str]:
        """Send one request as the document writes it; returns status and text."""
        key = parameters.pop("key", KEY)
        async with self.client.get(f"/{method}/apikey/{key}", params=parameters) as response:
            return response.status, await response.text()

    async def ok(self, method: str, **parameters: str) -> str:
        """Send a request that must succeed; returns its text."""
        status, text = await self.ask(method, **parameters)
        assert status == 200, text
        return text

    async def settle(self) -> None:
        """Wait until every event is published and every delivery is over."""
        async with asyncio.timeout(60):
            await self.writer.write(lambda conn: None)
            while not self.consumers.idle or self.delivery.active_lanes:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            await self.writer.write(lambda conn: None)


async def published_by(
    db: Database,
    writer: Writer,
    features: Features,
    vendors: Mapping[str, Vendor],
    delivery: Delivery,
    subscriptions: SubscriptionService,
    clock: Callable[[], float],
) -> Consumers:
    """Return a publisher at its consumers, to be started."""
    subscribers = SubscriptionHearers(subscriptions, features[CallHistory].get)
    hearers = RequestHearers(db, vendors, Inbound(features, vendors))
    await hearers.start()
    consumers = Consumers(db, writer)
    consumers.add(Publisher(writer, (hearers, subscribers), delivery, clock=clock))
    return consumers


async def create_account(writer: Writer, id: str, key: str, **fields: Any) -> Account:
    """Store an account with a key of Ringful's."""
    account = Account(id=id, name=id, created=0.0, **fields)

    def unit(conn: Any) -> None:
        accounts.create(conn, account)
        accounts.set_credential(conn, id, "ringful", key, SECRET if key == KEY else f"secret of {key}")

    await writer.write(unit)
    return account


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    """A customer's web server."""
    async with Sink() as server:
        yield server


@pytest.fixture
async def mail_box() -> AsyncIterator[MailBox]:
    """A customer's mail server."""
    async with MailBox() as server:
        yield server


@pytest.fixture
def policy() -> DeliveryPolicy:
    """The limits of delivering."""
    return DeliveryPolicy()


@pytest.fixture
def kinds() -> Sequence[type[Vendor]]:
    """The vendors that are served."""
    return (Ringful,)


@pytest.fixture
async def stack(
    tmp_path: Path, policy: DeliveryPolicy, kinds: Sequence[type[Vendor]], mail_box: MailBox
) -> AsyncIterator[Stack]:
    """Two accounts, Ann's (which may reach private addresses) and Bob's, and all that serves them."""
    db = Database(migrated_file(tmp_path / "carillon.db"))
    writer, net, time = Writer(db), Net(), Time()
    known, engine = Accounts(Credentials(db)), FakeEngine(writer)
    features = services_of(db, writer, net, tmp_path)
    recordings = Recordings(
        features[RecordingService], Links("a secret of the tests", clock=time), "http://api.test", clock=time
    )
    parts = VendorParts(
        engine=engine, features=features, cache=SettingsCache(db), accounts=known, recordings=recordings,
        live=lambda call: None, inquire=Unreached().inquire,
    )  # fmt: skip
    vendors = {kind.describe().name: kind.make(parts) for kind in kinds}
    subscriptions = features[SubscriptionService]
    signers: dict[str, Signer] = {**vendors, "carillon": SubscriptionSigner(subscriptions, wall_time.time)}
    mailer = Mailer(MailServer("127.0.0.1", mail_box.port, "Carillon <carillon@example.com>"))
    delivery = Delivery(
        db, writer, net, known, signers, mailer=mailer, policy=policy, clock=time, sleep=time.sleep,
        chance=lambda: 0.0,
    )  # fmt: skip
    consumers = await published_by(db, writer, features, vendors, delivery, subscriptions, time)
    writer.on_events = consumers.feed
    await create_account(writer, "account-ann", KEY, allow_private=True)
    await create_account(writer, "account-bob", "key-of-bob")
    await delivery.start()
    await consumers.start()
    app = build_app(
        engine=engine,
        accounts=known,
        delivery=delivery,
        recordings=recordings,
        vendors=vendors.values(),
    )
    async with TestClient(TestServer(app)) as client:
        yield Stack(
            db, writer, net, features, known, recordings, engine, vendors, delivery, consumers, subscriptions,
            time, tmp_path, client,
        )  # fmt: skip
    await consumers.stop()
    await delivery.stop()
    await writer.stop()
    await net.close()
    await db.close()
