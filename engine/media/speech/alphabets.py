"""The alphabet of a text, and the languages written in it: a voice reads its language's alphabet and Latin.

An alphabet is found by the first word of a character's name (Unicode Character Database, UnicodeData.txt).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

_COMMON = frozenset({"LATIN", "FULLWIDTH", "MODIFIER", "DIGIT", "SUPERSCRIPT", "SUBSCRIPT", "COMBINING", "FEMININE",
                     "MASCULINE", "MICRO", "OHM", "KELVIN", "ANGSTROM", "DOUBLE-STRUCK", "SCRIPT", "MATHEMATICAL",
                     "VULGAR", "CIRCLED", "PARENTHESIZED", "ROMAN", "SMALL", "VARIATION", "ZERO"})
_SAME = {"CJK": "HAN", "IDEOGRAPHIC": "HAN", "KATAKANA-HIRAGANA": "KANA", "HIRAGANA": "KANA", "KATAKANA": "KANA",
         "HALFWIDTH": "KANA"}
_LANGUAGES = {
    "HAN": ("zh", "cmn", "yue", "ja", "ko"), "KANA": ("ja",), "HANGUL": ("ko",),
    "ARABIC": ("ar", "fa", "ur", "ug", "sd", "ps"),
    "CYRILLIC": ("ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "tt", "ba", "cv", "mn", "tg", "uz"),
    "GREEK": ("el", "grc"), "HEBREW": ("he", "yi"),
    "DEVANAGARI": ("hi", "mr", "ne", "sa", "kok"), "BENGALI": ("bn", "as", "bpy"), "GURMUKHI": ("pa",),
    "GUJARATI": ("gu",), "ORIYA": ("or",), "TAMIL": ("ta",), "TELUGU": ("te",), "KANNADA": ("kn",),
    "MALAYALAM": ("ml",), "SINHALA": ("si",), "THAI": ("th",), "MYANMAR": ("my", "shn"), "GEORGIAN": ("ka",),
    "ARMENIAN": ("hy", "hyw"), "ETHIOPIC": ("am",), "LAO": ("lo",), "KHMER": ("km",), "TIBETAN": ("bo",),
}  # fmt: skip
"""The languages of each alphabet; the first one is the default."""
_MARKS = {"ru": "", "uk": "іїєґІЇЄҐ", "be": "ўЎ", "sr": "ђћџЂЋЏ", "mk": "ѓќѕЃЌЅ", "fa": "پچژگ", "ur": "ٹڈڑے"}
"""Letters of a language that the first language of its alphabet does not have."""


@functools.lru_cache(maxsize=8192)
def alphabet(character: str) -> str:
    """Return the alphabet of a letter, such as HAN or CYRILLIC; "" for Latin and for what every language uses."""
    if not unicodedata.category(character).startswith(("L", "M")):
        return ""
    word = unicodedata.name(character, "").partition(" ")[0]
    found = _SAME.get(word, word)
    return "" if found in _COMMON else found


def reads(language: str, script: str) -> bool:
    """Return whether a language, such as `de`, is written in an alphabet other than Latin."""
    return language in _LANGUAGES.get(script, ())


def language_of(script: str, text: str) -> str:
    """Return the most likely language of a text in an alphabet; "" for an unknown alphabet."""
    if script == "HAN" and any(alphabet(character) == "KANA" for character in text):
        return "ja"
    languages = _LANGUAGES.get(script, ("",))
    marked = (one for one in languages if any(letter in text for letter in _MARKS.get(one, "")))
    return next(marked, languages[0])


def runs(text: str, language: str) -> Iterable[tuple[str, str]]:
    """Split a text where its alphabet changes: pieces with the alphabet that `language` does not read, or ""."""
    pieces: list[tuple[str, str]] = []
    for character in text:
        script = alphabet(character)
        if not character.isalpha() and not unicodedata.category(character).startswith("M"):
            script = pieces[-1][1] if pieces else ""  # blanks, digits and signs belong to the piece before them
        elif reads(language, script):
            script = ""
        if (pieces and pieces[-1][1] == script) or (pieces and not any(one.isalpha() for one in pieces[-1][0])):
            pieces[-1] = (pieces[-1][0] + character, script)
        else:
            pieces.append((character, script))
    return pieces
