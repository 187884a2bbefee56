"""Subscribers that are behind: how much waits in memory, and that nothing is lost or sent twice."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from api.callbacks import lanes
from api.callbacks.delivery import Delivery
from engine.store import deliveries
from engine.store.deliveries import DeliveryRow
from tests.api.callbacks.test_delivery import row
from tests.api.callbacks.test_subscriptions import a_call, at, stored, subscribe
from tests.api.conftest import Stack
from tests.fakes.sink import Sink


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three wait in memory at most, and two are read at once."""
    monkeypatch.setattr(lanes, "MOST_IN_MEMORY", 3)
    monkeypatch.setattr(lanes, "READ_TOGETHER", 2)


def in_memory(delivery: Delivery) -> list[int]:
    return [len(lane.waiting) for lane in delivery._lanes.values()]


async def kept(stack: Stack, rows: Sequence[DeliveryRow]) -> None:
    def unit(conn: Connection) -> None:
        for each in rows:
            deliveries.add(conn, each)

    await stack.writer.write(unit)


async def test_a_dead_subscriber_has_few_events_in_memory_and_hears_all_in_order_once_it_answers(
    stack: Stack, sink: Sink
) -> None:
    subscription, _ = await subscribe(stack, sink.url("/hang/x"))
    await a_call(stack)
    await sink.arrived.get()
    calls = [await a_call(stack) for _ in range(10)]
    await stack.writer.write(lambda conn: None)
    while not stack.consumers.idle:
        await stack.writer.write(lambda conn: None)
    assert in_memory(stack.delivery) == [3]
    sink.release.set()
    await stack.settle()
    heard = [(body["data"]["call"], body["type"]) for body in at(sink, "/hang/x")][2:]
    assert heard == [(call, kind) for call in calls for kind in ("call.answered", "call.ended")]
    assert {each.state for each in await stored(stack, subscription.id)} == {"delivered"}


async def test_what_was_pending_at_the_start_is_read_a_few_at_a_time(stack: Stack, sink: Sink) -> None:
    subscription, _ = await subscribe(stack, sink.url("/x"))
    rows = [row(sink.url("/x"), number, subscriber=subscription.id) for number in range(7)]
    await kept(stack, [*rows[4:], *rows[:4], row(sink.url("/request"), 9)])
    most: list[int] = []
    deliver = stack.delivery._deliver

    async def watched(waiting: Any) -> None:
        most.append(max(in_memory(stack.delivery)))
        await deliver(waiting)

    stack.delivery._deliver = watched  # type: ignore[method-assign]
    await stack.delivery.start()
    await stack.settle()
    assert [post.body for post in sink.posts if post.path == "/x"] == [each.body for each in rows]
    assert len(sink.posts) == 8 and max(most) == 2


async def test_one_that_breaks_is_left_for_the_next_start_and_the_others_are_delivered(
    stack: Stack, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, _ = await subscribe(stack, sink.url("/x"))
    rows = [row(sink.url("/x"), number, subscriber=subscription.id) for number in range(7)]
    await kept(stack, rows)
    attempt = stack.delivery._attempt

    async def broken(given: DeliveryRow, number: int) -> Any:
        if given.id in (rows[0].id, rows[1].id, rows[5].id):
            raise RuntimeError("a fault planted here")
        return await attempt(given, number)

    monkeypatch.setattr(stack.delivery, "_attempt", broken)
    await stack.delivery.start()
    await stack.settle()
    states = [each.state for each in await stored(stack, subscription.id)]
    assert states == ["pending", "pending", "delivered", "delivered", "delivered", "pending", "delivered"]
    assert len(sink.posts) == 4


async def test_one_that_waited_in_the_table_for_over_an_hour_is_tried_once(stack: Stack, sink: Sink) -> None:
    subscription, _ = await subscribe(stack, sink.url("/always"))
    await stack.delivery.start()
    at_start = {"subscriber": subscription.id, "created": stack.time(), "due": stack.time()}
    rows = [msgspec.structs.replace(row(sink.url("/always"), number), **at_start) for number in range(5)]
    await kept(stack, rows)
    stack.time.now += 3601
    stack.delivery.add(rows)
    await stack.settle()
    found = await stored(stack, subscription.id)
    assert [each.state for each in found] == ["dead"] * 5
    assert [each.attempts for each in found] == [10, 10, 10, 1, 1]  # three came to memory as new ones
