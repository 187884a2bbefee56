"""Accounts, keys and applications in memory for a few seconds."""

import asyncio

from api.accounts import Accounts
from engine.features.accounts import Account
from engine.features.accounts.credentials import Keyed, KeyHolder

HOLDER = KeyHolder(Account(id="account-1", name="acme", created=0.0), "secret")


class Held:
    """Finds one key; each reading waits until `go`."""

    def __init__(self) -> None:
        self.key: KeyHolder | None = HOLDER
        self.reads, self.go = 0, asyncio.Event()

    async def holder(self, dialect: str, key: str) -> KeyHolder | None:
        self.reads += 1
        found = self.key
        await self.go.wait()
        return found

    async def account(self, id: str) -> Account | None:
        raise AssertionError

    async def application(self, id: str) -> Keyed | None:
        raise AssertionError


async def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    held = Held()
    known = Accounts(held)  # type: ignore[arg-type]
    before = asyncio.create_task(known.by_key("own", "key"))
    while not held.reads:  # noqa: ASYNC110
        await asyncio.sleep(0)
    held.key = None  # the token was removed, and is forgotten while it is still being read
    known.forget()
    held.go.set()
    assert await before == HOLDER
    assert await known.by_key("own", "key") is None


async def test_a_key_is_read_once_in_a_while() -> None:
    held, now = Held(), [100.0]
    held.go.set()
    known = Accounts(held, clock=lambda: now[0])  # type: ignore[arg-type]
    for seconds, reads in ((0.0, 1), (4.9, 1), (5.1, 2)):
        now[0] = 100.0 + seconds
        assert await known.by_key("own", "key") == HOLDER and held.reads == reads
