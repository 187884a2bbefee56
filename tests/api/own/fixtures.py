"""The fixtures of our own API's and of the command line's tests."""

import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher

from api.accounts import Accounts
from api.app import build_app
from api.callbacks.delivery import Delivery
from api.callbacks.subscription_signer import SubscriptionSigner
from api.dialects import Dialect
from api.own.admin.app import build_admin
from api.own.metrics import MeasuredClient, Metrics
from api.own.routes import public_routes
from api.own.services import Addresses, OwnServices
from api.recordings import Recordings
from api.vendors.ringful.vendor import Ringful
from engine.features.accounts.credentials import Credentials
from engine.features.admission import Admission
from engine.features.billing.call_rates import CallRates
from engine.features.caller_ids.feature import CallerIdsFeature
from engine.features.campaigns.feature import CampaignsFeature
from engine.features.endpoints.push import Endpoints
from engine.features.health.views import StoreHealth
from engine.features.messaging.service import MessageService
from engine.features.pairs.feature import PairsFeature
from engine.features.passcodes.feature import PasscodesFeature
from engine.features.recordings.service import RecordingService
from engine.features.scheduled_calls.feature import ScheduledCallsFeature
from engine.features.subscriptions.service import SubscriptionService
from engine.features.trunks.service import Trunks
from engine.features.users.passwords import Passwords
from engine.ids import new_id
from engine.media import Links, Prompts, PromptSettings, RecordingFiles, Voices
from engine.media.speech.flite import Flite
from engine.net import Net
from engine.platform.platform import Platform
from engine.platform.post import Post
from engine.redis.client import connect
from engine.redis.counters import Counters
from engine.store.database import Database
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration
from tests.api.own.installation import TOKEN, Engine, Installation
from tests.support.features import fax_on, features_on
from tests.support.redis_server import RedisServer
from tests.support.stores import migrated_file

ASKING = Dialect(
    name="asking", url_setting="primary", fallback_setting="fallback", issue=lambda: (new_id("key"), new_id("secret")),
    asks=True, signs=True,
)  # fmt: skip
DIALECTS = (Ringful.describe(), ASKING)
POOL = "+12015552000-+12015552009"


@pytest.fixture
def stored() -> str:
    """What is in the store before this version starts on it, as SQL: nothing."""
    return ""


@pytest.fixture
def dialects() -> Sequence[Dialect]:
    """The vendors' dialects that are served."""
    return DIALECTS


@pytest.fixture
def post() -> Post | None:
    """The mail server of features: none."""
    return None


@pytest.fixture
async def installation(
    tmp_path: Path, redis_server: RedisServer, stored: str, dialects: Sequence[Dialect], post: Post | None
) -> AsyncIterator[Installation]:
    """Everything but calls, with the lab's trunk and no account but those that are stored."""
    if stored:
        with closing(sqlite3.connect(tmp_path / "carillon.db")) as before:
            before.executescript(stored)
        db = Database(f"sqlite:///{tmp_path}/carillon.db")
        await db.migrate()
    else:
        db = Database(migrated_file(tmp_path / "carillon.db"))
    writer, net, redis = Writer(db), Net(), connect(redis_server.url)
    engine, known = Engine(writer), Accounts(Credentials(db))
    prompts = Prompts(net, tmp_path / "prompts", PromptSettings(uploads=tmp_path / "uploads"), voices=Voices([Flite()]))
    platform = Platform(db, writer, RecordingFiles(tmp_path), prompts)
    platform.on_refresh(known.forget)
    connected = [True]
    await prompts.start()
    async with FakeConfiguration() as asterisk:
        client = MeasuredClient(asterisk.url, "carillon", "secret", "carillon-0")
        async with client, aiohttp.ClientSession() as session:
            passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
            features = features_on(
                platform, client, net, tmp_path, dialects=dialects, pool=POOL, passwords=passwords, post=post
            )
            admission = Admission(
                db, platform.cache, features[CallRates], Counters(redis, "carillon-0"), bars=platform.bars
            )
            features.add(ScheduledCallsFeature(platform, admission.check, lambda: engine))
            features.add(CallerIdsFeature(platform, admission.check, lambda: engine, features[MessageService]))
            features.add(PasscodesFeature(platform, admission.check, lambda: engine, features[MessageService]))
            features.add(PairsFeature(platform, admission.check, lambda: engine))
            features.add(fax_on(platform, features, admission.check, lambda: engine, tmp_path))
            features.add(CampaignsFeature(platform, admission, lambda: engine, features[MessageService]))
            engine.carries = features.commands
            signers = {"carillon": SubscriptionSigner(features[SubscriptionService], time.time)}
            delivery = Delivery(db, writer, net, known, signers)
            metrics = client.metrics = Metrics(
                features[StoreHealth], delivery.counts, features.metrics, platform.consumers
            )
            platform.on_commit(lambda committed: metrics.feed(stored.event for stored in committed))
            await features[Trunks].ensure_lab("127.0.0.2", 5070)
            await platform.cache.load()
            await features[Endpoints].push_all()
            services = OwnServices(
                engine=engine, platform=platform, features=features, accounts=known, delivery=delivery,
                recordings=Recordings(features[RecordingService], Links("a secret of the tests"), "http://x"),
                client=client, connected=lambda: connected[0], redis=redis,
                addresses=Addresses(api="http://127.0.0.1:8080", sip_host="127.0.0.1", sip_port=5060),
                admin_token=TOKEN, folders={"data": tmp_path}, dialects=dialects,
            )  # fmt: skip
            public = build_app(
                engine=engine, accounts=known, delivery=services.delivery,
                recordings=services.recordings, vendors=(), routes=public_routes(services),
            )  # fmt: skip
            async with TestServer(build_admin(services, metrics)) as admin, TestServer(public) as server:
                yield Installation(services, engine, asterisk, admin, server, session, tmp_path, db, writer, connected)
    await prompts.close()
    await redis.aclose()
    await writer.stop()
    await net.close()
    await db.close()
