"""What the text of an incoming message says: its parts joined, its keyword, STOP and START."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

MISSING = "[…]"
"""Stands for parts that did not come."""
_NEVER_STORED = re.compile("[\0\ud800-\udfff]")  # PostgreSQL stores no NUL, and no database half a surrogate pair

_AROUND = frozenset("PSZC")  # Unicode's categories of punctuation, signs, blanks and control characters


class Wish(StrEnum):
    """What somebody asks for whose whole text is one word."""

    STOP = "stop"
    START = "start"
    YES = "yes"  # a START of who has stopped, and a text of its own of anybody else


# The first ones are what carriers take; with the last two they are those of 47 CFR 64.1200(a)(10), since April 2025.
_WISHES = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"), Wish.STOP),
    **dict.fromkeys(("START", "UNSTOP"), Wish.START),
    "YES": Wish.YES,
}


def joined(parts: Mapping[int, str], total: int) -> str:
    """Return the text of parts 1 to `total`, with one mark for each run of parts that are missing.

    A character may begin in one part and end in the next, in halves (UTF-16): the halves are put together.
    """
    found: list[str] = []
    for number in range(1, total + 1):
        if number in parts:
            found.append(parts[number])
        elif found[-1:] != [MISSING]:
            found.append(MISSING)
    return storable("".join(found))


def storable(text: str) -> str:
    """Return a text as any database takes it: halves of a character are joined, or U+FFFD as a NUL is."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _NEVER_STORED.sub("\ufffd", whole)


def first_word(text: str) -> str:
    """Return the first word in upper case, without the punctuation around it; "" where there is none.

    A first word that is nothing but signs, such as an emoji, is itself.
    """
    word = unicodedata.normalize("NFC", next(iter(text.split()), ""))
    inner = [index for index, character in enumerate(word) if unicodedata.category(character)[0] not in _AROUND]
    return (word[inner[0] : inner[-1] + 1] if inner else word).upper()


def wish_of(text: str) -> Wish | None:
    """Return what a text that is STOP, START or the like asks for: case, blanks and punctuation do not count."""
    letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))
    return _WISHES.get(letters.upper())
