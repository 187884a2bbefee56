"""The services that our own API uses, which the composition root passes in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from redis.asyncio import Redis

from api.accounts import Accounts
from api.callbacks.delivery import Delivery
from api.dialects import OWN, Dialect
from api.guess_throttle import Guesses
from api.lab import Lab
from api.own import render
from api.ports import CommandTaker
from api.recordings import Recordings
from engine.ari.client import AriClient
from engine.calls.call import Call
from engine.features.accounts import Account
from engine.features.destination_services import Leading
from engine.features.endpoints.push import Endpoints
from engine.features.endpoints.service import Extensions
from engine.features.services import FeatureServices
from engine.features.subscriptions.live import LiveEvents
from engine.features.subscriptions.service import SubscriptionService
from engine.features.tenants import Tenants
from engine.features.trunks.refused_requests import RefusedKind
from engine.features.trunks.service import Trunks
from engine.media import Prompts, RecordingFiles
from engine.platform.settings_cache import SettingsCache


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The addresses of this installation, for display."""

    api: str  # e.g. http://127.0.0.1:8080
    sip_host: str
    sip_port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnServices:
    """The services that our own API uses. `connected` returns whether Asterisk's events reach us; `lab` may be None.

    `folders` are those whose free space is checked. `dialects` are the vendors', without our own. `guesses` throttles
    the guessing of keys. `refused` are the SIP requests that Asterisk refused.
    """

    engine: CommandTaker
    features: FeatureServices
    cache: SettingsCache
    endpoints: Endpoints
    extensions: Extensions
    trunks: Trunks
    leading: Leading
    accounts: Accounts
    delivery: Delivery
    recordings: Recordings
    files: RecordingFiles
    prompts: Prompts
    ari: AriClient
    connected: Callable[[], bool]
    redis: Redis
    addresses: Addresses
    admin_token: str
    tenants: Tenants
    subscriptions: SubscriptionService
    live: LiveEvents = field(default_factory=LiveEvents)
    folders: Mapping[str, Path] = field(default_factory=dict)
    dialects: Sequence[Dialect] = ()
    lab: Lab | None = None
    guesses: Guesses = field(default_factory=Guesses)
    version: str = "0"
    refused: Callable[[], Sequence[RefusedKind]] = tuple

    async def refresh(self) -> None:
        """Apply a change of accounts, numbers or applications at once, by refreshing the caches."""
        await self.cache.load()
        self.accounts.forget()

    async def account_named(self, name: str) -> Account:
        """Return an account by its name or id; raises NotThere."""
        return await self.tenants.accounts.find(name)

    async def account_of(self, request: web.Request) -> Account | None:
        """Return the account that a request's query names (`?account=`), None if it names none; raises NotThere."""
        name = request.query.get("account")
        return await self.account_named(name) if name else None

    def call(self, row: Call) -> render.Shape:
        """Return a call for display, with its application's name."""
        application = self.cache.application(row.application) if row.application else None
        return render.call(row, application.name if application else None)

    def dialect(self, name: str) -> Dialect | None:
        """Return a dialect by its name, including our own."""
        return next((each for each in (OWN, *self.dialects) if each.name == name), None)
