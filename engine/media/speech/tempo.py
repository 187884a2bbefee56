"""Makes speech longer or shorter without changing its pitch: SoX's `tempo` (SoX 14.4.2, sox(1), `tempo -s`: speech)."""

from __future__ import annotations

import asyncio

import numpy as np

from engine.media import decode, errors
from engine.media.decode import Audio, Pcm
from engine.media.prompt import WIDE
from engine.media.speech.command import filtered

LEAST, MOST = 0.5, 2.0
"""The factors of length that are taken: beyond them speech is hard to understand."""
_RAW = ("-t", "raw", "-r", str(WIDE), "-e", "signed-integer", "-b", "16", "-c", "1", "-")
_TOLERANCE = 0.01
_SECONDS = 20.0


def check_factor(factor: float) -> None:
    """Refuse a factor of length outside of LEAST to MOST; raises BadLength."""
    if not LEAST <= factor <= MOST:
        raise errors.BadLength(f"got {factor:g}")


async def stretched(wide: Pcm, factor: float) -> Audio:
    """Return samples (at WIDE hertz) that are `factor` times as long (1.4: slower), to 1 %, pauses included.

    Every speech engine's audio goes through here, because their own settings of speed are inexact: they leave pauses
    as they are, or round. Raises BadLength outside of LEAST to MOST, SpeechFailed.
    """
    check_factor(factor)
    tempo = f"{1 / factor:.6f}"
    try:
        async with asyncio.timeout(_SECONDS):
            made = await filtered("sox", "-D", *_RAW, *_RAW, "tempo", "-s", tempo, data=wide.tobytes())
    except TimeoutError as error:
        raise errors.SpeechFailed(f"sox took more than {_SECONDS:g} seconds") from error
    samples = np.frombuffer(made, np.int16)
    if abs(len(samples) / (len(wide) * factor) - 1) > _TOLERANCE:
        raise errors.SpeechFailed(f"sox made {len(samples) / WIDE:.2f} s of {len(wide) / WIDE:.2f} s")
    return decode.resample(samples.astype(np.float32) / np.float32(32768), WIDE)
