"""Texts as octets, in parts (3GPP TS 23.038 §6.2, TS 23.040 §9.2.3.24.1).

A text is GSM-7 if the default alphabet and its extension table have all of its characters, else UCS-2. GSM-7 is
unpacked here: one septet an octet. The tables are aiosmpplib's. Its codec is not used: it raises at a text that ends
with ESC and at octets above 0x7F, drops the first of two ESC, and reads a character at a time.
"""

import codecs

from aiosmpplib import codec

_ESCAPE = 0x1B
_MOST_PARTS = 255
"""The number of parts is one octet (TS 23.040 §9.2.3.24.1)."""

_SEPTETS = (160, 153)
"""How many septets fit in a text that is whole, and in a part beside a header of 6 octets."""

_UNICODE_OCTETS = (140, 134)
"""The same for UCS-2: 70 and 67 code units."""

_ENCODING = {
    **{ord(character): code for character, code in codec.GSM_BASIC_ENCODE_MAP.items()},
    **{ord(character): bytes((_ESCAPE, code)) for character, code in codec.GSM_EXTENDED_ENCODE_MAP.items()},
}
_DECODING = {**codec.GSM_BASIC_DECODE_MAP, _ESCAPE: " "}
_EXTENDED = {**_DECODING, **codec.GSM_EXTENDED_DECODE_MAP}
"""After ESC: a code that the extension table lacks stands for itself, and ESC for a space (§6.2.1.1)."""


class TextTooLong(ValueError):
    """A text needs more than 255 parts."""


def parts_of(text: str) -> tuple[bool, list[bytes]]:
    """Return whether the text is UCS-2, and the content of each of its parts, without user data headers.

    No part ends between ESC and the character after it, or within a surrogate pair. An empty text is one empty part.
    Raises TextTooLong.
    """
    unicode, content = encoded(text)
    whole, part = _UNICODE_OCTETS if unicode else _SEPTETS
    if len(content) <= whole:
        return unicode, [content]
    parts = _split(content, part, unicode=unicode)
    if len(parts) > _MOST_PARTS:
        raise TextTooLong(f"the text has {len(text)} characters and needs {len(parts)} parts; the most are 255")
    return unicode, parts


def encoded(text: str) -> tuple[bool, bytes]:
    """Return whether the text is UCS-2, and its octets, undivided: for carriers that divide it themselves."""
    try:
        return False, codecs.charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return True, text.encode("utf-16-be", "replace")  # a surrogate without its other half becomes ?


def _split(content: bytes, size: int, *, unicode: bool) -> list[bytes]:
    parts, start = list[bytes](), 0
    while start < len(content):
        end = start + size
        if end < len(content):
            if unicode and 0xD8 <= content[end - 2] <= 0xDB:
                end -= 2
            elif not unicode and content[end - 1] == _ESCAPE:
                end -= 1
        parts.append(content[start:end])
        start = end
    return parts


def text_of_septets(content: bytes) -> str:
    """Return the text of GSM-7, one septet an octet. Every content has a text; octets above 0x7F become U+FFFD."""
    first, *escaped = content.split(b"\x1b")
    found = [_plain(first)]
    after_escape = True
    for piece in escaped:
        if not after_escape:  # the piece before was empty: this ESC was the character after another one
            found.append(_plain(piece))
            after_escape = True
        elif piece:
            found += (_EXTENDED.get(piece[0], "\ufffd"), _plain(piece[1:]))
        else:
            found.append(" ")
            after_escape = False
    return "".join(found)


def text_of_unicode(content: bytes, *, part: bool = False) -> str:
    """Return the text of UCS-2. Every content has a text; halves of pairs and of units become U+FFFD.

    Of a `part` halves of pairs stay: many phones let a part end within one, whose other half begins the next part.
    """
    if part and len(content) % 2 == 0:
        return content.decode("utf-16-be", "surrogatepass")
    return content.decode("utf-16-be", "replace")


def _plain(content: bytes) -> str:
    return codecs.charmap_decode(content, "replace", _DECODING)[0]
