"""Parses a text or SSML into phrases, each with its voice, and pauses."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from engine.media import errors
from engine.media.prompt import PromptSettings
from engine.media.speech.alphabets import language_of, runs
from engine.media.speech.mending import mended
from engine.media.speech.nepali import reading as nepali
from engine.media.speech.registry import Voices
from engine.media.speech.speech_engine import Phrase, Voice
from engine.media.speech.ssml import MARKUP, Part, parts
from engine.media.speech.text import clean


class Script(msgspec.Struct, frozen=True):
    """Phrases and pauses (in seconds), in order, and a sentence for each part that is not spoken as requested."""

    parts: tuple[Phrase | float, ...]
    remarks: tuple[str, ...]

    def digest(self, mark: str) -> str:
        """Return a digest in hex that is unique to this script and to `mark`, the version of the conversion."""
        words = [f"\2{part:g}" if isinstance(part, float) else _spoken(part) for part in self.parts]
        return hashlib.sha256("\1".join((mark, *words, *self.remarks)).encode()).hexdigest()


def _spoken(phrase: Phrase) -> str:
    voice = phrase.voice
    return "\0".join((voice.engine, voice.name + voice.mark, voice.locale, phrase.text))


def read(text: str, voices: Voices, settings: PromptSettings, *, locale: str, voice: str, ssml: bool) -> Script:
    """Parse what is to be spoken in a locale, or by the voice of a name.

    Raises BadSsml, NothingToPlay, TextTooLong, TooLong, and SpeechFailed if no voice is installed.
    """
    chosen = voices.choose(locale, voice)
    remarks: list[str] = []
    written: list[Part] = [text]
    limit = settings.max_text
    if ssml:
        text, mends = mended(text)
        remarks += mends
        written, limit = parts(text, limit), limit * MARKUP
    found: list[Phrase | float] = []
    for part in written:
        if isinstance(part, float):
            found.append(part)
            continue
        with contextlib.suppress(errors.NothingToPlay):  # e.g. a full stop between two tags
            found += _phrases(clean(part, limit, chosen.locale), chosen, voices, remarks)
    if sum(part for part in found if isinstance(part, float)) > settings.max_seconds:
        raise errors.TooLong("its pauses alone")
    if not any(isinstance(part, Phrase) for part in found):
        raise errors.NothingToPlay("the text has no words")
    return Script(tuple(found), tuple(dict.fromkeys(remarks)))


def _phrases(text: str, chosen: Voice, voices: Voices, remarks: list[str]) -> list[Phrase]:
    """Split a text at words of another language, and at letters that the voice cannot read and another one can."""
    found: list[Phrase] = []
    language = chosen.locale.partition("-")[0]
    pieces = _READERS[language](text) if language in _READERS else [(text, language)]
    for piece, its in pieces:
        voice = chosen if its == language else voices.beside(chosen, its)
        for one in _by_alphabet(piece, voice, voices, remarks):
            if found and found[-1].voice == one.voice:
                found[-1] = Phrase(found[-1].text + one.text, one.voice)
            else:
                found.append(one)
    spoken = [Phrase(one.text.strip(), one.voice) for one in found if any(map(str.isalnum, one.text))]
    if not spoken:
        raise errors.NothingToPlay("the text has no words")
    return spoken


def _by_alphabet(text: str, chosen: Voice, voices: Voices, remarks: list[str]) -> Iterator[Phrase]:
    for piece, script in runs(text, chosen.locale.partition("-")[0]):
        other = voices.of_language(language_of(script, text)) if script else None
        if other:
            remarks.append(
                f"A part of the text is in {_NAMES.get(script, script.title())} letters, which the voice for "
                f"{chosen.locale} does not read; the voice for {other.locale} speaks it."
            )
        yield Phrase(piece, other or chosen)


_READERS: Mapping[str, Callable[[str], Sequence[tuple[str, str]]]] = {nepali.NEPALI: nepali.read}
"""By the language of a voice: what returns its texts as pieces, each with its language, as they are spoken."""
_NAMES = {"HAN": "Chinese", "KANA": "Japanese", "HANGUL": "Korean"}
"""Names of alphabets that differ from Unicode's."""
