"""Limits the requests of each key, so that a program that runs wild holds up no other account.

What a call costs is limited by the account's own settings (`calls_per_second`, `concurrent`); this limit is about all
requests, also those that only read.
"""

import time
from collections.abc import Callable

import structlog
from aiohttp import web

from api.most_recent import MostRecent
from api.token_bucket import TokenBucket

log = structlog.get_logger(__name__)
BURST_SECONDS = 2.0
"""A key that was quiet may send what it may send in so many seconds at once."""


class TooManyRequests(web.HTTPTooManyRequests):
    """A key sends more requests than it may; this one was not carried out."""

    def __init__(self, per_second: float, seconds: int) -> None:
        sentence = f"This key sends more than {per_second:g} requests a second; try again in {seconds} s."
        super().__init__(reason=sentence, headers={"Retry-After": str(seconds)})


class RequestLimit:
    """`per_second` requests of each key; 0: no limit. `clock` returns monotonic seconds."""

    def __init__(self, per_second: float = 0.0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._clock = per_second, clock
        self._buckets: MostRecent[bytes, TokenBucket] = MostRecent()

    def take(self, key: bytes, dialect: str) -> None:
        """Count a request of a key, which is known to be valid; raises TooManyRequests."""
        if not self._per_second:
            return
        now = self._clock()
        bucket = self._buckets.get(key) or self._buckets.put(key, self._full(now))
        if bucket.take(now):
            return
        if bucket.is_logged(now):
            log.warning("a key sends too many requests: they are refused", dialect=dialect)
        raise TooManyRequests(self._per_second, bucket.seconds)

    def _full(self, now: float) -> TokenBucket:
        most = max(1.0, self._per_second * BURST_SECONDS)
        return TokenBucket(now, most=most, per_second=self._per_second)
