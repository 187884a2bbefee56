"""The rules of files. The only writer of their table."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.errors import InvalidSetting, NotThere
from engine.features.files import fetching, store
from engine.features.files.links import FileLinks
from engine.features.files.model import (
    LONGEST_NAME,
    MOST,
    MOST_BYTES,
    MOST_BYTES_OF_ACCOUNT,
    PREFIX,
    NewFile,
    StoredFile,
    TooManyFiles,
)
from engine.ids import new_id
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.folder import Folder
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish

KIND = "files.remove"
"""Work that is due: a file whose row is gone is deleted. Its id names it."""
AT_ONCE = 8


class LinkedFile(NamedTuple):
    """What a link leads to: the file, and where its bytes are."""

    file: StoredFile
    path: Path


class FileService:
    """The files of accounts (by their ids). Whatever takes a file's id raises NotThere if the account has none."""

    def __init__(self, platform: Platform, folder: Folder, links: FileLinks) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._folder, self._links = platform.scheduler, folder, links
        self._prompts, self._cache = platform.prompts, platform.cache

    async def put(self, account: str, wanted: NewFile, content: bytes) -> StoredFile:
        """Keep a file; raises InvalidSetting, TooManyFiles."""
        if not content:
            raise InvalidSetting("The file is empty.")
        if len(content) > MOST_BYTES:
            raise InvalidSetting(f"A file must have at most {MOST_BYTES:,} bytes (got {len(content):,}).")
        given = " ".join(wanted.uploaded_name.split()) or "file"
        file = StoredFile(
            id=new_id(PREFIX),
            account=account,
            name=(" ".join(wanted.name.split()) or given)[:LONGEST_NAME],
            description=wanted.description[:2000],
            uploaded_name=given[:LONGEST_NAME],
            media_type=wanted.media_type[:100],
            bytes=len(content),
            digest=await asyncio.to_thread(_digest, content),
            by=wanted.by,
            created=self._clock(),
        )
        await self._db.read(lambda conn: _check_room(conn, account, file.bytes))
        await self._folder.write(file.id, content)
        try:
            await self._writer.write(lambda conn: _add(conn, file))
        except Exception:  # a cancellation withdraws nothing: what is left of it goes with the next sweep
            with suppress(OSError):
                await self._folder.remove(file.id)
            raise
        return file

    async def fetch(self, account: str, url: str) -> StoredFile:
        """Keep a copy of what is at an http(s) URL as a file of the account; raises InvalidSetting, TooManyFiles."""
        owner = self._cache.find(account)
        await self._db.read(lambda conn: _check_room(conn, account))
        wanted, content = await fetching.fetched(self._prompts, url, allow_private=bool(owner and owner.allow_private))
        return await self.put(account, wanted, content)

    async def get(self, account: str, id: str) -> StoredFile:
        """Return what is kept of a file."""
        return await self._db.read(lambda conn: _found(conn, account, id))

    async def several(self, account: str, ids: Iterable[str]) -> Mapping[str, StoredFile]:
        """Return files by their ids; those that the account does not have are left out."""
        wanted = list(dict.fromkeys(ids))
        found = await self._db.read(lambda conn: store.several(conn, account, wanted)) if wanted else []
        return {file.id: file for file in found}

    def check(self, conn: Connection, account: str, id: str) -> None:
        """Raise NotThere unless the account has a file: a step of the caller's transaction."""
        _found(conn, account, id)

    def link(self, id: str, expires: float) -> str:
        """Return a link to a file that needs no key and is good until `expires` (Unix seconds)."""
        return self._links.of(id, expires)

    async def linked(self, token: str) -> LinkedFile:
        """Return what a link's last part leads to; raises LinkInvalid, LinkExpired, and NotThere if it was deleted."""
        id = self._links.read(token)
        found = await self._db.read(lambda conn: store.by_id(conn, id))
        owner = self._cache.find(found.account) if found else None
        if found is None or owner is None or owner.disabled:
            raise NotThere("The file was deleted.")
        return LinkedFile(found, self._folder.path / found.id)

    async def content(self, account: str, id: str) -> bytes:
        """Return a file's bytes."""
        file = await self.get(account, id)
        try:
            return await self._folder.read(file.id)
        except FileNotFoundError:
            raise NotThere(f"The file {id} is lost: its bytes are not there any more.") from None

    async def page(self, account: str, *, limit: int = 100, before: str | None = None) -> list[StoredFile]:
        """Return files, the newest first; `before` is the last id of the page before."""

        def read(conn: Connection) -> list[StoredFile]:
            return store.page(conn, account, limit, None if before is None else _found(conn, account, before))

        return await self._db.read(read)

    async def remove(self, account: str, id: str) -> StoredFile:
        """Delete a file; returns what was kept of it."""

        def unit(conn: Connection) -> StoredFile:
            file = _found(conn, account, id)
            store.remove(conn, id)
            self._let_go(conn, id)
            return file

        removed = await self._writer.write(unit)
        self._scheduler.wake()
        return removed

    def leave(self, conn: Connection, account: str) -> None:
        """Let go of an account's files, in the transaction that closes it."""
        for id in store.ids(conn, account):
            self._let_go(conn, id)

    async def sweep(self, before: float) -> int:
        """Delete files that were written before a moment (Unix seconds) and have no row, such as what a kill left.

        Returns how many.
        """
        names, known = await self._folder.names(before), await self._db.read(store.all_ids)
        left = [name for name in names if name not in known]
        for name in left:
            await self._folder.remove(name)
        return len(left)

    async def delete(self, work: DueWork, finish: Finish) -> None:
        """Delete a file whose row is gone."""
        await self._folder.remove(work.payload)

    def _let_go(self, conn: Connection, id: str) -> None:
        due_work.put(conn, DueWork(id=f"{KIND}:{id}", kind=KIND, at=self._clock(), payload=id))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _add(conn: Connection, file: StoredFile) -> None:
    _check_room(conn, file.account, file.bytes)
    store.add(conn, file)


def _check_room(conn: Connection, account: str, more: int = 1) -> None:
    count, size = store.usage(conn, account)
    if count >= MOST:
        raise TooManyFiles(f"An account has at most {MOST:,} files: delete some.")
    if size + more > MOST_BYTES_OF_ACCOUNT:
        raise TooManyFiles(f"An account's files have at most {MOST_BYTES_OF_ACCOUNT:,} bytes together: delete some.")


def _found(conn: Connection, account: str, id: str) -> StoredFile:
    found = store.get(conn, account, id)
    if found is None:
        raise NotThere(f"The account has no file {id[:80]}.")
    return found
