"""A lease: the right of one controller to run an ARI application's calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis

from engine.redis.errors import RedisUnavailable, asking

TTL = 3.0  # seconds
POLL = 0.25  # seconds between two attempts to take a lease that another process holds

_log = structlog.get_logger(__name__)

# KEYS: the lease. ARGV: owner, milliseconds, "1" to take it from another owner.
# Returns 0 if it is ours now, else the milliseconds until the other owner's lease ends.
_ACQUIRE = """
local current = redis.call('GET', KEYS[1])
if not current or current == ARGV[1] or ARGV[3] == '1' then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 0
end
return math.max(redis.call('PTTL', KEYS[1]), 1)
"""
# Returns 1 if it was still ours, 2 if it had no owner (it expired, or Redis lost it) and is ours again, 0 if another
# process has it.
_RENEW = """
local current = redis.call('GET', KEYS[1])
if current and current ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return current and 1 or 2
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

Confirm = Callable[[], Awaitable[bool]]


class Lease:
    """The lease `name`, held by `owner` (a token of this process) and renewed three times in its `ttl` seconds.

    `held` is true until `held_until` on the monotonic clock. That is counted from before the renewal was sent, so the
    lease has expired here before another process can take it. The lease does not fence writes; the epoch in SQL does.

    `confirm` reads from SQL whether this process is still the owner. It is called if Redis does not answer or has lost
    the lease: Redis holds only what can be rebuilt, so its outage must not stop calls in progress.
    `on_lost` is called once, in the event loop, if another process has the lease, or SQL has another owner.
    """

    def __init__(
        self,
        redis: Redis,
        name: str,
        owner: str,
        *,
        ttl: float = TTL,
        confirm: Confirm | None = None,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        self.name, self.owner = name, owner
        self.held_until = 0.0
        """On the monotonic clock, seconds."""
        self.lost = asyncio.Event()
        self._ttl, self._confirm, self._on_lost = ttl, confirm, on_lost
        self._redis = redis
        self._key = f"carillon:lease:{name}"
        self._acquire = redis.register_script(_ACQUIRE)
        self._renew = redis.register_script(_RENEW)
        self._release = redis.register_script(_RELEASE)
        self._task: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether the lease is ours at this moment; checked before each command to Asterisk."""
        return time.monotonic() < self.held_until

    async def acquire(self, *, steal: bool = False) -> None:
        """Wait until the lease is ours, and renew it from then on. Raises RedisUnavailable.

        `steal` takes it at once from its owner: for a controller whose predecessor is known to be dead, because it ran
        on this host under the same supervisor. The caller must then claim the epoch in SQL before anything else.
        """
        left = await self._try(steal=steal)
        while left > 0:
            await asyncio.sleep(min(left, POLL))
            left = await self._try(steal=steal)
        self.lost.clear()
        self._task = asyncio.create_task(self._keep(), name=f"lease {self.name}")

    async def release(self) -> None:
        """Stop renewing and release the lease, so that another process need not wait. Harmless if it is not held."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,))
        held, self.held_until = self.held, 0.0
        if held:
            try:
                with asking():
                    await self._release(keys=[self._key], args=[self.owner])
            except RedisUnavailable:
                _log.warning("Redis does not answer; the lease will expire by itself.", lease=self.name)

    async def _try(self, *, steal: bool) -> float:
        """Return 0 if the lease is ours now, else the seconds until the other owner's lease ends."""
        requested_at = time.monotonic()
        with asking():
            milliseconds = round(self._ttl * 1000)
            left = int(await self._acquire(keys=[self._key], args=[self.owner, milliseconds, "1" if steal else "0"]))
        if left == 0:
            self.held_until = requested_at + self._ttl
        return left / 1000

    async def _keep(self) -> None:
        try:
            renewed = True
            while renewed:
                await asyncio.sleep(self._ttl / 3)
                renewed = await self._renewed()
        except Exception:
            _log.exception("Renewing the lease failed.", lease=self.name)
        self.held_until = 0.0
        self.lost.set()
        _log.error("The lease is lost: another controller has it.", lease=self.name)
        if self._on_lost is not None:
            self._on_lost()

    async def _renewed(self) -> bool:
        """Renew; returns False once the lease is lost."""
        requested_at = time.monotonic()
        try:
            with asking():
                answer = int(await self._renew(keys=[self._key], args=[self.owner, round(self._ttl * 1000)]))
        except RedisUnavailable:
            return await self._without_redis()
        if answer == 0:
            return False
        if answer == 2 and self._confirm is not None and await self._confirmed() is False:
            return False
        self.held_until = requested_at + self._ttl
        return True

    async def _without_redis(self) -> bool:
        if self._confirm is None:
            return True  # not lost, but not held after its time has expired
        requested_at = time.monotonic()
        confirmed = await self._confirmed()
        if confirmed:
            self.held_until = requested_at + self._ttl
        return confirmed is not False

    async def _confirmed(self) -> bool | None:
        """Return whether SQL has this process as the owner; None if the store does not answer."""
        assert self._confirm is not None
        try:
            async with asyncio.timeout(self._ttl / 3):
                return await self._confirm()
        except Exception as error:
            _log.warning("The store cannot confirm the lease now.", lease=self.name, error=type(error).__name__)
            return None
