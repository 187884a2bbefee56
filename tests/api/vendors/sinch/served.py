"""The dialect behind a real HTTP server on a real store: two accounts, applications and numbers; no engine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection

from api.accounts import Accounts
from api.bodies import LARGEST
from api.guess_throttle import Guesses
from api.middleware import Errors, errors
from api.vendors.sinch.auth import AuthPolicy
from api.vendors.sinch.errors import SinchOperation
from api.vendors.sinch.http.calls import CallOperations
from api.vendors.sinch.http.configuration import operations
from api.vendors.sinch.http.parties import Parties
from api.vendors.sinch.http.routes import PATHS, Routes
from engine.ari.client import AriClient
from engine.features.accounts.credentials import Credentials
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.store import Rate
from engine.features.call_history.views import CallHistory
from engine.model.call import Call, CallState, Direction
from engine.net import Net
from engine.platform.feature import Features
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, applications, calls, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import SMS, VOICE, Number
from engine.store.writer import Writer
from tests.clients.sinch.client import BareClient
from tests.support.features import features_on, platform_of
from tests.support.stores import migrated_file

SECRET = "JViE5vDor0Sw3WllZka15Q=="
SHOP, HELP, BOBS = "11983f76-12c8-1111-9515-4785c7b67ca8", "94983f76-1161-4655-9515-4785c7b67ca8", "bob-s-key"
BOTH, SHOPS, FREE, BOBS_NUMBER = "14155550100", "14155550101", "46730170101", "14155550200"


@dataclass
class Served:
    """What a test asks: `shop` is Ann's first application's client, `help` her second one's, `bob` a stranger's."""

    db: Database
    writer: Writer
    cache: SettingsCache
    accounts: Accounts
    features: Features
    shop: BareClient
    help: BareClient
    bob: BareClient

    @property
    def parties(self) -> Parties:
        """Who takes part in calls."""
        return Parties(self.cache, self.features[CallRates], "http://api")

    async def refresh(self) -> None:
        """Make what was written count."""
        await self.cache.load()
        await self.features[CallRates].load()
        self.accounts.forget()

    async def store(self, *made: Call) -> None:
        """Store calls."""
        await self.writer.write(lambda conn: [calls.insert(conn, call) for call in made])

    async def number(self, digits: str, capability: str = VOICE) -> Number | None:
        """A number as it is stored."""
        return await self.db.read(lambda conn: numbers.get(conn, digits, capability))


def a_call(id: str = "call-1", **fields: Any) -> Call:
    """A call of the shop's: a callout that was answered after 2 s, talked 60 s, and was hung up by the far party."""
    return Call(
        **{
            "id": id,
            "root": id,
            "account": "account-ann",
            "application": "app-shop",
            "direction": Direction.OUTBOUND,
            "caller": BOTH,
            "callee": "46730170102",
            "state": CallState.QUEUED,
            "created": 1_400_000_000.0,
            "trunk": "lab",
        }
        | fields
    )


def _fill(conn: Connection) -> None:
    for name in ("ann", "bob"):
        accounts.create(conn, Account(id=f"account-{name}", name=name, created=0.0, allow_private=True))
    for id, account, key in (
        ("app-shop", "account-ann", SHOP),
        ("app-help", "account-ann", HELP),
        ("app-bob", "account-bob", BOBS),
    ):
        made = Application(id=id, account=account, name=id, dialect="sinch", asks=True)
        applications.create(conn, made)
        applications.set_key(conn, made, key, SECRET)
    for number in (
        Number(number=BOTH, account="account-ann"),
        Number(number=BOTH, account="account-ann", capability=SMS),
        Number(number=SHOPS, account="account-ann", application="app-shop"),
        Number(number=FREE, account="account-ann"),
        Number(number="500", account="account-ann", application="app-shop"),
        Number(number=BOBS_NUMBER, account="account-bob", application="app-bob"),
    ):
        numbers.assign(conn, number)
    anna = Extension(number="100", sip_user="100", account="account-ann", name="anna", password="secret-of-anna")
    extensions.add(conn, anna)
    accounts.allow(conn, "account-ann", "46")
    rates.load(conn, [Rate(prefix="46", currency="USD", per_minute=36_800, first=30, next=6)])


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Served]:
    """Start it; leaving the block stops it."""
    db = Database(migrated_file(folder / "served.db"))
    writer, net, known = Writer(db), Net(), Accounts(Credentials(db))
    await writer.write(_fill)
    platform = platform_of(db, writer, net, folder)
    platform.on_refresh(known.forget)
    features = features_on(platform, AriClient("http://127.0.0.1:9", "nobody", "", "carillon-0"), net, folder)
    parties = Parties(platform.cache, features[CallRates], "http://api")
    calls = CallOperations(None, features[CallHistory], parties).operations()  # type: ignore[arg-type]
    served = operations(features, platform.cache, parties) | {SinchOperation.GET_CALL: calls[SinchOperation.GET_CALL]}
    routes = Routes(known, served, Guesses(), policy=AuthPolicy(prefixes=("/mounted",)))
    rendering = Errors([SimpleNamespace(paths=PATHS, render_error=routes.render_error)])
    app = web.Application(client_max_size=LARGEST, middlewares=[errors(rendering)])
    app.add_routes(routes.routes())
    async with TestServer(app) as server, ClientSession() as session:
        base = f"http://{server.host}:{server.port}"
        clients = [BareClient(session, base, key, SECRET) for key in (SHOP, HELP, BOBS)]
        found = Served(db, writer, platform.cache, known, features, *clients)
        await found.refresh()
        yield found
    await writer.stop()
    await net.close()
    await db.close()
