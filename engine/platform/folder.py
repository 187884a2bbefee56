"""A folder of files that a feature keeps under names of its own; the store says whose they are."""

import asyncio
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

    async def remove(self, name: str) -> None:
        """Delete a file, if it is there; raises OSError."""
        await asyncio.to_thread(lambda: (self.path / name).unlink(missing_ok=True))

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
