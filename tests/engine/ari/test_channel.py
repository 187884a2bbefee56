import asyncio

import pytest

from engine.ari import generated as ari
from engine.ari.bus import Bus
from engine.ari.channel import Channel
from engine.ari.client import AriClient
from engine.ari.errors import AriConflict, Gone, NotStarted, ServerError
from tests.fakes.ari import FakeAri


@pytest.fixture
def channel(client: AriClient, bus: Bus) -> Channel:
    return Channel(client, bus, "call-1")


async def test_it_is_created_then_dialled_then_answered(asterisk: FakeAri, channel: Channel, bus: Bus) -> None:
    with bus.subscribe("call-1") as events:
        made = await channel.create(
            "PJSIP/15550100@trunk",
            args=["out", "1"],
            variables={"CONNECTEDLINE(all,i)": "Carillon <+15550199>"},
        )
        await channel.dial(seconds=20)
        asterisk.rings("call-1")
        asterisk.picks_up("call-1")
        first = await events.until(ari.ChannelStateChange, within=1)
        second = await events.until(ari.ChannelStateChange, within=1)
    asked = await asterisk.asked("POST", "/channels/create")
    assert made.id == "call-1"
    assert (first.channel.state, second.channel.state) == ("Ringing", "Up")
    assert asked.query == {
        "endpoint": "PJSIP/15550100@trunk",
        "app": "carillon-0",
        "appArgs": "out,1",
        "channelId": "call-1",
    }
    assert asked.body == {"variables": {"CONNECTEDLINE(all,i)": "Carillon <+15550199>"}}
    assert (await asterisk.asked("POST", "/channels/call-1/dial")).query == {"timeout": "20"}


async def test_stasis_start_overtakes_the_answer_of_the_request(asterisk: FakeAri, channel: Channel, bus: Bus) -> None:
    with bus.subscribe("call-1") as events:
        held = asterisk.hold("POST", "/channels/create")
        creating = asyncio.create_task(channel.create("PJSIP/1@trunk"))
        await held.reached.wait()
        asterisk.emit({"type": "StasisStart", "args": [], "channel": {"id": "call-1", "name": "PJSIP/1"}})
        await events.until(ari.StasisStart, within=1)
        held.gate.set()
        assert (await creating).id == "call-1"


async def test_stasis_start_never_comes_and_the_channel_is_hung_up(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.enters_stasis = False
    with pytest.raises(NotStarted, match="did not hand it to our application"):
        await channel.create("PJSIP/1@trunk", within=0.01)
    assert asterisk.world.channels == {}


async def test_the_channel_ends_before_stasis_start(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.enters_stasis = False
    asterisk.before_answering("POST", "/channels/create", lambda: asterisk.hangs_up("call-1", 34))
    with pytest.raises(Gone):
        await channel.create("PJSIP/1@trunk")


async def test_an_id_that_exists_is_ours_from_an_earlier_attempt(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.world.add_channel("call-1", "PJSIP/1")
    assert (await channel.create("PJSIP/1@trunk")).id == "call-1"
    assert "call-1" in asterisk.world.channels


async def test_an_unknown_endpoint(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.refuse("POST", "/channels/create", 500, "Allocation failed")
    with pytest.raises(ServerError, match=r"its log says why.*500: Allocation failed"):
        await channel.create("PJSIP/1@nowhere")


async def test_a_conflict_left_over_from_another_request_is_a_failure(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.refuse("POST", "/channels/create", 409, "Channel with given unique ID already exists")
    with pytest.raises(ServerError):
        await channel.create("PJSIP/1@nowhere")


async def test_cancelled_while_it_is_created_no_channel_is_left(asterisk: FakeAri, channel: Channel) -> None:
    held = asterisk.hold("POST", "/channels/create")
    creating = asyncio.create_task(channel.create("PJSIP/1@trunk"))
    await held.reached.wait()
    creating.cancel()
    held.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert asterisk.world.channels == {}


async def test_dialling_twice_is_a_conflict(asterisk: FakeAri, channel: Channel) -> None:
    await channel.create("PJSIP/1@trunk")
    asterisk.picks_up("call-1")
    with pytest.raises(AriConflict, match="not in the 'Down' state"):
        await channel.dial(seconds=20)


async def test_hanging_up_sends_the_reason(asterisk: FakeAri, channel: Channel, bus: Bus) -> None:
    await channel.create("PJSIP/1@trunk")
    with bus.subscribe("call-1") as events:
        await channel.hangup(cause=17)
        request = await events.until(ari.ChannelHangupRequest, within=1)
        ended = await events.until(ari.ChannelDestroyed, within=1)
    assert (request.soft, ended.cause) == (True, 17)


async def test_hanging_up_what_is_gone_is_a_success(asterisk: FakeAri, channel: Channel) -> None:
    await channel.hangup()
    assert asterisk.was_asked("DELETE", "/channels/call-1")


async def test_a_variable_that_is_not_set_is_none(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.incoming("call-1", ["inbound"])
    assert await channel.variable("X") is None
    await channel.set_variable("X", "a&b=ü")
    assert await channel.variable("X") == "a&b=ü"


async def test_what_is_gone_is_none(channel: Channel) -> None:
    assert await channel.get() is None


async def test_the_small_commands_go_out_as_asterisk_names_them(asterisk: FakeAri, channel: Channel) -> None:
    asterisk.incoming("call-1", ["inbound"])
    for command in (
        channel.ring(),
        channel.stop_ringing(),
        channel.progress(),
        channel.answer(),
        channel.send_dtmf("1#", duration_ms=200, between_ms=150),
        channel.mute("in"),
        channel.unmute("in"),
        channel.hold(),
        channel.unhold(),
        channel.start_moh("jazz"),
        channel.stop_moh(),
        channel.start_silence(),
        channel.stop_silence(),
        channel.continue_at("amd"),
    ):
        await command
    sent = [(one.method, one.path.removeprefix("/channels/call-1/"), one.query) for one in asterisk.requests[-14:]]
    assert sent == [
        ("POST", "ring", {}),
        ("DELETE", "ring", {}),
        ("POST", "progress", {}),
        ("POST", "answer", {}),
        ("POST", "dtmf", {"dtmf": "1#", "between": "150", "duration": "200"}),
        ("POST", "mute", {"direction": "in"}),
        ("DELETE", "mute", {"direction": "in"}),
        ("POST", "hold", {}),
        ("DELETE", "hold", {}),
        ("POST", "moh", {"mohClass": "jazz"}),
        ("DELETE", "moh", {}),
        ("POST", "silence", {}),
        ("DELETE", "silence", {}),
        ("POST", "continue", {"context": "amd", "extension": "s", "priority": "1"}),
    ]
