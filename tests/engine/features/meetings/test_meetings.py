"""The rules of meetings, on each database."""

import pytest

from engine.features.errors import AlreadyThere, InvalidSetting, NotThere, StillUsed
from engine.features.meetings import service
from engine.features.meetings.feature import MeetingsFeature
from engine.features.meetings.links import GOOD_SECONDS
from engine.features.meetings.model import KEPT, MeetingChange, MeetingNotOpen, NewMeeting, NoMeeting
from engine.features.meetings.service import REMOVE, MeetingService
from engine.features.rooms.service import RoomService
from engine.platform import due_work
from engine.platform.audit import ADMIN
from engine.platform.due_work import DueWork
from engine.platform.feature import Features
from engine.platform.leads import Lead
from engine.platform.platform import Platform
from engine.platform.scheduler import Later
from engine.store.accounts import Account
from engine.store.database import Database
from engine.tasks.converse import Converse
from tests.engine.features.subscriptions.conftest import Clock


async def test_a_meeting_has_a_room_of_its_own_whose_number_it_is_called_by(
    meetings: MeetingService, rooms: RoomService, account: Account
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting(name="Monday", waits_for_host=True))
    assert len(made.meeting.id) == 9 and made.room.number == made.meeting.id and made.pin and made.host_pin
    assert made.room.settings.waits_for_admin and not made.room.settings.ends_with_admin
    assert [one.meeting for one in await meetings.list_all(account.id)] == [made.meeting]
    assert await rooms.get(account.id, made.meeting.id) == made.room
    with pytest.raises(StillUsed, match=f"the meeting {made.meeting.id} leads to it"):
        await rooms.remove(ADMIN, account.id, made.room.id)
    await meetings.remove(ADMIN, account.id, made.meeting.id)
    assert rooms.index.get(account.id, made.room.id) is None
    with pytest.raises(NotThere):
        await rooms.get(account.id, made.room.id)


async def test_what_cannot_be_a_meeting_leaves_no_room_behind(
    meetings: MeetingService, rooms: RoomService, account: Account
) -> None:
    first = await meetings.add(ADMIN, account.id, NewMeeting(pin="748291"))
    for wanted, error in (
        (NewMeeting(starts=20.0, ends=10.0), InvalidSetting), (NewMeeting(starts=-1.0), InvalidSetting),
        (NewMeeting(pin="1234"), InvalidSetting), (NewMeeting(pin="748291"), AlreadyThere),
        (NewMeeting(owner="nobody@example.com"), NotThere), (NewMeeting(name=""), InvalidSetting),
        (NewMeeting(timezone="Berlin"), InvalidSetting), (NewMeeting(language="tlh"), InvalidSetting),
    ):  # fmt: skip
        with pytest.raises(error):
            await meetings.add(ADMIN, account.id, wanted)
    assert [one.meeting for one in await meetings.list_all(account.id)] == [first.meeting]
    assert [room.id for room in await rooms.list_all(account.id)] == [first.room.id]


async def test_another_account_s_meeting_is_not_there(
    meetings: MeetingService, account: Account, other: Account
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting())
    for refused in (
        meetings.get(other.id, made.meeting.id), meetings.remove(ADMIN, other.id, made.meeting.id),
        meetings.change(ADMIN, other.id, made.meeting.id, MeetingChange(name="Mine")),
    ):  # fmt: skip
        with pytest.raises(NotThere, match="The account has no meeting"):
            await refused
    assert await meetings.list_all(other.id) == []


async def test_its_times_open_and_close_its_room_and_can_be_taken_away(
    meetings: MeetingService, rooms: RoomService, account: Account, clock: Clock
) -> None:
    starts, ends = clock() + 7200, clock() + 10_800
    made = await meetings.add(ADMIN, account.id, NewMeeting(starts=starts, ends=ends))
    assert (made.room.settings.opens, made.room.settings.closes) == (starts - 900, ends)
    link = meetings.links.link(made.meeting, host=False)
    with pytest.raises(MeetingNotOpen, match="The meeting opens at"):
        await meetings.ticket(link, "Anna")
    clock.now = starts
    assert await meetings.ticket(link, "Anna")
    clock.now = ends
    with pytest.raises(MeetingNotOpen, match="The meeting is over"):
        await meetings.ticket(link, "Anna")
    with pytest.raises(InvalidSetting, match="starts must be before ends"):
        await meetings.change(ADMIN, account.id, made.meeting.id, MeetingChange(starts=ends + 1))
    assert rooms.index.rules(account.id, made.room.id).closes is None, "who is in it stays"  # type: ignore[union-attr]
    changed = await meetings.change(ADMIN, account.id, made.meeting.id, MeetingChange(starts=0, ends=0))
    assert (changed.room.settings.opens, changed.room.settings.closes) == (None, None)
    assert await meetings.ticket(link, "Anna")


async def test_a_guest_s_call_enters_the_room_as_what_its_link_says(
    meetings: MeetingService, meetings_feature: MeetingsFeature, account: Account, clock: Clock
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting())
    for host, name, called in (
        (False, "Anna", "Anna"), (True, "Ben", "Ben"), (False, "", "Guest"), (True, "", "Host"),
        (False, "101", "Guest"), (False, "x15551234567", "x"), (True, "+1 555", "Host"), (False, "Anna ٣ 4", "Anna"),
    ):  # fmt: skip
        ticket = await meetings.ticket(meetings.links.link(made.meeting, host=host), name)
        answering = await meetings_feature.guests(ticket)
        assert answering and (answering.account, answering.caller) == (account.id, called)
        (ask,) = answering.tasks
        assert isinstance(ask, Converse) and f'"opened":"{"host" if host else "guest"}"' in ask.state
    assert await meetings_feature.guests(ticket) is None, "it is good for one call"
    late = await meetings.ticket(meetings.links.link(made.meeting, host=True), "Ben")
    clock.now += GOOD_SECONDS + 2
    assert await meetings_feature.guests(late) is None, "it was for that moment"
    assert await meetings_feature.guests("12015550101") is None


async def test_a_link_opens_nothing_once_it_was_changed_or_the_meeting_removed(
    meetings: MeetingService, meetings_feature: MeetingsFeature, account: Account
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting())
    links = [meetings.links.link(made.meeting, host=host) for host in (False, True)]
    ticket = await meetings.ticket(links[0], "Anna")
    changed = await meetings.change(ADMIN, account.id, made.meeting.id, MeetingChange(new_links=True))
    assert await meetings_feature.guests(ticket) is None, "a ticket of an old link"
    for link in links:
        with pytest.raises(NoMeeting):
            await meetings.opened(link)
    assert (await meetings.opened(meetings.links.link(changed.meeting, host=True)))[1] is True
    await meetings.remove(ADMIN, account.id, made.meeting.id)
    with pytest.raises(NoMeeting):
        await meetings.opened(meetings.links.link(changed.meeting, host=True))
    assert await meetings_feature.guests(ticket) is None


async def test_a_meeting_that_is_long_over_is_removed_with_its_room(
    meetings: MeetingService, rooms: RoomService, account: Account, database: Database, clock: Clock
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting(ends=clock() + 60))
    work = await database.read(lambda conn: due_work.get(conn, f"{REMOVE}:{made.meeting.id}"))
    assert work and work.at == made.meeting.ends + KEPT  # type: ignore[operator]
    await meetings.remove_old(work, lambda conn: None)
    assert await meetings.list_all(account.id), "not yet"
    clock.now = work.at
    await meetings.remove_old(work, lambda conn: None)
    assert await meetings.list_all(account.id) == [] and await rooms.list_all(account.id) == []
    await meetings.remove_old(work, lambda conn: None)  # it runs twice after a crash
    lasting = await meetings.add(ADMIN, account.id, NewMeeting(ends=clock() + 60))
    await meetings.change(ADMIN, account.id, lasting.meeting.id, MeetingChange(ends=0))
    gone: DueWork | None = await database.read(lambda conn: due_work.get(conn, f"{REMOVE}:{lasting.meeting.id}"))
    assert gone is None


async def test_an_account_has_a_limit_of_meetings(
    meetings: MeetingService, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 2)
    for _ in range(2):
        await meetings.add(ADMIN, account.id, NewMeeting())
    with pytest.raises(service.LimitReached, match="at most 2 meetings"):
        await meetings.add(ADMIN, account.id, NewMeeting())


async def test_a_meeting_to_which_a_number_leads_is_removed_once_that_leads_elsewhere(
    meetings: MeetingService, account: Account, features: Features, clock: Clock
) -> None:
    made = await meetings.add(ADMIN, account.id, NewMeeting(ends=clock() + 60))
    work = DueWork(id=f"{REMOVE}:{made.meeting.id}", kind=REMOVE, at=0.0, payload=made.meeting.id)
    platform: Platform = features._platform
    leading: list[Lead] = [Lead("the number 500", f"rooms:{made.room.id}")]
    platform.leads.append(lambda conn, account: leading)
    clock.now += KEPT + 61
    with pytest.raises(Later, match="the number 500 leads to it"):
        await meetings.remove_old(work, lambda conn: None)
    leading.clear()
    await meetings.remove_old(work, lambda conn: None)
    assert await meetings.list_all(account.id) == []
