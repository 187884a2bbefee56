"""The log of questions: each request that asked a customer's server what a call does next."""

import structlog

from engine.features.questions import store
from engine.features.questions.model import QuestionAttempt
from engine.store.database import Database
from engine.store.errors import StoreClosed
from engine.store.writer import Writer

log = structlog.get_logger(__name__)


class QuestionLog:
    """Keeps the attempts and finds those of a call. They are deleted with their root's call."""

    def __init__(self, db: Database, writer: Writer) -> None:
        self._db, self._writer = db, writer

    def note(self, attempt: QuestionAttempt) -> None:
        """Keep an attempt without waiting for the commit. If the store was stopped it is dropped and logged."""
        try:
            self._writer.post(lambda conn: store.add(conn, attempt))
        except StoreClosed:
            log.info("A question is not kept: the store was stopped.", question=attempt.question)

    async def of_call(self, call: str, root: str) -> list[QuestionAttempt]:
        """Return the attempts about a call, oldest first; those of all its legs if the call is the root."""
        return await self._db.read(lambda conn: store.of_call(conn, call, root))
