"""Faxes: accepted, listed, changed, sent again, and shown as documents.

A fax and the work that sends it are stored in one transaction, behind its pages: kill -9 leaves both or neither.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection

from engine.commands import LimitReached
from engine.features.errors import InvalidSetting, NotThere
from engine.features.fax import store
from engine.features.fax.files import FaxFiles
from engine.features.fax.listing import Listing, order_of
from engine.features.fax.making import Check, Making, cover_of
from engine.features.fax.model import (
    MOST_BYTES,
    MOST_WAITING,
    PREFIX,
    Attempt,
    Fax,
    NewFax,
    NotSendable,
    State,
    Way,
)
from engine.features.fax.pages.converting import Pages
from engine.features.fax.pages.model import What
from engine.features.fax.tables import faxes
from engine.features.files.service import FileService
from engine.ids import new_id
from engine.platform import due_work
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.scheduler import Finish
from engine.store import calls
from engine.store.accounts import Account

SEND, REMOVE = "fax.send", "fax.remove"
"""Work that is due: a fax is sent, whose id is the work's; the pages of a fax that is gone are deleted."""
_f = faxes.c
_COLUMNS, _PAGES = {"to": "number", "sender": "own"}, {"pages", "kept", "bytes"}
_CHANGEABLE = {"to", "at", "file", "sender", "from_name", "to_name", "subject", "cover", "emails"}


class FaxService:
    """The faxes of accounts. Whatever takes a fax's id raises NotThere if the account has none.

    `check` refuses numbers that an account may not call, or not show (engine.features.admission.Admission).
    """

    def __init__(self, platform: Platform, check: Check, files: FileService, pages: Pages, kept: FaxFiles) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._scheduler, self._making = platform.scheduler, Making(platform, check, files, pages, kept)
        self._files, self._pages, self._kept = files, pages, kept

    async def send(self, account: Account, wanted: NewFax) -> Fax:
        """Accept a fax. Raises InvalidSetting, InvalidNumber, NotThere for the file, DocumentRefused, LimitReached,
        EngineUnavailable, and what a call is refused for (NumberRefused, CallerRefused).
        """
        fax = await self._making.paged(account, self._making.checked(account, wanted, new_id(PREFIX)))

        def unit(conn: Connection) -> None:
            if store.waiting(conn, account.id) >= MOST_WAITING:
                raise LimitReached(f"This account may have {MOST_WAITING} faxes that are not sent yet, and no more.")
            _check_room(conn, fax)
            store.insert(conn, fax)
            _due(conn, fax, fax.at)

        try:
            await self._writer.write(unit)
        except Exception:  # a cancellation withdraws nothing: what is left of it goes with the next sweep
            await self._kept.kept.remove(fax.kept)
            raise
        self._scheduler.wake(fax.at)
        return fax

    async def change(self, account: Account, id: str, fields: Mapping[str, Any], *, states: frozenset[State]) -> Fax:
        """Change fields of a fax (those of NewFax) that is in one of these states; raises NotSendable, and what `send`
        raises.
        """
        before = await self.get(account.id, id)
        _in_state(before, states)
        assert _CHANGEABLE.issuperset(fields), fields
        after = self._making.changed(account, before, fields)
        if anew := after.file != before.file or cover_of(after) != cover_of(before):
            after = await self._paged_anew(account, after, file="file" in fields)
        columns = {_COLUMNS.get(name, name) for name in fields} | (_PAGES if anew else set())

        def unit(conn: Connection) -> Fax:
            now = _found(conn, account.id, id)
            _in_state(now, states)
            if (anew or before.cover or now.cover) and _printed(now) != _printed(before):
                raise NotSendable(f"The fax {id} was changed by another request meanwhile: try again.")
            if anew:
                _check_room(conn, after)
                self.let_go(conn, now)
            store.change(conn, id, **{column: getattr(after, column) for column in columns})
            if not now.final:
                _due(conn, now, after.at if "at" in fields else now.at)
            return _found(conn, account.id, id)

        try:
            stored = await self._writer.write(unit)
        except Exception:
            if anew:
                await self._kept.kept.remove(after.kept)
            raise
        self._scheduler.wake()
        return stored

    async def _paged_anew(self, account: Account, fax: Fax, *, file: bool) -> Fax:
        """Make a fax's pages anew; `file`: of another file."""
        try:
            return await self._making.paged(account, fax)
        except NotThere:
            if file:
                raise
            raise InvalidSetting(
                f"The file {fax.file} was deleted, and without it this fax cannot be made anew: name another file."
            ) from None

    async def retry(self, account: str, id: str) -> Fax:
        """Send a fax again that has failed; raises NotSendable."""

        def unit(conn: Connection) -> Fax:
            fax = _found(conn, account, id)
            _in_state(fax, frozenset({State.FAILED}))
            now = self._clock()
            store.change(conn, id, state=State.QUEUED, ended=None, at=now, attempts=0, error="", detail="")
            _due(conn, fax, now)
            return _found(conn, account, id)

        again = await self._writer.write(unit)
        self._scheduler.wake()
        return again

    async def get(self, account: str | None, id: str) -> Fax:
        """Return a fax, of an account or (None) of any."""
        return await self._db.read(lambda conn: _found(conn, account, id))

    async def attempts(self, account: str | None, id: str) -> list[Attempt]:
        """Return a fax's attempts in their order."""
        return await self._db.read(lambda conn: store.attempts(conn, _found(conn, account, id).id))

    async def page(
        self,
        account: str | None = None,
        *,
        limit: int = 100,
        before: str | None = None,
        way: Way | None = None,
        state: State | None = None,
    ) -> list[Fax]:
        """Return faxes, the newest first; `before` is the last id of the page before."""
        matching = [each for each in (_is(_f.way, way), _is(_f.state, state)) if each is not None]

        def read(conn: Connection) -> list[Fax]:
            last = None if before is None else _found(conn, account, before)
            wanted = None
            for each in matching:
                wanted = each if wanted is None else wanted & each
            return store.page(conn, account, limit, last, wanted)

        return await self._db.read(read)

    async def listed(
        self, account: str, wanted: Listing, order: Sequence[tuple[str, bool]] = (), *, limit: int, offset: int
    ) -> tuple[list[Fax], int]:
        """Return some of an account's faxes that match, in an order (engine.features.fax.listing.SORTED, each with
        whether it is backwards), and how many match in all.
        """
        by = order_of(order)
        return await self._db.read(lambda conn: store.listed(conn, account, wanted.matching, by, limit, offset))

    async def counts(self, account: str) -> tuple[int, int, int]:
        """Return how many faxes came in and are shown, how many of them are hidden, and how many went out."""

        def read(conn: Connection) -> tuple[int, int, int]:
            shown, hidden = (store.count(conn, account, Way.IN, hidden=hidden) for hidden in (False, True))
            return shown, hidden, store.count(conn, account, Way.OUT)

        return await self._db.read(read)

    async def mark(self, account: str, id: str, **fields: Any) -> Fax:
        """Change what is noted of a fax that came in: read, hidden, subject, from_name, to_name."""

        def unit(conn: Connection) -> Fax:
            _found(conn, account, id)
            if fields:
                store.change(conn, id, **fields)
            return _found(conn, account, id)

        return await self._writer.write(unit)

    async def document(self, account: str | None, id: str, what: What) -> bytes:
        """Return a fax as a TIFF, a PDF, or a picture of its first page (PNG).

        Raises NotThere for one without pages, DocumentRefused, LimitReached, EngineUnavailable.
        """
        fax = await self.get(account, id)
        try:
            pages = await self._kept.kept.read(fax.kept or "none")
        except FileNotFoundError:
            raise NotThere(f"The fax {id} has no pages.") from None
        return pages if what == "tiff" else (await self._pages.of_fax(fax.account, pages, what)).content

    async def preview(self, account: str, file: str) -> bytes:
        """Return a picture (PNG) of the first page of a file; raises NotThere, DocumentRefused if it has none,
        LimitReached, EngineUnavailable.
        """
        made = await self._pages.tiff(account, lambda: self._files.content(account, file))
        return (await self._pages.of_fax(account, made.content, "png")).content

    async def remove(self, account: str, id: str, *, way: Way | None = None) -> Fax:
        """Delete a fax; one that waits is not sent any more. Raises NotSendable while it is being sent."""

        def unit(conn: Connection) -> Fax:
            fax = _found(conn, account, id)
            if way is not None and fax.way is not way:
                raise _none(id)
            if fax.state is State.SENDING and calls.get(conn, fax.call) is not None:
                raise NotSendable(f"The fax {id} is being sent: delete it when that is over.")
            if due_work.get(conn, id) and not due_work.withdraw(conn, id, self._writer.epoch):
                raise NotSendable(f"The call of the fax {id} is being placed: delete it when that is over.")
            store.remove(conn, id)
            self.let_go(conn, fax)
            return fax

        gone = await self._writer.write(unit)
        self._scheduler.wake()
        return gone

    def let_go(self, conn: Connection, fax: Fax) -> None:
        """Let the pages of a fax be deleted, in the transaction that takes it or its document away."""
        if fax.kept:
            id = f"{REMOVE}:{fax.kept}"
            due_work.put(conn, DueWork(id=id, kind=REMOVE, at=self._clock(), payload=fax.kept))

    async def delete_pages(self, work: DueWork, finish: Finish) -> None:
        """Delete the pages of a fax that is gone."""
        await self._kept.kept.remove(work.payload)

    def expire(self, conn: Connection, before: float, most: int) -> int:
        """Delete faxes that are old (engine.platform.platform.Expire)."""
        gone = store.expire(conn, before, most)
        for fax in gone:
            self.let_go(conn, fax)
        return len(gone)


def _check_room(conn: Connection, fax: Fax) -> None:
    if store.size(conn, fax.account) + fax.bytes > MOST_BYTES:
        raise LimitReached(f"The pages of an account's faxes have at most {MOST_BYTES:,} bytes: delete some faxes.")


def _due(conn: Connection, fax: Fax, at: float) -> None:
    due_work.put(conn, DueWork(id=fax.id, kind=SEND, at=at, account=fax.account))


def _printed(fax: Fax) -> object:
    """Return what the cover page and the document behind it are made of."""
    return fax.file, fax.number, fax.own, fax.from_name, fax.to_name, fax.subject, fax.cover


def _in_state(fax: Fax, states: frozenset[State]) -> None:
    if fax.way is not Way.OUT:
        raise _none(fax.id)
    if fax.state not in states:
        allowed = " or ".join(sorted(state.value for state in states))
        raise NotSendable(f"Only a fax that is {allowed} can be changed or sent again; this one is {fax.state.value}.")


def _is(column: Any, value: str | None) -> ColumnElement[bool] | None:
    return None if value is None else column == value


def _found(conn: Connection, account: str | None, id: str) -> Fax:
    fax = store.get(conn, id)
    if fax is None or account not in (None, fax.account):
        raise _none(id)
    return fax


def _none(id: str) -> NotThere:
    return NotThere(f"There is no fax {id[:80]}.")
