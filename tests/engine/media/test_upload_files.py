"""Uploaded files: checked by their bytes, converted once, stored unchanged, deleted when discarded."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.media import PromptError, Prompts
from engine.media.upload_files import is_name
from tests.engine.media.trouble import tone
from tests.support.audio import read, tones


async def chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.fixture
async def recording_delivery(make, tmp_path: Path) -> Prompts:
    return await make(uploads=tmp_path / "uploads", max_bytes=100_000, max_seconds=5.0)


async def test_an_uploaded_file_is_heard(recording_delivery: Prompts) -> None:
    kept = await recording_delivery.receive(chunks(tone(440, 2)))
    assert kept.seconds == pytest.approx(2, abs=0.01) and kept.bytes == len(tone(440, 2))
    prompt = await recording_delivery.uploaded(kept.file, kept.digest)
    assert [round(one.frequency, -1) for one in tones(*read(prompt.path + ".ulaw"))] == [440]
    assert recording_delivery.path_of(kept.file).read_bytes() == tone(440, 2)


async def test_it_is_converted_once_and_again_when_the_cache_was_emptied(
    recording_delivery: Prompts, make, tmp_path: Path
) -> None:
    kept = await recording_delivery.receive(chunks(tone()))
    first = await recording_delivery.uploaded(kept.file, kept.digest)
    assert await recording_delivery.uploaded(kept.file, kept.digest) is first
    other = await make(folder=tmp_path / "empty", uploads=tmp_path / "uploads")
    again = await other.uploaded(kept.file, kept.digest)
    assert (read(again.path + ".ulaw")[0] == read(first.path + ".ulaw")[0]).all()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b"<html>not audio</html>", "not_audio"), (tone(seconds=3)[:20_000], "truncated"),
     (tone(seconds=6), "too_long"), (tone(seconds=5) + bytes(100_000), "too_large")],
)  # fmt: skip
async def test_what_is_not_a_prompt_is_refused_and_no_file_is_left(
    recording_delivery: Prompts, tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(PromptError) as refused:
        await recording_delivery.receive(chunks(content))
    assert refused.value.reason == reason
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_an_upload_that_breaks_off_leaves_nothing(recording_delivery: Prompts, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield tone()[:100]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await recording_delivery.receive(broken())
    assert list((tmp_path / "uploads").iterdir()) == []


async def test_a_discarded_file_is_gone(recording_delivery: Prompts, make, tmp_path: Path) -> None:
    kept = await recording_delivery.receive(chunks(tone()))
    await recording_delivery.discard(kept.file)
    await recording_delivery.discard(kept.file)
    other = await make(folder=tmp_path / "empty", uploads=tmp_path / "uploads")
    with pytest.raises(PromptError) as gone:
        await other.uploaded(kept.file, kept.digest)
    assert gone.value.reason == "not_found"


async def test_what_an_earlier_process_did_not_finish_is_removed(make, tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "abc.part").write_bytes(b"x")
    (folder / "abc").write_bytes(b"x")
    await make(uploads=folder)
    assert [path.name for path in folder.iterdir()] == ["abc"]


async def test_without_a_folder_uploads_are_refused(make) -> None:
    with pytest.raises(PromptError, match="no folder"):
        await (await make()).receive(chunks(tone()))


@pytest.mark.parametrize(
    ("name", "good"),
    [("welcome.wav", True), ("sv/hej då.mp3", True), ("a" * 128, True), ("a" * 129, False), ("", False),
     ("../x", False), ("a/../b", False), ("/etc/passwd", False), (".hidden", False), ("a\nb", False), ("a;b", False)],
)  # fmt: skip
def test_names(name: str, good: bool) -> None:
    assert is_name(name) is good
