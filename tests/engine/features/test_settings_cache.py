"""The settings in memory."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from engine.platform.cached_account import CachedAccount
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, applications, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import Number
from engine.store.writer import Writer


class Counted:
    """A database that counts its reads; each waits until `go`."""

    def __init__(self, db: Database) -> None:
        self.db, self.reads, self.go = db, 0, asyncio.Event()

    async def read(self, function: Callable[[Any], Any]) -> Any:
        self.reads += 1
        found = await self.db.read(function)
        await self.go.wait()
        return found


async def test_many_who_ask_at_once_share_one_reading_that_has_what_they_wrote(
    writer: Writer, database: Database, account: Account
) -> None:
    counted = Counted(database)
    cache = SettingsCache(counted)  # type: ignore[arg-type]
    first = asyncio.create_task(cache.load())
    while not counted.reads:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await writer.write(lambda conn: accounts.allow(conn, account.id, "44"))
    others = [asyncio.create_task(cache.load()) for _ in range(20)]
    await asyncio.sleep(0)
    counted.go.set()
    await asyncio.gather(first, *others)
    assert counted.reads == 2
    assert "44" in cache.rules(account.id).prefixes


async def test_after_a_change_of_one_account_only_that_account_is_read(
    writer: Writer, database: Database, account: Account
) -> None:
    other = Account(id="account-2", name="other", created=0)
    await writer.write(lambda conn: accounts.create(conn, other))
    cache = SettingsCache(database)
    await cache.load()

    def change(conn: Connection) -> None:
        for each, number in ((account.id, "500"), (other.id, "600")):
            numbers.assign(conn, Number(number=number, account=each))
            extensions.add(conn, Extension(number="101", sip_user=f"101-{each}", account=each, password="x" * 8))

    await writer.write(change)
    await cache.reload(account.id)
    assert cache.number("500") and cache.extension(account.id, "101") and cache.extension_of(f"101-{account.id}")
    assert not cache.number("600") and not cache.extension(other.id, "101"), "the other account was not read"
    await cache.reload(other.id)
    assert cache.number("600") and [one.account for one in cache.extensions()] == [account.id, other.id]


async def test_what_an_account_has_no_more_is_gone_when_it_is_read_again(
    writer: Writer, database: Database, account: Account
) -> None:
    other = Account(id="account-2", name="other", created=0)
    number = Number(number="500", account=account.id)

    def begin(conn: Connection) -> None:
        accounts.create(conn, other)
        numbers.assign(conn, number)
        extensions.add(conn, Extension(number="101", sip_user="101", account=account.id, password="x" * 8))

    def move(conn: Connection) -> None:
        extensions.remove(conn, account.id, "101")
        numbers.release(conn, "500")
        numbers.assign(conn, msgspec.structs.replace(number, account=other.id))

    await writer.write(begin)
    cache = SettingsCache(database)
    await cache.load()
    await writer.write(move)
    for each in (other.id, account.id):  # the number's new account is read before its old one
        await cache.reload(each)
    assert cache.extension_of("101") is None and not cache.extensions()
    moved = cache.number("500")
    assert moved and moved.account == other.id


async def test_an_extension_and_a_number_are_read_again_by_themselves(
    writer: Writer, database: Database, account: Account
) -> None:
    cache = SettingsCache(database)
    await cache.load()
    first = Application(id="app-1", account=account.id, name="first")
    ann = Extension(number="101", sip_user="101", account=account.id, password="x" * 8)

    def add(conn: Connection) -> None:
        applications.create(conn, first)
        extensions.add(conn, ann)
        numbers.assign(conn, Number(number="14155550100", account=account.id, application="app-1"))

    def change(conn: Connection) -> None:
        applications.create(conn, msgspec.structs.replace(first, id="app-2", name="second"))
        numbers.assign(conn, Number(number="14155550100", account=account.id, application="app-2"))
        applications.delete(conn, "app-1")
        extensions.remove(conn, account.id, "101")

    async def both() -> None:
        await cache.reload_extension(account.id, "101")
        await cache.reload_number(account.id, "14155550100")

    await writer.write(add)
    await both()
    assert cache.extension(account.id, "101") == cache.extension_of("101") == ann
    assert cache.application_of("14155550100") == cache.application("app-1") == first
    assert cache.rules(account.id).owned == ("14155550100",) and cache.countries == {"US"}
    await writer.write(change)
    await both()
    found = cache.application_of("14155550100")
    assert found and found.name == "second" and cache.application("app-1") is None
    assert cache.extension_of("101") is None and not cache.extensions()
    await writer.write(lambda conn: numbers.release(conn, "14155550100"))
    await both()
    assert cache.number("14155550100") is None and cache.rules(account.id).owned == () and not cache.countries


async def test_who_looks_from_another_thread_while_everything_is_read_finds_what_was_there(
    database: Database, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, know = SettingsCache(database), SettingsCache._know
    found: list[Account | None] = []
    await cache.load()

    def known(self: SettingsCache, settings: CachedAccount) -> None:
        found.append(cache.find(account.id))
        know(self, settings)

    monkeypatch.setattr(SettingsCache, "_know", known)
    await cache.load()
    assert found == [account]
