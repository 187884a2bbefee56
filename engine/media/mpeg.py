"""MPEG audio, as a rule MP3 (ISO/IEC 11172-3 and 13818-3, section 2.4): its frames, counted one by one.

A decoder that estimates the length from the first frame and the size of the file is wrong where the bit rate varies,
or where pictures and tags are in the file; then it stops too early, or finds that something is missing. The frames are
told to it in the header for it, the frame that Xing introduced and LAME writes.
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
"""By version (2: also 2.5) and layer (the third of version 2 as the second)."""
_RATES = (44_100, 48_000, 32_000)
_HALVED = {3: 1, 2: 2, 0: 4}
"""How often the rates of version 1 are divided, by the version's bits; 1 is reserved."""
_MOST_FALSE_STARTS = 100_000
_SURE = 3
"""So many frames in a row are no accident."""
_MISSING_SECONDS = 0.5
"""A file may have so much less than it says: encoders count their padding differently."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What the header of a frame says: its length in bytes and samples, and what must not change between frames."""

    bytes: int
    samples: int
    rate: int
    layer: int
    version: int
    mono: bool

    @property
    def stream(self) -> tuple[int, int, int, bool]:
        """What frames that a decoder reads in one go have in common."""
        return self.version, self.layer, self.rate, self.mono


class Frame(msgspec.Struct, frozen=True):
    """Where a frame begins, and its shape."""

    at: int
    shape: Shape


def is_header(word: bytes) -> bool:
    """Whether four bytes can be a frame's header: sync, and a version, layer, bit rate and sampling rate that exist."""
    if len(word) < 4 or word[0] != 0xFF or word[1] & 0xE0 != 0xE0:
        return False
    version, layer = word[1] >> 3 & 3, word[1] >> 1 & 3  # layer 0 is ADTS
    return version != 1 and layer != 0 and word[2] >> 4 != 15 and word[2] >> 2 & 3 != 3


@functools.lru_cache(maxsize=4096)
def shape_of(header: bytes) -> Shape | None:
    """What four bytes say as a frame's header; None where they are not one, or leave the length open (free format)."""
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
    """The length of the ID3v2 tag that a file begins with (id3.org, ID3v2.4.0 section 3.1); 0 where it has none."""
    if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def begins(data: bytes) -> bool:
    """Whether frames of MPEG audio begin in these bytes, whatever is before them."""
    return sum(1 for _, _ in zip(range(_SURE), frames(data), strict=False)) == _SURE


def frames(data: bytes) -> Iterator[Frame]:
    """The whole frames in order; tags, padding and damage between them are passed over."""
    at, false_starts, last = 0, 0, None
    next_tag = _place(data, b"ID3", 0)
    while at + 4 <= len(data):
        if tag := tag_length(data[at : at + 10]):
            at += tag if at + tag <= len(data) else 10  # a length that was written wrong
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
        if next_tag <= at:  # looked for once, and not at each false start
            next_tag = _place(data, b"ID3", at + 1)
        at = min(_place(data, b"\xff", at + 1), next_tag)


def _is_followed(data: bytes, at: int, shape: Shape) -> bool:
    """Whether another frame of the stream, or the end, is where one that is not sure yet ends."""
    following = shape_of(data[at : at + 4])
    return at == len(data) or (following is not None and following.stream == shape.stream)


def _place(data: bytes, mark: bytes, at: int) -> int:
    place = data.find(mark, at)
    return place if place >= 0 else len(data)


def streams(file: BinaryIO, max_seconds: float) -> Iterator[BinaryIO]:
    """The file for a decoder: each run of frames of one format, behind a header that tells their number.

    Raises TooLong, and Truncated where the file's own header promises more. Without a frame the file is given as it is.
    """
    file.seek(0)
    data = file.read()
    runs = list(_runs(data, max_seconds))
    if not runs:
        yield io.BytesIO(data)
    for run in runs:
        yield run.written(data)


class _Run:
    """Frames of one format, one after the other."""

    def __init__(self, stream: tuple[int, int, int, bool]) -> None:
        self.stream = stream
        self.frames: list[Frame] = []
        self.headers: list[Frame] = []
        self.declared = 0

    def add(self, frame: Frame, data: bytes) -> None:
        count = _declared(data, frame)
        if count is None:
            self.frames.append(frame)
        else:  # more than one are in a file that was put together of several
            self.headers.append(frame)
            self.declared += count

    def written(self, data: bytes) -> BinaryIO:
        first = self.frames[0]
        seconds = [count * first.shape.samples / first.shape.rate for count in (len(self.frames), self.declared)]
        if seconds[1] - seconds[0] > _MISSING_SECONDS:
            raise errors.Truncated(f"{seconds[0]:.1f} of {seconds[1]:.1f} seconds")
        head = _header(data[first.at : first.at + 4], first.shape, len(self.frames))
        if len(self.headers) == 1 and self.declared == len(self.frames):
            # Its own also says how much of the first and the last frame is the encoder's padding.
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
    """The number of frames in a frame that is a header for it (0 where it leaves it open); None for sound."""
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
    """A silent frame that tells how many follow; only decoders of the third layer read it."""
    if shape.layer != 3:
        return b""
    frame = bytearray(shape.bytes)
    frame[:4] = bytes((header[0], header[1] | 1, header[2], header[3]))  # without a checksum
    at = _side_information(shape)
    frame[at : at + 12] = b"Xing" + (1).to_bytes(4, "big") + count.to_bytes(4, "big")
    return bytes(frame)
