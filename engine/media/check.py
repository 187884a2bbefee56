"""Determines the kind of a file by its bytes alone, and whether it is complete; declared types are ignored."""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from engine.media import errors
from engine.media.mpeg import begins, is_header, tag_length
from engine.media.wav import is_wave

_HEAD = 512
_FORMATS = {b"fLaC": "FLAC", b"OggS": "OGG"}
_OTHER_AUDIO = (
    b"#!AMR", b"FORM", b".snd", b"caff", b"\x1aE\xdf\xa3", b"MThd", b"wvpk", b"MAC ", b"FLV", b"0&\xb2u",
    b"\xff\xf1", b"\xff\xf9",
)  # fmt: skip
_LONGEST_LEAD = 65_536
"""In how many bytes a frame of an MP3 must begin: some streams begin in the middle of one."""


def kind_of(file: BinaryIO) -> str:
    """Return the kind of a file: WAV, MP3, FLAC or OGG. Raises NothingToPlay, NotAudio or Unsupported."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise errors.NothingToPlay("0 bytes")
    tagged = tag_length(head)
    if tagged:
        file.seek(tagged)
        head = file.read(_HEAD)
    if found := _by(head):
        return found
    file.seek(0)
    if tagged or (not _is_text(head) and begins(file.read(_LONGEST_LEAD))):
        return "MP3"
    raise errors.NotAudio(_guess(head))


def untagged(file: BinaryIO) -> BinaryIO:
    """Skip the ID3v2 tag that some programs put before any kind of audio."""
    file.seek(0)
    length = tag_length(file.read(10))
    file.seek(length)
    return io.BytesIO(file.read()) if length else file


def _by(head: bytes) -> str:
    """Return the kind that the first bytes name, "" if none. Raises Unsupported for a known kind that is not read."""
    if is_wave(head):
        return "WAV"
    if head[:4] in _FORMATS:
        return _FORMATS[head[:4]]
    if is_header(head[:4]):
        return "MP3"
    if head.startswith(_OTHER_AUDIO) or head[4:8] == b"ftyp":
        raise errors.Unsupported
    return ""


def _is_text(head: bytes) -> bool:
    return all(9 <= byte < 127 for byte in head)


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
    return "it looks like text" if _is_text(head) else "its bytes are not a known kind of audio"


def check_last_page(file: BinaryIO) -> None:
    """Raise Truncated for an Ogg file whose last page is cut (RFC 3533, section 6: a page has at most 65,307 bytes)."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_307))
    tail = file.read()
    at = tail.rfind(b"OggS")
    page = tail[at:] if at >= 0 else b""
    table = page[27 : 27 + page[26]] if len(page) > 27 else b""
    if not table or len(page) < 27 + page[26] + sum(table):
        raise errors.Truncated("its last page is cut")
