"""Threads: the texts of a pair of numbers, in order; read, found, hidden; begun by whatever brought the first text."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from engine.events import Event
from engine.features.errors import InvalidSetting, NotThere
from engine.features.messaging import announced
from engine.features.messaging.events import MessageReceived, MessageSent
from engine.features.messaging.model import VERIFICATION, Direction, Message, State
from engine.features.messaging.store import messages
from engine.features.messaging.threads.following import ThreadFollower
from engine.features.messaging.threads.service import ThreadService
from engine.platform.catalogue import Catalogue
from engine.platform.feature import Features
from engine.store import events
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.events import StoredEvent
from engine.store.writer import Writer

OURS, THEIRS, OTHERS = "12015550100", "14155552671", "14155552672"


class Texts:
    """What is exchanged: stored texts, and their events as the consumer gets them."""

    def __init__(self, services: Features, writer: Writer, database: Database, account: str) -> None:
        self.threads, self._writer, self._db, self.account = services[ThreadService], writer, database, account
        self._follower = ThreadFollower(writer)
        self._at = 1000.0
        self.moved: list[int] = []

    async def came(self, text: str, sender: str = THEIRS, recipient: str = OURS, **more: Any) -> str:
        return await self._store(text, Direction.IN, sender, recipient, State.RECEIVED, **more)

    async def sent(self, text: str, recipient: str = THEIRS, sender: str = OURS, **more: Any) -> str:
        return await self._store(text, Direction.OUT, sender, recipient, State.SENT, **more)

    async def _store(
        self, text: str, direction: Direction, sender: str, recipient: str, state: State, carrier: str = "lab",
        origin: str = "",
    ) -> str:  # fmt: skip
        self._at += 1
        id = f"message-{int(self._at)}"
        message = Message(
            id=id, account=self.account, direction=direction, sender=sender, recipient=recipient, text=text,
            state=state, created=self._at, carrier=carrier, origin=origin,
        )  # fmt: skip
        await self._writer.write(lambda conn: messages.insert(conn, message))
        base: dict[str, Any] = {"id": f"event-{id}", "account": self.account, "subject": id, "root": id, "at": self._at}
        happened: Event = (
            MessageReceived(**base, sender=sender, recipient=recipient, text=text)
            if direction is Direction.IN
            else MessageSent(**base, sender=sender, recipient=recipient, carrier=carrier, parts=1)
        )
        stored = StoredEvent(position=int(self._at), event=happened)
        await self._follower.handle([stored], lambda conn: self._done(conn, stored.position))
        return id

    def _done(self, conn: Connection, position: int) -> None:
        self.moved.append(position)

    async def heard(self) -> list[tuple[str, dict[str, Any]]]:
        """What customers hear of threads, in order."""
        catalogue = Catalogue(announced.ENTRIES)
        stored = await self._db.read(lambda conn: events.after(conn, 0, 1000))
        found = [each.event for each in stored if each.event.subject.startswith("thread-")]
        return [(entry.name, entry.fields(event)) for event in found for entry in catalogue.of(event)]

    async def thread(self, theirs: str = THEIRS) -> str:
        found, _ = await self.threads.page(self.account)
        return next(each.thread.id for each in found if each.thread.theirs == theirs)


@pytest.fixture
def texts(services: Features, writer: Writer, database: Database, account: Account) -> Texts:
    return Texts(services, writer, database, account.id)


async def test_a_pair_of_numbers_has_one_thread_with_what_both_wrote(texts: Texts) -> None:
    await texts.came("Hello")
    await texts.sent("Who is there?")
    await texts.came("from another", sender=OTHERS)
    found, total = await texts.threads.page(texts.account)
    assert total == 2 and [each.thread.theirs for each in found] == [OTHERS, THEIRS]
    assert [(each.last and each.last.message.text, each.unread) for each in found] == [
        ("from another", 1), ("Who is there?", 1),
    ]  # fmt: skip
    shown, count = await texts.threads.texts(texts.account, await texts.thread())
    assert count == 2 and [each.message.text for each in shown] == ["Who is there?", "Hello"]
    second, _ = await texts.threads.texts(texts.account, await texts.thread(), limit=1, offset=1)
    assert [each.message.text for each in second] == ["Hello"]
    assert texts.moved == [1001, 1002, 1003]


async def test_a_thread_is_opened_once_and_is_the_one_that_texts_begin(texts: Texts) -> None:
    opened, new = await texts.threads.open(texts.account, OURS, THEIRS)
    again, twice = await texts.threads.open(texts.account, OURS, THEIRS)
    assert (new, twice, again) == (True, False, opened)
    assert (await texts.threads.view(texts.account, opened.id)).last is None
    await texts.came("Hello")
    assert await texts.thread() == opened.id


async def test_what_came_is_unread_until_it_is_marked_and_what_we_sent_is_read(texts: Texts) -> None:
    first, second = await texts.came("one"), await texts.came("two")
    await texts.sent("three")
    thread = await texts.thread()
    (marked,) = await texts.threads.mark_read(texts.account, thread, [first], read=True)
    assert marked.read
    view = await texts.threads.view(texts.account, thread)
    assert view.unread == 1 and view.last and view.last.read
    (marked,) = await texts.threads.mark_read(texts.account, thread, [first], read=False)
    assert not marked.read
    await texts.threads.mark_read(texts.account, thread, [second], read=True)
    shown, _ = await texts.threads.texts(texts.account, thread)
    assert [each.read for each in shown] == [True, True, False]


async def test_texts_that_are_hidden_are_shown_no_more_all_or_none(texts: Texts) -> None:
    first, second = await texts.came("one"), await texts.came("two")
    strange = await texts.came("three", sender=OTHERS)
    thread = await texts.thread()
    with pytest.raises(NotThere, match="The thread has no text"):
        await texts.threads.hide(texts.account, thread, [first, strange])
    assert (await texts.threads.texts(texts.account, thread))[1] == 2
    await texts.threads.hide(texts.account, thread, [first])
    shown, count = await texts.threads.texts(texts.account, thread)
    assert count == 1 and [each.message.id for each in shown] == [second]
    with pytest.raises(NotThere):
        await texts.threads.mark_read(texts.account, thread, [first], read=True)


async def test_a_thread_that_was_removed_begins_anew_without_its_old_texts(texts: Texts) -> None:
    await texts.came("old")
    thread = await texts.thread()
    await texts.threads.remove(texts.account, thread)
    assert await texts.threads.page(texts.account) == ([], 0)
    with pytest.raises(NotThere, match="no thread"):
        await texts.threads.texts(texts.account, thread)
    await texts.came("new")
    assert await texts.thread() != thread
    shown, _ = await texts.threads.texts(texts.account, await texts.thread())
    assert [each.message.text for each in shown] == ["new"]


async def test_threads_are_found_by_what_is_written_in_them(texts: Texts) -> None:
    await texts.came("Development Talks on Monday")
    hidden = await texts.came("50% off", sender=OTHERS)
    for text, found in (("development talks", [THEIRS]), ("50%", [OTHERS]), ("5_%", []), ("nothing", [])):
        assert [each.thread.theirs for each in await texts.threads.search(texts.account, text)] == found
    await texts.threads.hide(texts.account, await texts.thread(OTHERS), [hidden])
    assert await texts.threads.search(texts.account, "50%") == []


async def test_texts_are_marked_all_or_none_and_what_we_sent_stays_read(texts: Texts) -> None:
    first, ours = await texts.came("one"), await texts.sent("two")
    strange = await texts.came("three", sender=OTHERS)
    thread = await texts.thread()
    with pytest.raises(NotThere, match="The thread has no text"):
        await texts.threads.mark_read(texts.account, thread, [first, strange], read=True)
    assert (await texts.threads.view(texts.account, thread)).unread == 1
    with pytest.raises(InvalidSetting, match=r"At most 1000 texts are marked at once \(got 1001\)"):
        await texts.threads.mark_read(texts.account, thread, [first] * 1001, read=True)
    marked = await texts.threads.mark_read(texts.account, thread, [ours, first, first], read=False)
    assert [(each.message.id, each.read) for each in marked] == [(ours, True), (first, False)]


async def test_what_happens_to_a_thread_is_an_event_once(texts: Texts) -> None:
    first = await texts.came("one")
    thread = await texts.thread()
    second = await texts.sent("two")
    code = await texts.sent("Your code is 123456", origin=VERIFICATION)
    for read in (True, True, False):
        await texts.threads.mark_read(texts.account, thread, [first, second], read=read)
    await texts.threads.hide(texts.account, thread, [first, first])
    await texts.threads.hide(texts.account, thread, [])
    await texts.threads.remove(texts.account, thread)
    pair = {"ours": OURS, "theirs": THEIRS}
    assert await texts.heard() == [
        ("thread.opened", pair),
        ("thread.text_added", pair | {"message": first}),
        ("thread.text_added", pair | {"message": second}),
        ("thread.texts_read", pair | {"messages": (first,), "read": True}),
        ("thread.texts_read", pair | {"messages": (first,), "read": False}),
        ("thread.texts_hidden", pair | {"messages": (first,)}),
        ("thread.removed", pair),
    ], f"and nothing of {code}"


async def test_texts_of_extensions_and_codes_are_in_no_thread(texts: Texts) -> None:
    await texts.came("to a phone", sender="101", recipient="102", carrier="sip")
    await texts.sent("to a phone", recipient="101", carrier="sip")
    assert (await texts.threads.page(texts.account))[1] == 0
    await texts.sent("Your code is 123456", origin=VERIFICATION)
    shown, count = await texts.threads.texts(texts.account, await texts.thread())
    assert (shown, count) == ([], 0)


async def test_another_account_has_none_of_it(texts: Texts) -> None:
    await texts.came("Hello")
    thread = await texts.thread()
    assert await texts.threads.page("account-other") == ([], 0)
    for attempt in (
        texts.threads.view("account-other", thread),
        texts.threads.texts("account-other", thread),
        texts.threads.remove("account-other", thread),
    ):
        with pytest.raises(NotThere):
            await attempt
    assert await texts.threads.search("account-other", "hello") == []


async def test_many_texts_are_marked_and_hidden_by_few_statements(texts: Texts, database: Database) -> None:
    ids = [await texts.came(f"text {count}") for count in range(60)]
    thread, run = await texts.thread(), Counter[str]()

    def count(conn: object, cursor: object, statement: str, *_: object) -> None:
        run[statement.split()[0]] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        await texts.threads.mark_read(texts.account, thread, ids, read=True)
        marking = run.copy()
        await texts.threads.mark_read(texts.account, thread, ids, read=True)
        assert set(run - marking) == {"SELECT"}, "nothing changes: nothing is written"
        await texts.threads.hide(texts.account, thread, ids)
        await texts.threads.mark_read(texts.account, await texts.thread(), [], read=True)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert run.total() < 40, run
    assert (await texts.threads.view(texts.account, thread)).last is None
