"""The folder of converted prompts."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
import weakref
from collections import OrderedDict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.media import errors, g711
from engine.media.decode import Audio
from engine.media.prompt import WIDE, Prompt

_ENDINGS = (".ulaw", ".alaw", ".sln16")
"""Asterisk's extensions for raw µ-law, A-law (8 kHz) and signed linear (16 kHz). The last one is written last."""
ONCE = "once-"
"""What the digest of a prompt begins with that is removed after it was played; a new process removes it too."""
_USED_SECONDS = 60.0
"""The resolution of the last use that the files' times store for the next process."""


class PromptFiles:
    """Prompts by digest, three files each; beyond `limit` bytes the least recently used are removed.

    A prompt that is referenced stays. `adopt`, `write` and `remove` use the disk and must run in a worker thread; the
    other methods run in the event loop.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder.absolute()
        self._limit = limit
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._held: weakref.WeakValueDictionary[str, Prompt] = weakref.WeakValueDictionary()

    @property
    def bytes(self) -> int:
        """The size of the prompts on disk, in bytes."""
        return sum(self._sizes.values())

    def get(self, digest: str, remarks: tuple[str, ...] = ()) -> Prompt | None:
        """Return the prompt of this digest; None if it, or its file, does not exist.

        `remarks` depend on the digest only: the same are given each time.
        """
        last = f"{self._folder}/{digest}{_ENDINGS[-1]}"
        try:
            found = os.stat(last)  # noqa: PTH116 - each prompt of each call comes here, and a Path costs more than the call
        except OSError:
            self._sizes.pop(digest, None)
            return None
        if digest not in self._sizes:
            return None
        self._sizes.move_to_end(digest)
        if time.time() - found.st_mtime > _USED_SECONDS:
            with contextlib.suppress(OSError):
                os.utime(last)
        return self._prompt(digest, found.st_size, remarks)

    def _prompt(self, digest: str, wide_bytes: int, remarks: tuple[str, ...]) -> Prompt:
        prompt = self._held.get(digest)
        if prompt is None:
            seconds = wide_bytes / 2 / WIDE
            prompt = Prompt(path=str(self._folder / digest), seconds=seconds, digest=digest, remarks=remarks)
            self._held[digest] = prompt
        return prompt

    def added(self, digest: str, audio: Audio, remarks: tuple[str, ...] = ()) -> Prompt:
        """Add to the index what `write` wrote."""
        self._sizes[digest] = 2 * len(audio.wide) + 2 * len(audio.narrow)
        self._sizes.move_to_end(digest)
        return self._prompt(digest, 2 * len(audio.wide), remarks)

    def forget(self, digest: str) -> None:
        """Remove a prompt from the index, whose files are to be removed."""
        self._sizes.pop(digest, None)

    def surplus(self) -> list[str]:
        """Remove from the index, and return, what exceeds the limit, the least recently used first."""
        total, gone = self.bytes, []
        for digest, size in list(self._sizes.items()):
            if total <= self._limit:
                break
            if digest not in self._held:
                gone.append(digest)
                total -= self._sizes.pop(digest, size)
        return gone

    def adopt(self) -> None:
        """Make the folder, read the prompts of an earlier process, remove unfinished files and those of `ONCE`.

        Raises NoSpace.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            files = {path.name: path.stat() for path in self._folder.iterdir() if path.is_file()}
        except OSError as error:
            raise errors.NoSpace(f"{self._folder}: {error.strerror}") from error
        for name in files:
            if name.endswith(".part") or name.startswith(ONCE):
                (self._folder / name).unlink(missing_ok=True)
        kept = [name for name in files if not name.startswith(ONCE)]
        found = [name.removesuffix(_ENDINGS[-1]) for name in kept if name.endswith(_ENDINGS[-1])]
        for digest in sorted(found, key=lambda one: files[one + _ENDINGS[-1]].st_mtime):
            names = [digest + ending for ending in _ENDINGS]
            if all(name in files for name in names):
                self._sizes[digest] = sum(files[name].st_size for name in names)

    def write(self, digest: str, audio: Audio) -> None:
        """Write a prompt's files, each atomically. Raises NoSpace."""
        contents: tuple[npt.NDArray[np.uint8] | npt.NDArray[np.int16], ...] = (
            g711.ulaw(audio.narrow), g711.alaw(audio.narrow), audio.wide,
        )
        for ending, content in zip(_ENDINGS, contents, strict=True):
            part = self._folder / f"{secrets.token_hex(8)}.part"
            try:
                part.write_bytes(content.tobytes())
                part.replace(self._folder / f"{digest}{ending}")
            except OSError as error:
                part.unlink(missing_ok=True)
                raise errors.NoSpace(f"{self._folder}: {error.strerror}") from error

    def remove(self, digests: list[str]) -> None:
        """Delete the files of these prompts."""
        for digest in digests:
            for ending in reversed(_ENDINGS):
                (self._folder / f"{digest}{ending}").unlink(missing_ok=True)
