"""Characters that come along where a number is copied from a page, a document or a phone's contacts."""

import unicodedata

_PLAIN = {"Cf": "", "Zs": " ", "Pd": "-"}
_MINUS = "\N{MINUS SIGN}"


def plain(text: str) -> str:
    """Return a number's text with what only looks is different made plain.

    Invisible marks of direction and joining (Unicode's category Cf) go, every blank becomes a space, every dash a
    hyphen. All else stays, digits of other scripts too, to be judged by who reads the number.
    """
    return text if text.isascii() else "".join(map(_plain, text))


def _plain(character: str) -> str:
    return "-" if character == _MINUS else _PLAIN.get(unicodedata.category(character), character)
