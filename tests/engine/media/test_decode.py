"""Odd but valid audio plays: right pitch, right length, right level, in all three files."""

import math

import numpy as np
import pytest

from engine.media import Prompt, Prompts
from tests.engine.media.trouble import Web, encoded
from tests.support.audio import has_tone, level, read, silence, sine, tone_level, tones

ENDINGS = (".sln16", ".ulaw", ".alaw")

FORMATS = [
    ("WAV", "PCM_16", 8_000), ("WAV", "PCM_U8", 8_000), ("WAV", "PCM_24", 48_000), ("WAV", "PCM_32", 16_000),
    ("WAV", "FLOAT", 44_100), ("WAV", "DOUBLE", 96_000), ("WAV", "ULAW", 8_000), ("WAV", "ALAW", 8_000),
    ("WAV", "IMA_ADPCM", 22_050), ("WAV", "GSM610", 8_000), ("WAVEX", "PCM_16", 11_025), ("MP3", None, 44_100),
    ("MP3", None, 22_050), ("MP3", None, 8_000), ("FLAC", "PCM_16", 44_100), ("FLAC", "PCM_24", 96_000),
    ("OGG", "VORBIS", 48_000), ("OGG", "OPUS", 48_000),
]


def hears(prompt: Prompt, hz: float, seconds: float) -> None:
    for ending in ENDINGS:
        samples, rate = read(prompt.path + ending)
        assert len(samples) / rate == pytest.approx(prompt.seconds, abs=0.01)
        found = [tone for tone in tones(samples, rate) if tone.seconds > 0.2]
        assert len(found) == 1, (ending, found)
        assert found[0].frequency == pytest.approx(hz, abs=3), ending
        assert found[0].seconds == pytest.approx(seconds, abs=0.15), ending


# GSM 06.10 has no stereo.
CASES = [(*form, channels) for form in FORMATS for channels in (1, 2) if (form[1], channels) != ("GSM610", 2)]


@pytest.mark.parametrize(("kind", "width", "rate", "channels"), CASES)
async def test_a_tone_keeps_its_pitch_length_and_level(
    prompts: Prompts, server: Web, kind: str, width: str | None, rate: int, channels: int
) -> None:
    mono = sine(1000, 1.5, rate)
    url = server.put("odd", encoded(np.stack([mono] * channels, axis=1), rate, kind, width), Content_Type="text/html")
    prompt = await prompts.prepare(url, allow_private=True)
    assert prompt.seconds == pytest.approx(1.5, abs=0.1)
    hears(prompt, 1000, 1.5)
    for ending in ENDINGS:
        samples, at = read(prompt.path + ending)
        assert tone_level(samples[at // 4 : at], at, 1000) == pytest.approx(-9.0, abs=0.7), ending


async def test_a_tone_above_the_telephone_band_does_not_fold_down(prompts: Prompts, server: Web) -> None:
    prompt = await prompts.prepare(server.put("high.wav", encoded(sine(6000, 1, 44_100), 44_100)), allow_private=True)
    for ending in (".ulaw", ".alaw"):
        samples, rate = read(prompt.path + ending)
        assert tone_level(samples, rate, 2000) < -60
        assert level(samples[rate // 4 : -rate // 4]) < -60
    samples, rate = read(prompt.path + ".sln16")
    assert has_tone(samples, rate, 6000, 0.8)


async def test_sound_on_one_channel_only_keeps_its_level(prompts: Prompts, server: Web) -> None:
    left = np.stack([sine(700, 1, 44_100), silence(1, 44_100)], axis=1)
    prompt = await prompts.prepare(server.put("left.wav", encoded(left, 44_100)), allow_private=True)
    samples, _ = read(prompt.path + ".sln16")
    assert float(np.abs(samples).max()) == pytest.approx(0.5, abs=0.02)


async def test_both_channels_are_heard(prompts: Prompts, server: Web) -> None:
    both = np.stack([sine(700, 1, 44_100), sine(1100, 1, 44_100)], axis=1)
    prompt = await prompts.prepare(server.put("both.wav", encoded(both, 44_100)), allow_private=True)
    samples, rate = read(prompt.path + ".ulaw")
    assert has_tone(samples, rate, 700, 0.8) and has_tone(samples, rate, 1100, 0.8)


async def test_samples_that_are_not_numbers_or_too_loud_are_harmless(prompts: Prompts, server: Web) -> None:
    wild = sine(500, 1, 16_000, level=1.0)
    wild[100], wild[200], wild[300] = math.nan, math.inf, 40.0
    prompt = await prompts.prepare(server.put("wild.wav", encoded(wild, 16_000, width="FLOAT")), allow_private=True)
    samples, rate = read(prompt.path + ".sln16")
    assert has_tone(samples, rate, 500, 0.8)


async def test_a_wav_of_unknown_length_is_played_to_its_end(prompts: Prompts, server: Web) -> None:
    content = bytearray(encoded(sine(440, 1), 8_000))
    content[40:44] = (0xFFFFFFFF).to_bytes(4, "little")
    prompt = await prompts.prepare(server.put("streamed.wav", bytes(content)), allow_private=True)
    hears(prompt, 440, 1.0)


async def test_a_wav_with_other_chunks_before_and_after_is_played_to_its_end(prompts: Prompts, server: Web) -> None:
    plain = encoded(sine(440, 1), 8_000)
    extra = b"LIST" + (5).to_bytes(4, "little") + b"hello\0"
    content = plain[:12] + extra + plain[12:] + extra
    content = content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:]
    hears(await prompts.prepare(server.put("chunks.wav", content), allow_private=True), 440, 1.0)


async def test_an_mp3_with_a_tag_is_played(prompts: Prompts, server: Web) -> None:
    tag = b"ID3\x03\0\0" + bytes([0, 0, 1, 0]) + bytes(128)
    content = tag + encoded(sine(440, 1, 44_100), 44_100, "MP3")
    hears(await prompts.prepare(server.put("tagged.mp3", content), allow_private=True), 440, 1.0)


async def test_the_files_are_named_so_that_asterisk_finds_them(prompts: Prompts, server: Web) -> None:
    prompt = await prompts.prepare(server.put("a b.wav", encoded(sine(440, 1), 8_000)).replace(" ", "%20"),
                                   allow_private=True)
    assert prompt.media == f"sound:{prompt.path}"
    assert prompt.path.startswith("/") and not prompt.path.endswith(ENDINGS)
    assert prompt.path.rpartition("/")[2].replace("-", "").isalnum()
