"""Odd audio files, each with what is heard of it: the tests' cases, and the table of docs/prompts.md.

`.venv/bin/python -m tests.support.odd_audio` writes the table anew.
"""

import functools
import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from tests.support.audio import silence, sine

PAGE = Path(__file__).parents[2] / "docs" / "prompts.md"
BEGIN, END = "<!-- odd audio: begin -->", "<!-- odd audio: end -->"
SECONDS = 1.5


class Case(NamedTuple):
    """A file: `make` gives its bytes with a tone of so many Hz. `tone` seconds of it are heard, `seconds` in all.

    `refused` is the reason where it is not played; `source` who makes such files, where that is not everybody.
    """

    name: str
    make: Callable[[float], bytes]
    seconds: float = SECONDS
    tone: float = SECONDS
    refused: str = ""
    source: str = ""

    @property
    def heard(self) -> str:
        """What the page says of it."""
        return f"refused: `{self.refused}`" if self.refused else f"{self.seconds:g} s"


def encoded(samples: np.ndarray, rate: int, kind: str = "WAV", width: str | None = None, **how: object) -> bytes:
    """Samples in a format of libsndfile's."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=width, **how)
    return file.getvalue()


def plain(hz: float, seconds: float = SECONDS, rate: int = 8_000) -> np.ndarray:
    """The tone."""
    return sine(hz, seconds, rate)


# -- WAV, written by hand


def wav(
    hz: float, *, data: int | None = None, riff: int | None = None, form: bytes = b"", before: bytes = b"",
    behind: bytes = b"", kind: bytes = b"RIFF", sound: bytes | None = None,
) -> bytes:  # fmt: skip
    """A WAV whose header says `data` bytes of sound and `riff` in all, with chunks before and behind them."""
    order = ">" if kind == b"RIFX" else "<"
    sound = np.rint(plain(hz) * 32767).astype(f"{order}i2").tobytes() if sound is None else sound
    form = form or struct.pack(f"{order}HHIIHH", 1, 1, 8000, 16000, 2, 16)
    length = len(sound) if data is None else data
    body = b"WAVE" + before + struct.pack(f"{order}4sI", b"fmt ", len(form)) + form
    body += struct.pack(f"{order}4sI", b"data", length) + sound + behind
    return struct.pack(f"{order}4sI", kind, len(body) if riff is None else riff) + body


def lengths(name: str, data: int, riff: int | None, source: str = "") -> Case:
    """A WAV with these lengths in its header."""
    return Case(name, lambda hz: wav(hz, data=data, riff=riff), source=source)


def long_wav(hz: float, kind: bytes, size: int) -> bytes:
    """An RF64 or BW64, whose chunk ds64 has the sound's length."""
    chunk = struct.pack("<4sIQQQI", b"ds64", 28, size + 80, size, size // 2, 0)
    return wav(hz, kind=kind, data=0xFFFF_FFFF, riff=0xFFFF_FFFF, before=chunk)


LIST = b"LIST\4\0\0\0INFO"
SIZE = round(SECONDS * 16_000)
EXTENSIBLE = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4) + bytes.fromhex(
    "0100000000001000800000aa00389b71"
)
MP3_IN_WAV = struct.pack("<HHIIHHHHIHHH", 0x55, 1, 44100, 16000, 1, 0, 12, 1, 2, 417, 1, 1393)


# -- MP3


def mp3(hz: float, rate: int = 44_100, seconds: float = SECONDS) -> bytes:
    """As LAME writes it: the first frame holds the number of the others."""
    return encoded(plain(hz, seconds, rate), rate, "MP3")


def bare(whole: bytes) -> bytes:
    """An MP3 without its first frame, which is Xing's header."""
    assert b"Xing" in whole[:64] or b"Info" in whole[:64]
    return whole[whole.index(b"\xff" + whole[1:2], 4) :]


def tag(length: int, frames: bytes = b"") -> bytes:
    """An ID3v2.3 tag with so many bytes of frames, or padding behind them."""
    size = bytes(length >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frames.ljust(length, b"\0")


def picture() -> bytes:
    """An ID3v2.3 tag with a picture of 60 KB, in which bytes occur that begin a frame elsewhere."""
    noise = np.random.default_rng(1).integers(0, 256, 60_000, np.uint8).tobytes()
    frame = b"\0image/jpeg\0\x03\0\xff\xd8\xff\xe0" + noise
    return tag(len(frame) + 10, b"APIC" + len(frame).to_bytes(4, "big") + b"\0\0" + frame)


def varying(*parts: np.ndarray) -> bytes:
    """An MP3 of varying bit rate without Xing's header."""
    return bare(encoded(np.concatenate(parts), 44_100, "MP3", bitrate_mode="VARIABLE", compression_level=0.2))


def cut(whole: bytes, share: float) -> bytes:
    """The beginning of a file."""
    return whole[: int(len(whole) * share)]


def counted(whole: bytes, count: int) -> bytes:
    """An MP3 whose header says so many frames."""
    at = whole.index(b"Xing") if b"Xing" in whole[:64] else whole.index(b"Info")
    return whole[: at + 8] + count.to_bytes(4, "big") + whole[at + 12 :]


# -- channels


def stereo(left: np.ndarray, right: np.ndarray, kind: str = "WAV") -> bytes:
    """Two channels at 44.1 kHz."""
    return encoded(np.stack([left, right], axis=1), 44_100, kind)


def wide(hz: float) -> np.ndarray:
    """The tone at 44.1 kHz."""
    return plain(hz, rate=44_100)


def half_opposite(hz: float) -> bytes:
    """Two channels that are alike for half of the time and opposite then."""
    turned = wide(hz)
    turned[len(turned) // 2 :] *= -1
    return stereo(wide(hz), turned)


FORMATS = [
    ("WAV", "PCM_16", 8_000), ("WAV", "PCM_U8", 8_000), ("WAV", "PCM_24", 48_000), ("WAV", "PCM_32", 16_000),
    ("WAV", "FLOAT", 44_100), ("WAV", "DOUBLE", 96_000), ("WAV", "ULAW", 8_000), ("WAV", "ALAW", 8_000),
    ("WAV", "IMA_ADPCM", 22_050), ("WAV", "MS_ADPCM", 22_050), ("WAV", "GSM610", 8_000), ("WAVEX", "PCM_16", 11_025),
    ("RF64", "PCM_16", 8_000), ("MP3", None, 44_100), ("MP3", None, 22_050), ("MP3", None, 8_000),
    ("FLAC", "PCM_16", 44_100), ("FLAC", "PCM_24", 96_000), ("OGG", "VORBIS", 48_000), ("OGG", "OPUS", 48_000),
]  # fmt: skip
"""Format, encoding and rate, as soundfile names them; all but GSM 06.10 in mono and in stereo."""


def _format(kind: str, width: str | None, rate: int, channels: int, hz: float) -> bytes:
    return encoded(np.stack([plain(hz, rate=rate)] * channels, axis=1), rate, kind, width)


def _formats() -> list[Case]:
    cases = []
    for kind, width, rate in FORMATS:
        for channels in (1,) if width == "GSM610" else (1, 2):
            name = f"{kind} {width or ''}".strip() + f", {rate / 1000:g} kHz, {'mono' if channels == 1 else 'stereo'}"

            cases.append(Case(name, functools.partial(_format, kind, width, rate, channels)))
    return cases


SENTENCES = "servers that stream a file a sentence"
STREAMED = "streaming text-to-speech servers"
CASES = [
    *_formats(),
    lengths("WAV, length of the sound 2,000,000,000", 2_000_000_000, 2_000_000_036, STREAMED),
    lengths("WAV, length 1,000,000,000", 1_000_000_000, None, STREAMED),
    lengths("WAV, length 0, of the file right", 0, None, "programs that crash, or write to a pipe"),
    lengths("WAV, length 0, of the file 0", 0, 0, "libsndfile, piper to a pipe"),
    lengths("WAV, length 0, of the file 36", 0, 36, "Python's wave module to a pipe"),
    lengths("WAV, length 0, of the file 4,294,967,295", 0, 0xFFFF_FFFF),
    lengths("WAV, length 4,294,967,295", 0xFFFF_FFFF, 0xFFFF_FFFF, "ffmpeg to a pipe, OpenAI"),
    lengths("WAV, length 2,147,483,647", 0x7FFF_FFFF, 0x7FFF_FFFF, "ElevenLabs"),
    lengths("WAV, length 2,147,479,552", 0x7FFF_F000, 0x7FFF_F024, "espeak-ng, sox to a pipe"),
    lengths("WAV, length of the file for that of the sound", SIZE + 44, SIZE + 44),
    Case("WAV of an odd length", lambda hz: wav(hz, sound=wav(hz)[44:] + b"\0")),
    Case("WAV with other chunks before and behind", lambda hz: wav(hz, before=b"JUNK\4\0\0\0abcd", behind=LIST)),
    Case("WAV, a chunk of odd length without its padding", lambda hz: wav(hz, before=b"LIST\5\0\0\0hello")),
    Case("WAV, format chunk with padding", lambda hz: wav(hz, form=wav(hz)[20:36] + bytes(24)), source="ProTools"),
    Case("WAV, rate in bytes and block size 0", lambda hz: wav(hz, form=struct.pack("<HHIIHH", 1, 1, 8000, 0, 0, 16))),
    Case("WAV, extensible format", lambda hz: wav(hz, form=EXTENSIBLE), source="ffmpeg"),
    Case("WAV, big-endian (RIFX)", lambda hz: wav(hz, kind=b"RIFX")),
    Case("RF64, length in ds64", lambda hz: long_wav(hz, b"RF64", SIZE)),
    Case("RF64, length 0 in ds64", lambda hz: long_wav(hz, b"RF64", 0)),
    Case("BW64", lambda hz: long_wav(hz, b"BW64", SIZE)),
    Case("WAV with MP3 in it", lambda hz: wav(hz, form=MP3_IN_WAV, sound=mp3(hz))),
    Case("WAV with an MP3 without Xing's header in it", lambda hz: wav(hz, form=MP3_IN_WAV, sound=bare(mp3(hz)))),
    Case("WAV behind an ID3v2 tag", lambda hz: tag(2_000) + wav(hz)),
    Case("two WAVs, one behind the other", lambda hz: wav(hz) * 2, 3.0, 3.0, source=SENTENCES),
    Case("WAV, 70 % of it", lambda hz: cut(wav(hz), 0.7), refused="truncated"),
    Case("WAV, cut in its header", lambda hz: wav(hz)[:30], refused="truncated"),
    Case("WAV without sound, with another chunk behind", lambda hz: wav(hz, sound=b"", behind=LIST), refused="empty"),
    Case("MP3 without Xing's header", lambda hz: bare(mp3(hz)), source="hardware encoders, cut streams"),
    Case("MP3 with an ID3v2.3 tag with a picture", lambda hz: picture() + mp3(hz)),
    Case("MP3 with that and without Xing's header", lambda hz: picture() + bare(mp3(hz))),
    Case("MP3 with 4 KB of padding in its tag, without Xing's header", lambda hz: tag(4096) + bare(mp3(hz))),
    Case("MP3 with a tag that says it is longer than the file",
         lambda hz: b"ID3\3\0\0\x7f\x7f\x7f\x7f" + bare(mp3(hz))),
    Case("MP3 with an ID3v1 tag at its end", lambda hz: bare(mp3(hz)) + b"TAG" + bytes(125)),
    Case("MP3 with 30 KB of zeros at its end", lambda hz: bare(mp3(hz)) + bytes(30_000)),
    Case("MP3 that begins with 500 other bytes", lambda hz: bytes(500) + bare(mp3(hz)), source="recorded web radio"),
    Case("MP3 of varying bit rate without Xing's header, silence first",
         lambda hz: varying(silence(1, 44_100), wide(hz)), 2.5),
    Case("MP3 of varying bit rate without Xing's header, silence last",
         lambda hz: varying(wide(hz), silence(1, 44_100)), 2.5),
    Case("MP3 whose header says 0 frames", lambda hz: counted(mp3(hz), 0)),
    Case("two MP3s, one behind the other", lambda hz: mp3(hz) * 2, 3.0, 3.0, source=SENTENCES),
    Case("two MP3s of two sampling rates", lambda hz: mp3(hz) + mp3(hz, 22_050), 3.0, 3.0),
    Case("MP3 without Xing's header, half of it", lambda hz: cut(bare(mp3(hz)), 0.5), 0.75, 0.75),
    Case("MP3 with it, half of it", lambda hz: cut(mp3(hz), 0.5), refused="truncated"),
    Case("FLAC behind an ID3v2 tag", lambda hz: tag(2_000) + encoded(wide(hz), 44_100, "FLAC")),
    Case("FLAC, 70 % of it", lambda hz: cut(encoded(wide(hz), 44_100, "FLAC"), 0.7), refused="truncated"),
    Case("OGG Vorbis, 70 % of it", lambda hz: cut(encoded(wide(hz), 44_100, "OGG"), 0.7), refused="truncated"),
    Case("stereo, the right channel the opposite of the left", lambda hz: stereo(wide(hz), -wide(hz)),
         source="microphones wired the wrong way"),
    Case("the same as MP3", lambda hz: stereo(wide(hz), -wide(hz), "MP3")),
    Case("stereo, the channels opposite in its second half", half_opposite),
    Case("stereo, sound in the right channel only", lambda hz: stereo(0 * wide(hz), wide(hz))),
    Case("a web page", lambda hz: b"<!DOCTYPE html><html><body>Log in</body></html>", refused="not_audio",
         source="links to a page with a player"),
    Case("M4A", lambda hz: b"\0\0\0\x20ftypM4A " + bytes(500), refused="unsupported"),
    Case("AMR", lambda hz: b"#!AMR\n" + bytes(500), refused="unsupported"),
    Case("0 bytes", lambda hz: b"", refused="empty"),
]  # fmt: skip


def table() -> str:
    """The page's table."""
    rows = [f"| {case.name} | {case.heard} | {case.source} |" for case in CASES]
    return "\n".join(("| file | heard | made by |", "|---|---|---|", *rows))


def page_with_table(page: str) -> str:
    """The page, its table written anew."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text()))
