"""What becomes of a raw recording: silence at its ends is trimmed, its level raised or lowered, a file written."""

import wave
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from engine.features.voicemail.model import Format
from engine.media.recordings import RecordingDamaged
from engine.media.segments import AudioSegment, detect_leading_silence

_SILENCE_DBFS = -50.0
"""What is less loud is silence, whatever else is in the recording."""
_BELOW_LOUDEST = 40.0  # dB: what is so much less loud than its loudest part is silence, as the noise of a line is
_WINDOW_MS = 100
_MARGIN_MS = 150
"""How much is left at each end: the first consonant of a word is less loud than its vowel."""
_LEVEL_DBFS, _HIGHEST_DBFS = -20.0, -1.0
_MOST_GAIN = 24.0  # dB: more would make a line's noise a message


class Made(NamedTuple):
    """A file: its length in seconds, its size in bytes."""

    seconds: float
    bytes: int


def made(source: Path, target: Path, format: Format) -> Made:
    """Make the file of a message from a 16-bit WAV; runs in a worker thread. Raises RecordingDamaged.

    Where there is nothing but silence its length is 0, and no file is written.
    """
    spoken = levelled(trimmed(_read(source)))
    if not len(spoken):
        return Made(0.0, 0)
    part = target.with_suffix(".part")
    try:
        _write(spoken, part, format)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Made(spoken.frame_count() / spoken.frame_rate, target.stat().st_size)


def trimmed(whole: AudioSegment) -> AudioSegment:
    """Return a recording without the silence at its ends; nothing where all is silence."""
    loudest = max((whole[at : at + _WINDOW_MS].dBFS for at in range(0, len(whole), _WINDOW_MS)), default=-120.0)
    if loudest < _SILENCE_DBFS:
        return whole[:0]
    threshold = max(_SILENCE_DBFS, loudest - _BELOW_LOUDEST)
    begin = max(0, detect_leading_silence(whole, threshold) - _MARGIN_MS)
    silent = max(0, detect_leading_silence(whole.reverse(), threshold) - _MARGIN_MS)
    return whole[begin : len(whole) - silent]


def levelled(spoken: AudioSegment) -> AudioSegment:
    """Return a recording at the level of messages, with no peak above what fits."""
    if not len(spoken):
        return spoken
    return spoken.apply_gain(min(_LEVEL_DBFS - spoken.dBFS, _HIGHEST_DBFS - spoken.max_dBFS, _MOST_GAIN))


def _read(source: Path) -> AudioSegment:
    try:
        samples, rate = soundfile.read(source, dtype="int16", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise RecordingDamaged("The file of the recording is not a 16-bit WAV.") from error
    return AudioSegment(samples[:, 0].tobytes(), frame_rate=rate, sample_width=2, channels=1)


def _write(spoken: AudioSegment, to: Path, format: Format) -> None:
    if format == "wav":
        with wave.open(str(to), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(spoken.frame_rate)
            file.writeframes(spoken.raw_data)
        return
    samples = np.frombuffer(spoken.raw_data, np.int16)
    with soundfile.SoundFile(to, "w", spoken.frame_rate, 1, format="MP3") as out:
        out.write(samples)
