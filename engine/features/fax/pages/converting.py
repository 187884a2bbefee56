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

from engine.features.fax.pages.model import Answered, Cover, DocumentRefused, Job, Made, PageLimits, What
from engine.features.fax.pages.queue import ConversionQueue

log = structlog.get_logger(__name__)
Read = Callable[[], Awaitable[bytes]]
"""Reads a document."""
_ROOT = Path(__file__).parents[4]
_WORKER = "engine.features.fax.pages.worker"


class Pages:
    """Makes pages of documents, and documents of faxes. `account` is the id of the account that waits for its turn.

    Raised are EngineUnavailable if too many documents wait, LimitReached if too many of the account do.
    """

    def __init__(self, limits: PageLimits | None = None) -> None:
        self.limits = limits or PageLimits()
        self._queue, self._counting = ConversionQueue(), asyncio.Semaphore(1)

    async def tiff(self, account: str, document: Read, cover: Cover | None = None) -> Made:
        """Return a PDF, TIFF, PNG, JPEG or text as the TIFF that is sent, behind its cover page.

        It is read when its turn comes. Raises DocumentRefused.
        """
        async with self._queue.turn(account):
            content = await document()
            if len(content) > self.limits.bytes:
                raise DocumentRefused(
                    f"A document must have at most {self.limits.bytes:,} bytes (got {len(content):,})."
                )
            return await self._made(Job(what="tiff", limits=self.limits, cover=cover), content)

    async def of_fax(self, account: str, fax: bytes, what: What) -> Made:
        """Return a fax's TIFF as a PDF, or its first page as a PNG. Raises DocumentRefused if it is damaged."""
        async with self._queue.turn(account):
            return await self._made(Job(what=what, limits=self.limits), fax)

    async def count(self, fax: bytes) -> int:
        """Return how many pages a fax's TIFF has; raises DocumentRefused if it is damaged.

        That is for faxes that come in: they are not held up by what goes out, and never refused.
        """
        async with self._counting:
            return (await self._made(Job(what="count", limits=self.limits), fax)).pages

    async def _made(self, job: Job, content: bytes) -> Made:
        said = await self._answer(msgspec.json.encode(job) + b"\n" + content)
        head, _, made = said.partition(b"\n")
        answer = msgspec.json.decode(head, type=Answered)
        if answer.refused:
            raise DocumentRefused(answer.refused)
        return Made(made, answer.pages)

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
