"""Japanese in kana: espeak-ng's `ja` reads kana, but speaks each kanji as "Chinese letter", in English."""

from __future__ import annotations

import re
import shutil

from engine.media import errors
from engine.media.speech.command import output

_KANJI = re.compile(r"[々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_PARTICLES = {"ハ": "ワ", "ヘ": "エ", "コンニチハ": "コンニチワ", "コンバンハ": "コンバンワ"}
"""Words that are particles, or end with one, and are spoken otherwise than written."""


async def in_kana(text: str) -> str:
    """Return a Japanese text with its kanji as katakana, by the program `kakasi`; unchanged if it has none.

    Raises SpeechFailed if it has kanji and the program is not installed.
    """
    if not _KANJI.search(text):
        return text
    if shutil.which("kakasi") is None:
        raise errors.SpeechFailed("to read Japanese kanji, kakasi must be installed")
    read = (await output("kakasi", "-i", "utf8", "-o", "utf8", "-JK", "-HK", "-s", text=text)).decode(errors="ignore")
    return " ".join(_PARTICLES.get(word, word) for word in read.split())
