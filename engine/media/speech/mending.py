"""Repairs SSML that contains unescaped text: what is not mark-up is read as text (XML 1.0, sections 2.4 and 4.1)."""

from __future__ import annotations

import re
from html.entities import html5
from xml.etree import ElementTree
from xml.sax.saxutils import escape

_LONE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(?:([A-Za-z]\w{1,31};))?")
_LONE_LESS = re.compile(r"<(?![!?])(?!/?[A-Za-z_][^<>]*>)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def mended(ssml: str) -> tuple[str, tuple[str, ...]]:
    """Return the SSML with each `&` and `<` that is not mark-up escaped, and HTML's named characters replaced.

    Also returns a sentence for each kind of repair. Well-formed SSML is not changed, nor are other errors.
    """
    if "<!" in ssml or _is_well_formed(ssml):
        return ssml, ()
    text, remarks = _NOT_XML.sub(" ", ssml), []
    text, count = _LONE_AMPERSAND.subn(_named, text)
    if count:
        remarks.append("The SSML is not well-formed: it has an & that is not part of an entity; write &amp; instead.")
    text, count = _LONE_LESS.subn("&lt;", text)
    if count:
        remarks.append("The SSML is not well-formed: it has a < that does not begin a tag; write &lt; instead.")
    return text, tuple(remarks)


def _named(found: re.Match[str]) -> str:
    name = found[1] or ""
    return escape(html5[name]) if name in html5 else f"&amp;{name}"


def _is_well_formed(ssml: str) -> bool:
    text = ssml.strip()
    if text.startswith("<?xml"):
        text = text.partition("?>")[2].strip()
    try:
        ElementTree.fromstring(text if text.startswith("<speak") else f"<speak>{text}</speak>")
    except (ElementTree.ParseError, ValueError):
        return False
    return True
