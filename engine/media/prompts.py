"""Prepares everything that callers hear: audio at a URL, a file, a text."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.media import errors
from engine.media.fetch import LocalFile, Validators, fetch, locate
from engine.media.flights import Flights
from engine.media.prompt import Prompt, PromptSettings, samples_of
from engine.media.prompt_files import ONCE
from engine.media.prompt_maker import Converter
from engine.media.speech.assembly import assembled
from engine.media.speech.registry import Voices
from engine.media.speech.script import Script, read
from engine.media.speech.tempo import check_factor, stretched
from engine.media.tones import BEEP, beep
from engine.media.upload_files import make_folder, open_upload
from engine.media.uploads import Uploads
from engine.media.url_prompts import FORMAT, UrlPrompts
from engine.net import Net

__all__ = ["Prompt", "Prompts"]

_FILE_SECONDS = 1.0
"""For how long a checked file:// prompt counts as unchanged: a new check takes a worker thread."""
_MOST_FILES = 10_000


SourceOf = Callable[[str, str], Awaitable[Prompt]]
"""Makes the prompt that an account's source names; it gets the account's id, and the source behind its scheme.

Raises PromptError.
"""


class Prompts(Uploads):
    """Prepares prompts: fetches, checks, converts and caches them, within the limits of PromptSettings.

    The owner of this object calls `start` and `close`. `folder` is the cache, which Asterisk reads at the same path.
    """

    def __init__(
        self,
        net: Net,
        folder: Path,
        settings: PromptSettings | None = None,
        voices: Voices | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        settings = settings or PromptSettings()
        converter = Converter(folder, settings)
        super().__init__(converter, settings, Flights("prompt"))
        self._net = net
        self._voices = voices or Voices([])
        self._clock = clock
        self._urls = UrlPrompts(net, converter, settings, clock)
        self._looked_at: dict[str, tuple[float, str]] = {}
        self.sources: dict[str, SourceOf] = {}
        """By the schemes of sources that features have: who makes the prompt."""

    async def start(self) -> None:
        """Read the cache folder. Raises NoSpace if it cannot be made or read."""
        await self._converter.start()
        if folder := self._settings.uploads:
            await self._converter.on_disk(lambda: make_folder(folder))

    async def close(self) -> None:
        """Cancel all work and end the worker threads."""
        await self._urls.close()
        await self._flights.close()
        await self._converter.close()
        await self._voices.close()

    async def prepare(self, source: str, *, allow_private: bool = False) -> Prompt:
        """Return the audio at an http(s) or file:// URL, or a tone, ready to play. Concurrent callers share one fetch.

        `allow_private`: this customer may reach private addresses; audio fetched so is not given to other customers.
        Raises PromptError.
        """
        if source == BEEP:
            return await self._beep()
        scheme = source.partition(":")[0].lower()
        if scheme == "file":
            return self._lately(source) or await self._flights.join(("file", source), lambda: self._from_file(source))
        if scheme not in ("http", "https"):
            raise errors.BadUrl
        return await self._urls.prepare(source, allow_private=allow_private)

    async def bytes_at(self, url: str, *, allow_private: bool = False, most: int) -> bytes:
        """Return what is at an http(s) URL, at most so many bytes of any kind; nothing is kept. Raises PromptError."""
        limits = msgspec.structs.replace(self._settings, max_bytes=most)
        fetched = await fetch(self._net, url, allow_private, limits, self._converter.folder, Validators())
        assert fetched.body is not None  # without validators no server can say that nothing has changed
        with fetched.body.file as file:
            return await self._converter.on_disk(lambda: _all_of(file))

    async def _beep(self) -> Prompt:
        digest = f"beep-{FORMAT}"

        async def make() -> Prompt:
            return await self._converter.keep(digest, await self._converter.in_worker(beep))

        return self._files.get(digest) or await self._flights.join((BEEP,), make)

    async def say(
        self, text: str, *, locale: str = "", voice: str = "", ssml: bool = False, length_factor: float = 1.0
    ) -> Prompt:
        """Return a text or SSML as speech, `length_factor` times as long as the voice speaks by itself.

        What the chosen voice cannot speak is spoken by another one, with a remark.
        Raises BadSsml, BadLength, NothingToPlay, TextTooLong, TooLong, SpeechFailed.
        """
        check_factor(length_factor)
        script = read(text, self._voices, self._settings, locale=locale, voice=voice, ssml=ssml)
        plain = await self._kept(script)
        return plain if length_factor == 1.0 else await self._stretched(plain, script, length_factor)

    async def _kept(self, script: Script) -> Prompt:
        digest = f"say-{script.digest(FORMAT)}"
        return self._files.get(digest, script.remarks) or await self._flights.join(
            ("say", digest), lambda: self._spoken(digest, script)
        )

    @asynccontextmanager
    async def said_once(self, text: str, *, locale: str = "", voice: str = "") -> AsyncIterator[Prompt]:
        """Return a secret text as speech; its files have a random name, and are removed when the block is left.

        Raises what `say` raises.
        """
        script = read(text, self._voices, self._settings, locale=locale, voice=voice, ssml=False)
        digest = f"{ONCE}{secrets.token_hex(16)}"
        try:
            yield await self._spoken(digest, script)
        finally:
            await self._converter.drop(digest)

    async def _spoken(self, digest: str, script: Script) -> Prompt:
        async with self._voices.turn:
            spoken = await self._voices.perform(script.parts, self._settings.speech_seconds)
        audio = await self._converter.in_worker(lambda: assembled(spoken))
        return await self._converter.keep(digest, audio, script.remarks)

    async def _stretched(self, plain: Prompt, script: Script, factor: float) -> Prompt:
        """Return a spoken text `factor` times as long. It is made of what is played by itself: some voices speak no
        sentence twice alike.
        """
        digest = f"say-{script.digest(f'{FORMAT}-{factor:g}')}"

        async def stretch() -> Prompt:
            samples = await self._converter.on_disk(lambda: samples_of(plain))
            return await self._converter.keep(digest, await stretched(samples, factor), script.remarks)

        return self._files.get(digest, script.remarks) or await self._flights.join(("say", digest), stretch)

    @property
    def voices(self) -> Voices:
        """The voices that speak texts."""
        return self._voices

    async def kept(self, path: Path, digest: str) -> Prompt:
        """Return a file that we keep and do not change, ready to play; `digest` names it. Raises PromptError."""
        known = f"kept-{FORMAT}-{digest}"

        async def convert() -> Prompt:
            return await self._converter.converted(known, lambda: open_upload(path))

        return self._files.get(known) or await self._flights.join(("kept", known), convert)

    def _lately(self, source: str) -> Prompt | None:
        at, digest = self._looked_at.get(source, (float("-inf"), ""))
        return self._files.get(digest) if self._clock() - at < _FILE_SECONDS else None

    async def _from_file(self, source: str) -> Prompt:
        now = self._clock()
        file = await self._converter.in_worker(lambda: locate(source, self._settings))
        digest = f"file-{FORMAT}-{_name_of(file)}"
        prompt = await self._converter.converted(digest, file.open)
        if len(self._looked_at) >= _MOST_FILES:
            self._looked_at.clear()
        self._looked_at[source] = now, digest
        return prompt


def _all_of(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _name_of(file: LocalFile) -> str:
    known = f"{file.path}\0{file.size}\0{file.changed}"
    return hashlib.sha256(known.encode(errors="surrogateescape")).hexdigest()
