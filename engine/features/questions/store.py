"""The table of question attempts: one row a request."""

from sqlalchemy import Connection, bindparam, or_

from engine.features.questions.model import QuestionAttempt
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import question_attempts

_attempt = Mapped(QuestionAttempt, question_attempts)
_add = insert_into(question_attempts)
_of_call = Statement(
    _attempt.select.where(
        question_attempts.c.root == bindparam("root"),
        or_(question_attempts.c.subject == bindparam("call"), question_attempts.c.root == bindparam("call")),
    ).order_by(question_attempts.c.at, question_attempts.c.id)
)


def add(conn: Connection, attempt: QuestionAttempt) -> None:
    """Store one request."""
    _add.run(conn, **plain(attempt))


def of_call(conn: Connection, call: str, root: str) -> list[QuestionAttempt]:
    """Return the requests about a call, oldest first; a root's are those of all its legs."""
    return _attempt.all(conn, _of_call, call=call, root=root)
