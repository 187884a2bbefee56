"""The tests' ears are tested against signals that are known."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from api.cli import words
from tests.support import audio
from tests.support.audio import dtmf, dtmf_signal, has_tone, level, read_wav, silence, sine, tone_level, tones
from tests.support.sounds import speech

NOISE = np.random.default_rng(1).normal(0, 0.05, 16_000).astype(np.float32)


def wav(samples: np.ndarray, rate: int = 8_000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


def test_a_level_is_rms_against_full_scale() -> None:
    assert level(sine(1000, 1, level=1.0)) == pytest.approx(-3.01, abs=0.02)
    assert level(sine(1000, 1, level=0.1)) == pytest.approx(-23.01, abs=0.02)
    assert level(silence(1)) == level(silence(0)) == -120.0


@pytest.mark.parametrize("hz", [300, 440, 697, 1000, 1234, 2000, 3100])
@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_tone_is_found_with_its_place_length_and_frequency(hz: int, rate: int) -> None:
    sound = np.concatenate([silence(0.48, rate), sine(hz, 1.0, rate), silence(0.5, rate)])
    (tone,) = tones(sound, rate)
    assert tone.start == pytest.approx(0.48, abs=0.05)
    assert tone.seconds == pytest.approx(1.0, abs=0.09)
    assert tone.frequency == pytest.approx(hz, abs=3)


def test_tones_that_follow_each_other_are_told_apart() -> None:
    found = tones(np.concatenate([sine(440, 0.4), sine(620, 0.4), silence(0.2), sine(440, 0.4)]), 8_000)
    assert [round(tone.frequency) for tone in found] == [440, 620, 440]


def test_noise_silence_digits_and_mixtures_are_no_single_tone() -> None:
    assert tones(NOISE, 8_000) == []
    assert tones(silence(2), 8_000) == []
    assert tones(dtmf_signal("159#"), 8_000) == []
    assert tones(sine(440, 1, level=0.3) + sine(880, 1, level=0.3), 8_000) == []


def test_a_tone_stands_out_in_noise_and_among_others() -> None:
    mixture = sine(440, 2, level=0.2) + sine(620, 2, level=0.2) + NOISE * 0.2
    assert has_tone(mixture, 8_000, 440, 1.5) and has_tone(mixture, 8_000, 620, 1.5)
    for other in (350, 400, 500, 530, 700, 880, 1060, 1240):
        assert not has_tone(mixture, 8_000, other), other
    assert not has_tone(NOISE, 8_000, 440)
    assert not has_tone(silence(1), 8_000, 440)


def test_a_tone_shorter_than_asked_does_not_count() -> None:
    assert not has_tone(np.concatenate([sine(440, 0.3), silence(1)]), 8_000, 440, 0.5)
    assert has_tone(np.concatenate([sine(440, 0.6), silence(1)]), 8_000, 440, 0.5)


def test_the_level_of_one_frequency_ignores_the_others() -> None:
    sound = sine(440, 1, level=0.1) + sine(1000, 1, level=0.8)
    assert tone_level(sound, 8_000, 440) == pytest.approx(-23, abs=0.2)
    assert tone_level(sound, 8_000, 2000) < -70


def test_all_sixteen_digits_are_heard_in_order() -> None:
    assert dtmf(dtmf_signal("0123456789*#ABCD"), 8_000) == "0123456789*#ABCD"
    assert dtmf(dtmf_signal("1122", 16_000, on=0.08, off=0.06), 16_000) == "1122"


def test_digits_are_heard_through_light_noise_and_not_in_anything_else() -> None:
    sound = dtmf_signal("42#")
    assert dtmf(sound + NOISE[: len(sound)] * 0.2, 8_000) == "42#"
    assert dtmf(NOISE, 8_000) == dtmf(silence(1), 8_000) == dtmf(sine(697, 1), 8_000) == ""


def test_a_wav_is_read_whole_though_its_header_is_wrong(tmp_path: Path) -> None:
    content = bytearray(wav(sine(440, 1)))
    for length in (0, 0xFFFFFFFF, 0x7FFFF000):
        content[40:44] = length.to_bytes(4, "little")
        samples, rate = read_wav(bytes(content))
        assert (len(samples), rate) == (8_000, 8_000)
    with pytest.raises(AssertionError):
        read_wav(b"<html>")


def test_the_recogniser_hears_nothing_in_tones_silence_and_noise() -> None:
    for sound in (sine(440, 2), silence(2), NOISE, NOISE * 0):
        assert not audio.spots(sound, 8_000, "my name is")
        assert audio.said(sound, 8_000, ["you pressed one", "you pressed five"]) == ""


def test_a_phrase_is_spotted_though_the_sound_ends_with_it() -> None:
    samples, rate = read_wav(speech("Please leave a message after the tone"))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    for spare in (0.0, 0.05, 0.09, 0.5):
        ends = samples[: loud[-1] + round(spare * rate)]
        assert audio.spots(ends, rate, "after the tone") and words.spots(ends, rate, "after the tone"), spare


def test_a_recogniser_that_spots_the_decoy_fails_the_test(tmp_path: Path) -> None:
    (tmp_path / "quiet.wav").write_bytes(wav(silence(1)))
    assert not audio.words(tmp_path / "quiet.wav", "my name is")
    # At this threshold it takes anything for the phrase.
    (tmp_path / "noise.wav").write_bytes(wav(NOISE * 5))
    with pytest.raises(AssertionError, match="spots anything"):
        audio.words(tmp_path / "noise.wav", "hello", threshold=1e-300)
