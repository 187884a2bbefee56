"""What a file is, by its bytes, and whether it is whole; what is declared about it elsewhere does not count."""

from __future__ import annotations

import os
from typing import BinaryIO

import msgspec

from engine.media import errors

_HEAD = 512
_FORMATS = {b"fLaC": "FLAC", b"OggS": "OGG"}
_OTHER_AUDIO = (b"#!AMR", b"FORM", b".snd", b"caff", b"\x1aE\xdf\xa3", b"MThd", b"wvpk", b"MAC ", b"FLV", b"0&\xb2u")
_STREAMED = 0x7FFF_0000
"""From here on a WAV's length says "not known": the writer could not seek back (sox, ffmpeg, espeak-ng)."""


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Where the samples of a RIFF WAVE file are. Counts in bytes."""

    encoding: int
    channels: int
    rate: int
    bits: int
    start: int
    declared: int
    present: int


def kind_of(file: BinaryIO) -> str:
    """WAV, MP3, FLAC or OGG. Raises Empty, NotAudio or Unsupported."""
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise errors.Empty("0 bytes")
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] in _FORMATS:
        return _FORMATS[head[:4]]
    if head[:3] == b"ID3" or _is_mpeg_frame(head):
        return "MP3"
    if head.startswith(_OTHER_AUDIO) or head[4:8] == b"ftyp" or (head[0] == 0xFF and head[1:2] in (b"\xf1", b"\xf9")):
        raise errors.Unsupported
    raise errors.NotAudio(_guess(head))


def _is_mpeg_frame(head: bytes) -> bool:
    # Eleven bits of sync, then a version, a layer (not 0, which is ADTS), a bit rate and a sampling rate that exist.
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer != 0 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3


def _guess(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "it is a web page"
    if text.startswith((b"<?xml", b"<")):
        return "it is XML or HTML"
    if text.startswith((b"{", b"[")):
        return "it looks like JSON"
    if text.startswith(b"%pdf"):
        return "it is a PDF"
    return "it looks like text" if all(9 <= byte < 127 for byte in head) else "its bytes are no known audio"


def wave_of(file: BinaryIO) -> Wave | None:
    """The layout of a RIFF WAVE file; None where it is not one, or has no format or no data chunk."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    riff = file.read(12)
    if riff[:4] != b"RIFF" or riff[8:] != b"WAVE":
        return None
    form: tuple[int, int, int, int] | None = None
    while len(header := file.read(8)) == 8:
        name, length = header[:4], int.from_bytes(header[4:], "little")
        if name == b"data":
            start = file.tell()
            return form and Wave(
                encoding=form[0],
                channels=form[1],
                rate=form[2],
                bits=form[3],
                start=start,
                declared=length,
                present=min(length, size - start),
            )
        body = file.read(16) if name == b"fmt " else b""
        if len(body) == 16:
            number = [int.from_bytes(body[at : at + n], "little") for at, n in ((0, 2), (2, 2), (4, 4), (14, 2))]
            form = (number[0], number[1], number[2], number[3])
        file.seek(length - len(body) + length % 2, os.SEEK_CUR)
    return None


def check_whole(file: BinaryIO, kind: str) -> None:
    """Raises Truncated for a WAV shorter than it says and an OGG whose last page is cut. Others show it in decoding."""
    if kind == "WAV":
        wave = wave_of(file)
        file.seek(0)
        if wave is None and file.read(4) == b"RIFF":
            raise errors.Truncated("it ends before its sound begins")
        if wave is not None and wave.present < wave.declared < _STREAMED:
            raise errors.Truncated(f"{wave.present} of {wave.declared} bytes of sound")
        file.seek(0)
    elif kind == "OGG":
        _check_last_page(file)
        file.seek(0)


def _check_last_page(file: BinaryIO) -> None:
    # An Ogg page is at most 65,307 bytes long (RFC 3533, section 6).
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_307))
    tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:] if at >= 0 else b""
    table = page[27 : 27 + page[26]] if len(page) > 27 else b""
    if not table or len(page) < 27 + page[26] + sum(table):
        raise errors.Truncated("its last page is cut")
