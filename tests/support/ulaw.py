"""G.711 mu-law, for tests."""

import numpy as np


def _linear() -> np.ndarray:
    """What each of the 256 codes of G.711 mu-law means, 16-bit."""
    code = ~np.arange(256) & 0xFF
    value = ((((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -value, value).astype("<i2")


LINEAR = _linear()
CODES = np.argsort(LINEAR, kind="stable").astype(np.uint8)


def second(hertz: int | None) -> bytes:
    """One second of a tone of whole Hz, or of silence, as mu-law."""
    if hertz is None:
        return b"\xff" * 8000
    samples = 8000 * np.sin(2 * np.pi * hertz * np.arange(8000) / 8000)
    return CODES[np.searchsorted(LINEAR[CODES], samples).clip(0, 255)].tobytes()
