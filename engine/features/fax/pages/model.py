"""What is asked of the process that converts, and what it answers."""

from typing import Literal

import msgspec

from engine.features.errors import FeatureError

WIDTH, HEIGHT = 1728, 2292
"""Dots of a page: 215 mm and, of A4, 297 mm (ITU-T T.4 sections 2.2 and 2.1)."""
X_DPI, Y_DPI = 204, 196
"""Dots to the inch at T.4's fine resolution (8 dots/mm by 7.7 lines/mm)."""
MARGIN, LINE_HEIGHT = 120, 36
"""Dots that are left free around a text, and of one of its lines."""
COLUMNS, LINES = 86, (HEIGHT - 2 * MARGIN) // LINE_HEIGHT
"""Characters of a text's line, and lines of a page."""
What = Literal["tiff", "pdf", "png", "count"]


class DocumentRefused(FeatureError):
    """A document cannot be faxed; the message says what is wrong and what would be right."""


class PageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a document may have. Sizes are in bytes, times in seconds, `pixels` are those of one picture,
    `made` is the size of the pages, `sent` of those that are to be sent: 14,400 bits a second carry 6.5 MB an hour, and
    no fax takes longer.

    `memory` and `seconds` are those of the process that converts it; it is killed beyond them.
    """

    bytes: int = 20_000_000
    pages: int = 200
    pixels: int = 120_000_000
    made: int = 50_000_000
    sent: int = 6_000_000
    seconds: float = 120.0
    memory: int = 2_000_000_000


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a fax's cover page. `at` is its time in Unix seconds; numbers are written as they are to be read,
    "" where there is none.
    """

    at: float
    text: str
    from_name: str = ""
    from_number: str = ""
    to_name: str = ""
    to_number: str = ""
    subject: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made of the document that follows: the TIFF to send, with a cover page before it or without; or of
    a fax its PDF, a picture of its first page, or nothing but the number of its pages.
    """

    what: What
    limits: PageLimits
    cover: Cover | None = None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of the answer: how many pages there are, or why there are none. What was made follows."""

    pages: int = 0
    refused: str = ""


class Made(msgspec.Struct, frozen=True):
    """What was made of a document, and how many pages it has."""

    content: bytes
    pages: int
