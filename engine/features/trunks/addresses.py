"""The addresses of trunks' host names: looked up, remembered for a while, and looked up again when they expire."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

import structlog

from engine.addresses import families_of
from engine.ari.errors import AriError
from engine.features.errors import FeatureError, InvalidSetting
from engine.features.trunks import sources as trunk_sources
from engine.features.trunks.names import Answer, LooksUp, Names
from engine.store.trunks import Trunk

log = structlog.get_logger(__name__)
LONGEST_PAUSE = 300.0
"""Seconds between two looks at all names, if none expires sooner."""
AGAIN_SECONDS = 5.0
"""Pause after Asterisk could not be told."""
LEAST_PAUSE = 1.0
"""Pause after each time, also if a name is expired still."""
KEPT_SECONDS = 3600.0
"""For how long a name keeps an address that it has no more: many answer with a few of their addresses, by turns."""


class Kept(Protocol):
    """The addresses that names had last, which outlive a restart."""

    async def read(self) -> dict[str, tuple[str, ...]]:
        """Return the addresses by the names."""

    def write(self, name: str, addresses: tuple[str, ...]) -> None:
        """Keep the addresses of a name, without waiting; none: forget it."""


class TrunkAddresses:
    """Says what each trunk is known by.

    `own` are the addresses of this machine, `families` (4, 6) those of the addresses that SIP listens on.
    While the name servers do not answer, a name has the addresses that it had last, however long ago that was
    (RFC 8767); `kept` are these after a restart.
    """

    def __init__(
        self,
        own: Collection[str] = (),
        names: LooksUp | None = None,
        clock: Callable[[], float] = time.monotonic,
        families: Collection[int] = (4, 6),
        kept: Kept | None = None,
    ) -> None:
        self._own, self._families = frozenset(own), frozenset(families)
        self._names = names or Names()
        self._clock = clock
        self._seen: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._until: dict[str, float] = {}
        self._unanswered: set[str] = set()  # names of which the name servers said nothing when they were asked last
        self._kept, self._written = kept, dict[str, tuple[str, ...]]()
        self.changed = asyncio.Event()

    async def read(self) -> None:
        """Take over what names had before a restart, until they are looked up."""
        if self._kept:
            self._written = await self._kept.read()
            for name, addresses in self._written.items():
                self._seen[name] = dict.fromkeys(addresses, self._clock())

    async def check(self, trunk: Trunk) -> None:
        """Raise InvalidSetting if a name among the places that a trunk's calls come from has no address.

        A host with a port is not looked up by SRV (RFC 3263 section 4.2), so it needs an address of its own. SIP must
        listen on an address of the host's family.
        """
        host = trunk_sources.host_of(trunk)
        if trunk_sources.is_address(host):
            self._check_family(trunk.host, (host,))
        for name, answer in (await self._names.look_up(trunk_sources.names_of(trunk))).items():
            if answer.failed and self._seen.get(name):
                continue
            if name == host and trunk.port and answer.targets and not answer.addresses:
                raise InvalidSetting(
                    f"port must be left out: {name} has no address but SRV records, which count without a port only "
                    f"(got {trunk.port})."
                )
            if not answer.all:
                what = "The host of a trunk" if name == host else "Where a trunk's calls come from"
                raise InvalidSetting(f"{what} must have an address or SRV records ({name!r} has none).")
            if name == host:
                self._check_family(name, answer.all)

    def _check_family(self, host: str, addresses: Collection[str]) -> None:
        found = families_of(addresses)
        if not found & self._families:
            raise InvalidSetting(
                f"A trunk's host must have an address that SIP can reach: {host} has IPv{min(found)} only, and "
                f"CARILLON_BIND in .env is IPv{min(self._families)} only."
            )

    async def match(self, trunk: Trunk) -> str:
        """Return what Asterisk knows a trunk by, its names looked up if what is known of them has expired."""
        names, now = trunk_sources.names_of(trunk), self._clock()
        expired = [name for name in names if self._until.get(name, 0.0) <= now]
        for name, answer in (await self._names.look_up(expired)).items():
            self._note(name, answer, now)
        found = {}
        for name in names:
            if self._seen[name]:
                found[name] = self._known(name)
            else:
                log.warning("A host of a trunk has no address.", trunk=trunk.name, host=name)
        return trunk_sources.match(trunk, found, self._own)

    def warnings(self, trunk: Trunk) -> list[str]:
        """Return what is wrong with the names of a trunk now, as sentences."""
        found = []
        for name in trunk_sources.names_of(trunk):
            if name not in self._until:  # it is looked up soon
                continue
            if not self._seen[name]:
                why = "the name servers do not answer" if name in self._unanswered else "the name servers know none"
                found.append(f"{name} has no address, so calls from there are refused: {why}.")
            elif name in self._unanswered:
                known = ", ".join(self._known(name))
                found.append(f"The name servers do not answer for {name}: its last addresses are used ({known}).")
        return found

    async def place(self, trunk: Trunk) -> tuple[str, int]:
        """Return one address and port of a trunk's host, looked up now; the host itself if it has none."""
        if trunk_sources.is_address(trunk.host):
            return trunk.host, trunk.port or trunk_sources.DEFAULT_PORT
        name = trunk_sources.host_of(trunk)
        answer = (await self._names.look_up([name]))[name]
        if not trunk.port and answer.targets and answer.target_addresses:
            host, port = answer.targets[0]
            found = (await self._names.look_up([host]))[host]
            return next(iter(found.addresses), host), port
        return next(iter(answer.addresses), trunk.host), trunk.port or trunk_sources.DEFAULT_PORT

    def pause(self) -> float:
        """Return in how many seconds the next name expires, LONGEST_PAUSE at most."""
        soonest = min(self._until.values(), default=float("inf")) - self._clock()
        return min(max(soonest, 0.0), LONGEST_PAUSE)

    def forget(self, names: Collection[str]) -> None:
        """Forget all names but these: those of trunks that are there."""
        for name in {*self._until, *self._written}.difference(names):
            self._until.pop(name, None)
            self._seen.pop(name, None)
            self._unanswered.discard(name)
            self._write(name)

    def _note(self, name: str, answer: Answer, now: float) -> None:
        """Note what a look-up has brought."""
        seen = self._seen[name]
        seen.update(dict.fromkeys(answer.all, now))
        if not answer.failed:
            self._unanswered.discard(name)
            self._seen[name] = {one: at for one, at in seen.items() if now - at <= KEPT_SECONDS}
        elif name not in self._unanswered:
            self._unanswered.add(name)
            log.warning("The name servers do not answer.", host=name, last_addresses=",".join(sorted(seen)))
        self._until[name] = now + answer.seconds
        self._write(name)
        self.changed.set()

    def _known(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(self._seen[name]))

    def _write(self, name: str) -> None:
        known = tuple(sorted(self._seen.get(name, ())))
        if self._kept and self._written.get(name, ()) != known:
            self._kept.write(name, known)
            self._written |= {name: known}
            if not known:
                del self._written[name]


class AddressRefresh:
    """Lets `refresh` look the names up again when they expire, from start() to stop()."""

    def __init__(self, addresses: TrunkAddresses, refresh: Callable[[], Awaitable[None]]) -> None:
        self._addresses, self._refresh = addresses, refresh
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="trunk addresses")

    async def stop(self) -> None:
        """End."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await self._until_expired()
            try:
                await self._refresh()
            except (AriError, FeatureError) as error:
                log.warning("The addresses of trunks could not be brought up to date.", error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
            await asyncio.sleep(LEAST_PAUSE)

    async def _until_expired(self) -> None:
        """Wait until a name expires; one that is looked up meanwhile may expire sooner."""
        while (pause := self._addresses.pause()) > 0:
            self._addresses.changed.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._addresses.changed.wait()
            except TimeoutError:
                return
