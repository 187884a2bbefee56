"""Makes prompts from files: converts them in worker threads and stores the results in the cache."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from engine.media import decode
from engine.media.prompt import Prompt, PromptSettings
from engine.media.prompt_files import PromptFiles

T = TypeVar("T")


class Converter:
    """Owns the files of the cache and the worker threads. The owner of this object calls `start` and `close`."""

    def __init__(self, folder: Path, settings: PromptSettings) -> None:
        self.folder, self.files = folder, PromptFiles(folder, settings.cache_bytes)
        self._settings = settings
        self._workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="prompt")
        # One thread, so that a prompt's files are removed and written again in the order decided here.
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prompt-files")

    async def start(self) -> None:
        """Read the cache folder. Raises NoSpace if it cannot be made or read."""
        await self.on_disk(self.files.adopt)

    async def close(self) -> None:
        """End the worker threads."""
        for pool in (self._workers, self._disk):
            await asyncio.to_thread(pool.shutdown)

    async def converted(self, digest: str, open_file: Callable[[], BinaryIO]) -> Prompt:
        """Return this digest's prompt from the cache, else convert the file, which is closed. Raises PromptError."""

        def work() -> decode.Audio:
            with open_file() as file:
                return decode.decode(file, self._settings.max_seconds)

        return self.files.get(digest) or await self.keep(digest, await self.in_worker(work))

    async def keep(self, digest: str, audio: decode.Audio, remarks: tuple[str, ...] = ()) -> Prompt:
        """Write a prompt to the cache, and remove the least recently used ones if it is full. Raises NoSpace."""
        await self.on_disk(lambda: self.files.write(digest, audio))
        prompt = self.files.added(digest, audio, remarks)
        if surplus := self.files.surplus():
            await self.on_disk(lambda: self.files.remove(surplus))
        return prompt

    async def drop(self, digest: str) -> None:
        """Remove a prompt from the cache. What plays it goes on: its file is open."""
        self.files.forget(digest)
        await self.on_disk(lambda: self.files.remove([digest]))

    async def in_worker(self, work: Callable[[], T]) -> T:
        """Run work in the pool of worker threads; returns its result, raises its exception."""
        return await _run(self._workers, work)

    async def on_disk(self, work: Callable[[], T]) -> T:
        """The same in the one thread that writes to the cache."""
        return await _run(self._disk, work)


async def _run(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    # Shielded: work that has begun owns its file and closes it, even if its caller was cancelled.
    future = asyncio.get_running_loop().run_in_executor(pool, work)
    future.add_done_callback(_notice)
    return await asyncio.shield(future)


def _notice(future: asyncio.Future[Any] | Future[Any]) -> None:
    """Retrieve a failure whose caller may have been cancelled, so that asyncio does not log it as unretrieved."""
    if not future.cancelled():
        future.exception()
