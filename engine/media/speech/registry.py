"""Chooses the voice that speaks a locale."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from engine.media import errors
from engine.media.speech.espeak import Espeak
from engine.media.speech.flite import Flite
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.piper import Piper
from engine.media.speech.speech_engine import Phrase, Speaker, Speech, Voice

log = structlog.get_logger(__name__)
_NEAREST = {
    "en": "en-us",
    "en-au": "en-gb",
    "en-nz": "en-gb",
    "en-ie": "en-gb",
    "en-za": "en-gb",
    "en-in": "en-gb",
    "en-ca": "en-us",
    "en-gb-wls": "en-gb",
    "es-us": "es-mx",
    "cmn-cn": "zh-cn",
    "cmn-tw": "zh-tw",
    "yue-hk": "zh-hk",
}
"""For locales without a voice of their own: the most similar locale of the language."""
_BY_GENDER = {"female": ("heart", "slt"), "male": ("rms", "kal16", "en-us")}
"""The voices, of hibari, flite and espeak-ng, that are meant where a woman's or a man's is asked for: the first that
is installed."""


class Voices:
    """The voices of the given engines; an earlier engine takes precedence over a later one.

    The default voice is the one for `default_locale`, else the first voice of the first engine that has any. `turn` is
    held while speaking: one text at a time. `faults` are sentences about voices that cannot be used.
    """

    def __init__(self, speakers: Sequence[Speaker], default_locale: str = "en-us", faults: Sequence[str] = ()) -> None:
        self.faults = tuple(faults)
        self._speakers = {speaker.engine: speaker for speaker in speakers}
        self._voices = [voice for speaker in speakers for voice in speaker.voices()]
        self._default_locale = default_locale
        self._by_locale: dict[str, Voice] = {}
        self._by_name: dict[str, Voice] = {}
        for voice in self._voices:
            self._by_locale.setdefault(voice.locale, voice)
            self._by_name.setdefault(voice.name.lower(), voice)
        self.turn = asyncio.Lock()

    @classmethod
    def standard(cls, folder: Path | None = None) -> Voices:
        """Return the standard engines: the folder's Piper models for their locales; else hibari, or flite if that is
        not installed, for English, and espeak-ng for all other locales. Flite's voices are there by name in any case.
        Runs programs.
        """
        speakers: list[Speaker] = [HibariSpeaker(), Flite(), Espeak()]
        if folder is None:
            return cls(speakers)
        piper = Piper(folder)
        return cls([piper, *speakers], faults=piper.faults)

    def list(self) -> list[Voice]:
        """Return all voices."""
        return list(self._voices)

    def choose(self, locale: str = "", voice: str = "") -> Voice:
        """Return the voice of that name, else the best one for the locale, else the default one, which is logged.

        `male` and `female` are names too.

        Raises SpeechFailed if no voice is installed.
        """
        name = voice.strip().lower()
        for each in _BY_GENDER.get(name, (name,)):
            if named := self._by_name.get(each):
                return named
        wanted = locale.strip().lower().replace("_", "-")
        language = wanted.partition("-")[0]
        # `en` itself is left out: engines differ in which English it is.
        own = "" if wanted == "en" else wanted
        for name in (own, _NEAREST.get(wanted, ""), _NEAREST.get(language, language)):
            if name in self._by_locale:
                return self._by_locale[name]
        if same := next((one for one in self._voices if one.locale.partition("-")[0] == language), None):
            return same
        return self._default(wanted)

    def of_language(self, language: str) -> Voice | None:
        """Return the best voice of a language, such as `ar`; None if there is none."""
        if found := self._by_locale.get(language):
            return found
        return next((one for one in self._voices if one.locale.partition("-")[0] == language), None)

    def beside(self, voice: Voice, language: str) -> Voice:
        """Return the voice that speaks words of another language in a voice's texts; that voice itself if none does."""
        named = [self._by_name[name] for name in voice.english if language == "en" and name in self._by_name]
        nearest = self._by_locale.get(_NEAREST.get(language, language))
        return named[0] if named else nearest or self.of_language(language) or voice

    def has(self, name: str) -> bool:
        """Return whether there is a voice of that name; `male` and `female` are names too."""
        return any(each in self._by_name for each in _BY_GENDER.get(name.lower(), (name.lower(),)))

    def _default(self, wanted: str) -> Voice:
        if not self._voices:
            raise errors.SpeechFailed("no speech engine is installed: hibari-tts, flite or espeak-ng")
        chosen = self._by_locale.get(self._default_locale, self._voices[0])
        if wanted:
            log.warning("no voice speaks this locale; the default voice is used", locale=wanted[:16], voice=chosen.name)
        return chosen

    async def synthesise(self, text: str, voice: Voice, seconds: float) -> Speech:
        """Speak a text that `text.clean` returned, within so many seconds. Raises SpeechFailed."""
        try:
            async with asyncio.timeout(seconds):
                return await self._speakers[voice.engine].synthesise(text, voice)
        except TimeoutError as error:
            raise errors.SpeechFailed(f"it took more than {seconds:g} seconds") from error

    async def perform(self, script: Sequence[Phrase | float], seconds: float) -> Sequence[Speech | float]:
        """Speak phrases, all within so many seconds; pauses (in seconds) between them stay. Raises SpeechFailed."""
        end = time.monotonic() + seconds
        spoken: list[Speech | float] = []
        for part in script:
            left = max(0.0, end - time.monotonic())
            spoken.append(part if isinstance(part, float) else await self.synthesise(part.text, part.voice, left))
        return spoken

    async def close(self) -> None:
        """Close all engines."""
        for speaker in self._speakers.values():
            await speaker.close()
