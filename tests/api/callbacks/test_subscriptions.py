"""Account-wide subscribers of real callbacks: who hears what, in which order, signed and mailed."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.callbacks import mail_budget, replay, subscribers
from api.callbacks.delivery import NoSuchDelivery
from api.callbacks.replay import Replay
from api.callbacks.subscribers import SubscriptionHearers
from engine.events import CallAnswered, CallEnded, DigitPressed, RecordingUndelivered, TaskEnded
from engine.features.subscriptions import bodies
from engine.features.subscriptions.model import NewSubscription, Subscription, SubscriptionChange
from engine.platform import audit
from engine.platform.audit import ADMIN
from engine.store import accounts, applications, deliveries
from engine.store.applications import Application
from engine.store.deliveries import DeliveryRow
from engine.store.events import StoredEvent
from engine.tasks.results import Completed, Digits
from tests.api.callbacks.test_publisher import another
from tests.api.conftest import Stack
from tests.fakes.mail_box import MailBox
from tests.fakes.sink import Post, Sink

ANN, BOB = "account-ann", "account-bob"


async def subscribe(stack: Stack, url: str, *events: str, account: str = ANN, **more: Any) -> tuple[Subscription, str]:
    """Subscribe a URL; returns the subscription and its secret."""
    wanted = NewSubscription(events=events or ("*",), url=url, **more)
    made = await stack.subscriptions.add(ADMIN, account, wanted)
    assert made.secret
    return made.subscription, made.secret


async def a_call(stack: Stack, **more: str) -> str:
    """Place a call, which is answered and ends."""
    call = await stack.ok("Call", callee="12015550100", **more)
    await stack.engine.answer(call)
    await stack.engine.end(call, seconds=3.0, price=1_230_000)
    return call


def at(sink: Sink, path: str) -> list[Any]:
    """The JSON bodies that came to a path."""
    return [json.loads(post.body) for post in sink.posts if post.path == path]


def verified(secret: str, post: Post) -> Any:
    """The body of a request whose signature a foreign library accepts."""
    return Webhook(secret).verify(post.body, dict(post.headers))


async def stored(stack: Stack, subscription: str) -> Sequence[DeliveryRow]:
    return await stack.db.read(lambda conn: deliveries.of_subscriber(conn, subscription, 0.0))


async def test_a_subscriber_hears_what_it_wants_with_the_documented_fields(stack: Stack, sink: Sink) -> None:
    await subscribe(stack, sink.url("/ends"), "call.ended")
    await subscribe(stack, sink.url("/calls"), "call.*")
    call = await a_call(stack)
    await stack.settle()
    (ended,) = at(sink, "/ends")
    assert ended["type"] == "call.ended" and ended["timestamp"].endswith("Z")
    assert ended["data"] == {
        "call": call, "root": call, "direction": "outbound", "caller": "", "callee": "12015550100",
        "application": None, "verstat": None, "cause": "normal", "hung_up_by": "far", "answered": True, "seconds": 3.0,
        "price": "1.23", "currency": "USD", "sip_status": None,
    }  # fmt: skip
    assert [body["type"] for body in at(sink, "/calls")] == ["call.answered", "call.ended"]
    post = next(post for post in sink.posts if post.path == "/ends")
    assert post.headers["Content-Type"] == "application/json" and post.headers["webhook-id"] == ended["id"]


async def test_the_address_of_the_request_hears_as_before_beside_subscribers(stack: Stack, sink: Sink) -> None:
    await subscribe(stack, sink.url("/account"))
    await a_call(stack, callbackUrl=sink.url("/request"))
    await stack.settle()
    assert [post.fields["action"] for post in sink.posts if post.path == "/request"] == [
        "CallEstablished", "CalleeHangUp",
    ]  # fmt: skip
    assert len(at(sink, "/account")) == 2


async def test_of_two_subscribers_one_of_them_dead_the_other_hears_everything_in_time_and_in_order(
    stack: Stack, sink: Sink
) -> None:
    await subscribe(stack, sink.url("/hang/dead"))
    await subscribe(stack, sink.url("/alive"))
    calls = [await a_call(stack) for _ in range(20)]
    async with asyncio.timeout(9):  # the dead one's first attempt is not over
        while len(at(sink, "/alive")) < 40:
            await sink.arrived.get()
    heard = [(body["data"]["call"], body["type"]) for body in at(sink, "/alive")]
    assert heard == [(call, kind) for call in calls for kind in ("call.answered", "call.ended")]
    assert len(at(sink, "/hang/dead")) == 1
    sink.release.set()


async def test_a_subscriber_that_was_dead_hears_everything_in_order_afterwards(stack: Stack, sink: Sink) -> None:
    subscription, _ = await subscribe(stack, sink.url("/fail/3"))
    calls = [await a_call(stack) for _ in range(2)]
    await stack.settle()
    heard = [(body["data"]["call"], body["type"]) for body in at(sink, "/fail/3")]
    once = [(call, kind) for call in calls for kind in ("call.answered", "call.ended")]
    assert heard == [once[0]] * 3 + once
    ids = [post.headers["webhook-id"] for post in sink.posts]
    assert len(set(ids[:4])) == 1 and len(set(ids)) == 4
    assert [post.headers["Carillon-Attempt"] for post in sink.posts] == ["1", "2", "3", "4", "1", "1", "1"]
    assert {row.state for row in await stored(stack, subscription.id)} == {"delivered"}


async def test_each_attempt_has_the_same_id_and_the_same_bytes(stack: Stack, sink: Sink) -> None:
    _, secret = await subscribe(stack, sink.url("/fail/2"), "call.ended")
    await a_call(stack)
    await stack.settle()
    assert len(sink.posts) == 3
    assert len({(post.headers["webhook-id"], post.body) for post in sink.posts}) == 1
    assert all(verified(secret, post) for post in sink.posts)


async def test_a_text_that_is_not_ascii_is_signed_as_it_is_sent(stack: Stack, sink: Sink) -> None:
    _, secret = await subscribe(stack, sink.url("/x"), "recording.failed")
    call = await stack.ok("Call", callee="12015550100")
    reason = "The bucket «Größe» says: 電話 ☎"
    await stack.engine.tell(RecordingUndelivered, call, task="task-1", recording="rec-1", reason=reason)
    await stack.settle()
    assert reason in sink.posts[0].body
    assert verified(secret, sink.posts[0])["data"]["reason"] == reason


async def test_a_foreign_library_verifies_what_is_sent_and_nothing_that_was_changed(stack: Stack, sink: Sink) -> None:
    _, secret = await subscribe(stack, sink.url("/signed"), "call.answered")
    _, other = await subscribe(stack, sink.url("/other"), "call.ended")
    await a_call(stack)
    await stack.settle()
    post = next(post for post in sink.posts if post.path == "/signed")
    assert verified(secret, post)["type"] == "call.answered"
    changed = Post(post.path, post.fields, post.headers, post.method, post.body.replace("outbound", "inbound"))
    for wrong_secret, wrong in ((other, post), (secret, changed)):
        with pytest.raises(WebhookVerificationError):
            verified(wrong_secret, wrong)


async def test_for_a_day_after_a_rotation_both_secrets_verify(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, old = await subscribe(stack, sink.url("/signed"), "call.answered")
    new = (await stack.subscriptions.rotate(ADMIN, ANN, subscription.id)).secret
    assert new and new != old
    await a_call(stack)
    await stack.settle()
    assert verified(old, sink.posts[0]) == verified(new, sink.posts[0])
    now = stack.subscriptions._clock()
    monkeypatch.setattr(stack.subscriptions, "_clock", lambda: now + 24 * 3600 + 1)
    await a_call(stack)
    await stack.settle()
    assert verified(new, sink.posts[1])
    with pytest.raises(WebhookVerificationError):
        verified(old, sink.posts[1])


async def test_an_account_never_hears_of_another(stack: Stack, sink: Sink) -> None:
    await stack.writer.write(lambda conn: _let_bob_reach_us(conn))
    await subscribe(stack, sink.url("/ann"))
    await subscribe(stack, sink.url("/bob"), account=BOB)
    anns = await a_call(stack)
    bobs = await stack.ok("Call", callee="12015550111", key="key-of-bob")
    await stack.engine.end(bobs)
    await stack.settle()
    assert {body["data"]["call"] for body in at(sink, "/ann")} == {anns}
    assert {body["data"]["call"] for body in at(sink, "/bob")} == {bobs}


def _let_bob_reach_us(conn: Connection) -> None:
    accounts.update(conn, BOB, allow_private=True)


async def test_a_subscription_reaches_no_address_that_is_not_public(stack: Stack, sink: Sink) -> None:
    subscription, _ = await subscribe(stack, sink.url("/bob"), account=BOB)
    call = await stack.ok("Call", callee="12015550111", key="key-of-bob")
    await stack.engine.end(call)
    await stack.settle()
    (row,) = await stored(stack, subscription.id)
    assert row.state == "dead" and "The address is not a public one" in (row.error or "") and sink.posts == []


async def test_a_subscription_to_an_application_hears_of_its_calls_alone(stack: Stack, sink: Sink) -> None:
    application = Application(id="app-1", account=ANN, name="desk", dialect="ringful", settings={})
    await stack.writer.write(lambda conn: applications.create(conn, application))
    await subscribe(stack, sink.url("/desk"), "call.ended", application="desk")
    await a_call(stack)
    call = await stack.engine.offer(ANN, "app-1", "12015550101", "500")
    await stack.engine.end(call.id)
    await stack.settle()
    assert [body["data"]["call"] for body in at(sink, "/desk")] == [call.id]
    assert at(sink, "/desk")[0]["data"]["application"] == "app-1"


@pytest.mark.parametrize("gone", ["removed", "disabled"])
async def test_what_is_still_to_be_delivered_to_one_that_is_gone_is_given_up(
    stack: Stack, sink: Sink, gone: str
) -> None:
    subscription, _ = await subscribe(stack, sink.url("/hang/x"))
    await a_call(stack)
    while not sink.posts:
        await sink.arrived.get()
    async with asyncio.timeout(30):
        while len(await stored(stack, subscription.id)) < 2:  # noqa: ASYNC110  # the second one waits behind the first
            await asyncio.sleep(0.01)
    if gone == "removed":
        await stack.subscriptions.remove(ADMIN, ANN, subscription.id)
    else:
        await stack.subscriptions.change(ADMIN, ANN, subscription.id, SubscriptionChange(disabled=True))
    sink.release.set()
    await a_call(stack)
    await stack.settle()
    rows = await stored(stack, subscription.id)
    assert [(row.state, row.error) for row in rows] == [
        ("delivered", None), ("dead", f"The subscription {'was removed' if gone == 'removed' else 'is disabled'}."),
    ]  # fmt: skip


async def test_what_was_pending_is_delivered_after_a_restart_once(stack: Stack, sink: Sink) -> None:
    subscription, _ = await subscribe(stack, sink.url("/late"))
    await stack.consumers.stop()
    stack.writer.on_events = None
    await a_call(stack)
    publisher = await another(stack)
    await publisher.start()
    await stack.settle()
    assert [body["type"] for body in at(sink, "/late")] == ["call.answered", "call.ended"]
    assert len(await stored(stack, subscription.id)) == 2
    await publisher.stop()


class TestMails:
    """Events as mails."""

    async def subscribe(self, stack: Stack, *events: str) -> Subscription:
        wanted = NewSubscription(events=events, email="Ann@Example.com")
        made = await stack.subscriptions.add(ADMIN, ANN, wanted)
        assert made.secret is None
        return made.subscription

    async def test_an_event_is_one_mail_that_a_person_can_read(self, stack: Stack, mail_box: MailBox) -> None:
        await self.subscribe(stack, "call.ended")
        call = await a_call(stack)
        mail = await mail_box.next()
        assert (mail["To"], mail["From"]) == ("ann@example.com", "Carillon <carillon@example.com>")
        assert mail["Subject"] == "call.ended 12015550100" and mail["Date"]
        assert mail["Auto-Submitted"] == "auto-generated"
        lines = mail.get_content().splitlines()
        assert f"call: {call}" in lines and "cause: normal" in lines and "price: 1.23" in lines
        await stack.settle()
        assert len(mail_box.mails) == 1

    async def test_a_mail_that_is_refused_for_now_is_tried_again_under_the_same_id(
        self, stack: Stack, mail_box: MailBox
    ) -> None:
        subscription = await self.subscribe(stack, "call.ended")
        mail_box.refusals = ["450 later", "421 later"]
        await a_call(stack)
        await stack.settle()
        (row,) = await stored(stack, subscription.id)
        assert (row.state, row.attempts) == ("delivered", 3)
        assert mail_box.mails[0]["Message-ID"] == f"<{row.event}.{row.id}@example.com>"

    async def test_a_mail_beyond_those_of_the_hour_is_given_up_with_the_reason(
        self, stack: Stack, mail_box: MailBox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail_budget, "MOST_TO_AN_ADDRESS", 2)
        subscription = await self.subscribe(stack, "call.ended")
        for _ in range(3):
            await a_call(stack)
        await stack.settle()
        rows = await stored(stack, subscription.id)
        assert [row.state for row in rows] == ["delivered", "delivered", "dead"] and len(mail_box.mails) == 2
        assert rows[2].error == "At most 2 mails an hour are sent to one address."

    async def test_a_mail_that_is_refused_for_good_is_given_up(self, stack: Stack, mail_box: MailBox) -> None:
        subscription = await self.subscribe(stack, "call.ended")
        mail_box.refusals = ["550 no such user"]
        await a_call(stack)
        await stack.settle()
        (row,) = await stored(stack, subscription.id)
        assert (row.state, row.attempts, row.error) == ("dead", 1, "The mail server answered 550 no such user.")


class TestReplay:
    """Callbacks that are delivered again."""

    async def test_an_event_is_delivered_again_under_the_same_id(self, stack: Stack, sink: Sink) -> None:
        subscription, secret = await subscribe(stack, sink.url("/x"), "call.ended")
        await a_call(stack)
        await stack.settle()
        (row,) = await stored(stack, subscription.id)
        assert await stack.delivery.replay(ADMIN, Replay(event=row.event, account=ANN)) == 1
        await stack.settle()
        first, again = sink.posts
        assert first.headers["webhook-id"] == again.headers["webhook-id"] == row.event
        assert again.headers["Carillon-Attempt"] == "2" and verified(secret, again) == verified(secret, first)
        (row,) = await stored(stack, subscription.id)
        assert (row.state, row.attempts) == ("delivered", 2)
        entries = await stack.db.read(lambda conn: audit.of(conn, ANN))
        assert (entries[0].what, entries[0].subject, entries[0].after) == (
            "callbacks.replayed", row.event, {"deliveries": 1},
        )  # fmt: skip

    async def test_all_of_a_call_or_of_a_subscription_since_a_moment(self, stack: Stack, sink: Sink) -> None:
        subscription, _ = await subscribe(stack, sink.url("/x"))
        call = await a_call(stack, callbackUrl=sink.url("/request"))
        await stack.settle()
        assert await stack.delivery.replay(ADMIN, Replay(call=call)) == 4
        await stack.settle()
        assert await stack.delivery.replay(ADMIN, Replay(subscription=subscription.id)) == 2
        await stack.settle()
        assert [body["type"] for body in at(sink, "/x")] == ["call.answered", "call.ended"] * 3
        with pytest.raises(NoSuchDelivery):
            await stack.delivery.replay(ADMIN, Replay(subscription=subscription.id, since=stack.time() + 1))

    async def test_of_a_call_with_too_many_the_oldest_since_a_moment(
        self, stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(replay, "MOST", 2)
        await subscribe(stack, sink.url("/x"))
        call = await stack.ok("Call", callee="12015550100")
        await stack.engine.answer(call)
        await stack.settle()
        stack.time.now += 10
        for digit in "123":
            await stack.engine.tell(DigitPressed, call, digit=digit, kept=False)
        await stack.settle()
        assert await stack.delivery.replay(ADMIN, Replay(call=call, since=stack.time())) == 2
        await stack.settle()
        assert [body["data"].get("digit") for body in at(sink, "/x")] == [None, *"123", *"12"]

    async def test_what_was_given_up_has_all_its_attempts_again(self, stack: Stack, sink: Sink) -> None:
        subscription, _ = await subscribe(stack, sink.url("/fail/12"), "call.ended")
        await a_call(stack)
        await stack.settle()
        assert [row.state for row in await stored(stack, subscription.id)] == ["dead"]
        assert await stack.delivery.replay(ADMIN, Replay(subscription=subscription.id)) == 1
        await stack.settle()
        assert [(row.state, row.attempts) for row in await stored(stack, subscription.id)] == [("delivered", 13)]

    async def test_an_account_replays_its_own_events_alone(self, stack: Stack, sink: Sink) -> None:
        subscription, _ = await subscribe(stack, sink.url("/x"), "call.ended")
        await a_call(stack)
        await stack.settle()
        (row,) = await stored(stack, subscription.id)
        for foreign in (
            Replay(event=row.event, account=BOB), Replay(call=row.subject, account=BOB),
            Replay(subscription=subscription.id, account=BOB),
        ):  # fmt: skip
            with pytest.raises(NoSuchDelivery):
                await stack.delivery.replay(ADMIN, foreign)
        await stack.settle()
        assert len(sink.posts) == 1


async def test_a_thousand_subscribers_cost_an_event_that_they_do_not_want_nothing(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    concerns = subscribers._concerns

    def counted(subscription: Subscription, application: str | None) -> bool:
        work.append(subscription.id)
        return concerns(subscription, application)

    async def call_of(id: str) -> None:
        work.append(id)

    monkeypatch.setattr(subscribers, "_concerns", counted)
    for number in range(1000):
        wanted = NewSubscription(events=("recording.*", "call.ended"), url=f"http://host/{number}")
        await stack.subscriptions.add(ADMIN, ANN, wanted)
    hearers = SubscriptionHearers(stack.subscriptions, call_of)
    common = {"id": "event-1", "account": ANN, "subject": "call-1", "root": "call-1", "at": 0.0}
    assert await hearers.callbacks(StoredEvent(1, CallAnswered(**common))) == [] and work == []  # type: ignore[arg-type]
    ended = CallEnded(**common, cause="normal", hung_up_by="far", answered=False, seconds=0.0, price=0, currency="USD")  # type: ignore[arg-type]
    assert len(await hearers.callbacks(StoredEvent(2, ended))) == 1000 and len(work) == 1001


async def test_an_event_that_cannot_be_put_into_words_holds_up_no_other(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = bodies.message

    def sometimes(event: Any, *more: Any) -> Any:
        if isinstance(event, CallAnswered):
            raise RuntimeError("a fault planted here")
        return message(event, *more)

    monkeypatch.setattr(bodies, "message", sometimes)
    await subscribe(stack, sink.url("/x"), "call.*")
    await a_call(stack, callbackUrl=sink.url("/request"))
    await stack.settle()
    assert [body["type"] for body in at(sink, "/x")] == ["call.ended"]
    assert len([post for post in sink.posts if post.path == "/request"]) == 2


async def test_digits_that_a_task_hides_leave_no_trace(stack: Stack, sink: Sink) -> None:
    await subscribe(stack, sink.url("/x"), "task.ended", "digits.collected")
    call = await stack.ok("Call", callee="12015550100")
    outcome = Completed(Digits(digits="4711", secret=True))
    await stack.engine.tell(TaskEnded, call, task="task-1", kind="wait_for_digits", outcome=outcome)
    await stack.settle()
    assert [body["type"] for body in at(sink, "/x")] == ["task.ended", "digits.collected"]
    assert not any("4711" in post.body for post in sink.posts)
    ids = [post.headers["webhook-id"] for post in sink.posts]
    assert ids[1] == f"{ids[0]}-1"
