"""From any supported file to the samples a telephone carries."""

from __future__ import annotations

from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from engine.media import errors
from engine.media.check import check_whole, kind_of
from engine.media.prompt import NARROW, WIDE

Samples = npt.NDArray[np.float32]
Pcm = npt.NDArray[np.int16]

_BLOCK = 65_536
_MAX_CHANNELS = 8
_RATES = range(4_000, 384_001)
_SIDE_GAIN = 2.0
"""The most a mix is raised to keep the peak: sound on one of two channels loses 6 dB in the mean."""


class Audio(msgspec.Struct, frozen=True, kw_only=True):
    """Mono sound at the two rates of telephony, 16-bit."""

    wide: Pcm
    narrow: Pcm

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.wide) / WIDE


def decode(file: BinaryIO, max_seconds: float) -> Audio:
    """Decode WAV, MP3, FLAC or OGG by its bytes, mix to mono and resample, block by block.

    Raises Empty, NotAudio, Unsupported, Truncated or TooLong. Runs in a worker thread.
    """
    kind = kind_of(file)
    check_whole(file, kind)
    try:
        sound = soundfile.SoundFile(file)
    except soundfile.LibsndfileError as error:
        raise errors.Unsupported(f"{kind}: {error.error_string.rstrip('.')}") from error
    with sound:
        try:
            return _read(sound, max_seconds)
        except soundfile.LibsndfileError as error:
            raise errors.Truncated("it cannot be decoded to its end") from error


def resample(samples: Samples, rate: int) -> Audio:
    """Mono samples at any rate as telephone audio."""
    return Audio(wide=_pcm(soxr.resample(samples, rate, WIDE)), narrow=_pcm(soxr.resample(samples, rate, NARROW)))


def _read(sound: soundfile.SoundFile, max_seconds: float) -> Audio:
    rate, channels = int(sound.samplerate), int(sound.channels)
    if rate not in _RATES or not 1 <= channels <= _MAX_CHANNELS:
        raise errors.Unsupported(f"{channels} channels at {rate} Hz")
    mixer = _Mixer(rate)
    while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
        mixer.add(block)
        if mixer.frames > max_seconds * rate:
            raise errors.TooLong(f"more than {max_seconds:g} seconds")
    # A FLAC or MP3 says how many samples it holds; encoders' padding may be cut off, half a second is more than that.
    if sound.frames < 2**62 and mixer.frames < sound.frames - rate // 2:
        raise errors.Truncated(f"{mixer.frames / rate:.1f} of {sound.frames / rate:.1f} seconds")
    if not mixer.frames:
        raise errors.Empty("no samples")
    return mixer.finish()


class _Mixer:
    """Mixes to mono and resamples to both rates while the blocks come, keeping the peak of the loudest channel."""

    def __init__(self, rate: int) -> None:
        self.frames = 0
        self._peak_in = 0.0
        self._peak_mixed = 0.0
        self._streams = [
            soxr.ResampleStream(rate, to, 1, dtype="float32") if to != rate else None for to in (WIDE, NARROW)
        ]
        self._parts: list[list[Samples]] = [[], []]

    def add(self, block: Samples, last: bool = False) -> None:
        """Take samples by frame and channel; beyond full scale is cut, no number is silence."""
        block = np.clip(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
        mono = block.mean(axis=1, dtype=np.float32)
        self.frames += len(mono)
        if len(mono):
            self._peak_in = max(self._peak_in, float(np.abs(block).max()))
            self._peak_mixed = max(self._peak_mixed, float(np.abs(mono).max()))
        for stream, parts in zip(self._streams, self._parts, strict=True):
            parts.append(mono if stream is None else stream.resample_chunk(mono, last=last))

    def finish(self) -> Audio:
        """What came, as telephone audio."""
        self.add(np.zeros((0, 1), np.float32), last=True)
        gain = min(self._peak_in / self._peak_mixed, _SIDE_GAIN) if self._peak_mixed else 1.0
        wide, narrow = (_pcm(np.concatenate(parts) * np.float32(gain)) for parts in self._parts)
        return Audio(wide=wide, narrow=narrow)


def _pcm(samples: Samples) -> Pcm:
    rounded: Pcm = np.clip(np.rint(samples * np.float32(32767)), -32768, 32767).astype(np.int16)
    return rounded
