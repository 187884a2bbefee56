"""The states of extensions that phones subscribe to, as lamp keys do (RFC 3856, RFC 4235): idle, ringing, in use, busy.

Asterisk knows the state of an endpoint by itself: from its calls and its registration. So nothing is told to it for a
call. A phone subscribes in a context (`hints-7`) that is its account's alone, so 101 is its own account's 101 for each.
Which endpoints an extension has is told once, and kept in astdb; who is not to be disturbed is a device state beside
them (asterisk-config/engine/extensions.conf).
"""

import asyncio
import time
from collections.abc import Iterable, Iterator

import structlog
from sqlalchemy import Connection

from engine.ari.client import AriClient
from engine.ari.errors import AriError
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.extensions import Extension

log = structlog.get_logger(__name__)
MOST_CONTEXTS = 1_000
"""Accounts whose phones see states: so many contexts Asterisk has (docker/asterisk/entrypoint)."""
NOWHERE = "nowhere"
CONTEXT = "hint"  # of the dialplan, which writes what an extension's endpoints are
LONGEST_BATCH = 2_000
FREE_AFTER_SECONDS = 86_400.0
"""How long after its account was closed a context is another one's: subscriptions last an hour at most."""
AGAIN_SECONDS = 5.0
_DEVICE = "Stasis:dnd-"


def context_of(account: Account | None) -> str:
    """The context in which the phones of an account subscribe."""
    return f"hints-{account.hint_context}" if account and account.hint_context else NOWHERE


def with_context(conn: Connection, account: Account) -> Account:
    """Give an account a context if it has none and one is free; returns the account."""
    if account.hint_context is not None:
        return account
    gone = time.time() - FREE_AFTER_SECONDS
    taken = {number for number, closed in accounts.hint_contexts(conn) if closed is None or closed > gone}
    free = next((number for number in range(1, MOST_CONTEXTS + 1) if number not in taken), None)
    if free is None:
        log.warning("No phone of this account can subscribe to states: all contexts are taken.", account=account.id)
        return account
    accounts.update(conn, account.id, hint_context=free)
    found = accounts.get(conn, account.id)
    assert found
    return found


def _devices_of(extension: Extension) -> tuple[str, ...]:
    """What an extension's state is made of: its phones, its browsers, and whether it is not to be disturbed."""
    return (*(f"PJSIP/{name}" for name in extension.sip_users), _device_of(extension))


def _device_of(extension: Extension) -> str:
    return _DEVICE + extension.sip_user


class Presence:
    """Tells Asterisk what extensions' states are made of, and who is not to be disturbed."""

    def __init__(self, client: AriClient, cache: SettingsCache) -> None:
        self._client, self._cache = client, cache
        self._undisturbed: frozenset[str] = frozenset()  # the devices of those that are not to be disturbed, as told
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to follow who is not to be disturbed; `stop` ends it."""
        self._task = asyncio.create_task(self._follow(), name="states of extensions that are not to be disturbed")

    async def stop(self) -> None:
        """End that."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    def look(self) -> None:
        """Settings may have changed."""
        if self._wanted() != self._undisturbed:
            self._news.set()

    async def push_all(self) -> None:
        """Tell an Asterisk that may know nothing. Raises AriError."""
        await self.push(self._cache.extensions())
        known = await self._client.device_states.list()
        on = {one.name for one in known if one.name.startswith(_DEVICE) and one.state == "BUSY"}
        self._undisturbed = frozenset(on)
        await self._show()

    async def push(self, extensions: Iterable[Extension]) -> None:
        """Tell which endpoints extensions have; again is harmless. Raises AriError."""
        for batch in _batches(f"{self._key(one)}={'~'.join(_devices_of(one))}" for one in extensions):
            await self._client.channels.originate(
                endpoint=f"Local/s@{CONTEXT}",
                context=CONTEXT,
                extension="end",
                priority=1,
                variables={"__HINTS": batch},
            )

    def _key(self, extension: Extension) -> str:
        return f"{context_of(self._cache.find(extension.account))}/{extension.number}"

    def _wanted(self) -> frozenset[str]:
        return frozenset(_device_of(one) for one in self._cache.extensions() if one.do_not_disturb)

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._show()
            except AriError as error:
                log.warning("Who is not to be disturbed is shown later.", error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
                self._news.set()

    async def _show(self) -> None:
        wanted = self._wanted()
        for device in sorted(wanted ^ self._undisturbed):
            await self._client.device_states.update(device, device_state="BUSY" if device in wanted else "INVALID")
        self._undisturbed = wanted


def _batches(entries: Iterable[str]) -> Iterator[str]:
    """Yield entries joined by |, none longer than LONGEST_BATCH."""
    batch = ""
    for entry in entries:
        if batch and len(batch) + 1 + len(entry) > LONGEST_BATCH:
            yield batch
            batch = ""
        batch = f"{batch}|{entry}" if batch else entry
    if batch:
        yield batch
