"""A folder of files that a feature keeps under names of its own; the store says whose they are."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path


class Folder:
    """Reads and writes files by their names. Made when the first one is written."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all; raises OSError."""
        await asyncio.to_thread(self._write, name, content)

    async def read(self, name: str) -> bytes:
        """Return a file; raises OSError, such as FileNotFoundError."""
        return await asyncio.to_thread((self.path / name).read_bytes)

    async def copy(self, name: str, to: "Folder", as_: str) -> None:
        """Copy a file to another folder, whole or not at all; raises OSError, such as FileNotFoundError."""
        await asyncio.to_thread(self._copy, name, to, as_)

    async def names(self, before: float) -> list[str]:
        """Return the names of the files that were last written before a moment (Unix seconds)."""
        return await asyncio.to_thread(self._names, before)

    async def remove(self, name: str) -> None:
        """Delete a file, if it is there; raises OSError."""
        await asyncio.to_thread(lambda: (self.path / name).unlink(missing_ok=True))

    def _copy(self, name: str, to: "Folder", as_: str) -> None:
        to.path.mkdir(parents=True, exist_ok=True)
        part = to.path / f"{as_}.part"
        try:
            shutil.copyfile(self.path / name, part)
            part.chmod(0o644)
            part.replace(to.path / as_)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def _names(self, before: float) -> list[str]:
        if not self.path.is_dir():
            return []
        return [file.name for file in self.path.iterdir() if file.is_file() and file.stat().st_mtime < before]

    def _write(self, name: str, content: bytes) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f"{name}.part"
        try:
            part.write_bytes(content)
            part.chmod(0o644)
            part.replace(self.path / name)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
