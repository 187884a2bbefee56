"""Voices by names of our own, which stay the same whatever speaks them: variants of espeak-ng's languages."""

from __future__ import annotations

import msgspec


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A voice of our own: a language of espeak-ng with one of its variants, a pitch (0 to 99) and words a minute.

    `english` are the voices that speak English words beside it.
    """

    language: str
    variant: str
    pitch: int
    speed: int
    english: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the program takes for it."""
        return "-v", f"{self.language}+{self.variant}", "-p", str(self.pitch), "-s", str(self.speed)


VARIANTS = {
    "ne-female-1": Variant(language="ne", variant="f2", pitch=60, speed=145, english=("heart", "slt")),
    "ne-male-1": Variant(language="ne", variant="m3", pitch=70, speed=145, english=("rms",)),
    "ne-male-2": Variant(language="ne", variant="m7", pitch=15, speed=135, english=("awb", "rms")),
}
"""By their names. A Piper model of that name speaks instead (engine.media.speech.piper_models)."""
