"""What a controller that is gone had begun to end: whoever is still up is hung up, and no bridge is left."""

import asyncio
from typing import Any

import pytest

from engine.commands import HangUpConference, Invitation, StartConference
from engine.events import CallEnded, ConferenceEnded, ParticipantJoined, ParticipantLeft
from engine.store import conferences
from engine.store.conferences import ConferenceRow
from engine.tasks.join_conference import JoinConference
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from tests.engine.conferences.named_conference import Room, hang_up
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, APPLICATION, Exchange


async def meeting(exchange: Exchange) -> tuple[str, list[str]]:
    """A moderator's conference with her and two who came by themselves."""
    moderator = Invitation(callee="100")
    command = StartConference(account=ACCOUNT, moderator=moderator, wait_for_participant=False)
    conference = await exchange.submit(command)
    first = (await exchange.asterisk.asked("POST", "/channels/*/dial")).path.split("/")[2]
    exchange.asterisk.picks_up(first)
    await exchange.event(ParticipantJoined, subject=first)
    guests = [await exchange.call(JoinConference(conference=conference), callee=one) for one in ("101", "102")]
    calls = [first, *(guest.id for guest in guests)]
    await exchange.event(ParticipantJoined, times=3)
    await settled()
    return conference, calls


async def stored(exchange: Exchange, conference: str) -> ConferenceRow:
    found = await exchange.database.read(lambda conn: conferences.get(conn, conference))
    assert found
    return found


async def test_a_hang_up_that_was_answered_is_carried_out_by_the_next_controller(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    conference, calls = await meeting(exchange)
    for call in calls:
        await exchange.enqueue(call, Pause(seconds=5), Play(source="http://host/a.wav"))
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    assert not any(asterisk.was_asked("DELETE", f"/channels/{call}") for call in calls)
    await exchange.leave()
    assert (await stored(exchange, conference)).reason == "requested"
    assert asterisk.world.channels.keys() == set(calls), "nobody was hung up yet"
    await asyncio.sleep(10)
    await exchange.start()
    assert (await exchange.event(ConferenceEnded, subject=conference)).reason == "requested"
    await exchange.event(CallEnded, times=3)
    await settled()
    assert asterisk.world.channels == asterisk.world.bridges == {}
    assert {one.hung_up_by for one in exchange.told_of(CallEnded)} == {"us"}
    assert len(exchange.told_of(ParticipantLeft)) == 3
    assert not asterisk.was_asked("POST", "/channels/*/play/*"), "its queue begins nothing any more"
    for call in calls:
        assert "join_conference stopped call_ended" in exchange.story(call)


async def test_half_of_a_conference_that_was_hung_up_is_hung_up_too(exchange: Exchange, asterisk: FakeAri) -> None:
    conference, _ = await meeting(exchange)
    holding = asterisk.hold("DELETE", "/channels/*")
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await holding.reached.wait()
    await exchange.leave()
    holding.gate.set()
    await exchange.start()
    await exchange.event(CallEnded, times=3)
    await exchange.event(ConferenceEnded, subject=conference)
    assert asterisk.world.channels == asterisk.world.bridges == {}


async def test_a_store_that_is_out_keeps_nobody_in_a_conference_that_is_hung_up(
    exchange: Exchange, asterisk: FakeAri, monkeypatch: pytest.MonkeyPatch
) -> None:
    conference, _ = await meeting(exchange)
    write, began = exchange.writer.write, exchange.clock()

    async def stuck(unit: Any, **_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(exchange.writer, "write", stuck)
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    assert exchange.clock() - began < 3
    monkeypatch.setattr(exchange.writer, "write", write)
    await exchange.event(CallEnded, times=3)
    assert (await exchange.event(ConferenceEnded)).reason == "requested"


async def put(exchange: Exchange, id: str, *channels: str, application: str = APPLICATION, ended: bool = True) -> None:
    """A conference's bridge in Asterisk, and its row."""
    row = ConferenceRow(
        id=id, account=ACCOUNT, policy="{}", ari_application=application, created=1.0,
        ended=2.0 if ended else None, reason="empty" if ended else None,
    )  # fmt: skip
    await exchange.database.transact(lambda conn: conferences.insert(conn, row))
    exchange.asterisk.world.add_bridge(id, "mixing", "")["channels"] += channels


async def test_the_bridge_of_a_conference_that_is_over_is_removed_and_no_other(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    room = Room(exchange, asterisk)
    inside = [await room.join(one) for one in ("101", "102")]
    alone = await exchange.call()
    living = await room.id()
    await exchange.leave()
    await put(exchange, "conf-over")
    await put(exchange, "conf-used", alone.id)
    await put(exchange, "conf-there", application="carillon-1")
    asterisk.world.add_bridge("conf-unknown", "mixing", "")
    asterisk.world.add_bridge("somebodys", "mixing", "")
    await exchange.start()
    await settled()
    assert asterisk.world.bridges.keys() == {living, "conf-used", "conf-there", "conf-unknown", "somebodys"}
    assert await room.inside() == sorted(inside)
    await hang_up(exchange, asterisk, *inside, alone.id)
    await exchange.event(ConferenceEnded, subject=living)


async def test_a_bridge_that_could_not_be_removed_is_when_asterisk_is_back(
    exchange: Exchange, asterisk: FakeAri
) -> None:
    room = Room(exchange, asterisk)
    call = await room.join()
    conference = await room.id()
    asterisk.refuse("DELETE", f"/bridges/{conference}", 503)
    await hang_up(exchange, asterisk, call)
    await exchange.event(ConferenceEnded)
    assert asterisk.world.bridges.keys() == {conference}
    await asterisk.drop_socket()
    await asterisk.until_connected(2)
    await asterisk.asked("DELETE", f"/bridges/{conference}", 2)
    await settled()
    assert asterisk.world.bridges == {}
