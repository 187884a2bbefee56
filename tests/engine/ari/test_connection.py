import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import structlog

from engine.ari import generated as ari
from engine.ari.bus import Bus, Resumed
from engine.ari.client import AriClient
from engine.ari.connection import AriConnection, decode, delays
from engine.ari.errors import AriUnreachable, Replaced
from tests.fakes.ari import FakeAri


class Controller:
    """Records what the engine does around a connection."""

    def __init__(self, client: AriClient) -> None:
        self.seen: list[str] = []
        self.connects = 0
        self.lost = 0
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.fails: Exception | None = None
        self.bus = Bus(lambda event: self.seen.append(type(event).__name__))
        self.connection = AriConnection(
            client,
            self.bus,
            on_connected=self.reconcile,
            on_lost=self.note_loss,
            delays=lambda: itertools.repeat(0.0),
        )
        self.running = asyncio.create_task(self.connection.run(), name="connection under test")

    async def reconcile(self) -> None:
        self.connects += 1
        await self.may_go_on.wait()
        failure, self.fails = self.fails, None
        if failure is not None:
            raise failure
        self.seen.append("reconciled")

    def note_loss(self) -> None:
        self.lost += 1


async def until(condition: Callable[[], bool]) -> None:
    """Lets everything else run until the condition holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing announces that an event is held
            await asyncio.sleep(0)


@pytest.fixture
async def controller(client: AriClient) -> AsyncIterator[Controller]:
    made = Controller(client)
    yield made
    made.running.cancel()
    await asyncio.wait([made.running])


async def test_events_wait_until_the_state_was_compared(asterisk: FakeAri, controller: Controller) -> None:
    controller.may_go_on.clear()
    await until(lambda: controller.connects == 1)
    asterisk.incoming("call-1", [])
    asterisk.incoming("call-2", [])
    await until(lambda: len(controller.connection._held or []) == 2)
    assert controller.seen == [] and not controller.connection.connected
    controller.may_go_on.set()
    await until(lambda: controller.connection.connected)
    asterisk.incoming("call-3", [])
    await until(lambda: len(controller.seen) == 4)
    assert controller.seen == ["reconciled", "StasisStart", "StasisStart", "StasisStart"]


async def test_the_filter_is_set_before(asterisk: FakeAri, controller: Controller) -> None:
    await until(lambda: controller.connection.connected)
    assert {"type": "ChannelVarset"} in asterisk.filter["disallowed"]
    assert asterisk.requests[0].path == "/applications/carillon-0/eventFilter"


async def test_after_a_lost_socket_every_subscription_gets_resumed_after_the_held_events(
    asterisk: FakeAri, controller: Controller
) -> None:
    await until(lambda: controller.connection.connected)
    with controller.bus.subscribe("call-1") as events:
        controller.may_go_on.clear()
        await asterisk.drop_socket()
        await until(lambda: controller.connects == 2)
        assert controller.lost == 1 and not controller.connection.connected
        asterisk.incoming("call-1", [])
        await until(lambda: bool(controller.connection._held))
        controller.may_go_on.set()
        assert isinstance(await events.next(5), ari.StasisStart)
        assert await events.next(5) == Resumed()
    assert controller.seen == ["reconciled", "reconciled"]


async def test_the_first_connection_is_no_resumption(controller: Controller) -> None:
    with controller.bus.subscribe("call-1") as events:
        await until(lambda: controller.connection.connected)
        with pytest.raises(TimeoutError):
            await events.next(0)


@pytest.mark.parametrize("failure", [AriUnreachable("GET /channels"), ValueError("a mistake")])
async def test_a_failed_reconcile_connects_again(controller: Controller, failure: Exception) -> None:
    controller.fails = failure
    await until(lambda: controller.connection.connected)
    assert (controller.connects, controller.lost) == (2, 1)


async def test_the_socket_is_lost_while_the_state_is_compared(asterisk: FakeAri, controller: Controller) -> None:
    controller.may_go_on.clear()
    await until(lambda: controller.connects == 1)
    await asterisk.drop_socket()
    await until(lambda: controller.connects == 2)
    controller.may_go_on.set()
    await until(lambda: controller.connection.connected)
    assert controller.seen == ["reconciled"]


async def test_asterisk_refuses_and_is_tried_again(asterisk: FakeAri, client: AriClient) -> None:
    asterisk.refuse("GET", "/events", 503)
    asterisk.refuse("GET", "/events", 401)
    controller = Controller(client)
    await until(lambda: controller.connection.connected)
    assert controller.lost == 0
    controller.running.cancel()
    await asyncio.wait([controller.running])


async def test_a_take_over_ends_it_for_good(asterisk: FakeAri, controller: Controller) -> None:
    await until(lambda: controller.connection.connected)
    asterisk.take_over()
    with pytest.raises(Replaced, match="must stop steering"):
        await controller.running
    assert controller.lost == 1 and not controller.connection.connected


async def test_a_take_over_while_the_state_is_compared(asterisk: FakeAri, controller: Controller) -> None:
    controller.may_go_on.clear()
    await until(lambda: controller.connects == 1)
    asterisk.take_over()
    with pytest.raises(Replaced):
        await controller.running
    assert controller.seen == []


async def test_cancelling_ends_it_whatever_it_does(controller: Controller) -> None:
    controller.may_go_on.clear()
    await until(lambda: controller.connects == 1)
    controller.running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await controller.running
    assert controller.lost == 1


async def test_an_unknown_event_and_a_broken_one_are_skipped(asterisk: FakeAri, controller: Controller) -> None:
    await until(lambda: controller.connection.connected)
    asterisk.emit({"type": "SomethingOfAsterisk30"})
    asterisk.emit({"type": "ChannelDtmfReceived", "channel": 7})
    asterisk.incoming("call-1", [])
    await until(lambda: controller.seen[-1] == "StasisStart")
    assert controller.seen == ["reconciled", "StasisStart"]


async def test_a_failing_handler_does_not_stop_the_events(asterisk: FakeAri, controller: Controller) -> None:
    await until(lambda: controller.connection.connected)

    def fail(event: Any) -> None:
        controller.seen.append("failed")
        raise ValueError("a mistake")

    controller.bus.unclaimed = fail
    asterisk.incoming("call-1", [])
    asterisk.incoming("call-2", [])
    await until(lambda: controller.seen.count("failed") == 2)
    assert controller.connection.connected


async def test_a_peer_that_answers_no_heartbeat_is_lost(asterisk: FakeAri, client: AriClient) -> None:
    asterisk.ping_answers = False
    lost = asyncio.Event()

    async def reconcile() -> None:
        pass

    connection = AriConnection(client, Bus(), on_connected=reconcile, on_lost=lost.set, heartbeat=0.02)
    running = asyncio.create_task(connection.run(), name="connection under test")
    await asyncio.wait_for(lost.wait(), 5)
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"type": 7}'])
def test_messages_that_are_not_events_are_ignored(text: str) -> None:
    with structlog.testing.capture_logs():
        assert decode(text) is None


def test_unknown_fields_are_ignored() -> None:
    event = decode('{"type": "StasisEnd", "new": {"a": 1}, "channel": {"id": "call-1", "also_new": 1}}')
    assert isinstance(event, ari.StasisEnd) and event.channel.id == "call-1"


def test_waits_double_to_their_ceiling_and_are_jittered() -> None:
    waits = list(itertools.islice(delays(), 12))
    ceilings = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    assert all(ceiling / 2 <= wait <= ceiling for wait, ceiling in zip(waits, ceilings, strict=True))
    assert len(set(waits)) > 1
