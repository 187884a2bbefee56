"""Text as pages, drawn."""

from collections.abc import Iterable, Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

from engine.features.fax.pages.model import COLUMNS, HEIGHT, LINE_HEIGHT, LINES, MARGIN, WIDTH

_FONT, _FONT_SIZE = "DejaVuSansMono.ttf", 28


def drawn(pages: Iterable[Sequence[str]]) -> Iterator[Image.Image]:
    """Yield pages of lines as pictures."""
    font = ImageFont.truetype(_FONT, _FONT_SIZE)
    for lines in pages:
        page = Image.new("1", (WIDTH, HEIGHT), 1)
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines):
            draw.text((MARGIN, MARGIN + number * LINE_HEIGHT), line, fill=0, font=font)
        yield page


def paged(text: str) -> Iterator[list[str]]:
    """Yield the lines of each page; a form feed begins a new one."""
    for part in text.split("\f"):
        lines = [
            line[at : at + COLUMNS]
            for line in part.expandtabs().splitlines()
            for at in range(0, max(1, len(line)), COLUMNS)
        ]
        yield from parted(lines)


def parted(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield as many lines at once as a page has; of none an empty page."""
    for first in range(0, max(1, len(lines)), LINES):
        yield list(lines[first : first + LINES])
