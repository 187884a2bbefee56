"""What the carrier hears of Asterisk: the events of extensions' endpoints, each subscribed by its name.

`endpoint:PJSIP` would do for all, but brings every event of every call too: Asterisk 22.10.1 then works 1.37 times as
long for a call on a trunk. With `endpoint:` it crashes if an endpoint's state changes while the application ends;
`deviceState:` can lock up all of ARI when the socket closes (asterisk#2170).
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress

import structlog

from engine.ari.client import AriClient
from engine.ari.errors import AriError, AriNotFound, AriUnreachable, Detached, Unprocessable
from engine.features.endpoints.user_names import PATTERN
from engine.features.messaging.sip.registrations import Registrations

log = structlog.get_logger(__name__)
AT_ONCE = 200
"""Names in one request."""
LOOK_SECONDS = 1.0
"""How often it is looked whether trunks have brought texts: no event says so."""
EARLIER = "endpoint:PJSIP"
"""What an earlier version subscribed to; subscriptions outlive the socket."""
TRUNKS = "TEXTS_OF_TRUNKS"
"""The variable of Asterisk that counts texts of trunks (extensions.conf)."""
_EXTENSION = re.compile(PATTERN)


class Following:
    """Subscribes the carrier's application to extensions, and calls `wake` when trunks have brought texts."""

    def __init__(self, client: AriClient, registrations: Registrations, wake: Callable[[], None]) -> None:
        self._client, self._registrations, self._wake = client, registrations, wake
        self._path = f"/applications/{client.application}/subscription"
        self._made: set[str] = set()
        self._news = asyncio.Event()
        self._counted, self._again = "", False

    def made(self, endpoint: str) -> None:
        """Note that an endpoint was made, or made anew: then Asterisk sends no states of it until it is subscribed."""
        if _EXTENSION.fullmatch(endpoint):
            self._made.add(endpoint)
            self._news.set()

    async def begin(self) -> None:
        """Subscribe to all extensions that there are; at each connect. Raises AriError."""
        with suppress(Unprocessable):
            await self._client.applications.unsubscribe(self._client.application, event_source=EARLIER)
        there = [one.resource for one in await self._client.endpoints.list() if one.technology == "PJSIP"]
        await self._subscribe([name for name in there if _EXTENSION.fullmatch(name)])

    async def run(self, wait_ready: Callable[[], Awaitable[None]]) -> None:
        """Subscribe to what is made, and look for texts of trunks, until this controller may no longer."""
        while True:
            await wait_ready()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._news.wait()
            self._news.clear()
            made, self._made = self._made, set()
            try:
                await self._follow(made)
                await self._look()
            except Detached:
                return
            except AriError as error:
                self._made |= made
                if not isinstance(error, AriUnreachable):
                    log.warning("Asterisk does not say what becomes of extensions.", reason=str(error))

    async def _follow(self, made: Collection[str]) -> None:
        await self._subscribe(made)
        for name in made:  # a phone may have registered before
            with suppress(AriNotFound):
                self._registrations.note(await self._client.endpoints.get("PJSIP", name))

    async def _subscribe(self, names: Iterable[str]) -> None:
        """A request with a name that is not there any more is refused, so the others are subscribed one by one."""
        wanted = sorted(names)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            try:
                await self._post(some)
            except Unprocessable:
                for name in some:
                    with suppress(Unprocessable):
                        await self._post([name])

    async def _post(self, names: list[str]) -> None:
        sources = [f"endpoint:PJSIP/{name}" for name in names]
        await self._client.request("POST", self._path, None, {"eventSource": sources})

    async def _look(self) -> None:
        """Look for texts once more after a change: one is counted before it is kept."""
        counted = (await self._client.asterisk.get_global_var(variable=TRUNKS)).value
        if counted != self._counted or self._again:
            self._again, self._counted = counted != self._counted, counted
            self._wake()
