"""What is committed together."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from engine.model.call_data import CallData
from engine.queues.entry import Entry
from engine.queues.journal import Journal
from engine.store import events, tasks
from engine.store.database import Database
from engine.tasks.ask import Ask
from engine.tasks.task import Phase, TaskState
from tests.support.call_data import noted
from tests.support.stores import NewUrl

T = TypeVar("T")


class Book:
    """Commits each unit by itself; `units` counts them."""

    def __init__(self, database: Database) -> None:
        self._database, self.units = database, 0

    async def write(self, unit: Callable[[Connection], T]) -> T:
        self.units += 1
        return await self._database.transact(unit)

    def post(self, unit: Callable[[Connection], object]) -> None:
        raise AssertionError("Nothing is posted here.")


@pytest.mark.parametrize("data", [None, noted("its own")])
async def test_a_question_is_committed_with_its_beginning_and_once(new_sqlite: NewUrl, data: CallData | None) -> None:
    database = Database(new_sqlite())
    book = Book(database)
    own = noted("the call's")
    journal = Journal(book, lambda: 100.0, account="a", subject="call-1", root="call-1", data=lambda: own)
    (row,) = await journal.queued([Ask(id="task-1", question="offered", seconds=12, data=data)])
    for resumed in (False, True):
        book.units = 0
        entry = Entry(row, resumed=resumed)
        await journal.begin(entry)
        assert book.units == 1
        question = entry.question
        assert question and (question.id, question.deadline) == ("event-1", 112.0)
        assert question.data == (data or own)
        (row,) = await database.read(lambda conn: tasks.of(conn, "call-1"))
        assert (row.state, row.phase) == (TaskState.RUNNING, Phase.INTENDED)
    assert len(await database.read(lambda conn: events.of_subject(conn, "call-1"))) == 1
    await database.close()


async def test_what_was_answered_is_not_asked_again(new_sqlite: NewUrl) -> None:
    database = Database(new_sqlite())
    journal = Journal(Book(database), lambda: 100.0, account="a", subject="call-1", root="call-1")
    (row,) = await journal.queued([Ask(id="task-1", question="offered")])
    entry = Entry(row, resumed=True)
    entry.phase = Phase.ACCEPTED
    await journal.begin(entry)
    assert entry.question is None
    assert not await database.read(lambda conn: events.of_subject(conn, "call-1"))
    await database.close()
