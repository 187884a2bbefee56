"""Reads files that customers send, each in a process of its own that can be killed."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import msgspec
import structlog

from engine.features.sheets.model import Answered, Contacts, Job, SheetLimits, SheetRefused, SheetRow

log = structlog.get_logger(__name__)
AT_ONCE = 2
"""Files that are read at the same time."""
_ROOT = Path(__file__).parents[3]
_WORKER = "engine.features.sheets.worker"


class Sheets:
    """Reads sheets of contacts."""

    def __init__(self, limits: SheetLimits | None = None) -> None:
        self.limits = limits or SheetLimits()
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def contacts(self, data: bytes, country: str) -> Contacts:
        """Read an .xlsx or .csv file, its numbers as they are written in `country` (ISO 3166); raises SheetRefused."""
        if len(data) > self.limits.bytes:
            raise SheetRefused(f"The file must have at most {self.limits.bytes:,} bytes (it has {len(data):,}).")
        asked = msgspec.json.encode(Job(country=country, limits=self.limits))
        async with self._turn:
            answer = await self._answer(asked + b"\n" + data)
        if answer.contacts is None:
            raise SheetRefused(answer.refused)
        return answer.contacts

    async def _answer(self, asked: bytes) -> Answered:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT, env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT)},
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.limits.seconds):
                said, _ = await process.communicate(asked)
        except TimeoutError:
            raise SheetRefused(f"The file could not be read within {self.limits.seconds:g} s: split it.") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0 or not said:
            log.warning("a file could not be read", status=process.returncode)
            raise SheetRefused("The file needs too much memory or time to be read: split it into several files.")
        return await _decoded(said)


async def _decoded(said: bytes) -> Answered:
    head, *lines = said.split(b"\n")
    answer = msgspec.json.decode(head, type=Answered)
    if answer.contacts is None:
        return answer
    rows: list[SheetRow] = []
    for line in lines:
        rows += msgspec.json.decode(line, type=list[SheetRow])
        await asyncio.sleep(0)
    return Answered(contacts=msgspec.structs.replace(answer.contacts, rows=tuple(rows)))
