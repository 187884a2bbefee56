"""G.711: encodes 16-bit linear samples as µ-law and A-law bytes (ITU-T G.711, section 2)."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

Pcm = npt.NDArray[np.int16]
Bytes = npt.NDArray[np.uint8]

_MU_BIAS = 33
_MU_CLIP = 8158
"""Bias and largest magnitude in the 14 bits of µ-law; their sum is the end of the last segment."""


def _segments(magnitude: npt.NDArray[np.int32], first_end: int) -> npt.NDArray[np.int32]:
    ends = np.array([(first_end + 1) * 2**k - 1 for k in range(8)], dtype=np.int32)
    found: npt.NDArray[np.int32] = np.searchsorted(ends, magnitude).astype(np.int32)
    return found


@functools.cache
def _ulaw_table() -> Bytes:
    linear = np.arange(-32768, 32768, dtype=np.int32) >> 2
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), _MU_CLIP) + _MU_BIAS
    exponent = _segments(magnitude, 0x3F)
    mantissa = (magnitude >> (exponent + 1)) & 0x0F
    codes: Bytes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return codes


@functools.cache
def _alaw_table() -> Bytes:
    linear = np.arange(-32768, 32768, dtype=np.int32) >> 3
    mask = np.where(linear >= 0, 0xD5, 0x55)
    magnitude = np.where(linear >= 0, linear, -linear - 1)
    exponent = _segments(magnitude, 0x1F)
    mantissa = (magnitude >> np.maximum(exponent, 1)) & 0x0F
    codes: Bytes = (((exponent << 4) | mantissa) ^ mask).astype(np.uint8)
    return codes


def ulaw(samples: Pcm) -> Bytes:
    """Return 16-bit samples as µ-law bytes."""
    return _ulaw_table()[samples.astype(np.int32) + 32768]


def alaw(samples: Pcm) -> Bytes:
    """Return 16-bit samples as A-law bytes."""
    return _alaw_table()[samples.astype(np.int32) + 32768]
