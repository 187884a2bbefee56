"""The events websocket: reconnected when it is lost, until another controller takes the application over.

After each connect, events are held until Asterisk's state was compared with ours.
"""

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
# These are half of the events of a plain call, and nothing here reads them.
DISALLOWED = ("ChannelVarset", "ChannelDialplan", "ChannelCreated", "ChannelCallerId", "ChannelConnectedLine")

log = structlog.get_logger()

_decode: Callable[[str | bytes], ari.AnyEvent] = msgspec.json.Decoder(ari.AnyEvent).decode


class _Header(msgspec.Struct):
    type: str = ""


_decode_header: Callable[[str | bytes], _Header] = msgspec.json.Decoder(_Header).decode
_KNOWN = {one.__name__ for one in ari.AnyEvent.__args__}


def delays(first: float = 0.1, longest: float = 5.0) -> Iterator[float]:
    """Yields the seconds to wait before each attempt: doubled from `first` up to `longest`, less up to a half each."""
    delay = first
    while True:
        yield delay * random.uniform(0.5, 1.0)
        delay = min(delay * 2, longest)


def decode(text: str | bytes) -> ari.AnyEvent | None:
    """Returns the event of a websocket message; None if its type is unknown or it cannot be decoded."""
    try:
        return _decode(text)
    except msgspec.DecodeError as error:
        reason = str(error)
    try:
        kind = _decode_header(text).type
    except msgspec.DecodeError:
        log.warning("a message of Asterisk was not an event and was ignored", reason=reason)
        return None
    if kind in _KNOWN:
        log.warning("an event of Asterisk could not be decoded and was ignored", type=kind, reason=reason)
    else:
        log.debug("an event of an unknown type was ignored", type=kind)
    return None


class AriConnection:
    """Dispatches Asterisk's events on the bus while run() runs.

    After each connect the event filter is set, and `on_connected` is awaited, which fetches Asterisk's state and
    compares it with ours. Events that arrive meanwhile are held and dispatched after it, so it must not wait for one.
    If it raises, the socket is closed and a new connection is tried. After a reconnect every subscription gets Resumed
    after the held events. `on_lost` is called once for each connection that ended, before the next attempt.
    `disallowed` are the event types that Asterisk shall not send.
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
        """Connects, and reconnects until it is cancelled. Raises Replaced if another controller took over."""
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
        """Reads one connection to its end; returns whether it became usable."""
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
        """Sets the event filter, awaits `on_connected`, then dispatches the held events."""
        try:
            await self._client.applications.filter(self._client.application, filter=self._filter)
            await self._on_connected()
        except Exception as error:
            level = log.warning if isinstance(error, AriError) else log.exception
            level("the state of Asterisk could not be compared with ours; connecting again", reason=str(error))
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
