"""The rules of accounts: what is issued to a new one, what a change leaves behind, and in whose name."""

import asyncio

import pytest
from sqlalchemy import text

from engine.features.accounts.model import Change, Limits, NewAccount
from engine.features.accounts.service import AccountService
from engine.features.errors import AlreadyThere, FeatureError, InvalidSetting, NotThere
from engine.platform import audit, ledger
from engine.platform.audit import ADMIN, Actor
from engine.store import numbers
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.accounts.conftest import reading, service_with

ANN = Actor("user", "user-1", "ann@example.com")


async def test_a_new_account_has_a_key_of_its_own_and_an_application_with_a_key_and_a_number(
    accounts: AccountService, refreshed: list[str]
) -> None:
    opened = await accounts.create(ADMIN, NewAccount(name="acme"))
    (own,), (issued,) = opened.keys.own, opened.keys.issued
    assert (own.dialect, own.number) == ("own", "12015552000")
    assert (issued.dialect, issued.number) == ("asking", "12015552001")
    assert opened.allowed == ("1201555",) and refreshed == ["all"]
    assert await accounts.keys("acme") == opened.keys
    assert await accounts.keys(opened.keys.account.id) == opened.keys


async def test_a_new_account_buys_a_number_for_texts_and_one_for_faxes_and_has_an_owner(
    database: Database, writer: Writer, refreshed: list[str]
) -> None:
    accounts = service_with("+12015552000-+12015552009", database, writer, reading(refreshed), price=1_500_000)
    wanted = NewAccount(name="acme", email="Olga@Example.com", texting_number=True, fax_number=True)
    opened = await accounts.create(ADMIN, wanted)
    assert (opened.texting_number, opened.fax_number) == ("12015552002", "12015552003") and refreshed == ["all"]
    account = opened.keys.account.id
    rows = [row for row in await database.read(lambda conn: numbers.list(conn, account)) if row.number >= "12015552002"]
    assert [(row.number, row.capability, row.destination) for row in rows] == [
        ("12015552002", "voice", None), ("12015552002", "sms", None), ("12015552003", "voice", "fax"),
    ]  # fmt: skip
    charged = await database.read(lambda conn: ledger.entries(conn, account))
    assert [(entry.kind, entry.amount) for entry in charged] == [("number", -1_500_000)] * 2
    assert opened.owner and opened.owner.password
    assert (opened.owner.user.account, opened.owner.user.email, opened.owner.user.role) == (
        account, "olga@example.com", "owner",
    )  # fmt: skip
    entries = await database.read(lambda conn: audit.of(conn, account))
    kinds = [entry.what for entry in reversed(entries)]
    assert kinds == ["account.created", "number.bought", "number.bought", "user.added"]


async def test_what_is_not_asked_for_or_not_free_is_not_there_and_costs_nothing(
    database: Database, writer: Writer, refreshed: list[str]
) -> None:
    accounts = service_with("+12015552000-+12015552002", database, writer, reading(refreshed), price=1_500_000)
    opened = await accounts.create(ADMIN, NewAccount(name="acme", texting_number=True, fax_number=True))
    assert (opened.texting_number, opened.fax_number, opened.owner) == ("12015552002", None, None)
    assert len(await database.read(lambda conn: ledger.entries(conn, opened.keys.account.id))) == 1
    plain = await accounts.create(ADMIN, NewAccount(name="plain"))
    assert (plain.texting_number, plain.fax_number, plain.owner) == (None, None, None)


@pytest.mark.parametrize("email", ["", "olga"])
async def test_an_account_whose_owner_has_no_address_is_not_made(accounts: AccountService, email: str) -> None:
    with pytest.raises(InvalidSetting, match="email must be an e-mail address, such as"):
        await accounts.create(ADMIN, NewAccount(name="acme", email=email, texting_number=True))
    assert await accounts.list_all() == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (NewAccount(name="a", country="Germany"), r"country must be two letters .*such as US \(got 'Germany'\)"),
        (NewAccount(name="a b"), r"name must be 1 to 64 letters.*\(got 'a b'\)"),
        (NewAccount(name="a", currency="XXX"), r"currency must be a code of ISO 4217, such as USD \(got 'XXX'\)"),
    ],
)
async def test_a_refusal_names_the_field_the_value_and_what_would_be_right(
    accounts: AccountService, wanted: NewAccount, sentence: str
) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        await accounts.create(ADMIN, wanted)
    assert await accounts.list_all() == []


async def test_of_two_that_take_a_name_at_once_one_has_it(accounts: AccountService, database: Database) -> None:
    made = await asyncio.gather(
        *(accounts.create(ADMIN, NewAccount(name="acme")) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(each, AlreadyThere) for each in made) == 4
    (view,) = await accounts.list_all()
    assert [each.what for each in await database.read(lambda conn: audit.of(conn, view.account.id))] == [
        "account.created"
    ]


async def test_a_change_and_its_entry_are_there_together_or_not_at_all(
    accounts: AccountService, database: Database, refreshed: list[str]
) -> None:
    account = (await accounts.create(ADMIN, NewAccount(name="acme"))).keys.account.id
    refused = (
        accounts.change(ANN, "acme", Change(disabled=True, settings={"signed": "perhaps"})),
        accounts.change(ANN, "acme", Change(disabled=True, settings={"colour": "blue"})),
        accounts.limit(ANN, "acme", Limits(max_calls=5, calls_per_second=0)),
        accounts.disallow(ANN, "acme", "+44"),
        accounts.remove_caller(ANN, "acme", "+14155550123"),
        accounts.rotate(ANN, "acme", "nonsense"),
    )
    for change in refused:
        with pytest.raises(FeatureError):
            await change
    view = await accounts.show("acme")
    assert (view.account.disabled, view.account.max_calls) == (False, 100) and refreshed == ["all"]
    assert len(await database.read(lambda conn: audit.of(conn, account))) == 1


async def test_a_change_is_kept_in_the_name_of_who_made_it(accounts: AccountService, database: Database) -> None:
    account = (await accounts.create(ADMIN, NewAccount(name="acme"))).keys.account.id
    await accounts.change(ANN, "acme", Change(settings={"signed": "on"}))
    await accounts.pay_in(ANN, "acme", 5_000_000, "cash")
    await accounts.pay_in(ANN, "acme", None)
    ended, paid, changed, created = await database.read(lambda conn: audit.of(conn, account))
    assert (created.actor_kind, changed.actor_kind, changed.actor_name) == ("admin", "user", "ann@example.com")
    assert (changed.before, changed.after) == ({"settings": {}}, {"settings": {"own": {"signed": "on"}}})
    assert (paid.what, paid.after) == ("credit.paid", {"balance": "5.00", "paid": "5.00", "note": "cash"})
    assert (ended.what, ended.before, ended.after) == ("prepayment.ended", {"balance": "5.00"}, {"balance": None})


async def test_changes_at_once_are_each_kept_with_what_was_there_before_it(
    accounts: AccountService, database: Database
) -> None:
    account = (await accounts.create(ADMIN, NewAccount(name="acme"))).keys.account.id
    await asyncio.gather(*(accounts.limit(ADMIN, "acme", Limits(max_calls=number)) for number in range(20)))
    entries = await database.read(lambda conn: audit.of(conn, account))
    steps = [(each.before, each.after) for each in reversed(entries) if each.what == "limits.changed"]
    assert len(steps) == 20 and steps[0][0] == {"max_calls": 100}
    assert {(before or {})["max_calls"] for before, _ in steps} == {100, *range(20)} - {
        (await accounts.show("acme")).account.max_calls
    }


async def test_renewed_keys_replace_the_account_s_and_leave_the_application_its_name(accounts: AccountService) -> None:
    before = (await accounts.create(ADMIN, NewAccount(name="acme"))).keys
    after = await accounts.rotate(ADMIN, "acme")
    assert after.own[0].key != before.own[0].key
    assert (after.issued[0].key, after.issued[0].number) == (before.issued[0].key, before.issued[0].number)
    assert after.issued[0].secret != before.issued[0].secret
    again = await accounts.rotate(ADMIN, "acme", "own")
    assert again.issued == after.issued and again.own != after.own


async def test_an_account_that_is_not_there_is_not_changed(accounts: AccountService) -> None:
    with pytest.raises(NotThere, match="There is no account nobody"):
        await accounts.change(ADMIN, "nobody", Change(disabled=True))


async def test_an_account_that_is_older_than_a_dialect_gets_its_keys_once_when_they_are_asked_for(
    accounts: AccountService, database: Database, writer: Writer
) -> None:
    opened = await accounts.create(ADMIN, NewAccount(name="acme"))
    await writer.write(lambda conn: conn.execute(text("DELETE FROM credentials WHERE dialect = 'own'")))
    await writer.write(lambda conn: conn.execute(text("DELETE FROM numbers WHERE destination = 'rooms'")))
    (own,) = (await accounts.keys("acme")).own
    assert own.dialect == "own" and own.key != opened.keys.own[0].key and own.number
    assert (await accounts.keys("acme")).own == (own,)
    entries = await database.read(lambda conn: audit.of(conn, opened.keys.account.id))
    assert [entry.what for entry in entries] == ["keys.added", "account.created"]


async def test_a_setting_may_be_named_with_its_dialect(accounts: AccountService) -> None:
    await accounts.create(ADMIN, NewAccount(name="acme"))
    changed = await accounts.change(ADMIN, "acme", Change(settings={"own.signed": "on"}))
    assert changed.account.settings == {"own": {"signed": "on"}}
    with pytest.raises(InvalidSetting, match=r"no setting 'other\.signed'"):
        await accounts.change(ADMIN, "acme", Change(settings={"other.signed": "on"}))
    with pytest.raises(InvalidSetting, match=r"own\.signed must be one of off, on"):
        await accounts.change(ADMIN, "acme", Change(settings={"own.signed": "maybe"}))
