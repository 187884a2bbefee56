"""flite (Carnegie Mellon University): small, American English, plain but understood by machines and people."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from engine.media.speech.command import spoken
from engine.media.speech.speech_engine import Speech, Voice

_VOICES = ("rms", "slt", "awb", "kal16")
"""The first says digits most clearly: a recogniser tells all ten apart by telephone."""


class Flite:
    """The program `flite`."""

    engine = "flite"

    def voices(self) -> Sequence[Voice]:
        """Its built-in voices; none where it is not installed."""
        if shutil.which("flite") is None:
            return []
        return [Voice(engine=self.engine, name=name, locale="en-us") for name in _VOICES]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text. Raises SpeechFailed."""
        # It takes a text without a blank for a file's name, unless -f says where the text is.
        return await spoken(
            "flite", "-voice", voice.name, "-f", "/dev/stdin", "-o", "/dev/stdout", text=text
        )

    async def close(self) -> None:
        """Nothing is held."""
