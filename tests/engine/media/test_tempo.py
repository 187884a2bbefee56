"""A text takes as long as it is asked to, whoever speaks it, and keeps its pitch."""

from pathlib import Path

import numpy as np
import pytest

from engine.media import PromptError, Voices
from engine.media.decode import resample
from engine.media.speech import tempo
from engine.media.speech.espeak import Espeak
from engine.media.speech.flite import Flite
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.piper import Piper
from engine.media.speech.tempo import stretched
from tests.engine.media.test_piper import put
from tests.support.audio import pitch, read, sine, words

TEXTS = {"en": "Hello. My name is Carillon. Please enter your number.", "ne": "नमस्कार, टिङ्टिङमा हजुरलाई स्वागत छ।"}
VOICES = [("heart", "en"), ("rms", "en"), ("en-gb", "en"), ("joe", "en"), ("ne", "ne"), ("ne-female-1", "ne"),
          ("ne-male-1", "ne"), ("ne-male-2", "ne")]  # fmt: skip


@pytest.fixture
async def prompts(make, tmp_path: Path):
    put(tmp_path / "voices", "joe")
    speakers = [HibariSpeaker(), Flite(), Espeak(), Piper(tmp_path / "voices")]
    return await make(voices=Voices(speakers), speech_seconds=60.0)


@pytest.mark.parametrize(("voice", "language"), VOICES)
@pytest.mark.parametrize("factor", [0.5, 0.8, 1.4, 2.0])
async def test_a_text_is_as_long_as_asked_for(prompts, voice: str, language: str, factor: float) -> None:
    plain = await prompts.say(TEXTS[language], voice=voice)
    other = await prompts.say(TEXTS[language], voice=voice, length_factor=factor)
    assert other.seconds / plain.seconds == pytest.approx(factor, rel=0.02)
    # What is written for each codec is as long, not only what is noted of it.
    for kind in (".ulaw", ".sln16"):
        samples, rate = read(other.path + kind)
        assert len(samples) / rate == pytest.approx(other.seconds, abs=0.01)


@pytest.mark.parametrize("voice", ["ne-female-1", "ne-male-2"])
async def test_a_slower_voice_is_not_a_deeper_one(prompts, voice: str) -> None:
    heard = []
    for factor in (1.0, 1.4):
        prompt = await prompts.say(TEXTS["ne"], voice=voice, length_factor=factor)
        heard.append(pitch(*read(prompt.path + ".sln16")))
    assert heard[1] == pytest.approx(heard[0], rel=0.08)


@pytest.mark.parametrize("factor", [0.8, 1.4])
async def test_a_slower_or_faster_text_is_understood(prompts, factor: float) -> None:
    prompt = await prompts.say(TEXTS["en"], voice="heart", length_factor=factor)
    assert words(prompt.path + ".ulaw", "my name is")


async def test_pauses_change_alike(prompts) -> None:
    ssml = '<speak>One.<break time="2s"/>Two.</speak>'
    plain = await prompts.say(ssml, ssml=True, voice="rms")
    slow = await prompts.say(ssml, ssml=True, voice="rms", length_factor=1.5)
    assert slow.seconds / plain.seconds == pytest.approx(1.5, rel=0.02)


async def test_each_length_is_kept_apart_in_the_cache(prompts) -> None:
    plain, slow = [await prompts.say("One.", voice="rms", length_factor=factor) for factor in (1.0, 1.4)]
    assert plain.path != slow.path
    assert await prompts.say("One.", voice="rms", length_factor=1.4) is slow
    assert await prompts.say("One.", voice="rms") is plain


@pytest.mark.parametrize("factor", [0.49, 2.01, 0.0, -1.0, float("nan"), float("inf")])
async def test_a_length_beyond_the_limits_is_refused(factor: float) -> None:
    with pytest.raises(PromptError) as caught:
        await stretched(resample(sine(440, 1), 8_000).wide, factor)
    assert caught.value.reason == "bad_length"


@pytest.mark.parametrize("made", [b"", bytes(2 * 16_000)])
async def test_audio_of_another_length_than_asked_for_is_never_played(monkeypatch: pytest.MonkeyPatch, made) -> None:
    async def filtered(*arguments: str, data: bytes) -> bytes:
        return made

    monkeypatch.setattr(tempo, "filtered", filtered)
    with pytest.raises(PromptError, match="sox made"):
        await stretched(resample(sine(440, 1), 8_000).wide, 1.4)


async def test_the_shortest_audio_is_stretched_too() -> None:
    audio = await stretched(resample(sine(440, 0.05), 8_000).wide, 1.4)
    assert len(audio.wide) == pytest.approx(0.07 * 16_000, rel=0.02)
    assert np.abs(audio.wide).max() > 1000
