"""Read models of calls: lists, one call's tree, queue and timeline. Nothing is written here."""

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Connection

from engine.features.call_history.model import Activity, TaskRow, Timeline, UnmatchedCall
from engine.model.call import Call
from engine.store import calls, events, tasks, unmatched_calls
from engine.store.database import Database
from engine.tasks.task import TaskState

PAGE = 500  # calls that are read at once where all are wanted


class CallHistory:
    """Reads calls. Each method reads in one transaction and raises StoreError if the database does not answer.

    `since` is Unix seconds. `before` is the id of the last call of the page before.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, call: str) -> Call | None:
        """Return a call by its id."""
        return await self._db.read(lambda conn: calls.get(conn, call))

    async def some(self, ids: Sequence[str]) -> list[Call]:
        """Return the calls that there are of these ids."""
        found = await self._db.read(lambda conn: [calls.get(conn, id) for id in ids])
        return [call for call in found if call is not None]

    async def live(self) -> list[Call]:
        """Return every call that has not ended, oldest first."""
        return await self._db.read(calls.all_live)

    async def tree(self, root: str) -> list[Call]:
        """Return a root and the legs below it, oldest first."""
        return await self._db.read(lambda conn: calls.by_root(conn, root))

    async def page(
        self,
        *,
        account: str | None = None,
        live: bool | None = None,
        since: float | None = None,
        limit: int = 100,
        before: str | None = None,
    ) -> list[Call]:
        """Return calls, newest first: of one account or of all, `live` ones or ended ones, created since."""
        return await self._db.read(
            lambda conn: calls.list(conn, account=account, live=live, since=since, limit=limit, before=before)
        )

    async def page_with_unmatched(
        self,
        *,
        account: str | None = None,
        live: bool | None = None,
        since: float | None = None,
        limit: int = 100,
        before: str | None = None,
    ) -> list[Call | UnmatchedCall]:
        """Return calls as `page` does and among them those by trunks that reached no number; `before` may name either.

        Those belong to no account and have ended: they are not there if one account's or live calls are wanted.
        """

        def read(conn: Connection) -> list[tuple[float, str, Call | UnmatchedCall]]:
            older = _moment_of(conn, before) if before else None
            if before and older is None:
                return []
            found: list[tuple[float, str, Call | UnmatchedCall]] = []
            for call in calls.list(conn, account=account, live=live, since=since, limit=limit, older=older):
                found.append((call.created, call.id, call))
            if not (account or live):
                for one in unmatched_calls.list(conn, since=since, before=older, limit=limit):
                    found.append((one.at, one.id, one))
            return found

        newest = sorted(await self._db.read(read), key=lambda entry: entry[:2], reverse=True)
        return [one for _, _, one in newest[:limit]]

    async def every(self, *, account: str | None = None, since: float | None = None) -> AsyncIterator[Call]:
        """Yield calls, newest first, read in pages: of one account or of all, created since."""
        before: str | None = None
        while True:
            found = await self.page(account=account, since=since, limit=PAGE, before=before)
            for call in found:
                yield call
            if len(found) < PAGE:
                return
            before = found[-1].id

    async def unmatched(self, id: str) -> UnmatchedCall | None:
        """Return a call by a trunk that reached no number, by its id."""
        return await self._db.read(lambda conn: unmatched_calls.get(conn, id))

    async def queue(self, owner: str) -> list[TaskRow]:
        """Return a call's or conference's tasks in the order of the queue, ended ones too."""
        return await self._db.read(lambda conn: tasks.of(conn, owner))

    async def activity(self, root: str) -> Activity:
        """Return what goes on in a call tree now."""

        def read(conn: Connection) -> Activity:
            legs = [leg for leg in calls.by_root(conn, root) if leg.ended is None]
            running = [row.task for row in tasks.open_of(conn, root) if row.state is TaskState.RUNNING]
            return Activity(legs=legs, running=running)

        return await self._db.read(read)

    async def timeline(self, call: Call) -> Timeline:
        """Return what happened to a call."""

        def read(conn: Connection) -> Timeline:
            return Timeline(
                legs=[leg for leg in calls.by_root(conn, call.root) if leg.id != call.id],
                tasks=tasks.of(conn, call.id),
                events=[stored.event for stored in events.of_subject(conn, call.id)],
            )

        return await self._db.read(read)


def _moment_of(conn: Connection, id: str) -> tuple[float, str] | None:
    """Return where a call or an unmatched call stands in the list, by its time and id; None where there is none."""
    if call := calls.get(conn, id):
        return call.created, call.id
    found = unmatched_calls.get(conn, id)
    return (found.at, found.id) if found else None
