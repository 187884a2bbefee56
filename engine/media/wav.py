"""RIFF WAVE files (Multimedia Programming Interface 1.0, 1991; RF64: EBU Tech 3306; BW64: ITU-R BS.2088).

The lengths in a header are often wrong. A program that streams a file writes the header before it knows the length,
with 0, the largest number or another placeholder; others count the header as sound. Then the file's bytes decide.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal

import msgspec

from engine.media import errors

_PLACEHOLDER = 100_000_000
"""If a declared length in bytes is at least this and the file is shorter, it is a placeholder: no prompt is so long."""
_MISSING_SECONDS = 0.1
"""How much sound may be missing: writers that count the header as sound declare some 44 bytes too many."""
_UNKNOWN = 0xFFFF_FFFF
_TYPES = (b"RIFF", b"RIFX", b"RF64", b"BW64")
_MPEG = (0x50, 0x55)
"""MPEG audio inside a WAV (RFC 2361, appendix A)."""
_LONGEST_FORMAT = 4096


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """The position of the samples in a WAVE file, in bytes.

    `declared` is the length of the sound by the header, `present` the part of it that the file has, `behind` the number
    of bytes after its beginning. `regular` is False for a file whose structure libsndfile does not read.
    """

    encoding: int
    channels: int
    rate: int
    bits: int
    start: int
    declared: int
    present: int
    behind: int = 0
    per_second: int = 0
    format: bytes = b""
    big_endian: bool = False
    regular: bool = True


def is_wave(head: bytes) -> bool:
    """Return whether a file that begins with these twelve bytes is a WAVE file."""
    return head[:4] in _TYPES and head[8:12] == b"WAVE"


def wave_of(file: BinaryIO) -> Wave | None:
    """Return the layout of a WAVE file; None if it is not one, or has no format or no data chunk."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return _layout(file, size)


def _layout(file: BinaryIO, size: int) -> Wave | None:
    riff = file.read(12)
    if not is_wave(riff):
        return None
    order: Literal["little", "big"] = "big" if riff[:4] == b"RIFX" else "little"
    form, long, regular = b"", 0, riff[:4] != b"BW64"
    while len(header := file.read(8)) == 8:
        name, length = header[:4], int.from_bytes(header[4:], order)
        if name == b"data":
            declared = long if riff[:4] in (b"RF64", b"BW64") and length == _UNKNOWN else length
            return _wave(form, order, file.tell(), declared, size, regular)
        body = file.read(min(length, _LONGEST_FORMAT)) if name in (b"fmt ", b"ds64") else b""
        if name == b"fmt ":
            form = body
        elif name == b"ds64":
            long = int.from_bytes(body[8:16], "little")
        file.seek(length - len(body), os.SEEK_CUR)
        if length % 2 and not _skip_padding(file):
            regular = False
    return None


def _skip_padding(file: BinaryIO) -> bool:
    """Skip the padding byte after a chunk of odd length; returns False if the writer left it out."""
    following = file.read(4)
    padded = following[:1] == b"\0" or not _is_name(following)
    file.seek((1 if padded else 0) - len(following), os.SEEK_CUR)
    return padded


def _is_name(word: bytes) -> bool:
    return len(word) == 4 and all(32 <= byte < 127 for byte in word)


def _wave(form: bytes, order: Literal["little", "big"], start: int, declared: int, size: int,
          regular: bool) -> Wave | None:
    if len(form) < 16:
        return None
    encoding, channels, rate, per_second, _, bits = struct.unpack(f"{'>' if order == 'big' else '<'}HHIIHH", form[:16])
    return Wave(
        encoding=encoding, channels=channels, rate=rate, bits=bits, start=start, declared=declared,
        present=min(declared, size - start), behind=size - start, per_second=per_second, format=form,
        big_endian=order == "big", regular=regular,
    )  # fmt: skip


def sounds(file: BinaryIO) -> Iterator[tuple[Literal["WAV", "MP3"], BinaryIO]]:
    """Yield what is to be decoded of a WAVE file: usually the file itself.

    Else a copy with a correct header, the MP3 in it, or each of several concatenated files.
    Raises Truncated, possibly after complete parts were yielded.
    """
    file.seek(0)
    wave = wave_of(file)
    if wave is None:
        raise errors.Truncated("it ends before its sound begins")
    while wave is not None:
        length = _true_length(file, wave)
        following = wave.start + length + length % 2
        file.seek(following)
        more = is_wave(file.read(12))
        if wave.regular and length == wave.declared and not more and wave.encoding not in _MPEG:
            file.seek(0)
            yield "WAV", file
            return
        file.seek(wave.start)
        sound = file.read(length)
        yield ("MP3", io.BytesIO(sound)) if wave.encoding in _MPEG else ("WAV", _rewritten(wave, sound))
        file = _rest(file, following) if more else io.BytesIO()
        wave = wave_of(file)


def _true_length(file: BinaryIO, wave: Wave) -> int:
    """Return the number of bytes of sound. Raises Truncated if the header declares more, and not a placeholder."""
    if wave.declared == 0:
        return 0 if _only_chunks(file, wave) else wave.behind
    missing = wave.declared - wave.behind
    if missing <= 0 or wave.declared >= _PLACEHOLDER or missing <= _MISSING_SECONDS * wave.per_second:
        return min(wave.declared, wave.behind)
    raise errors.Truncated(f"{wave.behind} of {wave.declared} bytes of sound")


def _only_chunks(file: BinaryIO, wave: Wave) -> bool:
    """Return whether only other chunks follow an empty data chunk, so that the file has no sound."""
    at, end = wave.start, wave.start + wave.behind
    while at + 8 <= end:
        file.seek(at)
        header = file.read(8)
        at += 8 + int.from_bytes(header[4:], "big" if wave.big_endian else "little")
        if not _is_name(header[:4]) or at > end:
            return False
        at += at % 2
    return at >= end


def _rewritten(wave: Wave, sound: bytes) -> BinaryIO:
    order, riff = (">", b"RIFX") if wave.big_endian else ("<", b"RIFF")
    form = wave.format + bytes(len(wave.format) % 2)
    chunks = struct.pack(f"{order}4sI", b"fmt ", len(form)) + form + struct.pack(f"{order}4sI", b"data", len(sound))
    head = struct.pack(f"{order}4sI4s", riff, 4 + len(chunks) + len(sound) + len(sound) % 2, b"WAVE")
    return io.BytesIO(head + chunks + sound + bytes(len(sound) % 2))


def _rest(file: BinaryIO, begin: int) -> BinaryIO:
    file.seek(begin)
    return io.BytesIO(file.read())
