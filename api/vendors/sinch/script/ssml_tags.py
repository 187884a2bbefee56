"""SSML for a speech engine that reads only some of it (W3C Speech Synthesis Markup Language 1.1)."""

from typing import NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from engine.media.speech.mending import mended

READ = frozenset(
    ("speak", "voice", "prosody", "say-as", "mark", "s", "p", "phoneme", "sub", "break", "emphasis"),
)
_SILENT = frozenset({"audio", "desc", "metadata", "meta", "lexicon"})  # what is in these is no speech


class Ssml(NamedTuple):
    """What is left, the names of the tags that were dropped, and sentences on what was read as text."""

    text: str
    dropped: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def readable(text: str) -> Ssml | None:
    """Return the SSML with only the tags that are read; None where it is not well-formed.

    An `&` or a `<` that begins nothing is read as text, with a remark; a tag that is not closed is not.

    A document type is refused (its entities could grow without end); a text without `<speak>` gets one.
    """
    if "<!" in text or "<?" in text.removeprefix("<?xml"):
        return None
    text, remarks = mended(text)
    if text.startswith("<?xml"):
        text = text.partition("?>")[2].strip()
    whole = text if text.startswith("<speak") else f"<speak>{text}</speak>"
    try:
        root = ElementTree.fromstring(whole)
    except (ElementTree.ParseError, ValueError):
        return None
    dropped: list[str] = []
    return Ssml(_render(root, dropped), tuple(dict.fromkeys(dropped)), remarks)


def _render(element: ElementTree.Element, dropped: list[str]) -> str:
    name = element.tag.rpartition("}")[2]
    kept = name in READ
    if not kept:
        dropped.append(name)
    inside = "" if name in _SILENT else escape(element.text or "")
    for child in element:
        inside += ("" if name in _SILENT else _render(child, dropped)) + escape(child.tail or "")
    if not kept:
        return inside
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in element.attrib.items() if "}" not in key)
    return f"<{name}{attributes}>{inside}</{name}>"
