"""The bridge of a Dial is gone when its call is, whatever came between: a hang-up, a refusal, a restart."""

import asyncio
import json
from typing import Any

import pytest

from engine.ari.bridge import Bridge
from engine.ari.connection import decode
from engine.events import TaskEnded
from engine.model.call import CallState, Direction
from engine.queues.entry import StopReason
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.results import Failed
from engine.tasks.task import Phase
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.dialling import connected, dialling
from tests.support.exchange import APPLICATION, Exchange, Left

CONNECTING = [("/bridges/bridge-*", 1), ("/bridges/*/addChannel", 1), ("/bridges/*/addChannel", 2)]


async def held(asterisk: FakeAri, path: str, times: int) -> asyncio.Event:
    """Wait until the `times`th such request is there and not carried out; returns what lets it go on."""
    for _ in range(times - 1):
        asterisk.before_answering("POST", path, lambda: None)
    holding = asterisk.hold("POST", path)
    await asyncio.wait_for(holding.reached.wait(), 100)
    assert holding.gate
    return holding.gate


@pytest.mark.parametrize(("path", "times"), CONNECTING)
async def test_a_caller_that_hangs_up_at_any_moment_of_the_connecting_leaves_no_bridge(
    exchange: Exchange, asterisk: FakeAri, path: str, times: int
) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2"))
    holding = asyncio.create_task(held(asterisk, path, times))
    await asyncio.sleep(0)
    asterisk.picks_up(other)
    gate = await holding
    asterisk.hangs_up("in-1")
    await settled()
    gate.set()
    await exchange.ended(one)
    await exchange.ended(other)
    await settled()
    assert asterisk.world.bridges == asterisk.world.channels == {}


@pytest.mark.parametrize(("path", "times"), CONNECTING)
async def test_a_dial_that_is_stopped_at_any_moment_of_the_connecting_leaves_no_bridge_and_the_call_goes_on(
    exchange: Exchange, asterisk: FakeAri, path: str, times: int
) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2"), Pause(seconds=1))
    holding = asyncio.create_task(held(asterisk, path, times))
    await asyncio.sleep(0)
    asterisk.picks_up(other)
    gate = await holding
    session = exchange.engine.registry.get(one)
    assert session and session.queue.stop(("dial",), StopReason.REQUESTED) == 1
    await settled()
    gate.set()
    await exchange.ended(other)
    await exchange.event(TaskEnded, kind="pause")
    assert asterisk.world.bridges == {} and asterisk.world.channels.keys() == {"in-1"}
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


@pytest.mark.parametrize(("path", "times"), CONNECTING)
async def test_a_connecting_that_asterisk_refuses_leaves_no_bridge(
    exchange: Exchange, asterisk: FakeAri, path: str, times: int
) -> None:
    one, other = await dialling(exchange, asterisk, Dial(to="2"))
    if times == 2:
        asterisk.before_answering("POST", path, lambda: None)  # the first is carried out
    asterisk.refuse("POST", path, 500)
    asterisk.picks_up(other)
    assert isinstance((await exchange.event(TaskEnded, kind="dial")).outcome, Failed)
    await exchange.ended(other)
    assert asterisk.world.bridges == {}
    asterisk.hangs_up("in-1")
    await exchange.ended(one)


async def test_a_bridge_that_asterisk_does_not_remove_is_removed_at_the_end_of_the_call(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    one, other = await connected(exchange, asterisk, Dial(to="2", hang_up_after=False), Pause(seconds=5))
    asterisk.refuse("DELETE", "/bridges/*", 503)
    asterisk.hangs_up(other)
    await exchange.ended(other)
    await settled()
    assert len(asterisk.world.bridges) == 1
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await settled()
    assert asterisk.world.bridges == {}


async def test_a_bridge_that_asterisk_never_removed_is_when_it_is_back(exchange: Exchange, asterisk: FakeAri) -> None:
    one, other = await connected(exchange, asterisk, Dial(to="2"))
    for _ in range(2):
        asterisk.refuse("DELETE", "/bridges/*", 503)
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)
    await settled()
    assert len(asterisk.world.bridges) == 1
    await asterisk.drop_socket()
    await asterisk.until_connected(2)
    await settled()
    assert asterisk.world.bridges == {}


@pytest.mark.parametrize("there", [(), ("call-0",), ("call-1",)])
async def test_a_restart_in_the_middle_of_the_connecting_leaves_no_bridge(
    stopped_exchange: Exchange, asterisk: FakeAri, there: tuple[str, ...]
) -> None:
    """Both, or one of them, ended while no controller was there."""
    exchange = stopped_exchange
    dial = Left(task=Dial(id="task-1", to="2"), phase=Phase.INTENDED)
    for id, tasks in (("call-0", (dial,)), ("call-1", ())):
        direction = Direction.OUTBOUND if tasks else Direction.INBOUND
        await exchange.left_behind(
            *tasks, id=id, root="call-0", channel="Up" if id in there else None, state=CallState.ANSWERED,
            direction=direction,
        )  # fmt: skip
    asterisk.world.add_bridge("bridge-1", "mixing", "")["channels"] += there
    await exchange.start()
    for id in asterisk.world.channels.keys() & set(there):
        asterisk.hangs_up(id)
    for id in ("call-0", "call-1"):
        await exchange.ended(id)
    await settled()
    assert asterisk.world.bridges == asterisk.world.channels == {}


async def test_a_hang_up_that_asterisk_answers_and_does_not_carry_out_is_asked_again(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the other party of a caller that hung up stays up, alone."""
    one, other = await connected(exchange, asterisk, Dial(to="2"))
    end_channel, lost = asterisk.world.end_channel, [other]

    def forgetful(channel_id: str, *args: Any, **fields: Any) -> None:
        if channel_id in lost:
            lost.remove(channel_id)
        else:
            end_channel(channel_id, *args, **fields)

    monkeypatch.setattr(asterisk.world, "end_channel", forgetful)
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    began = exchange.clock()
    assert (await exchange.ended(other)).hung_up_by == "other"
    assert exchange.clock() - began < 10 and lost == []
    assert asterisk.world.bridges == asterisk.world.channels == {}


async def test_a_caller_that_ends_in_the_very_turn_of_the_connecting_ends_the_other_party(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the caller is read before what holds the two together has taken its first step."""
    one, other = await dialling(exchange, asterisk, Dial(to="2"))
    add = Bridge.add

    async def added(bridge: Bridge, channel_id: str, **fields: Any) -> None:
        await add(bridge, channel_id, **fields)
        if channel_id == other:
            ended = {
                "type": "ChannelDestroyed", "application": APPLICATION, "timestamp": "", "cause": 16, "cause_txt": "",
                "channel": asterisk.world.channel("in-1"),
            }  # fmt: skip
            asterisk.hangs_up("in-1")
            event = decode(json.dumps(ended))
            assert event
            bridge._bus.dispatch(event)

    monkeypatch.setattr(Bridge, "add", added)
    asterisk.picks_up(other)
    await exchange.ended(one)
    assert (await exchange.ended(other)).hung_up_by == "other"
    await settled()
    assert asterisk.world.bridges == asterisk.world.channels == {}
