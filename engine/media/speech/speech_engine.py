"""The interface of speech engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np

from engine.media import decode, errors
from engine.media.mix import Samples

PEAK = 0.7
"""Speech is normalised to this peak: engines differ by 10 dB, and a telephone has little volume."""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice of an engine, and a locale it speaks (lower case, BCP 47: `en-gb`, `de`).

    `mark` changes if the voice of this name is replaced: speech of the former voice is then not played from the cache.
    `english` names the voices that speak English words in its texts: the first one that is installed.
    """

    engine: str
    name: str
    locale: str
    mark: str = ""
    english: tuple[str, ...] = ()


class Phrase(msgspec.Struct, frozen=True):
    """Words that one voice speaks."""

    text: str
    voice: Voice


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """Mono samples between -1 and 1, and their rate in Hz."""

    samples: Samples
    rate: int

    def audio(self) -> decode.Audio:
        """Return telephone audio at the common peak. Raises NothingToPlay if it has no sound."""
        peak = float(np.abs(self.samples).max()) if len(self.samples) else 0.0
        if peak < 1e-4:
            raise errors.NothingToPlay("the text has no words that this voice can speak")
        return decode.resample(np.asarray(self.samples * np.float32(PEAK / peak), np.float32), self.rate)


class Speaker(Protocol):
    """A speech engine."""

    @property
    def engine(self) -> str:
        """Its name and version, which are part of the cache's key."""

    def voices(self) -> Sequence[Voice]:
        """Return the installed voices, the default voice of a language first; empty if the engine is not installed."""

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text. Raises SpeechFailed. A cancellation ends the work."""

    async def close(self) -> None:
        """Release its processes and threads."""
