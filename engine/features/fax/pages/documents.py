"""Documents as the TIFF that is sent: PDF, TIFF, PNG, JPEG and text, told apart by how they begin."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from engine.features.fax.pages import covers, text
from engine.features.fax.pages.model import (
    HEIGHT,
    MARGIN,
    WIDTH,
    X_DPI,
    Y_DPI,
    Cover,
    DocumentRefused,
    Made,
    PageLimits,
)
from engine.features.fax.pages.pictures import frames, gathered, lines_to_the_inch, tiff_of

_PICTURES = (b"II*\0", b"MM\0*", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_KNOWN = "a PDF, TIFF, PNG, JPEG or text in UTF-8"
_WHITE = 160
"""A dot of half the resolution is white if it is lighter: letters keep their thin strokes."""


def tiff(document: bytes, folder: Path, limits: PageLimits, cover: Cover | None = None) -> Made:
    """Return a document's pages, behind its cover page; `folder` is for what is made on the way.

    Raises DocumentRefused.
    """
    found = gathered(_pages(document, folder, limits), limits)
    if cover is not None:
        found = gathered([*_covers(cover, found), *found], limits)
    return tiff_of(found)


def _covers(cover: Cover, document: Sequence[Image.Image]) -> Iterator[Image.Image]:
    """Yield the cover page of a document's pages, at their resolution: a TIFF's pages are sent at one."""
    lines = lines_to_the_inch(document[0])
    for page in text.drawn(text.parted(covers.lines_of(cover, len(document)))):
        if lines != Y_DPI:
            smaller = page.convert("L").resize((WIDTH, HEIGHT * lines // Y_DPI))
            page = smaller.point(lambda dot: 255 * (dot > _WHITE), "1")
        page.info["dpi"] = (X_DPI, lines)
        yield page


def _pages(document: bytes, folder: Path, limits: PageLimits) -> Iterator[Image.Image]:
    if not document:
        raise DocumentRefused(f"The document is empty: send {_KNOWN}.")
    if b"%PDF-" in document[:1024]:  # PDF 32000-1 annex H.3.4.1: a header may be anywhere in there
        return _of_pdf(document, folder, limits)
    if document.startswith(_PICTURES):
        return _of_pictures(document, limits)
    return _of_text(document)


def _of_pictures(document: bytes, limits: PageLimits) -> Iterator[Image.Image]:
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        yield from (_fitted(frame) for frame in frames(document, limits))
    except Image.DecompressionBombError:
        raise DocumentRefused(f"A picture must have at most {limits.pixels:,} pixels.") from None


def _of_pdf(document: bytes, folder: Path, limits: PageLimits) -> Iterator[Image.Image]:
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
    return frames(made.read_bytes(), limits)


def _fitted(frame: Image.Image) -> Image.Image:
    """Return a picture as a page: as it is if it is a fax's, else as large as the page allows, its colours dithered."""
    if frame.mode == "1" and frame.width == WIDTH:
        return frame
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        ground = Image.new("RGBA", frame.size, "white")
        frame = Image.alpha_composite(ground, frame)
    inner = WIDTH - 2 * MARGIN
    scale = min(inner / frame.width, (HEIGHT - 2 * MARGIN) * X_DPI / Y_DPI / frame.height)
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale * Y_DPI / X_DPI)))
    page = Image.new("L", (WIDTH, HEIGHT), 255)
    page.paste(frame.convert("L").resize(size), ((WIDTH - size[0]) // 2, MARGIN))
    return page.convert("1")


def _of_text(document: bytes) -> Iterator[Image.Image]:
    try:
        content = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = "\0"
    if re.search(r"[\x00-\x08\x0e-\x1f]", content):
        raise DocumentRefused(f"The document must be {_KNOWN}.")
    return text.drawn(text.paged(content))
