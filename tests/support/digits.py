"""Digits in text that has random ids beside them."""

import re


def stands_in(digits: str, text: object) -> bool:
    """Whether digits stand in a text by themselves: not within an id, a time or a fraction.

    `"4711" in text` is true by chance once in a few hundred times if the text has ids, for these are random and in hex.
    """
    return bool(re.search(rf"(?<![0-9A-Za-z.-]){re.escape(digits)}(?![0-9A-Za-z-])", str(text)))
