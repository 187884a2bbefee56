"""Files: kept whole with what is known of them, an account's own, within its room, deleted with their bytes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.features.errors import InvalidSetting, NotThere
from engine.features.files import service
from engine.features.files.feature import FilesFeature
from engine.features.files.model import NewFile, TooManyFiles
from engine.features.files.service import FileService
from engine.media import Prompts, RecordingFiles
from engine.net import Net
from engine.platform import due_work
from engine.platform.folder import Folder
from engine.platform.platform import Platform
from engine.store.database import Database
from engine.store.writer import Writer

NEW = NewFile(uploaded_name="an  offer.pdf", media_type="application/pdf")


class Kept:
    """The service, and where its files are."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.platform, self.folder = platform, folder
        self.feature = FilesFeature(platform, Folder(folder))
        self.files: FileService = self.feature.service

    async def due(self) -> None:
        """Do what is due."""
        epoch = self.platform.writer.epoch
        assert epoch is not None
        works = await self.platform.writer.write(
            lambda conn: due_work.claim(conn, [service.KIND], self.platform.clock() + 1, epoch, 100)
        )
        for work in works:
            await self.files.delete(work, lambda conn: True)

    def names(self) -> list[str]:
        """The names of the files that are there."""
        return sorted(file.name for file in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
async def kept(database_url: str, tmp_path: Path) -> AsyncIterator[Kept]:
    net, database = Net(), Database(database_url)
    writer = Writer(database)
    await writer.claim()
    platform = Platform(database, writer, RecordingFiles(tmp_path), Prompts(net, tmp_path / "prompts"))
    yield Kept(platform, tmp_path / "files")
    await writer.stop()
    await database.close()
    await net.close()


async def test_a_file_is_kept_whole_and_is_its_account_s_own(kept: Kept) -> None:
    content = bytes(range(256)) * 100
    file = await kept.files.put("acct-1", NEW, content)
    assert (file.name, file.uploaded_name, file.bytes) == ("an offer.pdf", "an offer.pdf", len(content))
    assert await kept.files.get("acct-1", file.id) == file
    assert await kept.files.content("acct-1", file.id) == content
    for account, id in (("acct-2", file.id), ("acct-1", "file-none")):
        for ask in (kept.files.get, kept.files.content, kept.files.remove):
            with pytest.raises(NotThere, match="has no file"):
                await ask(account, id)
    assert kept.names() == [file.id]


async def test_files_are_listed_by_pages_the_newest_first(kept: Kept) -> None:
    made = [await kept.files.put("acct-1", NEW, b"x") for _ in range(5)]
    await kept.files.put("acct-2", NEW, b"x")
    first = await kept.files.page("acct-1", limit=3)
    rest = await kept.files.page("acct-1", limit=3, before=first[-1].id)
    assert [file.id for file in first + rest] == [file.id for file in reversed(made)]


async def test_a_deleted_file_s_bytes_go_and_a_closed_account_s_too(kept: Kept) -> None:
    one, two = [await kept.files.put("acct-1", NEW, b"x") for _ in range(2)]
    await kept.files.remove("acct-1", one.id)
    assert kept.names() == sorted([one.id, two.id]), "until the work that is due is done"
    await kept.due()
    assert kept.names() == [two.id]
    await kept.platform.writer.write(lambda conn: kept.feature.leave(conn, "acct-1"))
    await kept.due()
    assert kept.names() == []


async def test_what_a_kill_left_behind_goes_with_the_sweep(kept: Kept) -> None:
    file = await kept.files.put("acct-1", NEW, b"x")
    for name in ("file-left", "file-cut.part"):
        (kept.folder / name).write_bytes(b"x")
    assert await kept.files.sweep(kept.platform.clock() - 60) == 0, "what was written lately may be about to be stored"
    assert await kept.files.sweep(kept.platform.clock() + 60) == 2
    assert kept.names() == [file.id]


async def test_a_file_whose_bytes_are_lost_says_so(kept: Kept) -> None:
    file = await kept.files.put("acct-1", NEW, b"x")
    (kept.folder / file.id).unlink()
    with pytest.raises(NotThere, match="is lost"):
        await kept.files.content("acct-1", file.id)


@pytest.mark.parametrize("limit", ["MOST", "MOST_BYTES_OF_ACCOUNT"])
async def test_what_is_too_much_is_refused_and_leaves_nothing(
    kept: Kept, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, limit, 2)
    await kept.files.put("acct-1", NEW, b"x")
    await kept.files.put("acct-1", NEW, b"x")
    with pytest.raises(TooManyFiles, match="at most 2"):
        await kept.files.put("acct-1", NEW, b"x")
    await kept.files.put("acct-2", NEW, b"x")
    assert len(kept.names()) == 3


@pytest.mark.parametrize(("content", "says"), [(b"", "is empty"), (b"x" * 11, "at most 10 bytes")])
async def test_what_is_no_file_is_refused(
    kept: Kept, content: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_BYTES", 10)
    with pytest.raises(InvalidSetting, match=says):
        await kept.files.put("acct-1", NEW, content)
    assert kept.names() == []
