"""Each odd file is played to its real end, in all three files, or refused with its reason; docs/prompts.md has them."""

import io

import numpy as np
import pytest

from engine.media import PromptError
from engine.media.decode import decode
from tests.support.audio import has_tone, tone_level, tones
from tests.support.odd_audio import CASES, PAGE, Case, encoded, page_with_table, stereo, wav, wide

HZ = 1000


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_odd_file_is_heard_to_its_end_or_refused_with_its_reason(case: Case) -> None:
    file = io.BytesIO(case.make(HZ))
    if case.refused:
        with pytest.raises(PromptError) as error:
            decode(file, 60)
        assert error.value.reason == case.refused
        return
    audio = decode(file, 60)
    assert audio.seconds == pytest.approx(case.seconds, abs=0.1)
    for samples, rate in ((audio.wide, 16_000), (audio.narrow, 8_000)):
        heard = samples.astype(np.float32) / 32768
        found = [tone for tone in tones(heard, rate) if tone.seconds > 0.2]
        assert {round(tone.frequency, -1) for tone in found} == {HZ}
        assert sum(tone.seconds for tone in found) == pytest.approx(case.tone, abs=0.25)
        loud = heard[round((found[0].start + 0.2) * rate) : round((found[0].start + 0.6) * rate)]
        assert tone_level(loud, rate, HZ) == pytest.approx(-9.0, abs=1.0)


def test_the_page_has_the_table_of_these_files() -> None:
    text = PAGE.read_text()
    assert text == page_with_table(text), "python -m tests.support.odd_audio writes it anew"


def test_a_wav_that_is_really_cut_is_truncated() -> None:
    whole = wav(HZ)
    for missing in (2_000, 5_000, 20_000):
        with pytest.raises(PromptError) as error:
            decode(io.BytesIO(whole[:-missing]), 60)
        assert error.value.reason == "truncated"
    assert decode(io.BytesIO(whole[:-1_000]), 60).seconds == pytest.approx(1.44, abs=0.01)


def test_what_cancels_in_the_mean_is_heard_without_a_click() -> None:
    turned = wide(440)
    turned[len(turned) // 3 : len(turned) // 2] *= -1
    heard = decode(io.BytesIO(stereo(wide(440), turned)), 60).narrow.astype(np.float32) / 32768
    assert has_tone(heard, 8_000, 440, 1.3)
    assert float(np.abs(np.diff(heard)).max()) < 1.2 * 0.5 * 2 * np.pi * 440 / 8_000, "no step is steeper than the tone"


def test_different_sounds_of_two_channels_are_both_heard() -> None:
    heard = decode(io.BytesIO(stereo(wide(700), -wide(1100))), 60).narrow.astype(np.float32) / 32768
    assert has_tone(heard, 8_000, 700, 1.2) and has_tone(heard, 8_000, 1100, 1.2)


def test_channels_that_cancel_beside_an_empty_one_are_heard() -> None:
    three = np.stack([0 * wide(440), wide(440), -wide(440)], axis=1)
    heard = decode(io.BytesIO(encoded(three, 44_100)), 60).narrow.astype(np.float32) / 32768
    assert has_tone(heard, 8_000, 440, 1.3)


def test_a_long_mp3_of_few_bytes_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PromptError) as error:
        decode(io.BytesIO(encoded(np.zeros(8_000 * 200, np.float32), 8_000, "MP3")), 60)
    assert error.value.reason == "too_long"


def test_noise_that_looks_like_frames_is_refused_in_time() -> None:
    with pytest.raises(PromptError):
        decode(io.BytesIO(b"ID3\3\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" * 500_000), 60)


