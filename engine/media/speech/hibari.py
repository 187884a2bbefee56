"""hibari (Apache-2): small neural voices for English, in this process."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from engine.media import errors
from engine.media.speech.speech_engine import Speech, Voice


class HibariSpeaker:
    """The package `hibari-tts`. Voices outside of the package are used if they are installed; none is downloaded.

    The default voice also speaks British English, so `en-gb` needs no other.
    """

    engine = "hibari"

    def __init__(self) -> None:
        self._loaded: dict[tuple[str, str], Any] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hibari")

    def voices(self) -> Sequence[Voice]:
        """Return the voices, the default one first; none if the package is not installed."""
        if importlib.util.find_spec("hibari") is None:
            return []
        from hibari.voices import DEFAULT, VOICES, cache_dir

        found = [Voice(engine=self.engine, name=DEFAULT, locale="en-us")]
        for name, about in VOICES.items():
            if name != DEFAULT and (Path(cache_dir()) / about["file"]).exists():
                found.append(Voice(engine=self.engine, name=name, locale="en-gb" if about["british"] else "en-us"))
        return [*found, Voice(engine=self.engine, name=DEFAULT, locale="en-gb")]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        """Speak a text, in a thread of its own. Raises SpeechFailed."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._speak, text, voice)
        except (RuntimeError, ValueError, KeyError, IndexError, OSError) as error:
            raise errors.SpeechFailed(self.engine) from error

    def _speak(self, text: str, voice: Voice) -> Speech:
        from hibari import SAMPLE_RATE

        # With a fixed seed the same text is the same audio.
        samples = np.asarray(self._model(voice)(text, seed=0), np.float32)
        return Speech(samples=samples, rate=int(SAMPLE_RATE))

    def _model(self, voice: Voice) -> Any:
        key = (voice.name, voice.locale)
        if key not in self._loaded:
            from hibari import Hibari
            from hibari.g2p import G2P

            self._loaded[key] = Hibari(voice=voice.name, g2p=G2P(british=voice.locale == "en-gb"))
        return self._loaded[key]

    async def close(self) -> None:
        """End the thread after its current sentence."""
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)
