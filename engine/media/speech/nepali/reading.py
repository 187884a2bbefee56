"""Splits a text that a Nepali voice is to speak into Nepali and English pieces."""

from __future__ import annotations

import re

from engine.media.speech.nepali import numbers, words

NEPALI, ENGLISH = "ne", "en"
_DEVANAGARI = "\u0900-\u0963\u0970-\u097f\u200c\u200d"
_TOKEN = re.compile(rf"[{_DEVANAGARI}]+|[A-Za-z][A-Za-z']*|[^\s{_DEVANAGARI}A-Za-z]+|\s+")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_ACRONYM = 5
_SHORT = 3
Piece = tuple[str, str]
"""Words, and the language they are in: NEPALI or ENGLISH."""


def read(text: str) -> list[Piece]:
    """Return the pieces of a text, in order, with the numbers of Nepali pieces as they are spoken.

    A text without a Nepali word is English, with its numbers. Else numbers are Nepali, but between two English words.
    Romanised Nepali is written in Devanagari.
    """
    text = text.translate(numbers.DIGITS).replace("\u2019", "'")
    latin = [word.lower() for word in _WORD.findall(text)]
    in_devanagari = re.search(rf"[{_DEVANAGARI}]", text) is not None
    romanised = not in_devanagari and words.is_romanised(latin)
    if latin and not in_devanagari and not romanised:
        return [(text, ENGLISH)]
    tokens = _TOKEN.findall(numbers.prepared(text))
    languages = _languages(tokens, romanised=romanised)
    pieces: list[Piece] = []
    for token, language in zip(tokens, languages, strict=True):
        if language == NEPALI and _WORD.fullmatch(token):
            token = words.devanagari(token.lower())
        if pieces and pieces[-1][1] == language:
            pieces[-1] = (pieces[-1][0] + token, language)
        else:
            pieces.append((token, language))
    return [(numbers.spoken(piece) if language == NEPALI else piece, language) for piece, language in pieces]


def _languages(tokens: list[str], *, romanised: bool) -> list[str]:
    """The language of each token."""
    found: list[str | None] = [_of_word(token, romanised=romanised) for token in tokens]
    for index, token in enumerate(tokens):
        if found[index] is None and _WORD.fullmatch(token):
            beside = {_beside(found, tokens, index, step) for step in (-1, 1)}
            found[index] = ENGLISH if ENGLISH in beside else NEPALI
    for index, token in enumerate(tokens):
        if found[index] is None:
            before, behind = (_beside(found, tokens, index, step) for step in (-1, 1))
            both = before == behind == ENGLISH
            closing = before == ENGLISH and not token[:1].isspace() and not any(map(str.isdigit, token))
            found[index] = ENGLISH if both or closing else NEPALI
    return [language or NEPALI for language in found]


def _of_word(token: str, *, romanised: bool) -> str | None:
    """The language of a word; None: its neighbours decide."""
    if not _WORD.fullmatch(token):
        return NEPALI if re.match(rf"[{_DEVANAGARI}]", token) else None
    word = token.lower()
    if token.isupper() and 1 < len(token) <= _ACRONYM:
        return ENGLISH
    if words.is_nepali(word):
        return NEPALI
    if not romanised:
        return ENGLISH
    if not words.is_english(word):
        return NEPALI
    return None if len(word) <= _SHORT else ENGLISH


def _beside(found: list[str | None], tokens: list[str], index: int, step: int) -> str | None:
    """The language of the nearest word before or behind a token."""
    index += step
    while 0 <= index < len(tokens):
        if _WORD.fullmatch(tokens[index]) or found[index]:
            return found[index]
        index += step
    return None
