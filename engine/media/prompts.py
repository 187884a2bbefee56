"""The one door to everything a caller hears: audio at a URL, a file, a text."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from engine.media import convert, errors
from engine.media.cache import PromptFiles
from engine.media.fetch import Body, Validators, fetch, locate
from engine.media.flights import Flights
from engine.media.prompt import Prompt, PromptSettings
from engine.media.speech.registry import Voices
from engine.media.speech.ssml import MARKUP, Part
from engine.media.speech.ssml import parts as ssml_parts
from engine.media.speech.text import clean
from engine.media.uploads import Received, make_folder, open_upload, save
from engine.net import Net

__all__ = ["Prompt", "Prompts"]

T = TypeVar("T")
_FORMAT = "1"
"""Raised when the conversion changes, so that files of an older kind are not played."""
_MAX_KNOWN = 10_000
_FILE_SECONDS = 1.0
"""How long a file:// prompt that was looked at is taken as unchanged: to look at it again takes a worker thread."""
_PASSING = (errors.Unreachable, errors.TooSlow, errors.HttpError)


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one URL: the last good audio, and the last failure."""

    digest: str = ""
    validators: Validators = Validators()
    checked: float = float("-inf")
    good: float = float("-inf")
    failure: errors.PromptError | None = None


class Prompts:
    """Prepares prompts: fetch, check, convert, keep. See PromptSettings for the limits.

    The owner calls `start` and `close`. `folder` is the cache, which Asterisk reads at the same path.
    """

    def __init__(
        self,
        net: Net,
        folder: Path,
        settings: PromptSettings | None = None,
        voices: Voices | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._net = net
        self._folder = folder
        self._settings = settings or PromptSettings()
        self._voices = voices or Voices([])
        self._clock = clock
        self._files = PromptFiles(folder, self._settings.cache_bytes)
        self._known: OrderedDict[tuple[str, bool], _Known] = OrderedDict()
        self._flights: Flights[tuple[str, ...], Prompt] = Flights("prompt")
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="prompt")
        # One thread, so that removing a prompt's files and writing them again happen in the order decided here.
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prompt-files")

    async def start(self) -> None:
        """Take over the cache folder. Raises NoSpace when it cannot be made or read."""
        await self._on_disk(self._files.adopt)
        if folder := self._settings.uploads:
            await self._on_disk(lambda: make_folder(folder))

    async def close(self) -> None:
        """Cancel what is under way and end the worker threads."""
        await self._flights.close()
        for pool in (self._workers, self._disk):
            await asyncio.to_thread(pool.shutdown)
        await self._voices.close()

    async def prepare(self, source: str, *, allow_private: bool = False) -> Prompt:
        """The audio at an http(s) or file:// URL, ready to play. Callers that ask at once share one fetch.

        `allow_private`: this customer may reach private addresses; what was fetched so is not given to another.
        Raises PromptError.
        """
        scheme = source.partition(":")[0].lower()
        if scheme == "file":
            return self._lately(source) or await self._flights.join(("file", source), lambda: self._from_file(source))
        if scheme not in ("http", "https"):
            raise errors.BadUrl
        key = (source, allow_private)
        known = self._known.get(key, _Known())
        now = self._clock()
        if known.failure is not None and now - known.checked < self._settings.failure_seconds:
            raise known.failure.again()
        prompt = self._files.get(known.digest) if known.digest else None
        if prompt is not None and known.failure is None and now - known.checked < self._settings.fresh_seconds:
            self._known.move_to_end(key)
            return prompt
        return await self._flights.join(("url", source, str(allow_private)), lambda: self._from_url(key))

    async def say(self, text: str, *, locale: str = "", voice: str = "", ssml: bool = False) -> Prompt:
        """A text, spoken; `ssml`: it is SSML. An unknown locale or voice gets the default one.

        Raises BadSsml, Empty, TextTooLong, TooLong, SpeechFailed.
        """
        chosen = self._voices.choose(locale, voice)
        script = self._script(text, chosen.locale) if ssml else [clean(text, self._settings.max_text, chosen.locale)]
        words = "\1".join(part if isinstance(part, str) else f"\2{part:g}" for part in script)
        spoken_by = (chosen.engine, chosen.name + chosen.mark, chosen.locale)
        key = hashlib.sha256("\0".join((_FORMAT, *spoken_by, words)).encode())
        digest = f"say-{key.hexdigest()}"

        async def speak() -> Prompt:
            async with self._voices.turn:
                speech = await self._voices.perform(script, chosen, self._settings.speech_seconds)
            return await self._keep(digest, await self._in_worker(speech.audio))

        return self._files.get(digest) or await self._flights.join(("say", digest), speak)

    def _script(self, text: str, locale: str) -> list[Part]:
        script: list[Part] = []
        for part in ssml_parts(text, self._settings.max_text):
            if isinstance(part, str):
                with contextlib.suppress(errors.Empty):  # a full stop between two tags
                    script.append(clean(part, self._settings.max_text * MARKUP, locale))
            else:
                script.append(part)
        if sum(part for part in script if isinstance(part, float)) > self._settings.max_seconds:
            raise errors.TooLong("its pauses alone")
        if not any(isinstance(part, str) for part in script):
            raise errors.Empty("the text has no words")
        return script

    @property
    def voices(self) -> Voices:
        """Who speaks the texts."""
        return self._voices

    @property
    def upload_limit(self) -> int:
        """The most bytes that an uploaded file may have."""
        return self._settings.max_bytes

    async def receive(self, chunks: AsyncIterator[bytes]) -> Received:
        """Keep a file that somebody uploads: judged by its bytes and converted now. Raises PromptError."""
        folder = self._uploads()
        body = await self._on_disk(lambda: Body(self._settings.max_bytes, folder))
        try:
            async for chunk in chunks:
                body.add(chunk)
        except BaseException:
            body.file.close()
            raise
        received = Received(file=secrets.token_hex(16), digest=body.digest, bytes=body.size, seconds=0.0)
        try:
            await self._on_disk(lambda: save(body.file, folder / received.file))
            prompt = await self._converted(f"upload-{_FORMAT}-{body.digest}", body.file)
        except BaseException:
            body.file.close()
            await self.discard(received.file)
            raise
        return msgspec.structs.replace(received, seconds=prompt.seconds)

    async def uploaded(self, file: str, digest: str) -> Prompt:
        """A file that was received, ready to play. Raises PromptError."""
        known = f"upload-{_FORMAT}-{digest}"

        async def convert_again() -> Prompt:
            return await self._converted(known, await self._in_worker(lambda: open_upload(self.path_of(file))))

        return self._files.get(known) or await self._flights.join(("upload", known), convert_again)

    def path_of(self, file: str) -> Path:
        """Where a received file is."""
        return self._uploads() / file

    async def discard(self, file: str) -> None:
        """Remove a received file; what was converted of it stays while it is played."""
        await self._on_disk(lambda: self.path_of(file).unlink(missing_ok=True))

    def _uploads(self) -> Path:
        if self._settings.uploads is None:
            raise errors.NoSpace("no folder for uploads is configured")
        return self._settings.uploads

    async def _from_url(self, key: tuple[str, bool]) -> Prompt:
        url, allow_private = key
        known = self._known.get(key, _Known())
        prompt = self._files.get(known.digest) if known.digest else None
        try:
            body = await fetch(
                self._net,
                url,
                allow_private,
                self._settings,
                self._folder,
                known.validators if prompt else Validators(),
            )
            now = self._clock()
            if body is None and prompt is not None:
                self._note(key, msgspec.structs.replace(known, checked=now, good=now, failure=None))
                return prompt
            assert body is not None
            prompt = await self._converted(f"url-{_FORMAT}-{body.digest}", body.file)
        except errors.PromptError as error:
            return self._failed(key, known, prompt, error)
        self._note(key, _Known(digest=prompt.digest, validators=body.validators, checked=now, good=now))
        return prompt

    def _failed(self, key: tuple[str, bool], known: _Known, prompt: Prompt | None, error: errors.PromptError) -> Prompt:
        now = self._clock()
        if prompt and isinstance(error, _PASSING) and now - known.good < self._settings.stale_seconds:
            # Asked again only after `failure_seconds`, so that a dead server does not delay every call.
            again = now - self._settings.fresh_seconds + self._settings.failure_seconds
            self._note(key, msgspec.structs.replace(known, checked=again, failure=None))
            return prompt
        self._note(key, msgspec.structs.replace(known, checked=now, failure=error.again()))
        raise error

    def _note(self, key: tuple[str, bool], known: _Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)

    def _lately(self, source: str) -> Prompt | None:
        known = self._known.get((source, False))
        if known is None or self._clock() - known.checked >= _FILE_SECONDS:
            return None
        return self._files.get(known.digest)

    async def _from_file(self, source: str) -> Prompt:
        now = self._clock()
        file = await self._in_worker(lambda: locate(source, self._settings))
        name = hashlib.sha256(f"{file.path}\0{file.size}\0{file.changed}".encode(errors="surrogateescape")).hexdigest()
        digest = f"file-{_FORMAT}-{name}"
        prompt = self._files.get(digest) or await self._converted(digest, await self._in_worker(file.open))
        self._note((source, False), _Known(digest=digest, checked=now))
        return prompt

    async def _converted(self, digest: str, file: BinaryIO) -> Prompt:
        def work() -> convert.Audio:
            with file:
                return convert.decode(file, self._settings.max_seconds)

        if prompt := self._files.get(digest):
            file.close()
            return prompt
        return await self._keep(digest, await self._in_worker(work))

    async def _keep(self, digest: str, audio: convert.Audio) -> Prompt:
        await self._on_disk(lambda: self._files.write(digest, audio))
        prompt = self._files.added(digest, audio)
        if surplus := self._files.surplus():
            await self._on_disk(lambda: self._files.remove(surplus))
        return prompt

    async def _in_worker(self, work: Callable[[], T]) -> T:
        # Shielded: work that has begun owns its file, and closes it whoever still waits.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._workers, work))

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._disk, work))
