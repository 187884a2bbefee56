"""Limits the open connections of a listener and of each client, and closes waiting ones if there are too many.

A connection that waits for a request costs us a file and memory, and its client nothing. So if a listener, or one of
its clients, has reached its limit, the connection that has waited longest for the rest of a request's header is closed
in favour of the new one, else the one that has been idle longest (as nginx closes its reusable connections:
ngx_connection.c, ngx_drain_connections). If all connections have requests in progress, the new one is refused.
"""

import resource
from enum import IntEnum
from typing import Protocol

import msgspec
import structlog

from api.clients import Clients, name_of

log = structlog.get_logger(__name__)
MOST_CONNECTIONS = 4096
MOST_OF_A_CLIENT = 512
RESERVED_FILES = 2048
"""The number of files reserved for calls, callbacks, the store and the administrator."""
LOG_SECONDS = 60.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a listener. Seconds: for a request's header from its first byte (on a new connection, from its
    beginning); for the next request on a kept connection; for the client to receive a response (the kernel's
    TCP_USER_TIMEOUT); and for the rest of a refused body, which is discarded so that its sender sees the answer.
    """

    total: int = MOST_CONNECTIONS
    per_client: int = MOST_OF_A_CLIENT
    header_seconds: float = 10.0
    idle_seconds: float = 75.0
    unread_seconds: float = 60.0
    discard_seconds: float = 5.0


def affordable(wanted: int = MOST_CONNECTIONS) -> int:
    """Return how many connections the process's limit of open files permits, at most `wanted`."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, max(files // 4, (files - RESERVED_FILES) // 2)))


class Seldom:
    """Limits log lines that any client can cause to one a minute, so that no client fills the log."""

    def __init__(self) -> None:
        self._count, self._next = 0, 0.0

    def due(self, now: float) -> int:
        """Return how often it happened since it was last logged, including now; 0 if it is not to be logged now."""
        self._count += 1
        if now < self._next:
            return 0
        count, self._count, self._next = self._count, 0, now + LOG_SECONDS
        return count


class Closable(Protocol):
    """The methods of a connection that this module uses."""

    def drop(self) -> None:
        """Close the connection at once."""


class Wait(IntEnum):
    """What a connection waits for from its client, in the order in which such connections are closed."""

    HEADER = 0
    REQUEST = 1  # kept open, and no byte of a request has arrived
    BODY = 2


class _Waiting:
    """Connections that wait for their client, by kind, each in the order in which the waits began."""

    def __init__(self) -> None:
        self._kinds: tuple[dict[Closable, None], ...] = tuple({} for _ in Wait)

    def put(self, connection: Closable, wait: Wait) -> None:
        """Add a connection after all others of its kind."""
        self.forget(connection)
        self._kinds[wait][connection] = None

    def oldest(self) -> Closable | None:
        """Return the connection that is to be closed first; None if there is none."""
        return next((next(iter(kind)) for kind in self._kinds if kind), None)

    def of(self, wait: Wait) -> list[Closable]:
        """Return the connections of one kind."""
        return list(self._kinds[wait])

    def forget(self, connection: Closable) -> None:
        """Remove a connection."""
        for kind in self._kinds:
            kind.pop(connection, None)


class _Client(_Waiting):
    """The connections of one client."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0


class Connections:
    """The open connections of one listener."""

    def __init__(self, limits: Limits, clients: Clients | None = None) -> None:
        self.limits = limits
        self._proxies = clients or Clients()
        self._all = _Waiting()
        self._clients: dict[str, _Client] = {}
        self._owners: dict[Closable, str] = {}
        self._turned_away = Seldom()
        self.unreadable = Seldom()

    def __len__(self) -> int:
        """The number of open connections."""
        return len(self._owners)

    def admit(self, connection: Closable, address: str, now: float) -> bool:
        """Admit a new connection, closing a waiting one if necessary; returns False if none can be closed.

        `now`: seconds of the event loop's clock.
        """
        client = name_of(address)
        own = self._clients.get(client)
        crowded = own if own and own.count >= self.limits.per_client and not self._proxies.is_proxy(address) else None
        full = crowded or (self._all if len(self) >= self.limits.total else None)
        if full and not self._make_space(full):
            if count := self._turned_away.due(now):
                log.warning("connections are refused", client=client, open=len(self), count=count)
            return False
        self._owners[connection] = client
        self._clients.setdefault(client, _Client()).count += 1
        self.waits(connection, Wait.HEADER)
        return True

    def waits(self, connection: Closable, wait: Wait) -> None:
        """Store what a connection waits for."""
        for waiting in self._lists(connection):
            waiting.put(connection, wait)

    def busy(self, connection: Closable) -> None:
        """Store that a connection has a request in progress."""
        for waiting in self._lists(connection):
            waiting.forget(connection)

    def replace(self, connection: Closable, by: Closable) -> None:
        """Replace the object of an open connection by another one; the count does not change."""
        self.busy(connection)
        self._owners[by] = self._owners.pop(connection)
        self.waits(by, Wait.HEADER)

    def drop_half_open(self) -> None:
        """Close every connection whose request has no complete header yet."""
        for connection in self._all.of(Wait.HEADER):
            self.gone(connection)
            connection.drop()

    def gone(self, connection: Closable) -> None:
        """Remove a closed connection; may be called twice."""
        self.busy(connection)
        client = self._owners.pop(connection, None)
        if client is None:
            return
        own = self._clients[client]
        own.count -= 1
        if not own.count:
            del self._clients[client]

    def _lists(self, connection: Closable) -> tuple[_Waiting, ...]:
        client = self._owners.get(connection)
        return () if client is None else (self._all, self._clients[client])

    def _make_space(self, waiting: _Waiting) -> bool:
        if (oldest := waiting.oldest()) is None:
            return False
        self.gone(oldest)
        oldest.drop()
        return True
