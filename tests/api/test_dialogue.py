"""Questions to real web servers that answer, misbehave, or are not there."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from api.accounts import Accounts
from api.breaker import FAILURES, SECONDS_OPEN, Breaker
from api.dialogue import Dialogue
from api.exchange import MOST_OF_AN_ANSWER, About, Exchange, StoredExchangeLog
from api.vendors.vendor import Question, Said
from engine.commands import EngineUnavailable, NoSuchQuestion, Reply
from engine.events import QuestionAsked
from engine.features.accounts.credentials import Credentials
from engine.features.questions.service import QuestionLog
from engine.model.call_data import CallData
from engine.net import Net
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.hang_up import HangUp
from tests.api.conftest import Time, create_account
from tests.fakes.sink import Sink
from tests.support.closing_server import ClosingServer
from tests.support.stores import migrated_file


class Teller:
    """A dialect that asks at its data's address, then at its "fallback"; what is answered is kept."""

    name = "teller"

    def __init__(self) -> None:
        self.read: list[bytes | None] = []
        self.known: Said | None = None
        self.header = "X-Signed"
        self.seconds = 0.3
        self.accident = ""  # the end of an address that cannot be signed for

    async def question(self, event: QuestionAsked, data: CallData) -> Question | Said:
        if self.known:
            return self.known
        fallback = data.values.get("fallback", "")
        return Question(url=data.address, fallback=fallback, body=b"", credential="k", seconds=self.seconds)

    async def sign_question(self, question: Question, url: str) -> Mapping[str, str]:
        if self.accident and url.endswith(self.accident):
            raise RuntimeError("the key is away")
        return {self.header: f"{question.credential} {url.rpartition('/')[2]}"}

    async def said(self, event: QuestionAsked, data: CallData, reply: bytes | None) -> Said:
        self.read.append(reply)
        return Said(silent=True) if reply is None else Said(tasks=(HangUp(),))


class Table:
    """Takes replies; refuses as often as it is told."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.refusals: list[Exception] = []

    async def submit(self, command: Any) -> Any:
        if self.refusals:
            raise self.refusals.pop()
        self.replies.append(command)


class Asking:
    """A dialogue and all around it."""

    def __init__(self, net: Net, accounts: Accounts, sink: Sink) -> None:
        self.teller, self.table, self.sink, self.time = Teller(), Table(), sink, Time()
        vendors = {self.teller.name: self.teller}
        breaker = Breaker(clock=self.time)
        self.kept: list[tuple[About, Question, Exchange]] = []
        self.dialogue = Dialogue(self.table, net, accounts, vendors, self._no_data, self, breaker=breaker)

    def note(self, about: About, dialect: str, question: Question, exchange: Exchange) -> None:
        assert dialect == "teller"
        self.kept.append((about, question, exchange))

    async def _no_data(self, event: QuestionAsked) -> CallData | None:
        return CallData(dialect="teller", address=self.sink.url("/found"))

    async def ask(self, path: str = "", fallback: str = "", *, account: str = "account-ann", url: str = "") -> Reply:
        """Ask once and return what the engine was told."""
        data = {"fallback": self.sink.url(fallback)} if fallback else {}
        carried = CallData(dialect="teller", address=url or self.sink.url(path), values=data)
        return await self.hand_over(carried if path or url else None, account)

    async def hand_over(self, data: CallData | None, account: str = "account-ann") -> Reply:
        event = QuestionAsked(
            id="event-1", account=account, subject="call-1", root="call-1", at=0.0, data=data,
            task="task-1", question="offered", deadline=12.0,
        )  # fmt: skip
        self.dialogue.ask(event)
        (task,) = self.dialogue._asking
        await task
        return self.table.replies[-1]

    @property
    def paths(self) -> list[str]:
        return [post.path for post in self.sink.posts]


@pytest.fixture
async def asking(tmp_path: Any, sink: Sink) -> AsyncIterator[Asking]:
    db, net = Database(migrated_file(tmp_path / "carillon.db")), Net()
    writer = Writer(db)
    await create_account(writer, "account-ann", "key-of-ann", allow_private=True)
    await create_account(writer, "account-bob", "key-of-bob")
    asking = Asking(net, Accounts(Credentials(db)), sink)
    yield asking
    await asking.dialogue.stop()
    await writer.stop()
    await net.close()
    await db.close()


async def test_what_the_customer_says_reaches_the_call(asking: Asking) -> None:
    reply = await asking.ask("/yes")
    assert (reply.account, reply.call, reply.question) == ("account-ann", "call-1", "task-1")
    assert (reply.tasks, reply.silent, reply.remarks) == ((HangUp(),), False, ())
    assert asking.sink.posts[0].headers["X-Signed"] == "k yes"


async def test_a_question_without_a_tag_finds_one(asking: Asking) -> None:
    await asking.ask()
    assert asking.paths == ["/found"]


@pytest.mark.parametrize("path", ["/always/500", "/hang/primary", "/redirect/x", "/status/404"])
async def test_the_fallback_is_asked_when_the_first_address_gives_no_answer(asking: Asking, path: str) -> None:
    reply = await asking.ask(path, "/fallback")
    assert asking.paths == [path, "/fallback"]
    assert asking.sink.posts[1].headers["X-Signed"] == "k fallback"
    assert not reply.silent and len(reply.remarks) == 1 and "first address gave no answer" in reply.remarks[0]


async def test_without_any_answer_the_call_is_told_so_with_the_reasons(asking: Asking) -> None:
    reply = await asking.ask("/always/a", "/always/b")
    assert asking.teller.read == [None] and reply.silent
    assert [remark.split(" gave")[0] for remark in reply.remarks] == ["The first address", "The fallback"]


async def test_an_answer_that_is_too_long_is_read_as_far_as_it_may_be(asking: Asking) -> None:
    asking.teller.seconds = 30.0
    await asking.ask("/large/x")
    (read,) = asking.teller.read
    assert read is not None and len(read) == MOST_OF_AN_ANSWER + 1


async def test_a_private_address_is_not_asked_for_an_account_that_may_not(asking: Asking) -> None:
    reply = await asking.ask("/yes", account="account-bob")
    assert not asking.sink.posts and reply.silent and reply.remarks[0].count("--allow-private.") == 1


@pytest.mark.parametrize("url", ["ftp://host/x", "http://", "not a url", "http://a..b/"])
async def test_an_address_that_is_none_gives_no_answer(asking: Asking, url: str) -> None:
    reply = await asking.ask(url=url)
    assert reply.silent and "can never work" in reply.remarks[0]


async def test_an_address_that_fails_again_and_again_is_passed_over(asking: Asking) -> None:
    for _ in range(FAILURES):
        await asking.ask("/always/a", "/fallback")
    asking.sink.posts.clear()
    reply = await asking.ask("/always/a", "/fallback")
    assert asking.paths == ["/fallback"] and "at once" in reply.remarks[0]
    asking.time.now += SECONDS_OPEN
    await asking.ask("/always/a", "/fallback")  # is tried again, once
    await asking.ask("/always/a", "/fallback")
    assert asking.paths == ["/fallback", "/always/a", "/fallback", "/fallback"]


async def test_an_accident_at_the_first_address_costs_neither_the_fallback_nor_the_address_for_ever(
    asking: Asking,
) -> None:
    asking.teller.accident = "/first"
    for _ in range(FAILURES):
        await asking.ask("/first", "/fallback")
    assert asking.paths == ["/fallback"] * FAILURES
    asking.time.now += SECONDS_OPEN
    await asking.ask("/first", "/fallback")  # is tried again, with the same accident
    asking.teller.accident = ""
    asking.time.now += SECONDS_OPEN
    await asking.ask("/first", "/fallback")
    assert asking.paths[-2:] == ["/fallback", "/first"]


async def test_an_address_that_is_well_again_is_asked_first_again(asking: Asking) -> None:
    breaker = Breaker(clock=asking.time)
    for _ in range(FAILURES):
        breaker.failed("host")
    asking.time.now += SECONDS_OPEN
    assert breaker.lets("host") and not breaker.lets("host")  # one request finds out
    breaker.succeeded("host")
    assert breaker.lets("host") and breaker.lets("host")


async def test_one_customers_dead_address_is_anothers_good_one(asking: Asking) -> None:
    breaker = Breaker(clock=asking.time)
    for _ in range(FAILURES):
        breaker.failed(("ann", "host"))
    assert not breaker.lets(("ann", "host")) and breaker.lets(("bob", "host"))


async def test_what_is_known_beforehand_is_not_asked(asking: Asking) -> None:
    asking.teller.known = Said(tasks=(HangUp(),))
    reply = await asking.ask("/never")
    assert reply.tasks == (HangUp(),) and not asking.sink.posts


async def test_an_answer_waits_for_an_engine_that_is_away(asking: Asking) -> None:
    asking.table.refusals = [EngineUnavailable("away")]
    await asking.ask("/yes")
    assert len(asking.table.replies) == 1


async def test_an_answer_that_comes_too_late_is_dropped(asking: Asking) -> None:
    asking.table.refusals = [NoSuchQuestion("over")]
    with pytest.raises(IndexError):
        await asking.ask("/yes")
    assert not asking.table.replies


async def test_a_dialect_that_breaks_costs_an_answer_and_not_the_call(asking: Asking) -> None:
    reply = await asking.hand_over(CallData(dialect="unknown", address="http://host"))
    assert reply.silent


async def test_a_kept_connection_that_the_server_closes_as_a_question_goes_out_costs_no_answer(asking: Asking) -> None:
    asking.teller.seconds = 30.0
    async with ClosingServer(b"yes") as server:
        replies = [await asking.ask(url=server.url()) for _ in range(4)]
        assert server.numbers == [1, 2, 1, 1, 2, 1]
    assert asking.teller.read == [b"yes"] * 4
    assert all(not reply.silent and not reply.remarks for reply in replies)


async def test_a_user_in_the_address_of_a_signed_question_is_one_sentence_and_no_accident(asking: Asking) -> None:
    asking.teller.header = "Authorization"
    reply = await asking.ask(url=asking.sink.url("/yes").replace("//", "//ann:hunter2@"))
    (remark,) = reply.remarks
    assert "must not have a user or a password" in remark and "hunter2" not in remark
    assert not asking.sink.posts


async def test_each_request_is_kept_with_how_it_went(asking: Asking) -> None:
    asking.teller.seconds = 30.0
    await asking.ask("/always/a", "/yes")
    (first, second) = asking.kept
    for about, question, _ in asking.kept:
        assert about == About(account="account-ann", subject="call-1", root="call-1", question="task-1")
        assert question.body == b""
    assert (first[2].status, first[2].error, first[2].body) == (500, "The host answered 500.", b"no")
    assert (second[2].status, second[2].error, second[2].body) == (200, None, b"")
    assert first[2].url.endswith("/always/a") and 0 < first[2].seconds < 60 and first[2].at <= second[2].at


async def test_a_request_without_an_answer_is_kept_with_its_sentence(asking: Asking) -> None:
    await asking.ask("/hang/a")
    ((_, _, exchange),) = asking.kept
    assert (exchange.status, exchange.body) == (None, None)
    assert exchange.error == "The host did not answer within 0.3 seconds."
    assert 0.3 <= exchange.seconds < 60


async def test_what_is_stored_of_a_request_shows_no_secrets(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/carillon.db")
    await db.migrate()
    writer = Writer(db)
    questions = QuestionLog(db, writer)
    about = About(account="account-ann", subject="call-2", root="call-1", question="task-1")
    question = Question(url="x", body=b'{"value":"1234"}', shown=b'{"value":"****"}', name="pie")
    url = "http://host/pie?token=abc"
    answer = b'{"credentials":"AKIA:abc"}' + b" " * 20_000
    done = Exchange(url=url, at=5.0, seconds=0.25, status=200, body=answer)
    StoredExchangeLog(questions).note(about, "teller", question, done)
    await writer.stop()
    (row,) = await questions.of_call("call-1", "call-1")
    assert (row.name, row.subject, row.status, row.seconds) == ("pie", "call-2", 200, 0.25)
    assert (row.url, row.asked) == ("http://host/pie?token=***", '{"value":"****"}')
    assert row.answered is not None and row.answered.strip() == '{"credentials":"***"}'
    assert len(row.answered) <= 8192 and row.answered_bytes == len(answer)
    StoredExchangeLog(questions).note(about, "teller", question, done)  # a store that is closed: no accident
    await db.close()
