"""Cleans texts before they are spoken."""

from __future__ import annotations

import html
import re
import unicodedata

from engine.media import errors
from engine.media.speech.markdown import said

_TAG = re.compile(r"<[/!?]?[A-Za-z][^<>]*>")
_SYNTAX = str.maketrans("[]{}|\\`^", "        ")
"""Brackets and similar characters are commands of some engines ([[phonemes]], [word](/phonemes/))."""
_JOINERS = "\u200c\u200d"
"""Joiners, which shape letters in Persian and the Indic scripts."""
_LONE_SIGN = re.compile(r"(?<![^\s(\"'])([#*])(?=$|[\s.,;:!?)\"'])")
_SIGNS = {"#": "pound", "*": "star"}
_BRITISH = ("en-gb", "en-ie", "en-au", "en-nz", "en-za", "en-in")


def clean(text: str, limit: int, locale: str = "en-us") -> str:
    """Return words only, without markup, control characters and engines' commands; a lone # or * is named in English.

    Markdown and links are converted to what is spoken (engine.media.speech.markdown).

    Raises TextTooLong past `limit` characters, NothingToPlay if nothing is left.
    """
    if len(text) > limit:
        raise errors.TextTooLong(f"{len(text)} characters, {limit} are allowed")
    if _TAG.search(text):
        text = html.unescape(_TAG.sub(" ", text))
    english = locale.startswith("en")
    text = said(text, english=english)
    text = "".join(map(_plain, unicodedata.normalize("NFC", text))).translate(_SYNTAX)
    if english:
        text = _LONE_SIGN.sub(lambda sign: _name(sign[1], locale), text)
    text = " ".join(text.split())
    if not any(character.isalnum() for character in text):
        raise errors.NothingToPlay("the text has no words")
    return text


def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cf" and character not in _JOINERS:
        return ""
    return " " if kind in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") else character


def _name(sign: str, locale: str) -> str:
    return "hash" if sign == "#" and locale in _BRITISH else _SIGNS[sign]
