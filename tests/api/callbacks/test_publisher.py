"""From committed events to deliveries: each once, whatever happens in between."""

from collections.abc import Sequence
from typing import Any

import pytest

from api.callbacks import publisher as publisher_module
from api.callbacks import subscribers
from api.callbacks.mail import mail_of
from api.callbacks.publisher import Publisher
from api.vendors.vendor import Vendor
from engine.features.subscriptions.model import NewSubscription
from engine.model.call_data import CallData
from engine.platform import consumers as consumers_module
from engine.platform.audit import ADMIN
from engine.platform.consumers import Consumers
from engine.store import accounts, applications, cursors, deliveries, events
from engine.store.applications import Application
from engine.store.deliveries import DeliveryRow
from engine.store.errors import StoreUnavailable
from tests.api.conftest import Stack, published_by
from tests.fakes.mail_box import MailBox
from tests.fakes.sink import Sink


async def another(stack: Stack) -> Consumers:
    """A publisher as it is after a restart."""
    vendors: dict[str, Vendor] = {"ringful": stack.ringful}
    stack.consumers = await published_by(
        stack.db, stack.writer, stack.features, vendors, stack.delivery, stack.subscriptions, stack.time
    )
    return stack.consumers


async def pending(stack: Stack) -> list[str]:
    rows = await stack.db.read(deliveries.pending)
    return [row.body.split("&")[0] for row in rows]


async def test_what_was_committed_while_nobody_published_is_told_after_a_restart(stack: Stack, sink: Sink) -> None:
    await stack.consumers.stop()
    stack.writer.on_events = None
    call = await stack.ok("Call", callee="12015550100", callbackUrl=sink.url())
    await stack.engine.answer(call)
    publisher = await another(stack)
    stack.writer.on_events = publisher.feed
    await publisher.start()
    await stack.engine.end(call)
    assert [post["action"] for post in await sink.take(2)] == ["CallEstablished", "CalleeHangUp"]
    await publisher.stop()


async def test_an_event_seen_twice_is_told_once(stack: Stack, sink: Sink) -> None:
    call = await stack.ok("Call", callee="12015550100", callbackUrl=sink.url())
    await stack.engine.answer(call)
    await stack.settle()
    await stack.consumers.stop()
    await stack.writer.write(lambda conn: cursors.put(conn, Publisher.name, 0))
    publisher = await another(stack)
    await publisher.start()
    await stack.settle()
    assert len(sink.posts) == 1
    await publisher.stop()


async def test_what_is_committed_while_publishing_starts_is_told_once(stack: Stack, sink: Sink) -> None:
    await stack.consumers.stop()
    publisher = await another(stack)
    stack.writer.on_events = publisher.feed
    call = await stack.ok("Call", callee="12015550100", callbackUrl=sink.url())
    await stack.engine.answer(call)  # fed before the start, and found in the table by it
    await publisher.start()
    await stack.engine.end(call)
    assert [post["action"] for post in await sink.take(2)] == ["CallEstablished", "CalleeHangUp"]
    await publisher.stop()
    await stack.settle()
    assert len(sink.posts) == 2


async def test_the_cursor_follows_events_without_callbacks(stack: Stack) -> None:
    call = await stack.ok("Call", callee="12015550100")
    await stack.engine.answer(call)
    await stack.settle()
    await stack.consumers.stop()
    last = await stack.db.read(events.last_position)
    assert last > 0
    assert await stack.db.read(lambda conn: cursors.get(conn, Publisher.name)) == last


async def test_data_of_an_unknown_dialect_or_without_an_address_are_no_callback(stack: Stack, sink: Sink) -> None:
    for data in (None, CallData(dialect="unknown", address="http://host/"), CallData(dialect="ringful")):
        call = await stack.engine._new_call("account-ann", "", "12015550100", data=data)
        await stack.engine.answer(call.id)
    await stack.settle()
    assert sink.posts == [] and await pending(stack) == []


async def test_one_event_that_cannot_be_told_does_not_stop_the_others(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = stack.ringful.callbacks

    async def sometimes(event: Any, data: Any) -> Any:
        if data.address.endswith("/poison"):
            raise RuntimeError("a fault planted here")
        return await told(event, data)

    monkeypatch.setattr(stack.ringful, "callbacks", sometimes)
    for path in ("/poison", "/fine"):
        call = await stack.ok("Call", callee="12015550100", callbackUrl=sink.url(path))
        await stack.engine.answer(call)
    await stack.settle()
    assert [post.path for post in sink.posts] == ["/fine"]


@pytest.mark.parametrize("addition", ["PlayFailed", "CallReceived"])
async def test_our_additions_can_be_switched_off(stack: Stack, sink: Sink, addition: str) -> None:
    settings = {"ringful": {addition: "off"}}
    await stack.writer.write(lambda conn: accounts.update(conn, "account-ann", settings=settings))
    await create_application(stack, inboundUrl=sink.url())
    inbound = await stack.engine.offer("account-ann", "app-1", "12015550101", "12015550199")
    await stack.ok("Play", callId=inbound.id, announcement="http://host/broken.wav", callbackUrl=sink.url())
    await stack.settle()
    told = {post.fields["action"] for post in sink.posts}
    assert told == {"CallReceived", "CallEstablished", "PlayFailed"} - {addition}


async def create_application(stack: Stack, **settings: str) -> None:
    application = Application(id="app-1", account="account-ann", name="desk", dialect="ringful", settings=settings)
    await stack.writer.write(lambda conn: applications.create(conn, application))


class TestInbound:
    """Calls that come in."""

    async def test_the_inbound_url_hears_of_the_call_from_its_offer_to_its_end(self, stack: Stack, sink: Sink) -> None:
        await create_application(stack, inboundUrl=sink.url("/inbound"))
        call = await stack.engine.offer("account-ann", "app-1", "12015550101", "500")
        assert await sink.next() == {
            "action": "CallReceived",
            "callId": call.id,
            "caller": "12015550101",
            "callee": "500",
        }
        await stack.ok("Play", callId=call.id, announcement="http://host/a.wav")
        await stack.engine.end(call.id)
        assert await sink.take(2) == [
            {"action": "CallEstablished", "callId": call.id},
            {"action": "CalleeHangUp", "callId": call.id, "billAmount": "0"},
        ]
        await stack.settle()
        assert {post.path for post in sink.posts} == {"/inbound"}

    async def test_a_call_that_was_up_before_a_restart_is_still_told(self, stack: Stack, sink: Sink) -> None:
        await create_application(stack, inboundUrl=sink.url())
        call = await stack.engine.offer("account-ann", "app-1", "12015550101", "500")
        await stack.settle()
        await stack.consumers.stop()
        publisher = await another(stack)
        stack.writer.on_events = publisher.feed
        await publisher.start()
        await stack.engine.end(call.id)
        assert [post["action"] for post in await sink.take(2)] == ["CallReceived", "ServerHangup"]
        await publisher.stop()

    async def test_a_call_that_ended_before_anybody_published_is_still_told(self, stack: Stack, sink: Sink) -> None:
        await create_application(stack, inboundUrl=sink.url())
        call = await stack.engine.offer("account-ann", "app-1", "12015550101", "500")
        await stack.settle()
        await stack.consumers.stop()
        stack.writer.on_events = None
        await stack.engine.answer(call.id)
        await stack.engine.end(call.id)
        publisher = await another(stack)
        await publisher.start()
        assert [post["action"] for post in await sink.take(3)] == ["CallReceived", "CallEstablished", "CalleeHangUp"]
        await publisher.stop()

    @pytest.mark.parametrize("application", ["app-1", "unknown"])
    async def test_an_application_without_a_url_tells_nobody(self, stack: Stack, sink: Sink, application: str) -> None:
        await create_application(stack)
        call = await stack.engine.offer("account-ann", application, "12015550101", "500")
        await stack.engine.end(call.id)
        await stack.settle()
        assert sink.posts == []


async def test_while_the_database_is_away_callbacks_wait_for_it(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.platform.consumers.SECONDS_AFTER_OUTAGE", 0)
    outages = iter([StoreUnavailable("planted here")] * 3)
    write = stack.writer.write

    async def seldom(unit: Any, **how: Any) -> Any:
        if unit.__qualname__.startswith("Publisher") and (outage := next(outages, None)):
            raise outage
        return await write(unit, **how)

    monkeypatch.setattr(stack.writer, "write", seldom)
    call = await stack.ok("Call", callee="12015550100", callbackUrl=sink.url())
    await stack.engine.answer(call)
    assert await sink.next() == {"action": "CallEstablished", "callId": call}
    assert next(outages, None) is None


async def test_many_deliveries_are_stored_a_few_at_a_time_and_each_once_if_that_fails_between(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "STORED_TOGETHER", 3)
    monkeypatch.setattr(consumers_module, "SECONDS_AFTER_OUTAGE", 0.001)
    for number in range(8):
        wanted = NewSubscription(events=("call.ended",), url=sink.url(f"/{number}"))
        await stack.subscriptions.add(ADMIN, "account-ann", wanted)
    stored: list[int] = []
    store = Publisher._store

    async def failing(self: Publisher, rows: Sequence[DeliveryRow], *done: Any) -> None:
        if len(stored) == 1:
            stored.append(0)
            raise StoreUnavailable("planted")
        await store(self, rows, *done)
        stored.append(len(rows))

    monkeypatch.setattr(Publisher, "_store", failing)
    call = await stack.ok("Call", callee="12015550100")
    await stack.engine.end(call)
    await stack.settle()
    assert stored == [3, 0, 3, 3, 2]
    assert sorted(post.path for post in sink.posts) == [f"/{number}" for number in range(8)]


async def test_a_message_is_made_a_mail_once_however_many_get_it(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, mail_box: MailBox
) -> None:
    made: list[str] = []
    monkeypatch.setattr(subscribers, "mail_of", lambda message: made.append(message["type"]) or mail_of(message))
    for number in range(5):
        wanted = NewSubscription(events=("call.ended",), email=f"{number}@example.com")
        await stack.subscriptions.add(ADMIN, "account-ann", wanted)
    await stack.engine.end(await stack.ok("Call", callee="12015550100"))
    await stack.settle()
    assert made == ["call.ended"]
    assert sorted(mail_box.recipients) == [[f"{number}@example.com"] for number in range(5)]
    assert sorted(str(mail["To"]) for mail in mail_box.mails) == [f"{number}@example.com" for number in range(5)]
