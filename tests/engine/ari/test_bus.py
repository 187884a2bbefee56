import asyncio
from typing import Any

import pytest

from engine.ari import generated as ari
from engine.ari.bus import Bus, Resumed
from engine.ari.errors import SubscriptionClosed


def channel(name: str, kind: str = "PJSIP/trunk-1") -> ari.Channel:
    return ari.Channel(id=name, name=kind)


def digit(of: str, pressed: str) -> ari.ChannelDtmfReceived:
    return ari.ChannelDtmfReceived(channel=channel(of), digit=pressed)


def played(name: str, on: str) -> ari.PlaybackStarted:
    return ari.PlaybackStarted(playback=ari.Playback(id=name, target_uri=on))


@pytest.fixture
def unclaimed() -> list[Any]:
    return []


@pytest.fixture
def bus(unclaimed: list[Any]) -> Bus:
    return Bus(unclaimed.append)


async def test_an_event_reaches_only_the_subscriptions_of_its_object(bus: Bus, unclaimed: list[Any]) -> None:
    mine, also_mine, other = bus.subscribe("call-1"), bus.subscribe("call-1"), bus.subscribe("call-2")
    bus.dispatch(digit("call-1", "5"))
    assert (await mine.next(0)).digit == (await also_mine.next(0)).digit == "5"
    with pytest.raises(TimeoutError):
        await other.next(0)
    assert unclaimed == []


async def test_events_stay_in_order_until_they_are_read(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    for pressed in "123":
        bus.dispatch(digit("call-1", pressed))
    assert [(await events.next(0)).digit for _ in range(3)] == ["1", "2", "3"]


async def test_an_event_about_two_objects_comes_once(bus: Bus) -> None:
    events = bus.subscribe("room", "call-1")
    bus.dispatch(ari.ChannelEnteredBridge(bridge=ari.Bridge(id="room"), channel=channel("call-1")))
    await events.next(0)
    with pytest.raises(TimeoutError):
        await events.next(0)


async def test_a_playback_reaches_its_own_id_and_its_target_only_when_asked(bus: Bus) -> None:
    own, call, asking = bus.subscribe("task-1"), bus.subscribe("call-1"), bus.subscribe("call-1", targets=True)
    bus.dispatch(played("task-1", "channel:call-1"))
    assert (await own.next(0)) == (await asking.next(0))
    with pytest.raises(TimeoutError):
        await call.next(0)


async def test_a_recording_is_found_by_its_name(bus: Bus) -> None:
    events = bus.subscribe("rec-1")
    bus.dispatch(ari.RecordingStarted(recording=ari.LiveRecording(name="rec-1")))
    assert isinstance(await events.next(0), ari.RecordingStarted)


async def test_types_keep_the_rest_out_of_the_inbox(bus: Bus, unclaimed: list[Any]) -> None:
    events = bus.subscribe("call-1", types=(ari.StasisEnd,))
    bus.dispatch(digit("call-1", "5"))
    bus.resume()
    bus.dispatch(ari.StasisEnd(channel=channel("call-1")))
    assert isinstance(await events.next(0), ari.StasisEnd)
    assert unclaimed == []


async def test_until_skips_other_events(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    bus.dispatch(digit("call-1", "5"))
    bus.dispatch(ari.StasisEnd(channel=channel("call-1")))
    assert isinstance(await events.until(ari.StasisEnd, within=1), ari.StasisEnd)


async def test_a_new_call_is_unclaimed(bus: Bus, unclaimed: list[Any]) -> None:
    start = ari.StasisStart(channel=channel("new"), args=("inbound", "100"))
    bus.dispatch(start)
    assert unclaimed == [start]


@pytest.mark.parametrize("name", ["Message/ast_msg_queue", "Snoop/call-1-0000001"])
async def test_helper_channels_are_never_calls(bus: Bus, unclaimed: list[Any], name: str) -> None:
    bus.dispatch(ari.StasisStart(channel=channel("helper", name)))
    bus.dispatch(ari.StasisEnd(channel=channel("helper", name)))
    assert unclaimed == []


async def test_a_text_message_is_unclaimed(bus: Bus, unclaimed: list[Any]) -> None:
    bus.dispatch(ari.TextMessageReceived(message=ari.TextMessage(body="hi")))
    assert unclaimed[0].message.body == "hi"


async def test_after_closing_its_events_are_unclaimed_again(bus: Bus, unclaimed: list[Any]) -> None:
    with bus.subscribe("call-1", "room"):
        pass
    bus.dispatch(digit("call-1", "5"))
    assert len(unclaimed) == 1


async def test_closing_wakes_the_reader(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    reading = asyncio.create_task(events.next())
    await asyncio.sleep(0)
    events.close()
    with pytest.raises(SubscriptionClosed):
        await reading


async def test_iterating_ends_when_it_is_closed_and_read(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    bus.dispatch(digit("call-1", "5"))
    events.close()
    assert [event.digit async for event in events] == ["5"]


async def test_a_cancelled_reader_loses_no_event(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    reading = asyncio.create_task(events.next())
    await asyncio.sleep(0)
    bus.dispatch(digit("call-1", "5"))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (await events.next(0)).digit == "5"


async def test_two_readers_at_once_are_a_mistake(bus: Bus) -> None:
    events = bus.subscribe("call-1")
    reading = asyncio.create_task(events.next())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="one reader"):
        await events.next()
    reading.cancel()


async def test_resumed_reaches_each_subscription_once(bus: Bus) -> None:
    events = bus.subscribe("call-1", "room", targets=True)
    bus.resume()
    assert await events.next(0) == Resumed()
    with pytest.raises(TimeoutError):
        await events.next(0)


@pytest.mark.parametrize(
    "event",
    [
        ari.Dial(peer=channel("b"), caller=channel("a")),
        ari.BridgeMerged(bridge=ari.Bridge(id="a"), bridge_from=ari.Bridge(id="b")),
        ari.StasisStart(channel=channel("b"), replace_channel=channel("a")),
        ari.ChannelUserevent(channel=channel("b"), bridge=ari.Bridge(id="a")),
        ari.BridgeAttendedTransfer(transferer_first_leg=channel("a"), transferer_second_leg=channel("b")),
    ],
)
async def test_both_objects_of_an_event_get_it(bus: Bus, event: Any) -> None:
    first, second = bus.subscribe("a"), bus.subscribe("b")
    bus.dispatch(event)
    assert await first.next(0) == await second.next(0) == event
