"""Converts texts with Markdown (CommonMark 0.31) and links to what is spoken."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_KEYPAD = "to|for|key|or|and|if|when|then|is|again|sign|button|now"
_HEADING = re.compile(rf"[ \t]{{0,3}}(?:#{{2,6}}|#(?![ \t]+(?:{_KEYPAD})\b))[ \t]+(?=\w)", re.IGNORECASE)
_BULLET = re.compile(rf"[ \t]*(?:[+•▪◦‣\u2013-]|\*(?![ \t]+(?:{_KEYPAD})\b))[ \t]+(?=\S)", re.IGNORECASE)
"""A # or * at the beginning of a line is a telephone's key if one of these words follows: "# to repeat"."""
_QUOTE = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
_RULE = re.compile(r"[ \t]*(?:([-*_=~`])[ \t]*)(?:\1[ \t]*){2,}\w*[ \t]*")
"""A thematic break, the underline of a heading, or a code fence."""
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\W\d])([^*\n]+?)(?<=[^\s*])\*(?![\w*])|(?<!\w)_(?=\w)([^_\n]+?)(?<=\w)_(?!\w)"
)
_URL = re.compile(r"\b(?:(?:https?|ftp)://|www\.)[^\s<>\"'()\[\]]+", re.IGNORECASE)
_LONGEST_PATH = 3
_LONGEST_WORD = 24


def said(text: str, *, english: bool) -> str:
    """Return Markdown without its marks: headings and items as sentences, links as their names or hosts."""
    lines = [line for line in map(_line, text.splitlines()) if line.strip()]
    whole = _STRONG.sub(r"\2", _LINK.sub(r"\1", "\n".join(lines)))
    whole = _EMPHASIS.sub(lambda found: found[1] or found[2], whole)
    return _URL.sub(lambda found: _address(found[0], english), whole)


def _line(line: str) -> str:
    if _RULE.fullmatch(line):
        return ""
    line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    if mark := _HEADING.match(line) or _BULLET.match(line):
        line = line[mark.end() :].rstrip().rstrip("#").rstrip()
        return f"{line}." if line[-1:].isalnum() else line
    return line


def _address(url: str, english: bool) -> str:
    """Return a link as it is spoken: the host and a short path, without the query."""
    bare = url.rstrip(".,;:!?…")
    try:
        parts = urlsplit(bare if "://" in bare else f"http://{bare}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return " "
    words = [unquote(word) for word in parts.path.split("/") if word]
    if len(words) > _LONGEST_PATH or any(len(word) > _LONGEST_WORD for word in words):
        words = []
    if english:
        words = [f"slash {word}" for word in words]
        host = host.replace(".", " dot ")
    return " ".join((host, *words)) + url[len(bare) :]
