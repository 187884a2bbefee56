"""Digits that were typed ahead in the store, and the tasks that the number of a first try gets with them."""

import json

import sqlalchemy as sa
from alembic import command

from api.cli.setup import TASKS
from engine.store import typed_ahead
from engine.store.database import Database
from engine.store.migrate import configuration
from engine.store.typed_ahead import TypedDigit
from engine.tasks.kinds import decode, encode

OLD = [
    {"kind": "say", "text": "Welcome to Carillon. Please press a digit."},
    {"kind": "wait_for_digits", "seconds": 30.0, "hang_up_on_timeout": True},
    *TASKS[2:],
]


async def test_digits_are_stored_in_order_until_they_are_taken_or_dropped(database: Database) -> None:
    one, two = TypedDigit("call-1", "1", "e1"), TypedDigit("call-1", "2", "e2")
    other = TypedDigit("call-2", "3", "e3")
    for digit in (one, other, two):
        await database.transact(lambda conn, digit=digit: typed_ahead.add(conn, digit))  # type: ignore[misc]
    assert await database.read(typed_ahead.all) == [one, other, two]
    await database.transact(lambda conn: typed_ahead.remove(conn, "e1"))
    await database.transact(lambda conn: typed_ahead.clear(conn, "call-2"))
    assert await database.read(typed_ahead.all) == [two]


def test_the_welcome_of_an_older_setup_takes_a_digit_and_no_other_list_changes() -> None:
    stored = json.dumps([json.loads(encode(decode(json.dumps(task)))) for task in OLD])
    changed = stored.replace("Carillon", "Acme")
    with sa.create_engine("sqlite://").connect() as conn:
        config = configuration(conn)
        command.upgrade(config, "0011")
        conn.execute(
            sa.text(
                "INSERT INTO accounts (id, name, created, disabled, allow_private, country, currency, max_calls,"
                " calls_per_second, settings) VALUES ('a', 'a', 1, false, false, 'US', 'USD', 1, 1, '{}')"
            )
        )
        for id, tasks in (("welcome", stored), ("changed", changed)):
            conn.execute(
                sa.text(
                    "INSERT INTO applications (id, account, name, dialect, settings, asks, tasks)"
                    " VALUES (:id, 'a', :id, '', '{}', false, :tasks)"
                ),
                {"id": id, "tasks": tasks},
            )
        command.upgrade(config, "0016")
        found = {row[0]: row[1] for row in conn.execute(sa.text("SELECT id, tasks FROM applications"))}
    assert [decode(json.dumps(task)) for task in json.loads(found["welcome"])] == [
        decode(json.dumps(task)) for task in TASKS
    ]
    assert found["changed"] == changed
