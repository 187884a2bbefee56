"""The voices, and texts that are spoken into a file."""

import asyncio
import contextlib
import io
from collections import Counter
from collections.abc import Iterator
from typing import Literal, NamedTuple

import soundfile

from engine.features.speech.errors import NoSuchVoice, TooManyPreviews
from engine.media import errors
from engine.media.prompt import WIDE, samples_of
from engine.media.prompts import Prompt, Prompts
from engine.media.speech.speech_engine import Voice

Format = Literal["mp3", "wav"]
MOST_AT_ONCE = 2
"""How many texts of one account are spoken or wait to be."""
LONGEST_SECONDS = 60.0
"""For how long a text waits and is spoken, together."""


class Spoken(NamedTuple):
    """A text as a file: 16 kHz, mono. `remarks` are sentences about what is spoken otherwise than asked for."""

    sound: bytes
    format: Format
    seconds: float
    remarks: tuple[str, ...]


class SpeechService:
    """Speaks texts as calls hear them. Only one is spoken at a time, so that calls wait for one preview at most."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts
        self._turn = asyncio.Lock()
        self._under_way: Counter[str] = Counter()

    def voices(self) -> list[Voice]:
        """Return the voices, each name once: those that are chosen first come first."""
        found: dict[str, Voice] = {}
        for voice in self._prompts.voices.list():
            found.setdefault(voice.name.lower(), voice)
        return list(found.values())

    async def speak(
        self,
        account: str,
        text: str,
        *,
        locale: str = "en-US",
        voice: str = "",
        ssml: bool = False,
        length_factor: float = 1.0,
        format: Format = "mp3",
    ) -> Spoken:
        """Speak a text (engine.tasks.say.Say says what its fields mean) into a file.

        Raises NoSuchVoice, TooManyPreviews, and PromptError as engine.media.prompts.Prompts.say.
        """
        if voice and not self._prompts.voices.has(voice):
            raise NoSuchVoice(f"There is no voice {voice[:40]!r}; `carillon voices list` and GET /voices show all.")
        with self._counted(account):
            try:
                async with asyncio.timeout(LONGEST_SECONDS), self._turn:
                    prompt = await self._prompts.say(
                        text, locale=locale, voice=voice, ssml=ssml, length_factor=length_factor
                    )
                    sound = await asyncio.to_thread(_file, prompt, format)
            except TimeoutError as error:
                raise errors.SpeechFailed(f"it took more than {LONGEST_SECONDS:g} seconds") from error
        return Spoken(sound, format, prompt.seconds, prompt.remarks)

    @contextlib.contextmanager
    def _counted(self, account: str) -> Iterator[None]:
        if self._under_way[account] >= MOST_AT_ONCE:
            raise TooManyPreviews(f"Only {MOST_AT_ONCE} texts of an account are spoken at once; wait for one to end.")
        self._under_way[account] += 1
        try:
            yield
        finally:
            self._under_way[account] -= 1
            if not self._under_way[account]:
                del self._under_way[account]


def _file(prompt: Prompt, format: Format) -> bytes:
    made = io.BytesIO()
    subtype = "PCM_16" if format == "wav" else None
    soundfile.write(made, samples_of(prompt), WIDE, format=format.upper(), subtype=subtype)
    return made.getvalue()
