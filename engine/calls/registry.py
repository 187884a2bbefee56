"""The live calls of this controller."""

import asyncio
from collections.abc import Iterator

import structlog

from engine.calls.pair import Pairs
from engine.calls.session import Life, Session
from engine.model.call import Direction

log = structlog.get_logger(__name__)


class Registry:
    """Owns every session's task; finds a session by its call's id. `pairs` are those that are connected."""

    def __init__(self) -> None:
        self.pairs = Pairs()
        self._sessions: dict[str, Session] = {}
        self._roots: dict[str, str] = {}  # under which root a call is kept
        self._by_root: dict[str, dict[str, Session]] = {}
        self._by_callee: dict[str, dict[str, Session]] = {}  # of those that we placed
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, session: Session) -> None:
        """Make a call known before it lives."""
        self._sessions[session.call.id] = session
        self._roots[session.call.id] = session.call.root
        self._by_root.setdefault(session.call.root, {})[session.call.id] = session
        if session.call.direction is Direction.OUTBOUND:
            self._by_callee.setdefault(session.call.callee, {})[session.call.id] = session

    def move(self, session: Session) -> None:
        """A live call is a leg of another root now."""
        call = session.call
        _remove(self._by_root, self._roots[call.id], call.id)
        self._roots[call.id] = call.root
        self._by_root.setdefault(call.root, {})[call.id] = session

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

    def dialled(self, callee: str) -> tuple[Session, ...]:
        """The live calls that we placed to this number, the oldest first."""
        return tuple(self._by_callee.get(callee, {}).values())

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
            _remove(self._by_root, self._roots.pop(call.id), call.id)
            if call.direction is Direction.OUTBOUND:
                _remove(self._by_callee, call.callee, call.id)
        if not task.cancelled() and (error := task.exception()):
            log.error("A call's end could not be written down.", call=session.call.id, exc_info=error)


def _remove(index: dict[str, dict[str, Session]], key: str, call: str) -> None:
    found = index[key]
    del found[call]
    if not found:
        del index[key]
