"""Converts documents, each in a process of its own that can be killed."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import msgspec
import structlog

from engine.features.fax.pages.model import Answered, DocumentRefused, Job, Made, PageLimits, What

log = structlog.get_logger(__name__)
AT_ONCE = 2
"""Documents that are converted at the same time."""
_ROOT = Path(__file__).parents[4]
_WORKER = "engine.features.fax.pages.worker"


class Pages:
    """Makes pages of documents, and documents of faxes."""

    def __init__(self, limits: PageLimits | None = None) -> None:
        self.limits = limits or PageLimits()
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def tiff(self, document: bytes) -> Made:
        """Return a PDF, TIFF, PNG, JPEG or text as the TIFF that is sent; raises DocumentRefused."""
        if len(document) > self.limits.bytes:
            raise DocumentRefused(f"A document must have at most {self.limits.bytes:,} bytes (got {len(document):,}).")
        return await self._made("tiff", document)

    async def of_fax(self, fax: bytes, what: What) -> Made:
        """Return a fax's TIFF as a PDF, or its first page as a PNG; raises DocumentRefused if it is damaged."""
        return await self._made(what, fax)

    async def _made(self, what: What, document: bytes) -> Made:
        asked = msgspec.json.encode(Job(what=what, limits=self.limits))
        async with self._turn:
            said = await self._answer(asked + b"\n" + document)
        head, _, content = said.partition(b"\n")
        answer = msgspec.json.decode(head, type=Answered)
        if answer.refused:
            raise DocumentRefused(answer.refused)
        return Made(content, answer.pages)

    async def _answer(self, asked: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _WORKER,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT, env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT)}, start_new_session=True,
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
