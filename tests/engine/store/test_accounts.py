"""Accounts, their keys and permissions, and the ledger."""

import pytest
from sqlalchemy import Connection

from engine.platform import ledger
from engine.store import accounts
from engine.store.accounts import KeyHolder
from engine.store.database import Database
from engine.store.errors import StoreConflict
from engine.store.writer import Writer
from tests.engine.store.samples import an_account, store_account


async def test_an_account_comes_back_as_it_was_stored(writer: Writer, database: Database) -> None:
    account = an_account(
        allow_private=True, balance=2**40, daily_spend=5, calls_per_second=2.5, settings={"dialect": {"sig": "off"}}
    )
    await writer.write(lambda conn: accounts.create(conn, account))
    assert await database.read(lambda conn: accounts.get(conn, account.id)) == account
    assert await database.read(lambda conn: accounts.by_name(conn, account.name)) == account
    assert await database.read(accounts.list) == [account]
    assert await database.read(lambda conn: accounts.get(conn, "acct-9")) is None


async def test_an_accounts_fields_are_changed(writer: Writer, database: Database) -> None:
    await writer.write(store_account)
    changes = {"disabled": True, "balance": None, "settings": {"a": {"b": 1}}}
    assert await writer.write(lambda conn: accounts.update(conn, "acct-1", **changes))
    assert await database.read(lambda conn: accounts.get(conn, "acct-1")) == an_account(**changes)
    assert not await writer.write(lambda conn: accounts.update(conn, "acct-9", disabled=True))
    assert not await writer.write(lambda conn: accounts.update(conn, "acct-9"))


async def test_two_accounts_cannot_have_one_name(writer: Writer) -> None:
    await writer.write(store_account)
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: accounts.create(conn, an_account(id="acct-2")))
    await writer.write(lambda conn: accounts.create(conn, an_account(id="acct-2", name="second")))
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: accounts.update(conn, "acct-2", name="first"))


async def test_a_key_finds_its_account_in_its_dialect(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        store_account(conn)
        accounts.set_credential(conn, "acct-1", "one", "key", "secret")
        accounts.set_credential(conn, "acct-1", "two", "key", "other")

    await writer.write(unit)
    holder = KeyHolder(an_account(), "secret", None)
    assert await database.read(lambda conn: accounts.by_key(conn, "one", "key")) == holder
    assert await database.read(lambda conn: accounts.by_key(conn, "three", "key")) is None
    keys = {"one": ("key", "secret"), "two": ("key", "other")}
    assert await database.read(lambda conn: accounts.credentials(conn, "acct-1")) == keys


async def test_a_new_key_replaces_the_old_one(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        store_account(conn)
        accounts.set_credential(conn, "acct-1", "one", "old", "secret")
        accounts.set_credential(conn, "acct-1", "one", "new", "secret")

    await writer.write(unit)
    assert await database.read(lambda conn: accounts.by_key(conn, "one", "old")) is None
    assert await database.read(lambda conn: accounts.credentials(conn, "acct-1")) == {"one": ("new", "secret")}


async def test_a_key_belongs_to_one_account(writer: Writer) -> None:
    def unit(conn: Connection) -> None:
        store_account(conn)
        accounts.create(conn, an_account(id="acct-2", name="second"))
        accounts.set_credential(conn, "acct-1", "one", "key", "secret")

    await writer.write(unit)
    with pytest.raises(StoreConflict):
        await writer.write(lambda conn: accounts.set_credential(conn, "acct-2", "one", "key", "secret"))


async def test_prefixes_are_allowed_and_removed(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        store_account(conn)
        for prefix in ("44", "1", "44"):
            accounts.allow(conn, "acct-1", prefix)

    await writer.write(unit)
    assert await database.read(lambda conn: accounts.allowed(conn, "acct-1")) == ("1", "44")
    assert await writer.write(lambda conn: accounts.disallow(conn, "acct-1", "44"))
    assert not await writer.write(lambda conn: accounts.disallow(conn, "acct-1", "44"))
    assert await database.read(lambda conn: accounts.allowed(conn, "acct-1")) == ("1",)


async def test_caller_ids_are_added_and_removed(writer: Writer, database: Database) -> None:
    def unit(conn: Connection) -> None:
        store_account(conn)
        accounts.add_caller_id(conn, "acct-1", "15550001")
        accounts.add_caller_id(conn, "acct-1", "15550001")

    await writer.write(unit)
    assert await database.read(lambda conn: accounts.caller_ids(conn, "acct-1")) == ("15550001",)
    assert await writer.write(lambda conn: accounts.remove_caller_id(conn, "acct-1", "15550001"))
    assert not await writer.write(lambda conn: accounts.remove_caller_id(conn, "acct-1", "15550001"))


async def test_a_call_is_charged_once(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: accounts.create(conn, an_account(balance=1000)))
    assert await writer.write(lambda conn: ledger.charge(conn, "acct-1", ledger.for_call("call-1"), 300, "a call"))
    assert not await writer.write(lambda conn: ledger.charge(conn, "acct-1", ledger.for_call("call-1"), 300, "a call"))
    account = await database.read(lambda conn: accounts.get(conn, "acct-1"))
    assert account is not None and account.balance == 700
    assert await database.read(lambda conn: ledger.spent_since(conn, "acct-1", 0)) == 300


async def test_what_is_paid_in_is_not_spent(writer: Writer, database: Database) -> None:
    await writer.write(lambda conn: accounts.create(conn, an_account(balance=1000)))
    await writer.write(lambda conn: ledger.credit(conn, "acct-1", 500, "paid"))
    await writer.write(lambda conn: ledger.charge(conn, "acct-1", ledger.for_call("call-1"), 2000))
    account = await database.read(lambda conn: accounts.get(conn, "acct-1"))
    assert account is not None and account.balance == -500
    assert await database.read(lambda conn: ledger.spent_since(conn, "acct-1", 0)) == 2000
    assert await database.read(lambda conn: ledger.spent_since(conn, "acct-1", 1e12)) == 0
    entries = await database.read(lambda conn: ledger.entries(conn, "acct-1"))
    assert [(entry.amount, entry.subject) for entry in entries] == [(-2000, "call-1"), (500, None)]


async def test_an_account_that_is_not_prepaid_keeps_no_balance(writer: Writer, database: Database) -> None:
    await writer.write(store_account)
    await writer.write(lambda conn: ledger.charge(conn, "acct-1", ledger.for_call("call-1"), 300))
    assert await database.read(lambda conn: accounts.get(conn, "acct-1")) == an_account()
