"""The live calls of this controller."""

import asyncio
from collections.abc import Iterator

import structlog

from engine.calls.session import Life, Session

log = structlog.get_logger(__name__)


class Registry:
    """Owns every session's task; finds a session by its call's id."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._by_root: dict[str, dict[str, Session]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, session: Session) -> None:
        """Make a call known before it lives."""
        self._sessions[session.call.id] = session
        self._by_root.setdefault(session.call.root, {})[session.call.id] = session

    def start(self, session: Session, life: Life) -> None:
        """Let a call live."""
        self.add(session)
        task = asyncio.create_task(session.run(life), name=f"call {session.call.id}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._on_done(session, done))

    def get(self, call: str) -> Session | None:
        """A live call by its id."""
        return self._sessions.get(call)

    def find(self, account: str, call: str) -> Session | None:
        """A live call of this account."""
        session = self._sessions.get(call)
        return session if session and session.call.account == account else None

    def legs(self, root: str) -> tuple[Session, ...]:
        """The live legs of a root: its own first where it is up, then those that it dialled, the oldest first."""
        found = self._by_root.get(root, {}).values()
        return tuple(sorted(found, key=lambda session: (session.call.id != root, session.call.created)))

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    def cancel(self) -> None:
        """Leave every call as it is, up in Asterisk."""
        for task in self._tasks:
            task.cancel()

    async def stop(self) -> None:
        """Wait until every call is left."""
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=10)

    def _on_done(self, session: Session, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        call = session.call
        if self._sessions.get(call.id) is session:
            del self._sessions[call.id]
            legs = self._by_root[call.root]
            del legs[call.id]
            if not legs:
                del self._by_root[call.root]
        if not task.cancelled() and (error := task.exception()):
            log.error("A call's end could not be written down.", call=session.call.id, exc_info=error)
