"""carillon voices"""

from pathlib import Path

import pytest
import soundfile

from tests.api.cli.running import Run


@pytest.mark.parametrize(("name", "format"), [("hello.wav", "WAV"), ("hello.mp3", "MP3"), ("hello", "MP3")])
async def test_a_text_is_saved_as_a_file(carillon: Run, tmp_path: Path, name: str, format: str) -> None:
    await carillon("accounts", "create", "acme")
    lengths = []
    for factor in ("1", "1.4"):
        file = tmp_path / name
        ran = await carillon("voices", "say", "Hello.", str(file), "--voice", "slt", "--length-factor", factor)
        assert (ran.status, ran.errors) == (0, "") and f"{name} has" in ran.output
        assert soundfile.info(file).format == format
        lengths.append(soundfile.info(file).duration)
    assert lengths[1] / lengths[0] == pytest.approx(1.4, rel=0.1)


async def test_voices_are_listed_by_language(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    assert "slt" in (await carillon("voices", "list", "--locale", "en-US")).output
    assert (await carillon("voices", "list", "--locale", "ne")).output == "There are no voices.\n"


async def test_a_voice_that_is_not_there_is_refused_with_a_sentence(carillon: Run, tmp_path: Path) -> None:
    await carillon("accounts", "create", "acme")
    ran = await carillon("voices", "say", "Hello.", str(tmp_path / "a.mp3"), "--voice", "nobody")
    assert ran.status == 1 and "There is no voice 'nobody'" in ran.errors
    assert not (tmp_path / "a.mp3").exists()
