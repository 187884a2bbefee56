"""Single flight: concurrent callers with the same key share one task."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class _Flight(Generic[T]):
    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task
        self.waiting = 0
        self.lasting = False


class Flights(Generic[K, T]):
    """Concurrent callers with the same key share one task, which this object owns.

    A cancelled caller does not affect the others; if all callers were cancelled, so is the task.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._flights: dict[K, _Flight[T]] = {}

    async def join(self, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of the work for `key`, which the first caller starts. Raises what the work raises."""
        flight = self._flight(key, work)
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.lasting and not flight.task.done():
                self._forget(key, flight.task)
                flight.task.cancel()

    async def within(self, seconds: float, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
        """As `join`, but return None if the work takes longer than `seconds`; the work then continues to its end."""
        flight = self._flight(key, work)
        flight.lasting = True
        done, _ = await asyncio.wait({flight.task}, timeout=seconds)
        return flight.task.result() if done else None

    def _flight(self, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> _Flight[T]:
        flight = self._flights.get(key)
        if flight is None:
            flight = _Flight(asyncio.create_task(work(), name=f"{self._name} {key}"))
            self._flights[key] = flight
            flight.task.add_done_callback(lambda task: self._landed(key, task))
        return flight

    def _landed(self, key: K, task: asyncio.Task[T]) -> None:
        self._forget(key, task)
        if not task.cancelled():
            task.exception()  # all callers may have been cancelled: this retrieves the error

    def _forget(self, key: K, task: asyncio.Task[T]) -> None:
        flight = self._flights.get(key)
        if flight is not None and flight.task is task:
            del self._flights[key]

    async def close(self) -> None:
        """Cancel all tasks and wait for their end."""
        tasks: list[Awaitable[Any]] = []
        for flight in list(self._flights.values()):
            flight.task.cancel()
            tasks.append(flight.task)
        await asyncio.gather(*tasks, return_exceptions=True)
