"""Converts documents, each in a process of its own that can be killed."""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import structlog

from engine.commands import EngineUnavailable
from engine.features.fax.pages.model import Answered, DocumentRefused, Job, Made, PageLimits, What

log = structlog.get_logger(__name__)
AT_ONCE = 2
"""Documents that are converted at the same time."""
MOST_WAITING = 50
"""Documents that wait for their turn, or are converted."""
Read = Callable[[], Awaitable[bytes]]
"""Reads a document."""
_ROOT = Path(__file__).parents[4]
_WORKER = "engine.features.fax.pages.worker"


class Pages:
    """Makes pages of documents, and documents of faxes."""

    def __init__(self, limits: PageLimits | None = None) -> None:
        self.limits = limits or PageLimits()
        self._turn, self._counting = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(1)
        self._waiting = 0

    async def tiff(self, document: Read) -> Made:
        """Return a PDF, TIFF, PNG, JPEG or text as the TIFF that is sent.

        It is read when its turn comes. Raises DocumentRefused, EngineUnavailable if too many wait.
        """
        return await self._made("tiff", document)

    async def of_fax(self, fax: bytes, what: What) -> Made:
        """Return a fax's TIFF as a PDF, or its first page as a PNG. Raises DocumentRefused if it is damaged, and
        EngineUnavailable if too many wait.
        """

        async def read() -> bytes:
            return fax

        return await self._made(what, read)

    async def _made(self, what: What, document: Read) -> Made:
        asked = msgspec.json.encode(Job(what=what, limits=self.limits))
        turn = self._counting if what == "count" else self._turn  # what comes in is not held up by what goes out
        if what != "count" and self._waiting >= MOST_WAITING:
            raise EngineUnavailable("Too many documents wait to be converted. Try again.")
        self._waiting += what != "count"
        try:
            async with turn:
                content = await document()
                if what == "tiff" and len(content) > self.limits.bytes:
                    raise DocumentRefused(
                        f"A document must have at most {self.limits.bytes:,} bytes (got {len(content):,})."
                    )
                said = await self._answer(asked + b"\n" + content)
        finally:
            self._waiting -= what != "count"
        head, _, content = said.partition(b"\n")
        answer = msgspec.json.decode(head, type=Answered)
        if answer.refused:
            raise DocumentRefused(answer.refused)
        return Made(content, answer.pages)

    async def _answer(self, asked: bytes) -> bytes:
        folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="fax-")  # ours: the process may be killed
        try:
            return await self._answer_in(asked, folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _answer_in(self, asked: bytes, folder: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT, start_new_session=True,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "TMPDIR": folder},
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.limits.seconds):
                said, _ = await process.communicate(asked)
        except TimeoutError:
            raise DocumentRefused(
                f"The document could not be converted within {self.limits.seconds:g} s: split it."
            ) from None
        finally:
            with contextlib.suppress(ProcessLookupError):  # with what it runs: Ghostscript
                os.killpg(process.pid, 9)
            await process.wait()
        if process.returncode != 0 or not said:
            log.warning("A document could not be converted.", status=process.returncode)
            raise DocumentRefused("The document needs too much memory or time to be converted: split it.")
        return said
