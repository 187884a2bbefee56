"""One request of a question to a customer's server, and its response."""

import time
from collections.abc import Callable
from typing import Protocol

import aiohttp
import msgspec
import structlog

from api.callbacks.attempt import explained
from api.callbacks.callback import BadAddress, address
from api.callbacks.masking import kept
from api.vendors.vendor import AskingVendor, Question
from engine.features.questions.model import QuestionAttempt
from engine.features.questions.service import QuestionLog
from engine.ids import new_id
from engine.net import Net

log = structlog.get_logger(__name__)
MOST_OF_AN_ANSWER = 256 * 1024  # bytes; of a longer answer one byte more is read, so that it is refused
CONNECT_SECONDS = 3.0


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a request: `at` in Unix seconds, `seconds` until the complete answer, the HTTP status if any.

    `body` is the answer's, whatever the status; `error` says why the answer is not valid, None if it is.
    """

    url: str
    at: float
    seconds: float
    status: int | None = None
    body: bytes | None = None
    error: str | None = None


class About(msgspec.Struct, frozen=True, kw_only=True):
    """The subject of a request: an account's call, its root, and the asking task ("": none)."""

    account: str
    subject: str
    root: str
    question: str = ""


class ExchangeLog(Protocol):
    """A log of questions and answers."""

    def note(self, about: About, dialect: str, question: Question, exchange: Exchange) -> None:
        """Store one request, without waiting for it."""


class StoredExchangeLog:
    """Stores requests for the call's timeline; bodies are cut, and secrets masked."""

    def __init__(self, questions: QuestionLog) -> None:
        self._questions = questions

    def note(self, about: About, dialect: str, question: Question, exchange: Exchange) -> None:
        """Store one request, without waiting for it."""
        attempt = QuestionAttempt(
            id=new_id("asked"),
            account=about.account,
            root=about.root,
            subject=about.subject,
            question=about.question,
            dialect=dialect,
            name=question.name,
            url=kept(exchange.url.encode(errors="replace")),
            at=exchange.at,
            seconds=exchange.seconds,
            status=exchange.status,
            error=exchange.error,
            asked=kept(question.body if question.shown is None else question.shown),
            answered=None if exchange.body is None else kept(exchange.body),
            answered_bytes=None if exchange.body is None else len(exchange.body),
        )
        self._questions.note(attempt)


async def exchange(
    net: Net,
    vendor: AskingVendor,
    question: Question,
    url: str,
    *,
    allow_private: bool,
    clock: Callable[[], float] = time.time,
) -> Exchange:
    """Ask one address, within the question's seconds. Never raises: an error is a sentence of the exchange."""
    at, begun = clock(), time.monotonic()
    status: int | None = None
    body: bytes | None = None
    error: str | None = None
    try:
        async with await _post(net, vendor, question, url, allow_private) as response:
            status = response.status
            body = await _read(response)
            if not 200 <= status < 300:
                error = f"The host answered {status}."
    except Exception as accident:  # after any error the fallback is asked, and the breaker is informed
        if not isinstance(accident, BadAddress | aiohttp.ClientError | OSError | TimeoutError):
            log.error("a question failed with an unexpected error", exc_info=accident)
        error = f"The host answered {status}." if _is_failure(status) else explained(accident, question.seconds)
    seconds = time.monotonic() - begun
    return Exchange(url=url, at=at, seconds=seconds, status=status, body=body, error=error)


def _is_failure(status: int | None) -> bool:
    return status is not None and not 200 <= status < 300


async def _post(
    net: Net, vendor: AskingVendor, question: Question, url: str, allow_private: bool
) -> aiohttp.ClientResponse:
    headers = {**question.headers, "Content-Type": question.content_type, "Accept-Encoding": "identity"}
    headers |= await vendor.sign_question(question, url)
    return await net.post(
        address(url, credentials="Authorization" not in headers),
        allow_private=allow_private,
        data=question.body,
        headers=headers,
        total=question.seconds,
        connect=min(CONNECT_SECONDS, question.seconds),
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer, up to one byte more than its maximum."""
    read = bytearray()
    while len(read) <= MOST_OF_AN_ANSWER and (more := await response.content.read(MOST_OF_AN_ANSWER + 1 - len(read))):
        read += more
    if not response.content.at_eof():
        response.close()
    return bytes(read)
