"""flite (Carnegie Mellon University): a small speech engine for American English."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from engine.media.speech.command import spoken
from engine.media.speech.speech_engine import Speech, Voice

_VOICES = ("rms", "slt", "awb", "kal16")
"""The first voice speaks digits most clearly: a recogniser distinguishes all ten by telephone."""


class Flite:
    """The program `flite`."""

    engine = "flite"

    def voices(self) -> Sequence[Voice]:
        """Return its built-in voices; none if it is not installed."""
        if shutil.which("flite") is None:
            return []
        return [Voice(engine=self.engine, name=name, locale="en-us") for name in _VOICES]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text. Raises SpeechFailed."""
        # Without -f it takes a text without blanks for a file's name.
        return await spoken(
            "flite", "-voice", voice.name, "-f", "/dev/stdin", "-o", "/dev/stdout", text=text
        )

    async def close(self) -> None:
        """Do nothing: this engine holds no resources."""
