"""espeak-ng: a rule-based speech engine for over a hundred languages, and voices of our own that are its variants."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from engine.media.speech.command import spoken
from engine.media.speech.kana import in_kana
from engine.media.speech.speech_engine import Speech, Voice
from engine.media.speech.variants import VARIANTS

_LINE = re.compile(r"^\s*(\d+)\s+(\S+)\s+\S+\s+\S+\s+\S+\s*(.*)$")
_OTHER = re.compile(r"\((\S+) (\d+)\)")
_JAPANESE = "ja"
_LATIN_AS_ENGLISH, _LATIN_AS_PINYIN = "cmn", "cmn-latn-pinyin"

_ALIASES = {
    "zh": "cmn",
    "zh-cn": "cmn",
    "zh-tw": "cmn",
    "zh-hk": "yue",
    "no": "nb",
    "iw": "he",
    "in": "id",
    "fil": "tl",
}


class Espeak:
    """The program `espeak-ng`."""

    engine = "espeak-ng"

    def voices(self) -> Sequence[Voice]:
        """Return the voices of `espeak-ng --voices`, by language and by other names; none if it is not installed."""
        if shutil.which("espeak-ng") is None:
            return []
        found: dict[str, tuple[int, str]] = {}
        for line in _output("--voices").splitlines():
            if matched := _LINE.match(line):
                name = matched[2]
                for locale, priority in [(name, "0"), *_OTHER.findall(matched[3])]:
                    # A lower number is a better match for the language.
                    found[locale.lower()] = min(found.get(locale.lower(), (99, "")), (int(priority), name))
        for locale, other in _ALIASES.items():
            if other in found:
                found.setdefault(locale, found[other])
        chosen = {locale: name for locale, (_, name) in found.items()}
        if _LATIN_AS_PINYIN in chosen and _spells_pinyin():
            chosen |= {locale: _LATIN_AS_PINYIN for locale, name in chosen.items() if name == _LATIN_AS_ENGLISH}
        voices = [Voice(engine=self.engine, name=name, locale=locale) for locale, name in chosen.items()]
        return voices + [
            Voice(engine=self.engine, name=name, locale=one.language, mark=" ".join(one.arguments), english=one.english)
            for name, one in VARIANTS.items()
            if one.language in chosen
        ]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text. Raises SpeechFailed."""
        if voice.name == _JAPANESE:
            text = await in_kana(text)
        variant = VARIANTS.get(voice.name)
        arguments = variant.arguments if variant else ("-v", voice.name)
        return await spoken("espeak-ng", *arguments, "-b", "1", "--stdin", "--stdout", text=text)

    async def close(self) -> None:
        """Do nothing: this engine holds no resources."""


def _output(*arguments: str) -> str:
    return subprocess.run(["espeak-ng", *arguments], capture_output=True, text=True, timeout=10, check=False).stdout


def _spells_pinyin() -> bool:
    """Return whether it speaks Mandarin as pinyin in English («ni three»), as version 1.51 does."""
    return "(en)" in _output("-q", "-x", "-v", _LATIN_AS_ENGLISH, "你好")
