import pytest

from engine.ari.bridge import Bridge
from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriNotFound, Unprocessable
from tests.fakes.ari import FakeAri


@pytest.fixture
async def room(asterisk: FakeAri, client: AriClient, bus: Bus) -> Bridge:
    made = Bridge(client, bus, "room")
    await made.create()
    return made


async def test_it_stays_in_asterisks_core_and_is_named_as_the_application(
    asterisk: FakeAri, client: AriClient, room: Bridge
) -> None:
    asked = await asterisk.asked("POST", "/bridges/room")
    assert asked.query == {"type": "mixing,dtmf_events,proxy_media", "name": client.application}


async def test_creating_it_again_is_a_success(room: Bridge) -> None:
    await room.create()


async def test_channels_come_and_go(asterisk: FakeAri, room: Bridge) -> None:
    asterisk.incoming("call-1", [])
    await room.add("call-1", absorb_dtmf=True)
    assert await room.members() == ("call-1",)
    await room.remove("call-1")
    assert await room.members() == ()
    asked = await asterisk.asked("POST", "/bridges/room/addChannel")
    assert asked.query == {"channel": "call-1", "absorbDTMF": "true"}


async def test_a_channel_that_is_gone_cannot_be_added(room: Bridge) -> None:
    with pytest.raises(AriNotFound, match="400: Channel not found"):
        await room.add("nobody")


async def test_a_channel_outside_the_application_cannot_be_added(asterisk: FakeAri, room: Bridge) -> None:
    asterisk.world.add_channel("call-1", "PJSIP/1")
    with pytest.raises(Unprocessable):
        await room.add("call-1")


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_removing_what_is_not_in_it_is_a_success(asterisk: FakeAri, room: Bridge, status: int) -> None:
    asterisk.refuse("POST", "/bridges/room/removeChannel", status)
    await room.remove("call-1")


async def test_destroying_it_twice_is_a_success(asterisk: FakeAri, room: Bridge) -> None:
    await room.destroy()
    await room.destroy()
    assert asterisk.world.bridges == {}
    assert await room.members() is None


async def test_music(asterisk: FakeAri, room: Bridge) -> None:
    await room.start_moh("jazz")
    await room.stop_moh()
    assert (await asterisk.asked("POST", "/bridges/room/moh")).query == {"mohClass": "jazz"}
    assert asterisk.was_asked("DELETE", "/bridges/room/moh")


async def test_destroying_it_while_it_ends_is_a_success(asterisk: FakeAri, room: Bridge) -> None:
    asterisk.refuse("DELETE", "/bridges/room", 409, "Bridge not in Stasis application")
    await room.destroy()
