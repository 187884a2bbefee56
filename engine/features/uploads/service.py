"""Prompts that accounts upload: kept under the names they give, played as `upload:<name>`."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.features.uploads.model import UploadRow
from engine.media.errors import AudioNotFound, BadName, TooMany
from engine.media.prompts import Prompts
from engine.media.upload_files import is_name
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import uploads
from engine.store.database import Database
from engine.store.writer import Writer

MOST = 1000  # files of one account
_SHEETS = (".xlsx", ".csv")


class UploadService:
    """The accounts' files. What plays already goes on when its file is replaced or deleted."""

    def __init__(self, db: Database, writer: Writer, prompts: Prompts, clock: Callable[[], float] = time.time) -> None:
        self._db, self._writer, self._prompts, self._clock = db, writer, prompts, clock

    async def put(self, by: Actor, account: str, name: str, chunks: AsyncIterator[bytes]) -> tuple[UploadRow, bool]:
        """Keep a file under `name`; returns it, and whether the name is new. Raises PromptError.

        One whose name ends in .xlsx or .csv is kept as it is, for who reads numbers from it; all else must be audio.
        """
        if not is_name(name):
            raise BadName
        if await self._db.read(lambda conn: _is_full(conn, account, name)):
            raise TooMany(f"{MOST} files")
        prompts = self._prompts
        received = await (prompts.receive_unplayed(chunks) if is_sheet(name) else prompts.receive(chunks))
        row = UploadRow(
            account=account,
            name=name,
            file=received.file,
            digest=received.digest,
            bytes=received.bytes,
            seconds=received.seconds,
            created=self._clock(),
        )

        def unit(conn: Connection) -> UploadRow | None:
            before = uploads.put(conn, row)
            what = "prompt.replaced" if before else "prompt.added"
            audit.record(conn, by, account=account, what=what, subject=name, before=_noted(before), after=_noted(row))
            return before

        try:
            before = await self._writer.write(unit)
        except Exception:
            await self._prompts.discard(row.file)
            raise
        if before:
            await self._prompts.discard(before.file)
        return row, before is None

    async def get(self, account: str, name: str) -> UploadRow:
        """One file; raises NotThere."""
        found = await self._db.read(lambda conn: uploads.get(conn, account, name))
        if found is None:
            raise NotThere("This account has no prompt of that name.")
        return found

    async def content(self, account: str, name: str) -> bytes:
        """Return the bytes of a file; raises NotThere, PromptError."""
        row = await self.get(account, name)
        try:
            return await asyncio.to_thread(self._prompts.path_of(row.file).read_bytes)
        except OSError as error:
            raise AudioNotFound("the uploaded file is gone") from error

    async def list(self, account: str) -> list[UploadRow]:
        """An account's files by name."""
        return await self._db.read(lambda conn: uploads.list(conn, account))

    async def delete(self, by: Actor, account: str, name: str) -> None:
        """Delete a file for good; raises NotThere."""

        def unit(conn: Connection) -> UploadRow:
            gone = uploads.remove(conn, account, name)
            if gone is None:
                raise NotThere("This account has no prompt of that name.")
            audit.record(conn, by, account=account, what="prompt.deleted", subject=name, before=_noted(gone))
            return gone

        await self._prompts.discard((await self._writer.write(unit)).file)


def is_sheet(name: str) -> bool:
    """Whether a file of this name is a table of numbers, and no audio."""
    return name.lower().endswith(_SHEETS)


def _is_full(conn: Connection, account: str, name: str) -> bool:
    return uploads.count(conn, account) >= MOST and uploads.get(conn, account, name) is None


def _noted(row: UploadRow | None) -> dict[str, Any] | None:
    """Return what the audit keeps of a file."""
    return None if row is None else {"sha256": row.digest, "bytes": row.bytes, "seconds": row.seconds}
