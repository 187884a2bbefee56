"""What customers were asked about their calls, and what they answered: one row a request."""

import msgspec
from sqlalchemy import Connection, bindparam, or_

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, insert_into
from engine.store.tables import question_attempts


class QuestionAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request that asked what a call does next; its URL and bodies hold no secrets, and bodies are cut.

    `subject` is the call that asked, `root` its root; `question` is the asking task, "" where there is none. `name` is
    what the dialect calls the question. `at` is Unix seconds, `seconds` is until the whole answer was there.
    `status` is HTTP's, None without one; `error` is a sentence where there was no answer that counts.
    `answered` is None where no body came; `answered_bytes` is its length before it was cut.
    """

    id: str
    account: str
    root: str
    subject: str
    question: str
    dialect: str
    name: str
    url: str
    at: float
    seconds: float
    status: int | None
    error: str | None
    asked: str
    answered: str | None
    answered_bytes: int | None


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
