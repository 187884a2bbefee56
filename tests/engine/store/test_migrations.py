"""The migrations and the tables must agree, those of features too."""

import re
import shutil
import sqlite3
import time
from importlib import import_module
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Table, create_engine, inspect, text

from engine.features.billing import store as rates
from engine.features.billing.store import Rate
from engine.features.rooms.entering import TOPIC, Place
from engine.platform import holds, ledger
from engine.platform.holds import Funds
from engine.store import accounts, applications, extensions, numbers, tasks
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.errors import StoreConflict
from engine.store.extensions import Extension
from engine.store.migrate import configuration
from engine.store.numbers import Number
from engine.store.schema import FEATURES, complete, revisions
from engine.tasks.converse import Converse
from tests.support.postgres import Cluster

metadata = complete()
REVISION = '''"""Faxes."""

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("telexes", sa.Column("id", sa.String(), primary_key=True))
'''


def _differences(conn: Connection) -> list[object]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "target_metadata": metadata})
    return list(compare_metadata(context, metadata))


def _indexes(conn: Connection) -> dict[str, set[str | None]]:
    return {table: {index["name"] for index in inspect(conn).get_indexes(table)} for table in metadata.tables}


async def test_the_migrated_schema_equals_the_tables(database: Database) -> None:
    assert await database.read(_differences) == []


async def test_every_index_of_the_tables_is_made_by_the_migrations(database: Database) -> None:
    made = await database.read(_indexes)
    for table in metadata.tables.values():
        assert {str(index.name) for index in table.indexes} <= made[table.name]


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await database.migrate()
    await database.migrate()
    assert await database.read(_differences) == []


def _scripts(features: Path = FEATURES) -> ScriptDirectory:
    with create_engine("sqlite://").connect() as conn:
        return ScriptDirectory.from_config(configuration(conn, features))


def test_the_revisions_of_all_folders_are_one_line_in_the_order_of_their_numbers() -> None:
    numbers = [script.revision for script in _scripts().walk_revisions()]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == "0001"
    files = [file for folder in revisions() for file in folder.glob("r*.py")]
    assert sorted(file.name[1:5] for file in files) == numbers[::-1]


def _copy_revisions_of_features(to: Path) -> None:
    """Those of the store and of features are one line, which goes on behind those that there are."""
    for known in FEATURES.glob("*/migrations"):
        shutil.copytree(known, to / known.parent.name / "migrations")


async def test_a_features_own_revisions_are_found_by_its_folder(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "with 100% space" / "telexes" / "migrations"
    folder.mkdir(parents=True)
    _copy_revisions_of_features(folder.parents[1])
    head = _scripts().get_current_head()
    (folder / "r9999_telexes.py").write_text(REVISION.format(number="9999", before=head))
    (tmp_path / "with 100% space" / "telexes" / "service.py").touch()
    await database.transact(lambda conn: command.upgrade(configuration(conn, folder.parents[1]), "head"))
    assert await database.read(lambda conn: inspect(conn).has_table("telexes"))


def test_a_second_line_of_revisions_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "telexes" / "migrations"
    folder.mkdir(parents=True)
    _copy_revisions_of_features(tmp_path)
    (folder / "r9999_telexes.py").write_text(REVISION.format(number="9999", before="0001"))
    with pytest.raises(CommandError, match="multiple heads"):
        _scripts(tmp_path).get_current_head()


def test_the_tables_of_features_are_on_the_same_metadata() -> None:
    for file in FEATURES.glob("*/tables.py"):
        module = import_module(f"engine.features.{file.parent.name}.tables")
        tables = [each for each in vars(module).values() if isinstance(each, Table)]
        assert tables and all(each.metadata is metadata for each in tables)


def _at_the_first_revision(conn: Connection) -> None:
    config = configuration(conn)
    command.upgrade(config, "0001")
    for row in (
        "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls,"
        " calls_per_second, settings) VALUES ('acct-1', 'first', 1, false, false, 'US', 'USD', 1, 1, '{}')",
        "INSERT INTO applications (id, account, name, dialect, settings) VALUES ('app-1', 'acct-1', 'a', 'one', '{}')",
        "INSERT INTO numbers (number, account, application) VALUES ('500', 'acct-1', 'app-1')",
        "INSERT INTO credentials (dialect, \"key\", account, secret, created) VALUES ('one', 'k', 'acct-1', 's', 1)",
    ):
        conn.execute(text(row))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_data_of_the_first_revision_survives_the_others(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE old")
        url = cluster.url("old")
    database = Database(url)
    await database.transact(_at_the_first_revision)
    await database.migrate()
    assert await database.read(_differences) == []
    number = await database.read(lambda conn: numbers.get(conn, "500"))
    assert number == Number(number="500", account="acct-1", application="app-1", capability="voice")
    application = await database.read(lambda conn: applications.get(conn, "app-1"))
    assert application == Application(id="app-1", account="acct-1", name="a", dialect="one")
    assert await database.read(lambda conn: accounts.credentials(conn, "acct-1")) == {"one": ("k", "s")}
    await database.close()


def _with_money(conn: Connection) -> None:
    """An account that spent today and before, and a rate, as they were before there were holds."""
    config = configuration(conn)
    command.upgrade(config, "0011")
    today, entry = time.time(), "INSERT INTO ledger (id, account, at, amount, call, note) VALUES"
    for row in (
        "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls, balance,"
        " daily_spend, calls_per_second, settings)"
        " VALUES ('acct-1', 'first', 1, false, false, 'US', 'USD', 1, 900, 1000, 1, '{}')",
        "INSERT INTO rates (prefix, currency, per_minute, first, next) VALUES ('44', 'USD', 5, 60, 60)",
        f"{entry} ('e1', 'acct-1', {today}, -300, 'call-1', '')",
        f"{entry} ('e2', 'acct-1', 5, -500, 'call-2', '')",
        f"{entry} ('e3', 'acct-1', {today}, -7, NULL, 'paid')",
    ):
        conn.execute(text(row))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_money_from_before_holds_is_counted_as_before(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE money")
        url = cluster.url("money")
    database = Database(url)
    await database.transact(_with_money)
    await database.migrate()
    funds = await database.read(lambda conn: holds.funds(conn, "acct-1", time.time()))
    assert funds == Funds(currency="USD", balance=900, daily_spend=1000, spent=300, held=0)
    rate = Rate(prefix="44", currency="USD", per_minute=5)
    assert await database.read(lambda conn: rates.match(conn, "442079460000", "USD", "acct-1")) == rate
    charged = await database.transact(lambda conn: ledger.charge(conn, "acct-1", ledger.for_call("call-2"), 500))
    assert not charged, "a call that was charged before is not charged again"
    await database.close()


def _with_extensions(conn: Connection) -> None:
    """Extensions of two accounts, as they were when a number was one extension's in all of the installation."""
    config = configuration(conn)
    command.upgrade(config, "0018")
    account = "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls,"
    account += " calls_per_second, settings)"
    for row in (
        f"{account} VALUES ('acct-1', 'first', 1, false, false, 'US', 'USD', 1, 1, '{{}}')",
        f"{account} VALUES ('acct-2', 'second', 1, false, false, 'US', 'USD', 1, 1, '{{}}')",
        "INSERT INTO applications (id, account, name, dialect, settings, asks)"
        " VALUES ('app-1', 'acct-1', 'a', 'one', '{}', true)",
        "INSERT INTO extensions (number, account, name, password, application)"
        " VALUES ('100', 'acct-1', 'Ann', 'secret-1', 'app-1')",
        "INSERT INTO extensions (number, account, name, password) VALUES ('101', 'acct-2', 'Bob', 'secret-2')",
    ):
        conn.execute(text(row))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_older_extensions_register_as_before_and_other_accounts_may_have_their_numbers(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE extensions")
        url = cluster.url("extensions")
    database = Database(url)
    await database.transact(_with_extensions)
    await database.migrate()
    assert await database.read(_differences) == []
    ann = Extension(
        account="acct-1", number="100", sip_user="100", password="secret-1", name="Ann", application="app-1"
    )
    bob = Extension(account="acct-2", number="101", sip_user="101", password="secret-2", name="Bob")
    old = await database.read(extensions.list)
    assert [msgspec.structs.replace(each, id="") for each in old] == [
        msgspec.structs.replace(each, id="") for each in (ann, bob)
    ]
    assert all(re.fullmatch("extension-[0-9a-f]{28}", each.id) for each in old) and old[0].id != old[1].id
    taken = Extension(account="acct-2", number="100", sip_user="100", password="secret-3")
    with pytest.raises(StoreConflict, match="Another account has or had the SIP user name 100"):
        await database.transact(lambda conn: extensions.add(conn, taken))
    bob = msgspec.structs.replace(bob, id=old[1].id)
    own = msgspec.structs.replace(taken, sip_user="100-abcdef")
    await database.transact(lambda conn: extensions.add(conn, own))
    assert await database.read(lambda conn: extensions.list(conn, "acct-2")) == [own, bob]
    await database.close()


async def test_a_migrated_sqlite_file_is_in_wal_mode(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new.db")
    await database.migrate()
    await database.close()
    connection = sqlite3.connect(tmp_path / "new.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "oracle://localhost/x"])
def test_a_database_that_cannot_serve_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be"):
        Database(url)


def _with_a_pin_being_entered(conn: Connection) -> None:
    """A queue in which a caller is asked for a PIN, as it was when that was a task of its own."""
    command.upgrade(configuration(conn), "0034")
    ask = '{"kind":"enter_code","id":"task-1","gate":"rooms","target":"%s","tries":3,"prompt":[]}'
    row = "INSERT INTO tasks (id, owner, position, kind, parameters, state, phase, queued) VALUES"
    for id, target, state in (("task-1", "room-1", "running"), ("task-2", "", "completed")):
        values = {"id": id, "ask": (ask % target).replace("task-1", id), "state": state}
        conn.execute(text(f"{row} (:id, :id, 1, 'enter_code', :ask, :state, 'none', 1)"), values)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_call_that_is_asked_for_a_pin_over_an_upgrade_is_asked_again(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE asking")
        url = cluster.url("asking")
    database = Database(url)
    await database.transact(_with_a_pin_being_entered)
    await database.migrate()
    for id, place in (("task-1", Place(room="room-1")), ("task-2", Place())):
        row = await database.read(lambda conn, id=id: tasks.get(conn, id))  # type: ignore[misc]
        assert row is not None and isinstance(row.task, Converse)
        assert (row.task.topic, row.task.secret, row.task.id) == (TOPIC, True, id)
        assert msgspec.json.decode(row.task.state, type=Place) == place
    await database.close()
