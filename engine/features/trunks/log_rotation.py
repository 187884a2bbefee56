"""Asterisk's log of security events, which fail2ban reads (docs/trunks.md): kept short.

Docker's own log of a container is JSON, which no filter of fail2ban matches. So Asterisk writes these lines to a file
of its own as well (asterisk-config/engine/logger.conf). Asterisk renames it when it is asked to (rotatestrategy =
rotate: `security.0` is the newest), and goes on with a new one; it removes none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from engine.ari.errors import AriError

log = structlog.get_logger(__name__)
NAME = "security"
LOOK_SECONDS = 60.0
LONGEST = 10_000_000  # bytes
MOST_OLD = 4
Rotate = Callable[[str], Awaitable[None]]


class SecurityLog:
    """Has the log rotated from start() to stop(); `rotate` asks Asterisk for it."""

    def __init__(self, folder: Path, rotate: Rotate) -> None:
        self._path, self._rotate = folder / NAME, rotate
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="security log")

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def look(self) -> None:
        """Have it rotated if it has become long, and remove the oldest ones."""
        try:
            if self._path.stat().st_size <= LONGEST:
                return
            await self._rotate(NAME)
            self._prune()
        except FileNotFoundError:
            return
        except (AriError, OSError) as error:
            log.warning("Asterisk's log of security events could not be rotated.", error=str(error))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    def _prune(self) -> None:
        for old in self._path.parent.glob(f"{NAME}.*"):
            if old.suffix[1:].isdigit() and int(old.suffix[1:]) >= MOST_OLD:
                old.unlink(missing_ok=True)
