"""Converts any supported audio file to samples at the telephone's rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from engine.media import errors
from engine.media.check import check_last_page, kind_of, untagged
from engine.media.mix import Mixer, Samples
from engine.media.mpeg import streams
from engine.media.prompt import NARROW, WIDE
from engine.media.wav import sounds

Pcm = npt.NDArray[np.int16]

_BLOCK = 65_536
_MAX_CHANNELS = 8
_RATES = range(4_000, 384_001)


class Audio(msgspec.Struct, frozen=True, kw_only=True):
    """Mono audio at the two rates of telephony, 8 and 16 kHz, 16-bit samples."""

    wide: Pcm
    narrow: Pcm

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.wide) / WIDE


def decode(file: BinaryIO, max_seconds: float) -> Audio:
    """Decode WAV, MP3, FLAC or OGG by its bytes, mix to mono and resample, block by block.

    Raises NothingToPlay, NotAudio, Unsupported, Truncated or TooLong. Runs in a worker thread.
    """
    parts: list[Audio] = []
    for kind, part in _parts(file, max_seconds):
        parts.append(_decoded(kind, part, max_seconds - sum(done.seconds for done in parts)))
    if not any(part.seconds for part in parts):
        raise errors.NothingToPlay("no samples")
    return parts[0] if len(parts) == 1 else joined(parts)


def _parts(file: BinaryIO, max_seconds: float) -> Iterator[tuple[str, BinaryIO]]:
    """Yield what libsndfile reads, in order: the kind, and the file or a copy of it with a correct header."""
    kind = kind_of(file)
    found: Iterable[tuple[str, BinaryIO]] = [(kind, file)]
    if kind == "OGG":
        check_last_page(file)
    elif kind == "WAV":
        found = sounds(untagged(file))
    for kind, part in found:
        for stream in streams(part, max_seconds) if kind == "MP3" else (part,):
            stream.seek(0)
            yield kind, stream


def _decoded(kind: str, file: BinaryIO, max_seconds: float) -> Audio:
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
    """Return mono samples at any rate as telephone audio."""
    return Audio(wide=_pcm(soxr.resample(samples, rate, WIDE)), narrow=_pcm(soxr.resample(samples, rate, NARROW)))


def _read(sound: soundfile.SoundFile, max_seconds: float) -> Audio:
    rate, channels = int(sound.samplerate), int(sound.channels)
    if rate not in _RATES or not 1 <= channels <= _MAX_CHANNELS:
        raise errors.Unsupported(f"{channels} channels at {rate} Hz")
    mixer = Mixer(rate)
    while len(block := sound.read(_BLOCK, dtype="float32", always_2d=True)):
        mixer.add(block)
        if mixer.frames > max_seconds * rate:
            raise errors.TooLong(f"more than {max_seconds:g} seconds")
    # A FLAC or MP3 declares its number of samples. Encoders' padding may be missing, which is less than half a second.
    if sound.frames < 2**62 and mixer.frames < sound.frames - rate // 2:
        raise errors.Truncated(f"{mixer.frames / rate:.1f} of {sound.frames / rate:.1f} seconds")
    wide, narrow = mixer.finish()
    return Audio(wide=_pcm(wide), narrow=_pcm(narrow))


def joined(parts: Sequence[Audio]) -> Audio:
    """Return telephone audio joined in order."""
    return Audio(wide=np.concatenate([one.wide for one in parts]), narrow=np.concatenate([one.narrow for one in parts]))


def _pcm(samples: Samples) -> Pcm:
    rounded: Pcm = np.clip(np.rint(samples * np.float32(32767)), -32768, 32767).astype(np.int16)
    return rounded
