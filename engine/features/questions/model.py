"""What a customer's server was asked about a call, and what it answered."""

import msgspec


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
