"""Tones that are played as prompts."""

from __future__ import annotations

import numpy as np

from engine.media.decode import Audio, resample
from engine.media.prompt import WIDE

BEEP = "tone:beep"
"""The source of the tone after which a party is recorded."""
_HERTZ, _SECONDS, _LEVEL, _FADE_SECONDS = 1000.0, 0.35, 0.35, 0.01


def beep() -> Audio:
    """Return the tone: 1000 Hz for 0.35 s, with short fades so that it does not click."""
    at = np.arange(round(_SECONDS * WIDE), dtype=np.float32) / WIDE
    fades = np.minimum(1.0, np.minimum(at, _SECONDS - at) / _FADE_SECONDS)
    samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (
        _LEVEL * fades * np.sin(2 * np.pi * _HERTZ * at)
    ).astype(np.float32)
    return resample(samples, WIDE)
