"""Secrets at rest: what the database holds of the credentials of customers' buckets."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from alembic import command
from sqlalchemy import Connection, text

from engine.store import accounts, applications, tasks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.migrate import configuration
from engine.tasks.kinds import decode, shown
from engine.tasks.record import Record
from engine.tasks.secret import SEALED, Seal, Secret, Unreadable

WORD = "wJalrXUtnFEMI"
KEYS = f"AKIAIOSFODNN7EXAMPLE:{WORD}:eu-west-1"
RECORD = Record(destination="s3://bucket", credentials=Secret(KEYS))
SEAL = Seal("the installation's secret")
SCRIPT = f'{{"action":{{"name":"connectPstn","record":true,"recordingOptions":{{"credentials":"{KEYS}"}}}}}}'
TAG = msgspec.json.encode({"dialect": "any", "data": {"ace": SCRIPT, "custom": "kept"}}).decode()


@pytest.fixture
async def sealed(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, SEAL)
    yield database
    await database.close()


def _columns(conn: Connection) -> dict[str, str]:
    held = {"task": "SELECT parameters FROM tasks", "list": "SELECT tasks FROM applications"}
    return {name: str(conn.execute(text(query)).scalar()) for name, query in held.items()}


async def test_credentials_of_a_task_and_of_a_fixed_list_are_sealed_and_come_back(sealed: Database) -> None:
    def unit(conn: Connection) -> tuple[dict[str, str], Record, Record]:
        accounts.create(conn, Account(id="acct-1", name="acme", created=0.0))
        applications.create(conn, Application(id="app-1", account="acct-1", name="a", tasks=[RECORD]))
        (row,) = tasks.append(conn, "call-1", [RECORD], 0.0)
        listed, queued = applications.get(conn, "app-1"), tasks.get(conn, row.id)
        assert listed and listed.tasks and queued
        return _columns(conn), listed.tasks[0], tasks.of(conn, "call-1")[0].task

    columns, listed, queued = await sealed.transact(unit)
    for held in columns.values():
        assert WORD not in held and f'"credentials":"{SEALED}' in held
    for found in (listed, queued):
        assert found.credentials and SEAL.open(found.credentials.value) == KEYS
        assert shown(found)["credentials"] == "***"


def test_another_secret_does_not_decrypt_it_and_the_error_names_the_setting() -> None:
    with pytest.raises(Unreadable, match="CARILLON_SECRET") as refused:
        Seal("another secret").open(SEAL.close(KEYS))
    assert WORD not in str(refused.value)
    with pytest.raises(Unreadable):
        SEAL.open(SEALED + "not a token")


def test_a_customer_cannot_submit_what_looks_sealed() -> None:
    for text_ in (SEAL.close(KEYS), f"{SEALED}{WORD}"):
        with pytest.raises(ValueError, match="access key"):
            Record(destination="s3://bucket", credentials=Secret(text_))
    taken = Record(destination="s3://bucket", credentials=Secret(f"{SEALED}{WORD}:eu-west-1"))
    assert taken.credentials and SEAL.open(SEAL.hook(taken.credentials)) == f"{SEALED}{WORD}:eu-west-1"


def _before(conn: Connection) -> None:
    config = configuration(conn)
    command.upgrade(config, "0011")
    record = f'{{"kind":"record","destination":"s3://bucket","credentials":"{KEYS}"}}'
    rows: tuple[tuple[str, dict[str, str]], ...] = (
        (
            "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls,"
            " calls_per_second, settings) VALUES ('acct-1', 'first', 1, false, false, 'US', 'USD', 1, 1, '{}')",
            {},
        ),
        (
            "INSERT INTO applications (id, account, name, dialect, settings, asks, tasks)"
            " VALUES ('app-1', 'acct-1', 'a', '', '{}', false, :held)",
            {"held": f"[{record}]"},
        ),
        (
            "INSERT INTO tasks (id, owner, position, kind, parameters, state, phase, queued)"
            " VALUES ('task-1', 'call-1', 1, 'record', :held, 'queued', 'none', 1)",
            {"held": record[:-1] + f',"tag":{msgspec.json.encode(TAG).decode()}}}'},
        ),
        (
            "INSERT INTO calls (id, root, account, tag, direction, caller, callee, state, created, price, currency,"
            " node, ari_application, channel_id, ring_seconds, max_seconds, whole, diverted_from)"
            " VALUES ('call-1', 'call-1', 'acct-1', :held, 'outbound', '1', '2', 'ended', 1, 0, 'USD', 'n', 'a', 'c',"
            " 1, 1, false, '')",
            {"held": TAG},
        ),
        (
            "INSERT INTO events (id, root, sequence, subject, account, kind, at, body)"
            " VALUES ('event-1', 'call-1', 1, 'call-1', 'acct-1', 'call_ended', 1, :held)",
            {"held": msgspec.json.encode({"event": "call_ended", "tag": TAG}).decode()},
        ),
    )
    for row, values in rows:
        conn.execute(text(row), values)


def _everything(conn: Connection) -> dict[str, str]:
    queries = {"call": "SELECT \"values\" FROM call_data", "event": "SELECT body FROM events"}
    return _columns(conn) | {name: str(conn.execute(text(query)).scalar()) for name, query in queries.items()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_an_older_version_stored_in_the_clear_is_sealed_when_it_is_updated(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    if kind == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("CREATE DATABASE unsealed")
        url = cluster.url("unsealed")
    old = Database(url)
    await old.transact(_before)
    await old.close()
    database = Database(url, SEAL)
    await database.migrate()
    found = await database.read(_everything)
    await database.close()
    for held in found.values():
        assert WORD not in held
    task = decode(found["task"])
    assert isinstance(task, Record) and task.credentials and SEAL.open(task.credentials.value) == KEYS
    assert task.data
    told = msgspec.json.decode(found["event"])["data"]["values"]
    for values in (msgspec.json.decode(found["call"]), task.data.values, told):
        assert (SEAL.open(values["ace"]), values["custom"]) == (SCRIPT, "kept")


async def test_nothing_of_it_is_left_in_the_file_of_an_updated_database(tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path}/old.db")
    await old.transact(_before)
    await old.close()
    database = Database(f"sqlite:///{tmp_path}/old.db", SEAL)
    await database.migrate()
    await database.close()
    assert WORD.encode() not in (tmp_path / "old.db").read_bytes()


async def test_only_the_owner_may_read_a_database_s_files(tmp_path: Path) -> None:
    file = tmp_path / "carillon.db"
    sqlite3.connect(file).close()
    file.touch(mode=0o644)
    file.chmod(0o644)
    database = Database(f"sqlite:///{file}", SEAL)
    await database.migrate()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}  # noqa: ASYNC240
    await database.close()
    assert set(modes) == {"carillon.db", "carillon.db-wal", "carillon.db-shm"} and set(modes.values()) == {0o600}
