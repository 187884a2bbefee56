"""The events websocket: kept open, its events held until the world was reconciled, ended for good by a take-over."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator

import aiohttp
import msgspec
import structlog

from engine.ari import generated as ari
from engine.ari.bus import Bus
from engine.ari.client import AriClient
from engine.ari.errors import AriError, Replaced

HEARTBEAT_SECONDS = 5.0
CONNECT_SECONDS = 5.0
# Half of what Asterisk sends about a plain call, and nothing here reads it.
DISALLOWED = ("ChannelVarset", "ChannelDialplan", "ChannelCreated", "ChannelCallerId", "ChannelConnectedLine")

log = structlog.get_logger()

_decode: Callable[[str | bytes], ari.AnyEvent] = msgspec.json.Decoder(ari.AnyEvent).decode


class _Header(msgspec.Struct):
    type: str = ""


_decode_header: Callable[[str | bytes], _Header] = msgspec.json.Decoder(_Header).decode
_KNOWN = {one.__name__ for one in ari.AnyEvent.__args__}


def delays(first: float = 0.1, longest: float = 5.0) -> Iterator[float]:
    """Seconds to wait before each new attempt: doubling from `first` to `longest`, each shortened by up to a half."""
    delay = first
    while True:
        yield delay * random.uniform(0.5, 1.0)
        delay = min(delay * 2, longest)


def decode(text: str | bytes) -> ari.AnyEvent | None:
    """The event in a websocket message; None for a type that this version does not know or cannot read."""
    try:
        return _decode(text)
    except msgspec.DecodeError as error:
        reason = str(error)
    try:
        kind = _decode_header(text).type
    except msgspec.DecodeError:
        log.warning("a message of Asterisk was no event and was left out", reason=reason)
        return None
    if kind in _KNOWN:
        log.warning("an event of Asterisk could not be read and was left out", type=kind, reason=reason)
    else:
        log.debug("an event of an unknown type was left out", type=kind)
    return None


class AriConnection:
    """Feeds the bus from Asterisk for as long as run() runs.

    After each connect the event filter is put and `on_connected` is awaited; events that arrive meanwhile are held and
    dispatched after it, so it must not wait for any. There the state of Asterisk is fetched and compared with ours. If
    it raises, the socket is closed and tried again. After a reconnect every subscription gets Resumed behind the held
    events. `on_lost` is called once for each connection that ended, before the next attempt.
    `disallowed` are the event types that Asterisk should not send.
    """

    def __init__(
        self,
        client: AriClient,
        bus: Bus,
        *,
        on_connected: Callable[[], Awaitable[None]],
        on_lost: Callable[[], None],
        disallowed: tuple[str, ...] = DISALLOWED,
        delays: Callable[[], Iterator[float]] = delays,
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> None:
        self.connected = False
        self._client = client
        self._bus = bus
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._filter = {"disallowed": [{"type": name} for name in disallowed]}
        self._delays = delays
        self._heartbeat = heartbeat
        self._held: list[ari.AnyEvent] | None = None
        self._before = False

    async def run(self) -> None:
        """Connects, again and again, until it is cancelled. Raises Replaced when another controller took over."""
        waits = self._delays()
        while True:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    socket = await self._client.websocket(self._heartbeat)
            except (AriError, TimeoutError) as error:
                log.warning("Asterisk's events cannot be reached; trying again", reason=str(error))
            else:
                if await self._follow(socket):
                    waits = self._delays()
            await asyncio.sleep(next(waits))

    async def _follow(self, socket: aiohttp.ClientWebSocketResponse) -> bool:
        """Reads one connection to its end; whether it ever became usable."""
        self._held = []
        settling = asyncio.create_task(self._settle(socket), name="ari: after connecting")
        try:
            await self._read(socket)
        finally:
            usable, self.connected = self.connected, False
            settling.cancel()
            await asyncio.wait([settling])
            await socket.close()
            self._on_lost()
        log.warning("the events of Asterisk stopped; connecting again", code=socket.close_code)
        return usable

    async def _settle(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Filter, reconcile, then let the held events go."""
        try:
            await self._client.applications.filter(self._client.application, filter=self._filter)
            await self._on_connected()
        except Exception as error:
            level = log.warning if isinstance(error, AriError) else log.exception
            level("the state of Asterisk could not be taken over; connecting again", reason=str(error))
            await socket.close()
            return
        held, self._held = self._held or [], None
        for event in held:
            self._deliver(event)
        if self._before:
            self._bus.resume()
        self._before = self.connected = True
        log.info("connected to Asterisk's events", held=len(held))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            event = decode(message.data)
            if event is None:
                continue
            if isinstance(event, ari.ApplicationReplaced):
                raise Replaced(Replaced.__doc__)
            if self._held is None:
                self._deliver(event)
            else:
                self._held.append(event)

    def _deliver(self, event: ari.AnyEvent) -> None:
        try:
            self._bus.dispatch(event)
        except Exception:
            log.exception("an event could not be handled", type=type(event).__name__)
