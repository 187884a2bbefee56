"""Pages as pictures: a TIFF of them, and of a fax its PDF, or its first page."""

import io
from collections.abc import Iterable, Iterator, Sequence

from PIL import Image

from engine.features.fax.pages.model import X_DPI, Y_DPI, DocumentRefused, Made, PageLimits, What

_PREVIEW_WIDTH = 432
_FINE = 150
"""Lines to the inch from which a page counts as fine; T.4's standard resolution has 98."""


def frames(document: bytes, limits: PageLimits) -> Iterator[Image.Image]:
    """Yield the pictures of a file; raises DocumentRefused for too many."""
    with Image.open(io.BytesIO(document)) as image:
        count = getattr(image, "n_frames", 1)
        if count > limits.pages:
            raise too_many(limits)
        for number in range(count):
            image.seek(number)
            image.load()
            yield image.copy()


def too_many(limits: PageLimits) -> DocumentRefused:
    """What a document with too many pages is refused with."""
    return DocumentRefused(f"A fax must have at most {limits.pages} pages: split the document.")


def gathered(pages: Iterable[Image.Image], limits: PageLimits) -> list[Image.Image]:
    """Return pages in black and white; raises DocumentRefused for too many."""
    found: list[Image.Image] = []
    for page in pages:
        if len(found) >= limits.pages:
            raise too_many(limits)
        found.append(page if page.mode == "1" else page.convert("1"))
    return found


def tiff_of(pages: Sequence[Image.Image]) -> Made:
    """Return pages as a TIFF with T.6 compression, at the resolution of the first one."""
    out = io.BytesIO()
    dpi = (X_DPI, lines_to_the_inch(pages[0]))
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=dpi)
    return Made(out.getvalue(), len(pages))


def of_fax(fax: bytes, what: What, limits: PageLimits) -> Made:
    """Return a fax as a PDF, or its first page as a PNG, or nothing but how many pages it has."""
    Image.MAX_IMAGE_PIXELS = limits.pixels
    with Image.open(io.BytesIO(fax)) as image:
        pages = getattr(image, "n_frames", 1)
    if what == "count":
        return Made(b"", pages)
    found, out = list(frames(fax, limits)), io.BytesIO()
    if what == "png":
        first = found[0].convert("L")
        height = round(first.height * _PREVIEW_WIDTH / first.width * X_DPI / lines_to_the_inch(found[0]))
        first.resize((_PREVIEW_WIDTH, max(1, height))).save(out, "PNG")
    else:
        ones = [page if page.mode == "1" else page.convert("1") for page in found]
        ones[0].save(out, "PDF", save_all=True, append_images=ones[1:], dpi=(X_DPI, lines_to_the_inch(found[0])))
    return Made(out.getvalue(), pages)


def lines_to_the_inch(page: Image.Image) -> int:
    """Lines to the inch of a page, as T.4 has them: 98, 196 or, of what is none of a fax's, 196."""
    _, lines = page.info.get("dpi", (X_DPI, Y_DPI))
    return Y_DPI if not lines or lines >= _FINE else 98
