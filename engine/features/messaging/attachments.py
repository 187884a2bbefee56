"""Files of texts. SMS and SIP MESSAGE carry none here: a text has a line with a link for each file instead."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from engine.commands import EngineUnavailable, LimitReached
from engine.features.errors import FeatureError, InvalidSetting, NotThere
from engine.features.files.fetching import SCHEMES
from engine.features.files.model import PREFIX, TooManyFiles
from engine.features.files.service import FileService
from engine.features.messaging.accepting import times
from engine.features.messaging.commands import TextRefused
from engine.features.messaging.model import NewMessage
from engine.ids import new_id

MOST_AT_ONCE = 4
"""Texts of an account whose files are fetched at the same time."""
MOST_FILES = 10
"""Files of one text."""
LINK_DAYS = 30
"""For how many days a link is good from when its text arrives at the latest."""
_DAY = 86_400.0


Check = Callable[[NewMessage], object]
"""Refuses a text as it will be written, but with ids that no file has; raises CommandRefused."""


@dataclass
class Linked:
    """A text with its links. `is_kept`: it was stored; else what was fetched for it is deleted."""

    message: NewMessage
    is_kept: bool = True


class Attachments:
    """Puts links to files into texts. `files` None: there are no files here, and no text has one."""

    def __init__(self, files: FileService | None, clock: Callable[[], float]) -> None:
        self._files, self._clock = files, clock
        self._fetching = Counter[str]()

    @asynccontextmanager
    async def linked(self, account: str, wanted: NewMessage, check: Check) -> AsyncIterator["Linked"]:
        """Yield the text with its links, and with ids alone as its files. Raises TextRefused, LimitReached, and what
        `check` raises, which is asked before anything is fetched.

        If the block fails, or says that the text is not kept, what was fetched for it is deleted.
        """
        if not wanted.files:
            yield Linked(wanted)
            return
        fetched: list[str] = []
        try:
            linked = Linked(await self._with_links(account, wanted, fetched, check))
            yield linked
        except EngineUnavailable:  # the text may be stored
            raise
        except Exception:
            await self._forget(account, fetched)
            raise
        if not linked.is_kept:
            await self._forget(account, fetched)

    async def _forget(self, account: str, fetched: Sequence[str]) -> None:
        for id in fetched:
            with suppress(FeatureError):
                await self._there().remove(account, id)

    def check(self, conn: Connection, account: str, ids: Sequence[str]) -> None:
        """Raise TextRefused unless the account has all of these files: a step of the caller's transaction."""
        for id in ids:
            try:
                self._there().check(conn, account, id)
            except NotThere:
                raise _no_file(id) from None

    async def _with_links(self, account: str, wanted: NewMessage, fetched: list[str], check: Check) -> NewMessage:
        """Return the text with its links; notes the ids of files that it fetches."""
        given = list(dict.fromkeys(wanted.files))
        if len(given) > MOST_FILES:
            raise TextRefused(f"files must have at most {MOST_FILES} files (got {len(given)}).")
        _, expires = times(wanted, self._clock())
        known = await self._there().several(account, given)
        for each in given:
            if each not in known and not _is_url(each):
                raise _no_file(each)
        until = expires + LINK_DAYS * _DAY
        check(self._written(wanted, [each if each in known else new_id(PREFIX) for each in given], until))
        with self._one_more(account):
            ids = list[str]()
            for each in given:
                if each not in known:
                    fetched.append(await self._fetched(account, each))
                ids.append(each if each in known else fetched[-1])
        return self._written(wanted, ids, until)

    def _written(self, wanted: NewMessage, ids: Sequence[str], until: float) -> NewMessage:
        lines = [f"{self._there().link(id, until)} ({LINK_DAYS} days)" for id in ids]
        text = wanted.text.rstrip()
        return msgspec.structs.replace(wanted, text="\n".join([text, *lines] if text else lines), files=tuple(ids))

    @contextmanager
    def _one_more(self, account: str) -> Iterator[None]:
        """Count a text whose files are fetched; raises LimitReached."""
        if self._fetching[account] >= MOST_AT_ONCE:
            raise LimitReached(f"Files of {MOST_AT_ONCE} texts of this account are being fetched: wait for those.")
        self._fetching[account] += 1
        try:
            yield
        finally:
            self._fetching[account] -= 1
            if not self._fetching[account]:
                del self._fetching[account]

    async def _fetched(self, account: str, url: str) -> str:
        try:
            return (await self._there().fetch(account, url)).id
        except (InvalidSetting, TooManyFiles) as error:
            raise TextRefused(f"files cannot be sent. {error}") from None

    def _there(self) -> FileService:
        if self._files is None:
            raise TextRefused("files cannot be sent: this installation keeps none.")
        return self._files


def _is_url(text: str) -> bool:
    return text.lower().startswith(SCHEMES)


def _no_file(id: str) -> TextRefused:
    return TextRefused(f"files must be ids of files of the account, or http or https URLs (got {id[:80]!r}).")
