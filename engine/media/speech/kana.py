"""Japanese as espeak-ng can read it: its `ja` knows kana, and calls each kanji a "Chinese letter", in English."""

from __future__ import annotations

import re
import shutil

from engine.media import errors
from engine.media.speech.command import output

_KANJI = re.compile(r"[々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PARTICLES = {"ハ": "ワ", "ヘ": "エ", "コンニチハ": "コンニチワ", "コンバンハ": "コンバンワ"}
"""Alone between blanks these are particles, or end with one, which are written thus and spoken otherwise."""


async def in_kana(text: str) -> str:
    """A Japanese text with its kanji as katakana, by the program `kakasi`; as it is where it has none.

    Raises SpeechFailed where it has kanji and the program is not installed.
    """
    if not _KANJI.search(text):
        return text
    if shutil.which("kakasi") is None:
        raise errors.SpeechFailed("to read Japanese kanji, kakasi must be installed")
    read = (await output("kakasi", "-i", "utf8", "-o", "utf8", "-JK", "-HK", "-s", text=text)).decode(errors="ignore")
    return " ".join(_PARTICLES.get(word, word) for word in read.split())
