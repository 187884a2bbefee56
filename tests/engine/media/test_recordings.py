"""Recordings are measured by their own bytes, and their links cannot be made up."""

import wave
from pathlib import Path

import numpy as np
import pytest

from engine.media import LinkExpired, LinkInvalid, Links, RecordingDamaged, RecordingFiles, RecordingMissing
from tests.engine.media.trouble import Clock, tone
from tests.support.audio import read, tones

SECRET = "a secret of the test, long enough"


@pytest.fixture
def files(tmp_path: Path) -> RecordingFiles:
    return RecordingFiles(tmp_path)


async def test_length_and_level_come_from_the_file(files: RecordingFiles) -> None:
    files.path("r1").write_bytes(tone(seconds=1.5, level=0.5))
    measure = await files.measure("r1")
    assert measure.seconds == 1.5
    assert measure.level_dbfs == pytest.approx(-9.0, abs=0.1)
    assert measure.bytes == 24_044


async def test_silence_and_nothing_have_the_lowest_level(files: RecordingFiles) -> None:
    files.path("silent").write_bytes(tone(level=0.0))
    files.path("empty").write_bytes(tone(seconds=0))
    assert (await files.measure("silent")).level_dbfs == -120.0
    measure = await files.measure("empty")
    assert (measure.seconds, measure.level_dbfs) == (0.0, -120.0)


@pytest.mark.parametrize("length", [0, 16, 0xFFFFFFFF])
async def test_a_recording_left_by_a_crash_is_measured_and_mended(files: RecordingFiles, length: int) -> None:
    content = bytearray(tone(seconds=2))
    content[40:44] = (length if length != 16 else 2**31).to_bytes(4, "little")
    content[4:8] = bytes(4)
    files.path("cut").write_bytes(bytes(content) + b"\x01")
    assert (await files.measure("cut")).seconds == 2.0
    assert await files.mend("cut")
    with wave.open(str(files.path("cut"))) as mended:
        assert mended.getnframes() == 16_000
    assert not await files.mend("cut")
    assert round(tones(*read(files.path("cut")))[0].frequency) == 440


async def test_a_stereo_recording_is_measured_by_its_frames(files: RecordingFiles) -> None:
    with wave.open(str(files.path("stereo")), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(np.zeros(16_000, "<i2").tobytes())
    assert (await files.measure("stereo")).seconds == 1.0


async def test_a_recording_that_is_missing_or_not_a_wav_is_an_error(files: RecordingFiles) -> None:
    with pytest.raises(RecordingMissing):
        await files.measure("nothing")
    files.path("odd").write_bytes(b"<html>")
    with pytest.raises(RecordingDamaged):
        await files.measure("odd")


async def test_a_recording_is_deleted_once(files: RecordingFiles) -> None:
    files.path("r1").write_bytes(tone())
    assert await files.names() == ["r1"]
    assert await files.delete("r1")
    assert not await files.delete("r1")
    assert await files.names() == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "..", "a\0", "ä", "x" * 129, "a b"])
def test_a_name_never_leaves_the_folder(files: RecordingFiles, name: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        files.path(name)


def test_a_link_names_its_recording_until_it_expires(clock: Clock) -> None:
    links = Links(SECRET, clock)
    token = links.sign("rec-1:x", clock.now + 60)
    assert links.verify(token) == "rec-1:x"
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
    clock.now += 59
    assert links.verify(token) == "rec-1:x"
    clock.now += 1
    with pytest.raises(LinkExpired):
        links.verify(token)


def test_a_link_that_was_changed_anywhere_is_invalid(clock: Clock) -> None:
    links = Links(SECRET, clock)
    token = links.sign("rec-1", clock.now + 60)
    for at, character in enumerate(token):
        changed = token[:at] + ("A" if character != "A" else "B") + token[at + 1 :]
        with pytest.raises(LinkInvalid):
            links.verify(changed)


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "=.=", "ä.ö", "....", "\ud800", "x" * 10_000])
def test_rubbish_is_invalid(token: str, clock: Clock) -> None:
    with pytest.raises(LinkInvalid):
        Links(SECRET, clock).verify(token)


def test_a_link_of_another_secret_or_with_something_added_is_invalid(clock: Clock) -> None:
    token = Links(SECRET, clock).sign("rec-1", clock.now + 60)
    for other in (token + "=", token + "\n", " " + token, token + ".x"):
        with pytest.raises(LinkInvalid):
            Links(SECRET, clock).verify(other)
    with pytest.raises(LinkInvalid):
        Links(SECRET + "!", clock).verify(token)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Links("short")
