"""Recordings on disk, their lengths and levels, and links to them that expire."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import math
import re
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import soundfile

from engine.media.wav import Wave, wave_of

_NAME = re.compile(r"(?!\.)[A-Za-z0-9_.-]{1,128}")
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
_SILENCE = -120.0
_BLOCK = 1 << 20


class RecordingError(Exception):
    """The recording cannot be used."""


class RecordingMissing(RecordingError):
    """There is no such recording on disk."""


class RecordingDamaged(RecordingError):
    """The file of the recording is not a 16-bit WAV."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of a recording, from its samples."""

    seconds: float
    bytes: int
    """Size of the file in bytes."""
    level_dbfs: float
    """RMS of all samples: 0 for a full-scale square wave, -120 for digital silence."""


class RecordingFiles:
    """The folder into which Asterisk records. Names are recording ids; the files are WAVs, 8 kHz, 16-bit.

    Asterisk's own `duration` is truncated to whole seconds (and doubled for 16 kHz formats), so `measure` reads the
    file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str, format: str = "wav") -> Path:
        """Return the path of a recording. Raises ValueError for a name that no recording can have."""
        if not _NAME.fullmatch(name):
            raise ValueError("A recording's name must have only letters, digits, dots, dashes and underscores.")
        if format not in CONTENT_TYPES:
            raise ValueError("A recording must be a wav or an mp3.")
        return self._folder / f"{name}.{format}"

    async def measure(self, name: str) -> Measure:
        """Return length and level from the file. Raises RecordingMissing, RecordingDamaged."""
        return await asyncio.to_thread(_measure, self.path(name))

    async def mend(self, name: str) -> bool:
        """Write the true lengths into the header of a file whose writer crashed; returns whether that was needed.

        Only for a recording that is not being written. Raises RecordingMissing, RecordingDamaged.
        """
        return await asyncio.to_thread(_mend, self.path(name))

    async def to_mp3(self, name: str) -> Path:
        """Convert a recording to MP3, which replaces the WAV; an MP3 stays as it is.

        Raises RecordingMissing, RecordingDamaged.
        """
        return await asyncio.to_thread(_to_mp3, self.path(name), self.path(name, "mp3"))

    async def delete(self, name: str) -> bool:
        """Remove a recording in every format; returns whether there was one."""
        gone = [await asyncio.to_thread(_delete, self.path(name, format)) for format in CONTENT_TYPES]
        return any(gone)

    async def left(self, prefix: str, before: float) -> list[str]:
        """Return the names that begin so of files that were last changed before a moment (Unix seconds), sorted."""
        return await asyncio.to_thread(_left, self._folder, prefix, before)

    async def names(self) -> list[str]:
        """Return the names of all recordings on disk, sorted."""
        return await asyncio.to_thread(lambda: sorted(path.stem for path in self._folder.glob("*.wav")))


def _left(folder: Path, prefix: str, before: float) -> list[str]:
    found = (path for path in folder.glob(f"{prefix}*") if path.suffix[1:] in CONTENT_TYPES)
    return sorted({path.stem for path in found if path.stat().st_mtime < before})


def _layout(path: Path) -> tuple[Wave, int]:
    try:
        with path.open("rb") as file:
            wave, size = wave_of(file), path.stat().st_size
    except FileNotFoundError as error:
        raise RecordingMissing("There is no such recording on disk.") from error
    if wave is None or (wave.encoding, wave.bits) != (1, 16) or not wave.rate or not wave.channels:
        raise RecordingDamaged("The file of the recording is not a 16-bit WAV.")
    return wave, size


def _true_length(wave: Wave, size: int) -> int:
    # A file that is being written, or whose writer crashed, declares 0; so does an empty one, which has no data.
    length = wave.declared if 0 < wave.declared <= size - wave.start else size - wave.start
    return length - length % (2 * wave.channels)


def _measure(path: Path) -> Measure:
    if not path.exists() and (other := path.with_suffix(".mp3")).exists():
        return _measure_mp3(other)
    wave, size = _layout(path)
    length = _true_length(wave, size)
    total, left = 0.0, length
    with path.open("rb") as file:
        file.seek(wave.start)
        while left and (block := file.read(min(_BLOCK, left))):
            left -= len(block)
            samples = np.frombuffer(block[: len(block) // 2 * 2], "<i2").astype(np.float64)
            total += float(samples @ samples)
    count = length // 2
    rms = math.sqrt(total / count) / 32768 if count else 0.0
    level = max(_SILENCE, 20 * math.log10(rms)) if rms else _SILENCE
    return Measure(seconds=count / wave.channels / wave.rate, bytes=size, level_dbfs=round(level, 1))


def _measure_mp3(path: Path) -> Measure:
    total, count = 0.0, 0
    try:
        with soundfile.SoundFile(path) as sound:
            for block in sound.blocks(_BLOCK, dtype="float64", always_2d=True):
                total, count = total + float(np.square(block).sum()), count + block.size
            seconds = count / sound.channels / sound.samplerate
    except soundfile.LibsndfileError as error:
        raise RecordingDamaged("The file of the recording is not an MP3.") from error
    level = max(_SILENCE, 10 * math.log10(total / count)) if total else _SILENCE
    return Measure(seconds=seconds, bytes=path.stat().st_size, level_dbfs=round(level, 1))


def _mend(path: Path) -> bool:
    wave, size = _layout(path)
    length = _true_length(wave, size)
    if wave.declared == length:
        return False
    with path.open("r+b") as file:
        file.seek(4)
        file.write((wave.start + length - 8).to_bytes(4, "little"))
        file.seek(wave.start - 4)
        file.write(length.to_bytes(4, "little"))
    return True


def _to_mp3(source: Path, target: Path) -> Path:
    if not source.exists() and target.exists():
        return target
    wave, size = _layout(source)
    part = target.with_suffix(".part")
    left = _true_length(wave, size)
    try:
        with (
            source.open("rb") as file,
            soundfile.SoundFile(part, "w", wave.rate, wave.channels, format="MP3") as out,
        ):
            file.seek(wave.start)
            while left and (block := file.read(min(_BLOCK, left))):
                left -= len(block)
                out.write(np.frombuffer(block[: len(block) // 2 * 2], "<i2").reshape(-1, wave.channels))
    except (soundfile.LibsndfileError, OSError) as error:
        part.unlink(missing_ok=True)
        raise RecordingDamaged("The recording could not be converted to MP3.") from error
    part.replace(target)
    source.unlink()
    return target


def _delete(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


class LinkError(Exception):
    """The link to the recording is not valid."""


class LinkInvalid(LinkError):
    """The link to the recording is not one of ours, or was changed."""


class LinkExpired(LinkError):
    """The link to the recording has expired; ask for a new one."""


class Links:
    """Signs and checks the tokens of recordings' links: id and expiry time, with an HMAC-SHA256."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        if len(secret) < 16:
            raise ValueError("The secret that signs recording links must have at least 16 characters.")
        self._key = hashlib.sha256(b"recording-link\0" + secret.encode()).digest()
        self._clock = clock

    def sign(self, recording_id: str, expires: float) -> str:
        """Return a token for this recording, valid until `expires` (Unix time in seconds)."""
        content = f"{math.ceil(expires)}:{recording_id}".encode()
        return self._token(content)

    def verify(self, token: str) -> str:
        """Return the recording's id. Raises LinkInvalid, LinkExpired."""
        signed = _decoded(token.partition(".")[0])
        if not hmac.compare_digest(self._token(signed).encode(), token.encode(errors="replace")):
            raise LinkInvalid("The link to the recording is not one of ours, or was changed.")
        expires, _, recording_id = signed.decode().partition(":")
        if self._clock() >= int(expires):
            raise LinkExpired("The link to the recording has expired; ask for a new one.")
        return recording_id

    def _token(self, content: bytes) -> str:
        return f"{_encoded(content)}.{_encoded(hmac.digest(self._key, content, 'sha256'))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return b""
