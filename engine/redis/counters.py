"""What each account uses now, over all processes: its concurrent calls, and its new calls a second."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from engine.redis.errors import RedisUnavailable, TooLongToWait, TooManyCalls, asking

log = structlog.get_logger(__name__)
WRITE_SECONDS = 0.05  # seconds between two writes of changes that no caller waits for
_PREFIX = "carillon"
_FULL, _EMPTY = -1, -2

# KEYS: the account's places (call → 0), this application's calls (call → account), the mark that these are known.
# ARGV: call, account, most.
_TAKE = """
if redis.call('EXISTS', KEYS[3]) == 0 then return -2 end
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], 0)
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 0
"""
# KEYS: the account's next turn (microseconds of Redis's clock). ARGV: microseconds between two turns, longest wait.
# Returns the microseconds to wait, or -1 if that is longer than the longest wait (then no turn is taken).
_PACE = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local turn = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
if turn - now > tonumber(ARGV[2]) then return -1 end
local following = turn + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000) + 1000)
return turn - now
"""

# Takes and frees places. KEYS: this application's calls, and for each change the account's places.
# ARGV: for each change the call, the account, and "0" ("" if the place is freed).
# One script for all changes: it costs half of a transaction, and every call needs two changes.
_WRITE = """
for change = 2, #KEYS do
  local at = 3 * change - 5
  if ARGV[at + 2] == '' then
    redis.call('HDEL', KEYS[change], ARGV[at])
    redis.call('HDEL', KEYS[1], ARGV[at])
  else
    redis.call('HSET', KEYS[change], ARGV[at], 0)
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
end
return 0
"""
_Change = tuple[str, str, str]  # account, call, _TAKEN or _LEFT
_TAKEN, _LEFT = "0", ""


class Counters:
    """Places (concurrent calls) and turns (new calls a second) of accounts.

    Redis has the places of all processes. Those of this process (for `application`, its ARI application) are in memory
    too: if Redis was restarted empty, or was down when a place was freed, it is corrected before the next place is
    taken. A controller restores the places of its live calls at its start and drops those of its predecessor.
    `count` and `leave` are written to Redis together, every 50 ms under load, and before this process takes a place.
    """

    def __init__(self, redis: Redis, application: str) -> None:
        self._redis = redis
        self._calls = f"{_PREFIX}:calls:{application}"
        self._mark = f"{_PREFIX}:counted:{application}"
        self._held: dict[str, str] = {}  # call → account
        self._requested: set[str] = set()
        self._stale = True
        self._given = 0
        self._take: AsyncScript = redis.register_script(_TAKE)
        self._pace: AsyncScript = redis.register_script(_PACE)
        self._write: AsyncScript = redis.register_script(_WRITE)
        self._unwritten: list[_Change] = []
        self._writing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def take(self, account: str, call: str, *, most: int) -> None:
        """Take a place for a call; a call that has one keeps it.

        Raises TooManyCalls if `most` places of the account are taken, RedisUnavailable.
        """
        await self._write_now()
        if self._stale:
            await self.reconcile()
        keys = [_places(account), self._calls, self._mark]
        arguments = [call, account, most]
        self._requested.add(call)
        try:
            with self._marking():  # the answer may be lost after the place was taken
                taken = await self._run(self._take, keys, arguments)
                if taken == _EMPTY:  # Redis was restarted
                    await self.reconcile()
                    taken = await self._run(self._take, keys, arguments)
        finally:
            self._requested.discard(call)
        if taken == _FULL:
            raise TooManyCalls
        self._held[call] = account

    async def restore(self, account: str, call: str) -> None:
        """Take a place for a call that is up, whatever the limit. Raises RedisUnavailable, and takes it later then."""
        self._held[call] = account
        with self._marking():
            await self._run(self._write, [self._calls, _places(account)], [call, account, _TAKEN])

    async def give_back(self, account: str, call: str) -> None:
        """Free a place; harmless if there is none. Raises RedisUnavailable; the place is then freed later."""
        self._held.pop(call, None)
        self._given += 1
        with self._marking():
            await self._run(self._write, [self._calls, _places(account)], [call, account, _LEFT])

    def count(self, account: str, call: str) -> None:
        """Take a place for an incoming call, without waiting until it is written to Redis."""
        self._held[call] = account
        self._write_soon((account, call, _TAKEN))

    def leave(self, account: str, call: str) -> None:
        """Free a place, without waiting until that is written to Redis."""
        self._held.pop(call, None)
        self._given += 1
        self._write_soon((account, call, _LEFT))

    async def taken(self, account: str) -> int:
        """Return how many places an account has taken, over all processes. Raises RedisUnavailable."""
        await self._write_now()
        with asking():
            return int(await self._redis.hlen(_places(account)))

    async def pace(self, account: str, per_second: float, longest: float) -> float:
        """Take the account's next turn and return the seconds until it; turns are evenly spaced.

        Raises TooLongToWait (and takes no turn) if that is longer than `longest` seconds, RedisUnavailable.
        """
        if per_second <= 0:
            raise TooLongToWait
        arguments = [round(1_000_000 / per_second), round(longest * 1_000_000)]
        wait = await self._run(self._pace, [f"{_PREFIX}:turn:{account}"], arguments)
        if wait < 0:
            raise TooLongToWait
        return wait / 1_000_000

    async def reconcile(self) -> None:
        """Make Redis hold exactly this process's places: drop others, add missing ones. Raises RedisUnavailable."""
        with self._marking(), asking():
            given = self._given
            self._stale = False
            known = await self._redis.hgetall(self._calls)
            async with self._redis.pipeline(transaction=True) as pipeline:
                for call, account in known.items():
                    if call not in self._held and call not in self._requested:
                        self._remove(pipeline, str(account), str(call))
                for call, account in self._held.items():
                    self._add(pipeline, account, call)
                pipeline.set(self._mark, "1")
                await pipeline.execute()
            self._stale |= given != self._given  # a place that was freed meanwhile may have been added again

    async def stop(self) -> None:
        """Write what waits, and end; what Redis does not take is corrected by the next process."""
        if (writing := self._writing) is not None:
            writing.cancel()
            await asyncio.wait((writing,))
            self._writing = None
            await self._write_now()

    def _write_soon(self, change: _Change) -> None:
        self._unwritten.append(change)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_until_done(), name="write places")

    async def _write_until_done(self) -> None:
        try:
            while self._unwritten:
                await self._write_now()
                await asyncio.sleep(WRITE_SECONDS)
        finally:
            self._writing = None

    async def _write_now(self) -> None:
        """Write the pending changes, after those in flight; if Redis does not answer, they are corrected later."""
        if not self._unwritten and not self._turn.locked():
            return
        async with self._turn:
            unwritten, self._unwritten = self._unwritten, []
            if not unwritten:
                return
            keys = [self._calls, *(_places(account) for account, _, _ in unwritten)]
            arguments = [part for account, call, change in unwritten for part in (call, account, change)]
            try:
                with self._marking():
                    await self._run(self._write, keys, arguments)
            except RedisUnavailable as error:
                log.warning("The places of calls could not be counted; they are corrected later.", error=str(error))

    def _add(self, pipeline: Any, account: str, call: str) -> None:
        pipeline.hset(_places(account), call, _TAKEN)
        pipeline.hset(self._calls, call, account)

    def _remove(self, pipeline: Any, account: str, call: str) -> None:
        pipeline.hdel(_places(account), call)
        pipeline.hdel(self._calls, call)

    @contextmanager
    def _marking(self) -> Iterator[None]:
        """Mark the places as unknown if the block fails, so that they are corrected before the next place is taken."""
        try:
            yield
        except BaseException:
            self._stale = True
            raise

    async def _run(self, script: AsyncScript, keys: list[str], arguments: list[Any]) -> int:
        with asking():
            return int(await script(keys=keys, args=arguments))


def _places(account: str) -> str:
    return f"{_PREFIX}:places:{account}"
