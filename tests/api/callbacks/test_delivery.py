"""Deliveries against a real web server that misbehaves, on a clock that advances only during sleeps.

Over 300 lines: its tests share one server and one set of helpers, and each is short.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from api.callbacks.callback import QUERY, host_of
from api.callbacks.delivery import Delivery, DeliveryPolicy, NoSuchDelivery
from engine.ids import new_id
from engine.net import Net
from engine.platform import audit
from engine.platform.audit import ADMIN
from engine.store import deliveries
from engine.store.deliveries import DeliveryRow
from engine.store.errors import StoreUnavailable
from tests.api.conftest import Stack, Time, create_account
from tests.fakes.sink import Sink
from tests.support.closing_server import ClosingServer
from tests.support.name_server import NameServer
from tests.support.ports import unused_port


def row(url: str, number: int = 1, *, root: str = "call-1", account: str = "account-ann", **more: Any) -> DeliveryRow:
    return DeliveryRow(
        id=new_id("delivery"),
        event=new_id("event"),
        part=0,
        position=number,
        account=account,
        root=root,
        subject=root,
        dialect="ringful",
        host=host_of(url),
        url=url,
        body=f"number={number}",
        content_type="application/x-www-form-urlencoded",
        due=0.0,
        created=0.0,
        **more,
    )


async def hand_over(stack: Stack, *rows: DeliveryRow) -> None:
    def unit(conn: Any) -> None:
        for one in rows:
            deliveries.add(conn, one)

    await stack.writer.write(unit)
    stack.delivery.add(rows)


async def stored(stack: Stack, subject: str = "call-1") -> Sequence[DeliveryRow]:
    await stack.settle()
    return await stack.db.read(lambda conn: deliveries.of_subject(conn, subject))


async def tried(stack: Stack) -> Sequence[DeliveryRow]:
    """Return a delivery after at least one attempt that did not deliver it."""
    rows = await stack.db.read(lambda conn: deliveries.of_subject(conn, "call-1"))
    return [one for one in rows if one.tries]


async def test_any_2xx_is_delivered_and_carries_its_key_and_number(stack: Stack, sink: Sink) -> None:
    for number, status in enumerate((200, 201, 204, 299), 1):
        await hand_over(stack, row(sink.url(f"/status/{status}"), number))
    done = await stored(stack)
    assert [one.state for one in done] == ["delivered"] * 4
    assert [one.tries[0].status for one in done] == [200, 201, 204, 299]
    post = sink.posts[0]
    assert post.method == "POST" and post.fields == {"number": "1"}
    assert post.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert post.headers["Carillon-Event-Id"] == done[0].event
    assert post.headers["Carillon-Attempt"] == "1"
    assert stack.time.slept == []


async def test_three_failures_then_success_with_doubling_pauses(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/fail/3"), 1), row(sink.url("/after"), 2))
    first, second = await stored(stack)
    assert (first.state, first.attempts, first.error) == ("delivered", 4, None)
    assert [attempt.status for attempt in first.tries] == [500, 500, 500, 200]
    assert [post.headers["Carillon-Attempt"] for post in sink.posts] == ["1", "2", "3", "4", "1"]
    assert [post.path for post in sink.posts][-1] == "/after" and second.state == "delivered"
    assert stack.time.slept == [1, 2, 4]


async def test_always_failing_is_a_dead_letter_after_ten_attempts(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/always"), 1), row(sink.url("/ok"), 2))
    dead, after = await stored(stack)
    assert (dead.state, dead.attempts, dead.error) == ("dead", 10, "The host answered 500.")
    assert [one.id for one in await stack.delivery.dead("account-ann")] == [dead.id]
    assert await stack.delivery.dead("account-bob") == []
    assert stack.time.slept == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert after.state == "delivered"
    assert stack.delivery.active_lanes == 0


async def test_pauses_are_capped_and_an_hour_is_enough(stack: Stack, sink: Sink) -> None:
    time = Time()
    policy = DeliveryPolicy(attempts=1000)
    delivery = Delivery(
        stack.db, stack.writer, stack.net, stack.accounts, {}, policy=policy, clock=time, sleep=time.sleep
    )
    late = row(sink.url("/always"))
    await stack.writer.write(lambda conn: deliveries.add(conn, late))
    delivery.add([late])
    while delivery.active_lanes:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    assert 3600 <= sum(time.slept) <= 3900
    assert all(225 <= pause <= 300 for pause in time.slept[9:])
    assert all(later > earlier for earlier, later in pairwise(time.slept[:8]))
    assert (await stored(stack))[0].state == "dead"


async def test_a_dead_letter_can_be_sent_again(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/fail/10")))
    (dead,) = await stored(stack)
    assert dead.state == "dead"
    await stack.delivery.resend(ADMIN, dead.id)
    (again,) = await stored(stack)
    assert (again.state, again.attempts, len(again.tries)) == ("delivered", 11, 11)
    for unknown in (dead.id, "delivery-unknown"):
        with pytest.raises(NoSuchDelivery, match="There is no dead callback"):
            await stack.delivery.resend(ADMIN, unknown)
    (entry,) = await stack.db.read(lambda conn: audit.of(conn, dead.account))
    assert (entry.what, entry.subject, entry.before) == (
        "callback.resent", dead.id, {"state": "dead", "attempts": 10},
    )  # fmt: skip


async def test_a_resent_one_has_all_its_attempts_again(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/fail/15")))
    (dead,) = await stored(stack)
    await stack.delivery.resend(ADMIN, dead.id)
    assert (await stored(stack))[0].state == "delivered"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1:1/", "The address is not a public one"),
        ("http://localhost:1/", "The address is not a public one"),
        ("http://169.254.169.254/latest", "The address is not a public one"),
        ("http://[::ffff:10.0.0.1]/", "The address is not a public one"),
        ("http://[::1/", "can never work"),
        ("http://:80/", "can never work"),
        ("gopher://host/", "can never work"),
    ],
)
async def test_a_callback_that_can_never_work_is_dead_at_once_with_its_sentence(
    stack: Stack, url: str, sentence: str
) -> None:
    await hand_over(stack, row(url, account="account-bob"))
    (dead,) = await stored(stack)
    assert (dead.state, dead.attempts) == ("dead", 1)
    assert sentence in (dead.error or "")


async def test_a_host_without_an_address_is_tried_three_times(stack: Stack) -> None:
    await hand_over(stack, row("http://record_notify.php"))
    (dead,) = await stored(stack)
    assert (dead.state, dead.attempts) == ("dead", 3)
    assert dead.error == "The host record_notify.php has no address in the DNS."


async def test_a_redirect_is_not_followed(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/redirect")))
    (dead,) = await stored(stack)
    assert dead.state == "dead"
    assert dead.error == "The host answered 302; redirects are not followed."
    assert {post.path for post in sink.posts} == {"/redirect"}


async def test_a_closed_port_is_retried(stack: Stack) -> None:
    port = unused_port()
    await hand_over(stack, row(f"http://127.0.0.1:{port}/"))
    (dead,) = await stored(stack)
    assert (dead.state, dead.attempts) == ("dead", 10)
    assert (dead.error or "").startswith(f"No connection to 127.0.0.1:{port}")


@pytest.mark.parametrize("path", ["/large", "/drip"])
async def test_the_reply_is_ignored_however_long_or_slow_it_is(stack: Stack, sink: Sink, path: str) -> None:
    await hand_over(stack, row(sink.url(path)))
    (done,) = await stored(stack)
    assert (done.state, done.attempts) == ("delivered", 1)


async def test_a_url_is_requested_as_it_was_written(stack: Stack, sink: Sink) -> None:
    paths = ["//tone_notify.php", "/a/../b?x=%7Eann&y=a%2Fb&&z", "/%C3%A4?q=a+b"]
    for number, path in enumerate(paths):
        await hand_over(stack, row(sink.url(path), number))
    await stored(stack)
    assert [post.path for post in sink.posts] == paths


async def test_a_kept_connection_that_the_host_closes_uses_no_attempt(stack: Stack) -> None:
    async with ClosingServer() as server:
        for number in range(1, 5):
            await hand_over(stack, row(server.url(), number))
            assert [(one.state, one.attempts) for one in await stored(stack)] == [("delivered", 1)] * number
        assert server.numbers == [1, 2, 1, 1, 2, 1]
        assert [request.body for request in server.requests] == [b"number=%d" % n for n in (1, 2, 2, 3, 4, 4)]


async def test_a_user_and_a_password_are_sent_as_basic_authentication(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/x?y=%7E").replace("//", "//ann:p%40ss@")))
    assert (await stored(stack))[0].state == "delivered"
    assert sink.posts[0].path == "/x?y=%7E" and sink.posts[0].headers["Authorization"] == "Basic YW5uOnBAc3M="


async def test_a_user_in_the_address_of_a_signed_callback_is_one_sentence(
    stack: Stack, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.delivery._signers = {"ringful": Signing()}  # type: ignore[dict-item]
    await hand_over(stack, row(sink.url().replace("//", "//ann:hunter2@")))
    (dead,) = await stored(stack)
    assert (dead.state, dead.attempts) == ("dead", 1) and "must not have a user" in (dead.error or "")
    assert not sink.posts and "Traceback" not in capsys.readouterr().out


async def test_a_callback_survives_name_servers_that_are_silent_for_a_while(stack: Stack) -> None:
    async with NameServer() as names:
        stack.delivery._net = Net(name_servers=(names.address,))
        await hand_over(stack, row("http://slow.example/"))
        try:
            async with asyncio.timeout(60):
                while not (await tried(stack)):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            (waiting,) = await tried(stack)
        finally:
            await stack.delivery.stop()
            await stack.delivery._net.close()
    assert waiting.state == "pending"
    assert waiting.error == "The name servers did not give an address of the host slow.example in time."


class TestSlowHosts:
    """A host that hangs is left after the limits."""

    @pytest.fixture
    def policy(self) -> DeliveryPolicy:
        return DeliveryPolicy(total=0.5, connect=0.4, attempts=2)

    async def test_a_hanging_host_ends_by_the_limit(self, stack: Stack, sink: Sink) -> None:
        await hand_over(stack, row(sink.url("/hang")))
        (dead,) = await stored(stack)
        assert [attempt.status for attempt in dead.tries] == [None, None]
        assert dead.error == "The host did not answer within 0.5 seconds."

    async def test_a_host_that_accepts_no_connection_ends_by_the_limit(self, stack: Stack) -> None:
        with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
            listening.bind(("127.0.0.1", 0))
            listening.listen(0)
            for one in (first, second):  # the backlog is full now: nobody else is let in
                one.setblocking(False)
                one.connect_ex(listening.getsockname())
            await hand_over(stack, row(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
            (dead,) = await stored(stack)
        assert (dead.state, dead.attempts) == ("dead", 2)
        assert dead.error == "The host did not accept a connection in time."


class TestPlaces:
    """The limits of concurrent requests; nothing here ends by a time limit, however slow the machine is."""

    @pytest.fixture
    def policy(self) -> DeliveryPolicy:
        return DeliveryPolicy(per_host=3, overall=14, total=300.0, connect=300.0)

    async def test_concurrency_is_bounded_per_host_and_overall(self, stack: Stack, sink: Sink) -> None:
        async with Sink() as other:
            await hand_over(stack, *(row(sink.url("/hang"), 1, root=f"call-{n}") for n in range(10)))
            await hand_over(stack, *(row(other.url("/hang"), 1, root=f"call-{n}") for n in range(10)))
            waiting = {asyncio.create_task(one.next()) for one in (sink, other) for _ in range(3)}
            while len(waiting) > 1:  # five come, three at most to one host: two places are left to other hosts
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            assert len(sink.posts) + len(other.posts) == 5
            sink.release.set()
            other.release.set()
            await stack.settle()
            await asyncio.gather(*waiting)
            assert (len(sink.posts), len(other.posts)) == (10, 10)
            assert sink.busiest <= 3 and other.busiest <= 3

    async def test_another_accounts_callback_is_sent_at_once_while_one_accounts_hang(
        self, stack: Stack, sink: Sink
    ) -> None:
        await create_account(stack.writer, "account-cleo", "key-of-cleo", allow_private=True)
        async with AsyncExitStack() as servers:
            hosts = [sink] + [await servers.enter_async_context(Sink()) for _ in range(5)]
            live = hosts.pop()
            await hand_over(stack, *(row(one.url("/hang"), root=f"call-{n}") for n in range(10) for one in hosts))
            await sink.next()
            await hand_over(stack, row(live.url(), 7, root="call-of-cleo", account="account-cleo"))
            assert (await live.next())["number"] == "7"
            assert max(one.busiest for one in hosts) <= 3

    async def test_another_host_of_the_same_call_is_not_delayed(self, stack: Stack, sink: Sink) -> None:
        async with Sink() as live:
            hanging = [row(sink.url("/hang"), number) for number in range(1, 4)]
            fine = [row(live.url("/ok"), number) for number in range(4, 9)]
            await hand_over(stack, *hanging, *fine)
            assert [post["number"] for post in await live.take(5)] == ["4", "5", "6", "7", "8"]
            assert all(post.fields["number"] == "1" for post in sink.posts)  # still at its first


async def test_order_is_kept_per_call_and_host(stack: Stack, sink: Sink) -> None:
    rows = [row(sink.url("/fail/1/x" if n == 1 else "/ok"), n, root=f"call-{r}") for n in range(1, 6) for r in "12"]
    await hand_over(stack, *rows)
    await stack.settle()
    assert len(sink.posts) == 11
    for root in ("call-1", "call-2"):
        keys = [one.event for one in rows if one.root == root]
        got = [post.headers["Carillon-Event-Id"] for post in sink.posts]
        assert [key for key in dict.fromkeys(got) if key in keys] == keys


async def test_pending_callbacks_continue_in_order_after_a_restart(stack: Stack, sink: Sink) -> None:
    rows = [row(sink.url(), number) for number in (1, 2, 3)]

    def unit(conn: Any) -> None:
        for one in reversed(rows):
            deliveries.add(conn, one)

    await stack.writer.write(unit)
    await stack.delivery.start()
    await stack.settle()
    assert [post.fields["number"] for post in sink.posts] == ["1", "2", "3"]


async def test_stopping_leaves_callbacks_in_progress_pending(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/hang"), 1), row(sink.url(), 2))
    await sink.next()
    await stack.delivery.stop()
    assert [one.state for one in await stored(stack)] == ["pending", "pending"]
    sink.release.set()
    await stack.delivery.start()
    assert [one.state for one in await stored(stack)] == ["delivered", "delivered"]


async def test_while_the_database_is_down_no_attempt_is_used(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    outages = iter([StoreUnavailable("planted here")] * 3)
    get = stack.accounts.get

    async def seldom(account: str) -> Any:
        if outage := next(outages, None):
            raise outage
        return await get(account)

    monkeypatch.setattr(stack.accounts, "get", seldom)
    await hand_over(stack, row(sink.url()))
    (done,) = await stored(stack)
    assert (done.state, done.attempts) == ("delivered", 1)
    assert stack.time.slept == [1, 1, 1]


async def test_the_fallback_is_tried_at_once_and_then_in_turns(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/always/a"), fallback=sink.url("/fail/1/b")))
    (done,) = await stored(stack)
    assert [post.path for post in sink.posts] == ["/always/a", "/fail/1/b", "/always/a", "/fail/1/b"]
    assert (done.state, len(stack.time.slept)) == ("delivered", 1)


async def test_each_of_two_addresses_has_ten_attempts_and_the_pauses_of_one(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row(sink.url("/always/a"), fallback=sink.url("/always/b")))
    (dead,) = await stored(stack)
    assert (dead.state, dead.attempts) == ("dead", 20)
    assert stack.time.slept == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    await stack.delivery.resend(ADMIN, dead.id)
    (again,) = await stored(stack)
    assert again.attempts == 40, "a resent one has as many again"


async def test_an_address_that_can_never_work_leaves_the_fallback(stack: Stack, sink: Sink) -> None:
    await hand_over(stack, row("ftp://nowhere", fallback=sink.url("/well")))
    (done,) = await stored(stack)
    assert (done.state, [post.path for post in sink.posts]) == ("delivered", ["/well"])


class Signing:
    """A dialect whose callbacks are signed."""

    async def sign(self, delivery: DeliveryRow, attempt: int) -> dict[str, str]:
        return {"Authorization": "application key:signature"}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        return ""


class Listener:
    """A dialect that stores the answers that it gets, or raises."""

    async def sign(self, delivery: DeliveryRow, attempt: int) -> dict[str, str]:
        return {}

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        if delivery.position == 2:
            raise ValueError("planted here")
        return f"{len(reply)} bytes"


async def test_the_host_s_answer_is_stored_and_never_makes_a_delivery_fail(stack: Stack, sink: Sink) -> None:
    delivery = Delivery(stack.db, stack.writer, stack.net, stack.accounts, {"ringful": Listener()})  # type: ignore[dict-item]
    rows = [row(sink.url("/status/200"), number) for number in (1, 2)]

    def unit(conn: Any) -> None:
        for one in rows:
            deliveries.add(conn, one)

    await stack.writer.write(unit)
    delivery.add(rows)
    while delivery.active_lanes:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    said, broken = await stored(stack)
    assert said.remark is not None and said.remark.endswith(" bytes") and said.attempts == 1
    assert (broken.state, broken.remark, broken.attempts) == ("delivered", None, 1)


async def test_a_delivery_without_a_content_type_is_a_get_without_a_body(stack: Stack, sink: Sink) -> None:
    delivery = msgspec.structs.replace(row(sink.url() + "?number=1"), content_type=QUERY)
    await hand_over(stack, delivery)
    (kept,) = await stored(stack)
    assert kept.state == "delivered"
    assert [(post.method, post.body, post.path) for post in sink.posts] == [("GET", "", "/notify.php?number=1")]
