"""Documents as the TIFF that is sent: PDF, TIFF, PNG, JPEG and text, told apart by how they begin."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from engine.features.fax.pages.model import HEIGHT, WIDTH, X_DPI, Y_DPI, DocumentRefused, Made, PageLimits
from engine.features.fax.pages.pictures import frames, tiff_of

_PICTURES = (b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_KNOWN = "a PDF, TIFF, PNG, JPEG or text in UTF-8"
_MARGIN = 120
_FONT, _FONT_SIZE, _LINE = "DejaVuSansMono.ttf", 28, 36
_COLUMNS = 86
_LINES = (HEIGHT - 2 * _MARGIN) // _LINE


def tiff(document: bytes, folder: Path, limits: PageLimits) -> Made:
    """Return a document's pages; `folder` is for what is made on the way. Raises DocumentRefused."""
    if not document:
        raise DocumentRefused(f"The document is empty: send {_KNOWN}.")
    if b"%PDF-" in document[:1024]:  # PDF 32000-1 annex H.3.4.1: a header may be anywhere in there
        return _of_pdf(document, folder, limits)
    if document.startswith(_PICTURES):
        Image.MAX_IMAGE_PIXELS = limits.pixels
        try:
            return tiff_of((_fitted(frame) for frame in frames(document, limits)), limits)
        except Image.DecompressionBombError:
            raise DocumentRefused(f"A picture must have at most {limits.pixels:,} pixels.") from None
    return _of_text(document, limits)


def _of_pdf(document: bytes, folder: Path, limits: PageLimits) -> Made:
    source, made = folder / "document.pdf", folder / "pages.tif"
    source.write_bytes(document[document.index(b"%PDF-") :])  # what is before may be a program in PostScript
    ran = subprocess.run(
        [
            "gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dNOPROMPT", "-sDEVICE=tiffg4", f"-r{X_DPI}x{Y_DPI}",
            f"-g{WIDTH}x{HEIGHT}", "-dPDFFitPage", "-dAdjustWidth=0", f"-dLastPage={limits.pages + 1}",
            f"-sOutputFile={made}", str(source),
        ],
        capture_output=True, text=True, errors="replace", cwd=folder, check=False,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(folder)},
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    if "password" in said:
        raise DocumentRefused("The PDF is protected by a password: send one without.")
    if ran.returncode or not made.exists() or not made.stat().st_size:
        raise DocumentRefused("The PDF cannot be read: print it to a new PDF, and send that.")
    Image.MAX_IMAGE_PIXELS = None  # they are of the size that was asked for
    return tiff_of(frames(made.read_bytes(), limits), limits)


def _fitted(frame: Image.Image) -> Image.Image:
    """Return a picture as a page: as it is if it is a fax's, else as large as the page allows, its colours dithered."""
    if frame.mode == "1" and frame.width == WIDTH:
        return frame
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        ground = Image.new("RGBA", frame.size, "white")
        frame = Image.alpha_composite(ground, frame)
    inner = WIDTH - 2 * _MARGIN
    scale = min(inner / frame.width, (HEIGHT - 2 * _MARGIN) * X_DPI / Y_DPI / frame.height)
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale * Y_DPI / X_DPI)))
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    page.paste(frame.convert("L").resize(size), ((WIDTH - size[0]) // 2, _MARGIN))
    return page.convert("1")


def _of_text(document: bytes, limits: PageLimits) -> Made:
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if re.search(r"[\x00-\x08\x0e-\x1f]", text):
        raise DocumentRefused(f"The document must be {_KNOWN}.")
    return tiff_of(_drawn(text), limits)


def _drawn(text: str) -> Iterator[Image.Image]:
    font = ImageFont.truetype(_FONT, _FONT_SIZE)
    for lines in _paged(text):
        page = Image.new("1", (WIDTH, HEIGHT), 1)
        draw = ImageDraw.Draw(page)
        for number, line in enumerate(lines):
            draw.text((_MARGIN, _MARGIN + number * _LINE), line, fill=0, font=font)
        yield page


def _paged(text: str) -> Iterator[list[str]]:
    """Yield the lines of each page; a form feed begins a new one."""
    for part in text.split("\f"):
        lines = [
            line[at : at + _COLUMNS]
            for line in part.expandtabs().splitlines()
            for at in range(0, max(1, len(line)), _COLUMNS)
        ]
        for first in range(0, max(1, len(lines)), _LINES):
            yield lines[first : first + _LINES]
