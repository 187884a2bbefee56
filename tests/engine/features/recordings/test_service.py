"""Recordings that were made: whose link opens what, and what deleting leaves."""

from pathlib import Path
from typing import Any

import pytest

from engine.features.errors import NotThere
from engine.features.recordings.errors import NoSuchRecording, NotReady, RecordingDeleted
from engine.features.recordings.model import RecordingRow
from engine.features.recordings.service import RecordingService
from engine.platform.audit import ADMIN
from engine.platform.feature import Features
from engine.store import recordings
from engine.store.accounts import Account
from engine.store.writer import Writer
from tests.engine.features.conftest import History


@pytest.fixture
async def row(account: Account, writer: Writer, tmp_path: Path) -> RecordingRow:
    """A recording whose file is there."""
    (tmp_path / "rec-1.wav").write_bytes(b"RIFF")
    return await begun(writer, account)


async def begun(writer: Writer, account: Account, id: str = "rec-1", **fields: Any) -> RecordingRow:
    row = RecordingRow(
        **{"id": id, "account": account.id, "owner": "call-1", "task": "task-1", "name": "call-1", "created": 1.0}
        | fields
    )
    await writer.write(lambda conn: recordings.begin(conn, row))
    return row


async def test_a_deleted_recording_leaves_its_row_and_who_deleted_it(
    services: Features, row: RecordingRow, history: History, tmp_path: Path
) -> None:
    await services[RecordingService].delete(ADMIN, row.id)
    assert not (tmp_path / "rec-1.wav").exists()
    with pytest.raises(NoSuchRecording):
        await services[RecordingService].get(row.id)
    (kept,) = await services[RecordingService].of_owner("call-1")
    assert kept.deleted is not None and await services[RecordingService].page() == []
    (entry,) = await history(row.account)
    assert (entry.what, entry.subject, entry.actor_kind) == ("recording.deleted", row.id, "admin")
    assert entry.before is not None and entry.before["owner"] == "call-1" and entry.after is None


async def test_a_recording_is_deleted_once(services: Features, row: RecordingRow, history: History) -> None:
    await services[RecordingService].delete(ADMIN, row.id)
    for id in (row.id, "rec-unknown"):
        with pytest.raises(NoSuchRecording):
            await services[RecordingService].delete(ADMIN, id)
    assert len(await history(row.account)) == 1


async def test_a_link_opens_only_what_it_names(services: Features, row: RecordingRow, tmp_path: Path) -> None:
    found = await services[RecordingService].linked(row.id, "call-1", "wav")
    assert found == (tmp_path / "rec-1.wav", "wav")
    for name, format in (("call-2", "wav"), ("call-1", "mp3")):
        with pytest.raises(NoSuchRecording):
            await services[RecordingService].linked(row.id, name, format)


async def test_a_link_says_whether_a_recording_is_not_ready_or_gone(
    services: Features, account: Account, writer: Writer, row: RecordingRow, tmp_path: Path
) -> None:
    await begun(writer, account, "rec-2", format="mp3")
    with pytest.raises(NotReady):
        await services[RecordingService].linked("rec-2", "call-1", "mp3")
    (tmp_path / "rec-1.wav").unlink()
    with pytest.raises(RecordingDeleted):
        await services[RecordingService].linked(row.id, "call-1", "wav")
    with pytest.raises(NotThere, match="file is not there"):
        await services[RecordingService].file(row.id)


async def test_recordings_are_listed_by_account_and_page(
    services: Features, account: Account, writer: Writer, row: RecordingRow
) -> None:
    await begun(writer, account, "rec-2", owner="call-2")
    assert [each.id for each in await services[RecordingService].page(account.id, limit=1)] == ["rec-2"]
    assert [each.id for each in await services[RecordingService].page(before="rec-2")] == ["rec-1"]
    assert await services[RecordingService].page("another") == []
