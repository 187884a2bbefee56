"""Cover pages: the date, from whom a fax is and for whom, its subject, how many pages it has, and a text."""

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime

from engine.features.fax.pages.model import COLUMNS, LINES, Cover

MOST_LINES = 90
"""Lines of the text. With the longest fields above it they need less than two pages."""
_NAMES = 9
"""Characters of the column in which the fields' names stand."""


def wrapped(text: str) -> list[str]:
    """Return a text's lines, none longer than a page is wide; they are broken at blanks where there are some."""
    return [line for each in text.split("\n") for line in textwrap.wrap(each, COLUMNS) or [""]]


def lines_of(cover: Cover, pages: int) -> list[str]:
    """Return the lines of a cover page; `pages` are those of the document behind it."""
    lines = _lines(cover, pages)
    return _lines(cover, pages - (-len(lines) // LINES))


def _lines(cover: Cover, pages: int) -> list[str]:
    fields = (
        ("Date", f"{datetime.fromtimestamp(cover.at, UTC):%Y-%m-%d %H:%M} UTC"),
        ("From", _party(cover.from_name, cover.from_number)),
        ("To", _party(cover.to_name, cover.to_number)),
        ("Subject", cover.subject),
        ("Pages", f"{pages}, with this cover page"),
    )
    head = [line for name, value in fields if value for line in _field(name, value)]
    return ["FAX", "", *head, "-" * COLUMNS, "", *wrapped(cover.text)]


def _party(name: str, number: str) -> str:
    return ", ".join(each for each in (name, number) if each)


def _field(name: str, value: str) -> Iterator[str]:
    for line in textwrap.wrap(value, COLUMNS - _NAMES):
        yield f"{name:{_NAMES}}{line}"
        name = ""
