"""Counts the frames of MPEG audio, usually MP3 (ISO/IEC 11172-3 and 13818-3, section 2.4).

A decoder that estimates the length from the first frame and the file's size is wrong if the bit rate varies or the file
has pictures and tags: it stops too early, or reports missing data. So the number of frames is given to the decoder in
the header that Xing introduced and LAME writes.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from engine.media import errors

_KBPS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by version (2 stands for 2.5 too) and layer (the third layer of version 2 has those of the second)."""
_RATES = (44_100, 48_000, 32_000)
_HALVED = {3: 1, 2: 2, 0: 4}
"""The divisor of version 1's sampling rates, by the version's bits; 1 is reserved."""
_MOST_FALSE_STARTS = 100_000
_SURE = 3
"""How many frames in a row prove that the bytes are MPEG audio."""
_MISSING_SECONDS = 0.5
"""By how much a file may be shorter than declared: encoders count their padding differently."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """A frame's header: its length in bytes and samples, and the fields that must not change between frames."""

    bytes: int
    samples: int
    rate: int
    layer: int
    version: int
    mono: bool

    @property
    def stream(self) -> tuple[int, int, int, bool]:
        """The fields that are equal in all frames of one stream."""
        return self.version, self.layer, self.rate, self.mono


class Frame(msgspec.Struct, frozen=True):
    """The offset of a frame, and its header."""

    at: int
    shape: Shape


def is_header(word: bytes) -> bool:
    """Return whether four bytes can be a frame's header: sync, and a valid version, layer, bit and sampling rate."""
    if len(word) < 4 or word[0] != 0xFF or word[1] & 0xE0 != 0xE0:
        return False
    version, layer = word[1] >> 3 & 3, word[1] >> 1 & 3  # layer 0 is ADTS
    return version != 1 and layer != 0 and word[2] >> 4 != 15 and word[2] >> 2 & 3 != 3


@functools.lru_cache(maxsize=4096)
def shape_of(header: bytes) -> Shape | None:
    """Parse four bytes as a frame's header; None if they are not one, or have no length (free format)."""
    if not is_header(header) or header[2] >> 4 == 0:
        return None
    version, layer, rate = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3), header[2] >> 2 & 3
    speed = header[2] >> 4
    generation = 1 if version == 3 else 2
    hertz = _RATES[rate] // _HALVED[version]
    bits = _KBPS[generation, layer if generation == 1 else min(layer, 2)][speed - 1] * 1000
    samples = 384 if layer == 1 else 576 if layer == 3 and generation == 2 else 1152
    padding = header[2] >> 1 & 1
    length = (12 * bits // hertz + padding) * 4 if layer == 1 else samples // 8 * bits // hertz + padding
    return Shape(bytes=length, samples=samples, rate=hertz, layer=layer, version=version, mono=header[3] >> 6 == 3)


def tag_length(head: bytes) -> int:
    """Return the length of the ID3v2 tag at the file's beginning (id3.org, ID3v2.4.0 section 3.1), 0 if none."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def begins(data: bytes) -> bool:
    """Return whether frames of MPEG audio begin in these bytes, after any other bytes."""
    return sum(1 for _, _ in zip(range(_SURE), frames(data), strict=False)) == _SURE


def frames(data: bytes) -> Iterator[Frame]:
    """Yield the complete frames in order; tags, padding and damaged bytes between them are skipped."""
    at, false_starts, last = 0, 0, None
    next_tag = _place(data, b"ID3", 0)
    while at + 4 <= len(data):
        if tag := tag_length(data[at : at + 10]):
            at += tag if at + tag <= len(data) else 10  # the declared length is wrong
            continue
        shape = shape_of(data[at : at + 4])
        if shape and (shape.stream == last or _is_followed(data, at + shape.bytes, shape)):
            if at + shape.bytes <= len(data):
                yield Frame(at, shape)
            at, last = at + shape.bytes, shape.stream
            continue
        last, false_starts = None, false_starts + 1
        if false_starts > _MOST_FALSE_STARTS:
            return
        if next_tag <= at:  # searched once, not at each false start
            next_tag = _place(data, b"ID3", at + 1)
        at = min(_place(data, b"\xff", at + 1), next_tag)


def _is_followed(data: bytes, at: int, shape: Shape) -> bool:
    """Return whether a candidate frame is followed by another frame of the stream, or by the end."""
    following = shape_of(data[at : at + 4])
    return at == len(data) or (following is not None and following.stream == shape.stream)


def _place(data: bytes, mark: bytes, at: int) -> int:
    place = data.find(mark, at)
    return place if place >= 0 else len(data)


def streams(file: BinaryIO, max_seconds: float) -> Iterator[BinaryIO]:
    """Yield the file for a decoder: each run of frames of one format, after a header with their number.

    Raises TooLong, or Truncated if the file's own header declares more. A file without frames is yielded as it is.
    """
    file.seek(0)
    data = file.read()
    runs = list(_runs(data, max_seconds))
    if not runs:
        yield io.BytesIO(data)
    for run in runs:
        yield run.written(data)


class _Run:
    """Successive frames of one format."""

    def __init__(self, stream: tuple[int, int, int, bool]) -> None:
        self.stream = stream
        self.frames: list[Frame] = []
        self.headers: list[Frame] = []
        self.declared = 0

    def add(self, frame: Frame, data: bytes) -> None:
        count = _declared(data, frame)
        if count is None:
            self.frames.append(frame)
        else:  # a file that was concatenated from several has more than one
            self.headers.append(frame)
            self.declared += count

    def written(self, data: bytes) -> BinaryIO:
        first = self.frames[0]
        seconds = [count * first.shape.samples / first.shape.rate for count in (len(self.frames), self.declared)]
        if seconds[1] - seconds[0] > _MISSING_SECONDS:
            raise errors.Truncated(f"{seconds[0]:.1f} of {seconds[1]:.1f} seconds")
        head = _header(data[first.at : first.at + 4], first.shape, len(self.frames))
        if len(self.headers) == 1 and self.declared == len(self.frames):
            # The file's own header also has the encoder's padding in the first and the last frame.
            head = _bytes(data, self.headers[0])
        return io.BytesIO(b"".join((head, *(_bytes(data, one) for one in self.frames))))


def _runs(data: bytes, max_seconds: float) -> Iterator[_Run]:
    run: _Run | None = None
    seconds = 0.0
    for frame in frames(data):
        if run is None or run.stream != frame.shape.stream:
            if run and run.frames:
                yield run
            run = _Run(frame.shape.stream)
        run.add(frame, data)
        seconds += frame.shape.samples / frame.shape.rate
        if seconds > max_seconds + _MISSING_SECONDS:
            raise errors.TooLong(f"more than {max_seconds:g} seconds")
    if run and run.frames:
        yield run


def _bytes(data: bytes, frame: Frame) -> bytes:
    return data[frame.at : frame.at + frame.shape.bytes]


def _declared(data: bytes, frame: Frame) -> int | None:
    """Return the number of frames that a header frame declares (0 if it has none); None for a frame of sound."""
    if frame.shape.layer != 3:
        return None
    at = frame.at + _side_information(frame.shape)
    if data[at : at + 4] in (b"Xing", b"Info"):
        return int.from_bytes(data[at + 8 : at + 12], "big") if data[at + 7] & 1 else 0
    if data[frame.at + 36 : frame.at + 40] == b"VBRI":
        return int.from_bytes(data[frame.at + 50 : frame.at + 54], "big")
    return None


def _side_information(shape: Shape) -> int:
    if shape.version == 3:
        return 4 + (17 if shape.mono else 32)
    return 4 + (9 if shape.mono else 17)


def _header(header: bytes, shape: Shape, count: int) -> bytes:
    """Return a silent frame with the number of frames that follow; only decoders of the third layer read it."""
    if shape.layer != 3:
        return b""
    frame = bytearray(shape.bytes)
    frame[:4] = bytes((header[0], header[1] | 1, header[2], header[3]))  # without a checksum
    at = _side_information(shape)
    frame[at : at + 12] = b"Xing" + (1).to_bytes(4, "big") + count.to_bytes(4, "big")
    return bytes(frame)
