"""The log of questions."""

from engine.features.questions.service import QuestionLog
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.questions.test_store import attempt


async def test_what_is_noted_is_found_with_its_call(database: Database) -> None:
    writer = Writer(database)
    questions = QuestionLog(database, writer)
    questions.note(attempt("asked-1"))
    await writer.stop()
    assert [row.id for row in await questions.of_call("call-1", "call-1")] == ["asked-1"]


async def test_a_store_that_was_stopped_loses_it_without_an_accident(database: Database) -> None:
    writer = Writer(database)
    questions = QuestionLog(database, writer)
    await writer.stop()
    questions.note(attempt("asked-1"))
    assert await questions.of_call("call-1", "call-1") == []
