"""The services of accounts and their users, put together by the composition root."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.features.accounts.closing import Closing
from engine.features.accounts.service import AccountService
from engine.features.applications.dialects import OWN, Dialect
from engine.features.endpoints.service import Extensions
from engine.features.numbers.pool import Pool
from engine.features.users.passwords import Passwords
from engine.features.users.service import UserService
from engine.media import Prompts, RecordingFiles
from engine.platform.audit import AuditLog
from engine.platform.settings_cache import SettingsCache
from engine.store.database import Database
from engine.store.writer import Writer


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenants:
    """What makes, changes, shows and removes accounts and users, and what was changed of them."""

    accounts: AccountService
    users: UserService
    closing: Closing
    audit: AuditLog


class Cached(Protocol):
    """What keeps accounts in memory."""

    def forget(self) -> None:
        """Read everything anew."""


def tenants_of(
    db: Database,
    writer: Writer,
    cache: SettingsCache,
    cached: Cached,
    *,
    extensions: Extensions,
    prompts: Prompts,
    files: RecordingFiles,
    dialects: Sequence[Dialect],
    pool: Pool,
    passwords: Passwords | None = None,
) -> Tenants:
    """Return the services; `dialects` are the vendors' beside our own, `pool` has the numbers of new accounts."""
    refresh = _refreshing(cache, cached)

    async def refresh_all() -> None:
        await refresh()
        await cache.load_rates()

    return Tenants(
        accounts=AccountService(db, writer, (OWN, *dialects), pool, refresh),
        users=UserService(db, writer, OWN.name, cached.forget, passwords),
        closing=Closing(writer, extensions, prompts, files, refresh_all),
        audit=AuditLog(db, writer),
    )


def _refreshing(cache: SettingsCache, cached: Cached) -> Callable[[], Awaitable[None]]:
    async def refresh() -> None:
        await cache.load()
        cached.forget()

    return refresh
