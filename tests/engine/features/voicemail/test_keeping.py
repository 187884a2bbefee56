"""How long messages are kept: by their box, by the installation, in the trash; and rows of recorded greetings."""

import asyncio

import pytest
from sqlalchemy import Connection

from engine.features.errors import InvalidSetting
from engine.features.voicemail.events import VoicemailDeleted
from engine.features.voicemail.listening.greetings import PURPOSE as GREETING
from engine.features.voicemail.model import BoxFields, Folder, Usage
from engine.features.voicemail.shared import FILE_KIND, let_go
from engine.features.voicemail.sweeping import KIND
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.store import recordings
from engine.store.recordings import RecordingRow
from tests.engine.features.voicemail.conftest import ANNA, BEN, NOW, House, spoken
from tests.engine.features.voicemail.test_messages import told
from tests.engine.features.voicemail.test_taking import names, taken

DAY = 86_400.0


async def swept(house: House) -> None:
    """The sweep of a day ended."""
    sweep = DueWork(id=KIND, kind=KIND, at=house.now)
    await house.writer.write(lambda conn: due_work.put(conn, sweep))
    house.platform.scheduler.wake()
    async with asyncio.timeout(20):
        while (await house.db.read(lambda conn: due_work.get(conn, KIND))).at <= house.now:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def expired(house: House, days: float) -> int:
    """What the installation's limit removed."""
    before = house.now - days * DAY
    return await house.writer.write(lambda conn: house.platform.expiring["voicemail"](conn, before, 100))


async def test_a_forwarded_message_is_kept_from_its_forwarding_on(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", BEN, BoxFields(retention_days=30))
    await house.recorded(spoken(3.0))
    (message,) = await taken(house, 1)
    house.now += 40 * DAY
    copy = await house.voicemail.forward("acct-1", message.id, BEN, by=house.by)
    assert (copy.received, copy.arrived) == (NOW, house.now)
    await swept(house)
    assert [one.id for one in await house.voicemail.messages("acct-1", BEN)] == [copy.id]
    house.now += 31 * DAY
    await swept(house)
    assert await house.voicemail.messages("acct-1", BEN) == []


async def test_the_installation_s_limit_counts_for_boxes_without_one(house: House) -> None:
    for id, box in (("1", ANNA), ("2", BEN)):
        await house.recorded(spoken(3.0), id=id, box=box)
    _, second = await taken(house, 2)
    await house.voicemail.delete("acct-1", second.id)
    house.now += 3 * DAY
    assert await expired(house, 4) == 0
    assert await expired(house, 2) == 2, "what is in the trash is as old"
    assert [event.purged for event in await told(house, VoicemailDeleted)] == [False, True, True]
    assert await house.voicemail.messages("acct-1") == []


async def test_a_box_is_not_full_any_more_once_its_messages_were_too_old(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(most_messages=1))
    await house.recorded(spoken(3.0))
    await taken(house, 1)
    directory = house.feature._directory
    assert directory.named("acct-1", ANNA).usage.messages == 1
    house.now += 10 * DAY
    assert await expired(house, 9) == 1
    async with asyncio.timeout(20):
        while directory.named("acct-1", ANNA).usage != Usage():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_no_more_than_so_many_are_removed_at_once(house: House) -> None:
    for id in ("1", "2", "3"):
        await house.recorded(spoken(3.0), id=id)
    await taken(house, 3)
    house.now += DAY
    expire = house.platform.expiring["voicemail"]
    assert [await house.writer.write(lambda conn: expire(conn, house.now, 2)) for _ in range(3)] == [2, 1, 0]


async def test_the_trash_holds_no_more_than_the_box(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(most_messages=2))
    put: list[str] = []
    for id in ("1", "2", "3", "4"):
        house.now += 1
        await house.recorded(spoken(3.0), id=id)
        (message,) = await taken(house, 1)
        put.append(message.id)
        await house.voicemail.delete("acct-1", message.id)
    trash = await house.voicemail.messages("acct-1", ANNA, Folder.TRASH)
    assert {one.id for one in trash} == set(put[2:]), "what is in it for longest goes first"
    await taken(house, 0)
    assert len(names(house)) == 2


async def test_what_was_just_deleted_stays_though_it_fills_the_trash_alone(house: House) -> None:
    await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(most_messages=1, most_seconds=60))
    await house.recorded(spoken(80.0))
    (message,) = await taken(house, 1)
    await house.voicemail.delete("acct-1", message.id)
    assert (await house.voicemail.undelete("acct-1", message.id)).folder is Folder.INBOX


async def test_the_row_of_a_recorded_greeting_goes_with_its_file(house: House) -> None:
    row = RecordingRow(
        id="rec-9", account="acct-1", owner="call-9", task="task-9", name="greeting", created=NOW,
        purpose=f"{GREETING}{ANNA}",
    )  # fmt: skip

    def unit(conn: Connection) -> None:
        recordings.begin(conn, row)
        let_go(conn, row.id, house.now)

    await house.writer.write(unit)
    house.platform.scheduler.wake()
    async with asyncio.timeout(20):
        while await house.db.read(lambda conn: due_work.of_account(conn, FILE_KIND)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await house.db.read(lambda conn: recordings.get(conn, "rec-9")) is None


async def test_a_time_zone_must_be_one_of_iana_s(house: House) -> None:
    with pytest.raises(InvalidSetting, match=r"timezone must be of IANA's, such as Europe/Berlin \(got 'Berlin'\)"):
        await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(timezone="Berlin"))
    box = await house.voicemail.update_box(house.by, "acct-1", ANNA, BoxFields(timezone="Asia/Kathmandu"))
    assert box.timezone == "Asia/Kathmandu" and (await house.voicemail.box("acct-1", BEN)).timezone == "UTC"
