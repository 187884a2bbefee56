"""The dialect behind a real HTTP server on a real store: two companies; no engine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection

from api.accounts import Accounts
from api.bodies import LARGEST
from api.middleware import Errors, errors
from api.vendors.parts import VendorParts
from api.vendors.ringplan.vendor import RingPlan as Dialect
from engine.ari.client import AriClient
from engine.features.accounts import NewAccount
from engine.features.accounts.credentials import Credentials
from engine.features.accounts.service import AccountService
from engine.net import Net
from engine.platform.audit import SYSTEM
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.store import numbers
from engine.store.database import Database
from engine.store.numbers import SMS, Number
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration
from tests.clients.ringplan.client import RingPlan
from tests.fakes.post import FakePost
from tests.support.features import fax_on, features_on, platform_of
from tests.support.stores import migrated_file

OURS, SPARE, THEIRS = "19513360234", "19513301234", "14155552671"


@dataclass
class Served:
    """What a test asks: `acme` and `other` are two companies' clients, `id` and `others_id` the companies'."""

    features: Features
    platform: Platform
    acme: RingPlan
    other: RingPlan
    id: str
    others_id: str
    vendor: Dialect
    asterisk: FakeConfiguration
    post: FakePost


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Start it; leaving the block stops it."""
    db, net = Database(migrated_file(tmp_path / "served.db")), Net()
    writer, known = Writer(db), Accounts(Credentials(db))
    platform = platform_of(db, writer, net, tmp_path)
    platform.on_refresh(known.forget)
    fake = FakeConfiguration()
    await fake.__aenter__()
    asterisk = AriClient(fake.url, "carillon", "secret", "carillon-0")
    await asterisk.open()
    post = FakePost()
    features = features_on(platform, asterisk, net, tmp_path, dialects=(Dialect.describe(),), post=post)
    features.add(fax_on(platform, features, lambda *_: None, _no_engine, tmp_path))
    parts: Any = {"engine": None, "recordings": None, "live": None, "inquire": None, "cache": platform.cache}
    vendor = Dialect.make(VendorParts(features=features, accounts=known, sip_host="192.0.2.5", **parts))
    app = web.Application(client_max_size=LARGEST, middlewares=[errors(Errors([_renderer(vendor)]))])
    app.add_routes(vendor.routes())
    opened = [await features[AccountService].create(SYSTEM, NewAccount(name=name)) for name in ("acme", "other")]
    async with TestServer(app) as server, ClientSession() as session:
        base = f"http://{server.host}:{server.port}"
        keys = [next(key for key in each.keys.own if key.dialect == vendor.name) for each in opened]
        tokens = [f"{key.key}.{key.secret}" for key in keys]
        clients = [RingPlan(session, base, token) for token in tokens]
        yield Served(features, platform, *clients, *(each.keys.account.id for each in opened), vendor, fake, post)
        await vendor.leave()
    await asterisk.close()
    await fake.__aexit__(None, None, None)
    await writer.stop()
    await net.close()
    await db.close()


@pytest.fixture
async def texting(served: Served) -> Served:
    """A company with two texting numbers; the other company has one too."""

    def unit(conn: Connection) -> None:
        for number, account in ((OURS, served.id), (SPARE, served.id), ("12125550199", served.others_id)):
            numbers.assign(conn, Number(number=number, account=account, capability=SMS))

    await served.platform.writer.write(unit)
    await served.platform.refresh()
    return served


def _no_engine() -> Any:
    raise AssertionError("these operations have no engine")


def _renderer(vendor: Dialect) -> Any:
    return SimpleNamespace(paths=vendor.paths, render_error=vendor.render_error)
