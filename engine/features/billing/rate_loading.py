"""Rates that are replaced by those of a file, and removed: of calls, and of texts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from engine.features.accounts import Account
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store.writer import Writer

R = TypeVar("R")


class RateKind(NamedTuple, Generic[R]):
    """What differs between kinds of rates.

    `noun` begins what the audit says, and without _ it is the subject of the general ones. `read` reads a file for an
    account (its id; "": all) and a currency (None: any); `load` and `clear` store and delete those of an account.
    """

    noun: str
    read: Callable[[str, str, str | None], list[R]]
    load: Callable[[Connection, Iterable[R]], None]
    clear: Callable[[Connection, str], int]


class LoadedRates(Generic[R]):
    """Rates of one account, or, without an account, those of every account that has none of its own for a number.

    `changed` makes a change count at once.
    """

    def __init__(self, writer: Writer, kind: RateKind[R], changed: Callable[[], Awaitable[None]]) -> None:
        self._writer, self._kind, self._changed = writer, kind, changed

    async def load(self, by: Actor, text: str, account: Account | None = None) -> int:
        """Replace such rates by those of a CSV file; returns how many it has.

        A file with one wrong line changes nothing. Raises RatesInvalid.
        """
        owner, currency = (account.id, account.currency) if account else ("", None)
        loaded = await asyncio.to_thread(self._kind.read, text, owner, currency)

        def unit(conn: Connection) -> None:
            removed = self._kind.clear(conn, owner)
            self._kind.load(conn, loaded)
            self._record(conn, by, "loaded", account, removed, len(loaded))

        await self._writer.write(unit)
        await self._changed()
        return len(loaded)

    async def clear(self, by: Actor, account: Account | None = None) -> int:
        """Remove such rates; returns how many there were."""

        def unit(conn: Connection) -> int:
            removed = self._kind.clear(conn, account.id if account else "")
            self._record(conn, by, "cleared", account, removed, 0)
            return removed

        removed = await self._writer.write(unit)
        await self._changed()
        return removed

    def _record(self, conn: Connection, by: Actor, what: str, account: Account | None, before: int, after: int) -> None:
        audit.record(
            conn,
            by,
            account=account.id if account else None,
            what=f"{self._kind.noun}.{what}",
            subject=account.id if account else self._kind.noun.replace("_", " "),
            before={"rates": before},
            after={"rates": after},
        )
