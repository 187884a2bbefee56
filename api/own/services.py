"""The services that our own API uses, which the composition root passes in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from redis.asyncio import Redis

from api.accounts import Accounts
from api.callbacks.delivery import Delivery
from api.command_taker import CommandTaker
from api.dialects import OWN, Dialect
from api.guess_throttle import Guesses
from api.lab import Lab
from api.lab_smsc.client import LabSmscClient
from api.own import render
from api.recordings import Recordings
from engine.ari.client import AriClient
from engine.features.accounts import Account
from engine.features.accounts.service import AccountService
from engine.features.trunks.reach import LOOPBACK, Listening
from engine.model.call import Call
from engine.platform.feature import Features
from engine.platform.platform import Platform
from engine.platform.settings_cache import SettingsCache


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The addresses of this installation, for display."""

    api: str  # e.g. http://127.0.0.1:8080
    sip_host: str
    sip_port: int
    listening: Listening = LOOPBACK
    sip_tls_port: int = 5061


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnServices:
    """The services that our own API uses. `connected` returns whether Asterisk's events reach us.

    `lab` and `lab_smsc` may be None. The lab's carriers are in the network `lab_carriers`, at `lab_sip_port`. `folders`
    are those whose free space is checked. `dialects` are the vendors', without our own. `guesses` throttles the
    guessing of keys. `scripts` is the folder of what pages load from libraries.
    """

    engine: CommandTaker
    platform: Platform
    features: Features
    accounts: Accounts
    delivery: Delivery
    recordings: Recordings
    client: AriClient
    connected: Callable[[], bool]
    redis: Redis
    addresses: Addresses
    admin_token: str
    folders: Mapping[str, Path] = field(default_factory=dict)
    dialects: Sequence[Dialect] = ()
    lab: Lab | None = None
    lab_smsc: LabSmscClient | None = None
    lab_carriers: str = "127.0.60"
    lab_sip_port: int = 5070
    guesses: Guesses = field(default_factory=Guesses)
    version: str = "0"
    scripts: Path = Path("/opt/carillon/scripts")

    @property
    def cache(self) -> SettingsCache:
        """The settings in memory."""
        return self.platform.cache

    async def refresh(self) -> None:
        """Apply a change of accounts, numbers or applications at once, by refreshing the caches."""
        await self.platform.refresh()

    async def account_named(self, name: str) -> Account:
        """Return an account by its name or id; raises NotThere."""
        return await self.features[AccountService].find(name)

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
