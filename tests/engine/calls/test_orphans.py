"""What belongs to no live call is removed from Asterisk, at each connect and at once; another application's stays."""

from collections.abc import Awaitable, Callable

import pytest

from engine.calls.directory import Answering
from engine.events import TaskEnded
from engine.model.cause import CODES, HangupCause
from engine.tasks.dial import Dial
from engine.tasks.pause import Pause
from engine.tasks.results import Dialled
from engine.tasks.task import Phase, TaskState
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.dialling import connected
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange, Left


async def restarted(exchange: Exchange, asterisk: FakeAri) -> None:
    await exchange.leave()
    await exchange.start()
    await settled()


async def reconnected(exchange: Exchange, asterisk: FakeAri) -> None:
    await asterisk.drop_socket()
    await asterisk.until_connected(2)
    await settled()


Again = Callable[[Exchange, FakeAri], Awaitable[None]]


@pytest.mark.parametrize("again", [restarted, reconnected])
async def test_bridges_of_our_application_that_no_live_call_needs_are_removed_and_no_others(
    exchange: Exchange, asterisk: FakeAri, again: Again
) -> None:
    one, other = await connected(exchange, asterisk, Dial(to="2"))
    (live,) = asterisk.world.bridges
    asterisk.world.add_bridge("bridge-gone", "mixing", APPLICATION)
    asterisk.world.add_bridge("by-another-name", "mixing", APPLICATION)
    asterisk.world.add_bridge("conf-gone", "mixing", APPLICATION)
    asterisk.world.add_bridge("bridge-theirs", "mixing", "carillon-1")
    asterisk.world.add_bridge("conf-theirs", "mixing", "carillon-1")
    asterisk.world.add_bridge("bridge-nameless", "mixing", "")
    await again(exchange, asterisk)
    assert asterisk.world.bridges.keys() == {live, "bridge-theirs", "conf-theirs", "bridge-nameless"}
    assert len(asterisk.world.bridges[live]["channels"]) == 2
    asterisk.hangs_up("in-1")
    await exchange.ended(one)
    await exchange.ended(other)


async def test_a_bridge_of_an_earlier_version_is_known_by_its_dial(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    for number, application in enumerate((APPLICATION, "carillon-1")):
        done = Left(
            task=Dial(id=f"task-{number}", to="2"), state=TaskState.COMPLETED,
            result=Dialled(call=f"call-{number}", answered=True),
        )  # fmt: skip
        await exchange.left_behind(done, id=f"call-of-{number}", channel=None, ari_application=application)
        asterisk.world.add_bridge(f"bridge-{number}", "mixing", "")
    await exchange.start()
    await exchange.ended("call-of-0")
    await reconnected(exchange, asterisk)
    assert asterisk.world.bridges.keys() == {"bridge-1"}


async def test_the_bridge_of_a_dial_that_goes_on_after_a_restart_stays(
    stopped_exchange: Exchange, asterisk: FakeAri
) -> None:
    exchange = stopped_exchange
    one = await exchange.left_behind(Left(task=Dial(id="task-1", to="2"), phase=Phase.INTENDED), id="call-0")
    other = await exchange.left_behind(id="call-1", root="call-0", channel="Ringing")
    asterisk.world.add_bridge("bridge-1", "mixing", APPLICATION)
    await exchange.start()
    await settled()
    assert not asterisk.was_asked("DELETE", "/bridges/*")
    asterisk.picks_up(other.id)
    await exchange.event(TaskEnded, task="task-1")
    assert asterisk.world.bridges["bridge-1"]["channels"] == [one.id, other.id]
    asterisk.hangs_up(one.id)
    await exchange.ended(one.id)
    await exchange.ended(other.id)


async def test_a_channel_that_belongs_to_no_call_is_hung_up_when_it_shows(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    call = await exchange.call()
    exchange.put_channel("call-nobodys", "Up", args="inbound,500")
    exchange.put_channel("theirs", "Up")
    asterisk.world.channels["theirs"]["dialplan"]["app_data"] = "carillon-1,inbound,500"
    exchange.put_channel("snoop-x", "Up", name="Snoop/x")
    for channel in ("call-nobodys", "theirs", "snoop-x", call.id):
        asterisk.presses(channel, "1")
    await settled()
    assert asterisk.world.channels.keys() == {"theirs", "snoop-x", call.id}
    asterisk.hangs_up(call.id)
    await exchange.ended(call.id)


@pytest.mark.parametrize("again", [restarted, reconnected])
async def test_a_channel_that_was_answered_and_belongs_to_no_call_is_not_taken_for_a_new_one(
    exchange: Exchange, asterisk: FakeAri, again: Again
) -> None:
    exchange.directory.numbers["500"] = Answering(account=ACCOUNT, tasks=(Pause(seconds=1),))
    exchange.put_channel("call-nobodys", "Up", args="inbound,500")
    await again(exchange, asterisk)
    assert asterisk.world.channels == {} and exchange.told == []


async def test_a_call_that_cannot_be_refused_now_is_refused_later(exchange: Exchange, asterisk: FakeAri) -> None:
    for _ in range(3):
        asterisk.refuse("DELETE", "/channels/in-1", 503)
    asterisk.incoming("in-1", ["inbound", "nobodys number"])
    refused = await asterisk.asked("DELETE", "/channels/in-1", 4)
    await settled()
    assert refused.query["reason_code"] == str(CODES[HangupCause.UNKNOWN_NUMBER].q850)
    assert asterisk.world.channels == {}
