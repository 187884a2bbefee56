"""Parses SSML into texts and pauses, which every speech engine can speak.

Of the W3C's Speech Synthesis Markup Language 1.1 these have an effect: `<break>` (strength or time), `<p>` and `<s>` (a
pause after them), `<sub alias>`, `<say-as interpret-as>` digits, characters, spell-out and telephone. Of other tags the
text in them is spoken; `<audio>`, `<desc>`, `<lexicon>`, `<meta>` and `<metadata>` are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from engine.media import errors

_SILENT = frozenset({"audio", "desc", "lexicon", "meta", "metadata"})
_SPELLED = frozenset({"characters", "digits", "spell-out", "telephone", "verbatim"})
_STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.0}
_BEHIND = {"p": 0.7, "s": 0.4}
_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})(ms|s)")
LONGEST_PAUSE = 10.0
MARKUP = 8
"""How many times longer than its text SSML may be, including the tags."""

Part = str | float
"""A text, or a pause in seconds."""


def parts(ssml: str, limit: int) -> list[Part]:
    """Parse SSML of which at most `limit` characters are spoken; a text without `<speak>` gets one.

    Raises BadSsml if it is not well-formed (a document type is refused, because entities may expand without limit),
    TextTooLong, NothingToPlay.
    """
    if len(ssml) > limit * MARKUP:
        raise errors.TextTooLong(f"{len(ssml)} characters with its tags, {limit * MARKUP} are allowed")
    text = ssml.strip()
    if text.startswith("<?xml"):
        text = text.partition("?>")[2].strip()
    if "<!" in text or "<?" in text:
        raise errors.BadSsml("it has a declaration")
    try:
        root = ElementTree.fromstring(text if text.startswith("<speak") else f"<speak>{text}</speak>")
    except (ElementTree.ParseError, ValueError) as error:
        raise errors.BadSsml(str(error)) from error
    found = _joined(_read(root))
    spoken = sum(len(part) for part in found if isinstance(part, str))
    if spoken > limit:
        raise errors.TextTooLong(f"{spoken} characters, {limit} are allowed")
    if not spoken:
        raise errors.NothingToPlay("the text has no words")
    return found


def _read(element: ElementTree.Element) -> Iterator[Part]:
    name = element.tag.rpartition("}")[2]
    if name in _SILENT:
        return
    if name == "break":
        yield _pause(element)
    elif name == "sub" and (alias := element.get("alias")):
        yield alias
    elif name == "say-as" and (element.get("interpret-as") or "").lower() in _SPELLED:
        yield f" {', '.join(''.join(element.itertext()).replace(' ', ''))} "
    else:
        yield element.text or ""
        for child in element:
            yield from _read(child)
            yield child.tail or ""
    yield _BEHIND.get(name, 0.0)


def _pause(element: ElementTree.Element) -> float:
    if time := _TIME.fullmatch((element.get("time") or "").strip()):
        return min(float(time[1]) / (1000 if time[2] == "ms" else 1), LONGEST_PAUSE)
    return _STRENGTHS.get((element.get("strength") or "medium").strip(), _STRENGTHS["medium"])


def _joined(read: Iterator[Part]) -> list[Part]:
    found: list[Part] = []
    for part in read:
        if not part:
            continue
        last = found[-1] if found else None
        if isinstance(part, str) and isinstance(last, str):
            found[-1] = last + part
        elif isinstance(part, float) and isinstance(last, float):
            found[-1] = min(max(last, part), LONGEST_PAUSE)
        elif isinstance(part, float) or part.strip():
            found.append(part)
    return found
