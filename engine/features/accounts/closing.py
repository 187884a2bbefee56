"""Accounts that are removed: closed, so that their books stay, or purged."""

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from engine.features.accounts import views
from engine.features.accounts.lookup import find
from engine.features.endpoints.model import Extension
from engine.features.endpoints.service import Extensions
from engine.features.errors import StillUsed
from engine.media import Prompts, RecordingFiles
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Owned
from engine.store import accounts, closing, uploads
from engine.store.accounts import Account
from engine.store.writer import Writer


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """An account that was removed: its id, under which its books are found unless they were purged."""

    account: str
    name: str
    purged: bool


class _Taken(NamedTuple):
    """What an account had outside of the store: endpoints in Asterisk, files of uploads, recordings whose files go."""

    extensions: list[Extension]
    files: list[str]
    recordings: list[str]


class Closing:
    """Removes accounts. `owned` is what all features have of them; `refresh` makes a change of accounts count at once.
    """

    def __init__(
        self,
        writer: Writer,
        extensions: Extensions,
        prompts: Prompts,
        files: RecordingFiles,
        owned: Owned,
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._writer, self._extensions, self._prompts, self._files = writer, extensions, prompts, files
        self._owned, self._refresh = owned, refresh

    async def remove(self, by: Actor, name: str, *, purge: bool = False) -> Removed:
        """Remove an account with its users, applications, numbers, extensions, uploads, keys and rates.

        Its ledger, calls, events, recordings and audit stay under its id, and the name is free; with `purge` they go
        too, also those of an account that was removed before; that it was purged is kept among the entries of no
        account. What is in a bucket of its own stays there.
        Raises NotThere, StillUsed while it has calls, or with `purge` callbacks that are still to be delivered.
        """
        account = await self._writer.write(lambda conn: _disabled(conn, name, purge=purge))
        await self._refresh()  # nobody places a call from here on
        try:
            taken = await self._writer.write(lambda conn: self._taken(conn, by, account, purge=purge))
        except StillUsed:  # by a call that was being placed when it was looked at first
            await self._writer.write(lambda conn: accounts.update(conn, account.id, disabled=account.disabled))
            raise
        finally:
            await self._refresh()
        for closed in self._owned.on_closed:
            await closed(account.id)
        await self._extensions.take_out(account.id, taken.extensions)
        for file in taken.files:
            await self._prompts.discard(file)
        for recording in taken.recordings:
            await self._files.delete(recording)
        return Removed(account=account.id, name=account.name, purged=purge)

    def _taken(self, conn: Connection, by: Actor, account: Account, *, purge: bool) -> _Taken:
        """Delete what an account has, all of it or, where it is used, nothing; returns what is outside of the store."""
        _refuse_used(conn, account, purge=purge)
        files = [upload.file for upload in uploads.list(conn, account.id)]
        before = views.audited(views.view(conn, account))
        removed = self._extensions.remove_all(conn, by, account.id)
        for leave in self._owned.leaving:
            leave(conn, account.id)
        if not purge:
            closing.close(conn, account, time.time(), self._owned.while_open)
            audit.record(conn, by, account=account.id, what="account.removed", subject=account.name, before=before)
            return _Taken(removed, files, [])
        recordings = closing.recordings_of(conn, account.id)
        closing.purge(conn, account.id, [*self._owned.while_open, *self._owned.books])
        audit.forget(conn, account.id)
        audit.record(conn, by, account=None, what="account.purged", subject=account.id)
        return _Taken(removed, files, recordings)


def _disabled(conn: Connection, name: str, *, purge: bool) -> Account:
    account = find(conn, name, closed=purge)
    _refuse_used(conn, account, purge=purge)
    accounts.update(conn, account.id, disabled=True)
    return account


def _refuse_used(conn: Connection, account: Account, *, purge: bool) -> None:
    if live := closing.live(conn, account.id):
        raise StillUsed(f"The account {account.name} has {live} live calls or conferences: hang them up first.")
    if purge and (undelivered := closing.undelivered(conn, account.id)):
        raise StillUsed(
            f"{undelivered} callbacks of the account {account.name} are still to be delivered; they are tried for an"
            " hour at most. Purge it then, or remove it without purging."
        )
