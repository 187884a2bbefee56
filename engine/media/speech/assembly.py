"""Joins phrases of one or several voices into one prompt: trimmed, at one level, with short fades."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np
import soxr

from engine.media import errors
from engine.media.decode import Audio, Pcm
from engine.media.prompt import NARROW, WIDE
from engine.media.segments import AudioSegment, detect_leading_silence
from engine.media.speech.speech_engine import PEAK, Speech

_SILENCE_DBFS = -50.0
_FADE_MS = 5
_MARGIN_MS = 60
"""How much silence is left on each inner side of a phrase; engines make up to 500 ms."""
_HIGHEST_DBFS = 20 * float(np.log10(PEAK))


def assembled(spoken: Sequence[Speech | float]) -> Audio:
    """Return phrases and the pauses between (in seconds) as telephone audio. Raises NothingToPlay if none has sound."""
    if len(spoken) == 1 and isinstance(spoken[0], Speech):
        return spoken[0].audio()
    parts = list(_parts(spoken))
    loudest = max((part.dBFS for part in parts if not isinstance(part, float)), default=None)
    if loudest is None:
        raise errors.NothingToPlay("the text has no words that these voices can speak")
    whole = AudioSegment.silent(0, frame_rate=WIDE)
    for part in parts:
        following = _pause(part) if isinstance(part, float) else _levelled(part, loudest)
        whole = whole.append(following, crossfade=0)
    wide = np.array(whole.get_array_of_samples(), np.int16)
    narrow = soxr.resample(wide.astype(np.float32), WIDE, NARROW)
    return Audio(wide=wide, narrow=np.clip(np.rint(narrow), -32768, 32767).astype(np.int16))


def _parts(spoken: Sequence[Speech | float]) -> Iterator[AudioSegment | float]:
    last = len(spoken) - 1
    for index, part in enumerate(spoken):
        if isinstance(part, float):
            yield part
            continue
        with contextlib.suppress(errors.NothingToPlay):  # the voice cannot speak this phrase; the others are heard
            yield _segment(part.audio().wide, first=index == 0, last=index == last)


def _pause(seconds: float) -> AudioSegment:
    return AudioSegment.silent(round(seconds * 1000), frame_rate=WIDE)


def _segment(samples: Pcm, *, first: bool, last: bool) -> AudioSegment:
    """Return a phrase without the silence towards its neighbours; silence at the ends of the prompt stays."""
    whole = AudioSegment(samples.tobytes(), frame_rate=WIDE, sample_width=2, channels=1)
    begin = 0 if first else max(0, detect_leading_silence(whole, _SILENCE_DBFS) - _MARGIN_MS)
    silent = 0 if last else max(0, detect_leading_silence(whole.reverse(), _SILENCE_DBFS) - _MARGIN_MS)
    return whole[begin : len(whole) - silent].fade_in(_FADE_MS).fade_out(_FADE_MS)


def _levelled(phrase: AudioSegment, loudest: float) -> AudioSegment:
    """Return a phrase as loud as the loudest one, with no peak above that of speech: engines differ by 10 dB."""
    return phrase.apply_gain(min(loudest - phrase.dBFS, _HIGHEST_DBFS - phrase.max_dBFS))
