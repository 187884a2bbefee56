"""What was asked about calls, on both databases."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from engine.features.questions import store
from engine.features.questions.model import QuestionAttempt
from engine.store.database import Database


def attempt(id: str, subject: str = "call-1", root: str = "call-1", **fields: Any) -> QuestionAttempt:
    return msgspec.structs.replace(
        QuestionAttempt(
            id=id, account="account-ann", root=root, subject=subject, question="task-1", dialect="sinch", name="ice",
            url="http://host/", at=1.0, seconds=0.25, status=200, error=None, asked="{}", answered="{}",
            answered_bytes=2,
        ),
        **fields,
    )  # fmt: skip


@pytest.fixture
async def stored(database: Database) -> Database:
    rows = [
        attempt("asked-3", at=3.0, status=None, error="The host did not answer.", answered=None, answered_bytes=None),
        attempt("asked-1", at=1.0, answered="ü\N{REPLACEMENT CHARACTER}"),
        attempt("asked-2", "call-2", at=2.0),
        attempt("asked-4", "call-9", "call-9", at=0.5),
    ]

    def write(conn: Connection) -> None:
        for row in rows:
            store.add(conn, row)

    await database.transact(write)
    return database


async def test_a_roots_questions_are_those_of_all_its_legs_in_their_order(stored: Database) -> None:
    rows = await stored.read(lambda conn: store.of_call(conn, "call-1", "call-1"))
    assert [row.id for row in rows] == ["asked-1", "asked-2", "asked-3"]
    assert rows[0].answered == "ü\N{REPLACEMENT CHARACTER}" and rows[2].status is None


async def test_another_legs_are_its_own(stored: Database) -> None:
    rows = await stored.read(lambda conn: store.of_call(conn, "call-2", "call-1"))
    assert [row.id for row in rows] == ["asked-2"]
