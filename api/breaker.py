"""A circuit breaker: addresses that failed repeatedly get no requests for a while."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

FAILURES = 3
SECONDS_OPEN = 30.0
MOST_KEPT = 10_000


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    closed_at: float = 0.0  # the time from which it may be tried again
    probing: bool = False


class Breaker:
    """Opens an address's circuit after 3 failures in a row; after 30 s one request tries it again."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._circuits: dict[Hashable, _Circuit] = {}

    def lets(self, address: Hashable) -> bool:
        """Return whether a request may be sent to this address; the caller then reports the outcome."""
        circuit = self._circuits.get(address)
        if circuit is None or circuit.failures < FAILURES:
            return True
        if circuit.probing or self._clock() < circuit.closed_at:
            return False
        circuit.probing = True
        return True

    def succeeded(self, address: Hashable) -> None:
        """Report that the address answered."""
        self._circuits.pop(address, None)

    def failed(self, address: Hashable) -> None:
        """Report that the address failed."""
        if len(self._circuits) >= MOST_KEPT:
            self._circuits.clear()
        circuit = self._circuits.setdefault(address, _Circuit())
        circuit.failures += 1
        circuit.probing = False
        circuit.closed_at = self._clock() + SECONDS_OPEN
