"""A recording's credentials: in the store, and nowhere that anybody looks."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Connection

from api.own import render
from api.own.admin.applications import shape
from engine.store import accounts, applications
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.tasks import TaskRow
from engine.tasks.converse import Converse
from engine.tasks.kinds import decode, encode, shown
from engine.tasks.record import Record
from engine.tasks.secret import SEALED, Seal, Secret, Unreadable
from engine.tasks.task import Phase, TaskState

WORD = "wJalrXUtnFEMI"
RECORD = Record(destination="s3://bucket", credentials=Secret(f"AKIAIOSFODNN7EXAMPLE:{WORD}:eu-west-1"))


def test_it_comes_back_from_the_store() -> None:
    assert WORD in encode(RECORD) and decode(encode(RECORD)) == RECORD and hash(RECORD)


def test_it_is_masked_wherever_it_is_shown() -> None:
    row = TaskRow(
        id="task-1", owner="call-1", position=1, task=RECORD, state=TaskState.QUEUED, phase=Phase.NONE, queued=0.0,
        begun=None, started=None, ended=None, outcome=None,
    )  # fmt: skip
    assert render.task(row)["parameters"]["credentials"] == "***"
    for text in (repr(RECORD), str(RECORD), f"{RECORD.credentials}", repr(row), str(shown(RECORD))):
        assert WORD not in text


def test_what_was_typed_is_masked_in_the_state_of_a_turn_whose_digits_are_secret() -> None:
    turn = Converse(topic="voicemail", state='{"step":"pin","box":"314159","tries":1}', secret=True)
    assert shown(turn)["state"] == '{"step":"pin","box":"***","tries":1}' and decode(encode(turn)) == turn
    assert shown(Converse(topic="menu", state="314159", secret=True))["state"] == "***"
    assert shown(Converse(topic="menu", state="top"))["state"] == "top"


def test_who_forgets_to_mask_it_gets_an_error_and_no_secret() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(RECORD)
    with pytest.raises(TypeError):
        msgspec.to_builtins(RECORD)


@pytest.mark.parametrize(
    "fields", ['"destination":"ftp://x"', '"destination":"s3://bucket"', f'"destination":"s3://bucket","credentials":"{WORD}"',
               '"format":"ogg"', '"credentials":1']
)  # fmt: skip
def test_what_cannot_be_done_is_refused_without_repeating_it(fields: str) -> None:
    with pytest.raises(msgspec.ValidationError) as refused:
        decode(f'{{"kind":"record",{fields}}}')
    assert WORD not in str(refused.value)


async def test_a_fixed_list_of_tasks_keeps_it_too(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/carillon.db")

    def unit(conn: Connection) -> Application | None:
        accounts.create(conn, Account(id="acct-1", name="acme", created=0.0))
        applications.create(conn, Application(id="app-1", account="acct-1", name="a", tasks=[RECORD]))
        return applications.by_name(conn, "acct-1", "a")

    await db.migrate()
    found = await db.transact(unit)
    await db.close()
    assert found and found.tasks == [RECORD]
    assert WORD not in str(shape(found))


@pytest.mark.parametrize("text", ["", "x", "é", "\udcff"])
def test_what_no_seal_made_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        Seal("the installation's secret").open(SEALED + text)
