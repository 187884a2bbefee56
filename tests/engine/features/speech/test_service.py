"""A text is heard without a call: as a file, in its turn, by a voice that there is."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import soundfile

from engine.features.speech.errors import NoSuchVoice, TooManyPreviews
from engine.features.speech.service import MOST_AT_ONCE, SpeechService
from engine.media import PromptError, Prompts, PromptSettings, Voices
from engine.net import Net
from tests.engine.media.test_speech import Tone


class Held(Tone):
    """A voice that speaks once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may, self.begun = asyncio.Event(), asyncio.Event()

    async def synthesise(self, text, voice):
        self.begun.set()
        await self.may.wait()
        return await super().synthesise(text, voice)


@pytest.fixture
def voice() -> Held:
    return Held()


@pytest.fixture
async def speech(tmp_path: Path, voice: Held) -> AsyncIterator[SpeechService]:
    net = Net()
    prompts = Prompts(net, tmp_path / "cache", PromptSettings(), voices=Voices([voice]))
    await prompts.start()
    yield SpeechService(prompts)
    await prompts.close()
    await net.close()


@pytest.mark.parametrize("format", ["mp3", "wav"])
async def test_a_text_becomes_a_file(speech: SpeechService, voice: Held, format) -> None:
    voice.may.set()
    spoken = await speech.speak("a", "Hello", voice="B", format=format)
    samples, rate = soundfile.read(io.BytesIO(spoken.sound))
    assert rate == 16_000 and len(samples) / rate == pytest.approx(spoken.seconds, abs=0.1)
    assert soundfile.info(io.BytesIO(spoken.sound)).format == format.upper()


async def test_a_voice_that_is_not_there_is_named_in_the_refusal(speech: SpeechService) -> None:
    assert [one.name for one in speech.voices()] == ["a", "b"]
    with pytest.raises(NoSuchVoice, match="There is no voice 'np_rija'"):
        await speech.speak("a", "Hello", voice="np_rija")


async def test_an_account_has_two_at_once_and_others_have_theirs(speech: SpeechService, voice: Held) -> None:
    first = [asyncio.create_task(speech.speak("a", f"Hello {count}")) for count in range(MOST_AT_ONCE)]
    await voice.begun.wait()
    with pytest.raises(TooManyPreviews):
        await speech.speak("a", "Hello again")
    other = asyncio.create_task(speech.speak("b", "Hello"))
    voice.may.set()
    await asyncio.gather(*first, other)
    await speech.speak("a", "Hello again")
    assert voice.most_at_once == 1


async def test_a_text_that_is_refused_takes_no_place(speech: SpeechService, voice: Held) -> None:
    voice.may.set()
    for _ in range(MOST_AT_ONCE + 1):
        with pytest.raises(PromptError):
            await speech.speak("a", "Hello", length_factor=9)
    await speech.speak("a", "Hello")
