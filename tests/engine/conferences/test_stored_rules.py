"""A lock and a mute of all are stored before they are answered, with their events, and reach who enters meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from engine.commands import EngineUnavailable, FindConference, LockConference, MuteAll
from engine.conferences.policy import decode
from engine.events import ConferenceEnded, ConferenceLocked, ConferenceMuted, ParticipantJoined, ParticipantMuted
from engine.model.conference_rules import Announcing, ConferenceRules
from engine.store import conferences
from engine.store.errors import StoreUnavailable
from tests.engine.conferences.named_conference import ROOM, Room, hang_up
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

RULES = ConferenceRules(announces=Announcing.NOTHING, waits_for_admin=False)


@pytest.fixture
def room(exchange: Exchange, asterisk: FakeAri) -> Room:
    return Room(exchange, asterisk)


async def stored(exchange: Exchange, room: Room) -> ConferenceRules:
    id = await room.id()
    row = await exchange.database.read(lambda conn: conferences.get(conn, id))
    assert row
    rules = decode(row.policy).rules
    assert rules
    return rules


async def muted(exchange: Exchange, room: Room) -> dict[str, bool]:
    id = await room.id()
    people = await exchange.database.read(lambda conn: conferences.participants(conn, id))
    return {one.call: one.muted for one in people}


class Slow:
    """A store whose next transaction that is waited for begins when a test says so; or that is out."""

    def __init__(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked, self.may = asyncio.Event(), asyncio.Event()
        self.out = False
        self._write = exchange.writer.write
        monkeypatch.setattr(exchange.writer, "write", self._slow)

    async def _slow(self, unit: Callable[..., Any], *, hurry: bool = True) -> Any:
        if self.out:
            raise StoreUnavailable("The database cannot be reached now. Try again.")
        if not self.asked.is_set():
            self.asked.set()
            await self.may.wait()
        return await self._write(unit, hurry=hurry)


async def end(exchange: Exchange, asterisk: FakeAri, *calls: str) -> None:
    await hang_up(exchange, asterisk, *calls)
    await exchange.event(ConferenceEnded)


async def test_what_was_answered_is_stored_with_its_events(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    host, anna = await room.join("101", rules=RULES, admin=True), await room.join("102", rules=RULES)
    await exchange.submit(LockConference(account=ACCOUNT, name=ROOM, locked=True))
    assert (await stored(exchange, room)).locked
    await exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=True))
    assert (await stored(exchange, room)).muted
    assert await muted(exchange, room) == {host: False, anna: True}
    id = await room.id()
    (locked,), (all_muted,) = exchange.told_of(ConferenceLocked), exchange.told_of(ConferenceMuted)
    assert (locked.subject, locked.locked, locked.call) == (id, True, "")
    assert (all_muted.subject, all_muted.muted, all_muted.call) == (id, True, "")
    assert [(one.subject, one.muted) for one in exchange.told_of(ParticipantMuted)] == [(anna, True)]
    await end(exchange, asterisk, anna, host)


async def test_a_key_s_event_says_whose_it_was(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    host, anna = await room.join("101", rules=RULES, admin=True), await room.join("102", rules=RULES)
    for digit in "*3":
        asterisk.presses(host, digit)
    await settled()
    assert (await exchange.event(ConferenceLocked)).call == host
    for digit in "*4":
        asterisk.presses(host, digit)
    assert (await exchange.event(ConferenceMuted)).call == host
    await end(exchange, asterisk, anna, host)


async def test_what_is_so_already_is_no_event(exchange: Exchange, asterisk: FakeAri, room: Room) -> None:
    host, anna = await room.join("101", rules=RULES, admin=True), await room.join("102", rules=RULES)
    for _ in range(2):
        await exchange.submit(LockConference(account=ACCOUNT, name=ROOM, locked=True))
        await exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=True))
    assert len(exchange.told_of(ConferenceLocked)) == len(exchange.told_of(ConferenceMuted)) == 1
    assert len(exchange.told_of(ParticipantMuted)) == 1
    await end(exchange, asterisk, anna, host)


async def test_nothing_changes_where_the_store_is_out(
    exchange: Exchange, asterisk: FakeAri, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, anna = await room.join("101", rules=RULES, admin=True), await room.join("102", rules=RULES)
    store = Slow(exchange, monkeypatch)
    store.out = True
    for command in (LockConference(account=ACCOUNT, name=ROOM, locked=True),
                    MuteAll(account=ACCOUNT, name=ROOM, muted=True)):  # fmt: skip
        with pytest.raises(EngineUnavailable):
            await exchange.submit(command)
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert (view.locked, view.muted) == (False, False) and room.is_heard(anna)
    for digit in "*4":
        asterisk.presses(host, digit)
    await settled()
    assert await room.inside() == sorted([host, anna]), "a key that cannot be stored ends nobody's call"
    store.out = False
    store.may.set()
    await end(exchange, asterisk, anna, host)


@pytest.mark.parametrize("wanted", [True, False])
async def test_who_enters_while_all_are_muted_or_unmuted_is_as_the_others(
    exchange: Exchange, asterisk: FakeAri, room: Room, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    rules = msgspec.structs.replace(RULES, muted=not wanted)
    host, anna = await room.join("101", rules=rules, admin=True), await room.join("102", rules=rules)
    store = Slow(exchange, monkeypatch)
    muting = asyncio.create_task(exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=wanted)))
    await store.asked.wait()
    entering = asyncio.create_task(room.join("104", rules=rules))
    await settled()
    store.may.set()
    await muting
    late = await entering
    await settled()
    assert room.is_heard(late) is room.is_heard(anna) is not wanted
    assert (await muted(exchange, room))[late] is wanted
    await end(exchange, asterisk, anna, late, host)


@pytest.mark.parametrize("key", ["3", "4"])
async def test_what_an_admin_asked_for_is_so_live_and_stored_though_it_hangs_up_meanwhile(
    exchange: Exchange, asterisk: FakeAri, room: Room, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    rules = msgspec.structs.replace(RULES, ends_with_admin=False)
    host, anna = await room.join("101", rules=rules, admin=True), await room.join("102", rules=rules)
    store = Slow(exchange, monkeypatch)
    for digit in f"*{key}":
        asterisk.presses(host, digit)
    await store.asked.wait()
    await hang_up(exchange, asterisk, host)
    store.may.set()
    await settled()
    view, kept = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM)), await stored(exchange, room)
    assert (view.locked, view.muted) == (kept.locked, kept.muted) == (key == "3", key == "4")
    assert room.is_heard(anna) is (key == "3")
    await end(exchange, asterisk, anna)


async def test_after_a_restart_all_are_as_the_last_answer_said(
    exchange: Exchange, asterisk: FakeAri, room: Room
) -> None:
    host, anna = await room.join("101", rules=RULES, admin=True), await room.join("102", rules=RULES)
    await exchange.submit(MuteAll(account=ACCOUNT, name=ROOM, muted=True))
    await exchange.leave()
    await exchange.start()
    await exchange.event(ParticipantJoined, times=2)
    assert await muted(exchange, room) == {host: False, anna: True} and not room.is_heard(anna)
    view = await exchange.submit(FindConference(account=ACCOUNT, name=ROOM))
    assert {one.call: one.muted for one in view.participants} == {host: False, anna: True}
    await end(exchange, asterisk, anna, host)
