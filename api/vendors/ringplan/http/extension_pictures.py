"""QR codes of what a softphone is set up with."""

import io

import segno

SVG, PNG = "image/svg+xml", "image/png"
_SCALE = 8


def accepted(header: str) -> str:
    """Return the type of picture that an Accept header (RFC 9110 section 12.5.1) wants; "" if it takes JSON too."""
    kinds = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    if not header.strip() or any(kind in ("*/*", "application/*", "application/json") for kind in kinds):
        return ""
    return next((kind for kind in kinds if kind in (SVG, PNG)), PNG if "image/*" in kinds else "")


def picture(text: str, kind: str) -> bytes:
    """Return a text as a QR code."""
    written = io.BytesIO()
    segno.make(text, micro=False).save(written, kind="svg" if kind == SVG else "png", scale=_SCALE)
    return written.getvalue()


def data_url(text: str) -> str:
    """Return a text as a QR code in a URL of RFC 2397, which a page shows as it is."""
    return str(segno.make(text, micro=False).png_data_uri(scale=_SCALE))
