"""A fake Asterisk: ARI over HTTP and the events websocket, with channels, bridges, playbacks and recordings behind it.

    async with FakeAri() as asterisk:
        async with Client(asterisk.url, "carillon", "secret", "carillon-0") as client: ...

It behaves as asterisk.md says Asterisk does (events' order, 404 and 409, the channel's own queue: answer, set variable,
addChannel and removeChannel wait while something plays on the channel), but no time passes in it: a call rings, a
playback ends and a key is pressed when the test says so.

What happens in the calls    incoming rings picks_up hangs_up presses sends finishes finishes_recording emit
What Asterisk answers        refuse (the next such request fails) · hold (it waits for the test) · before_answering
The events                   hold_events release_events drop_socket take_over · until_connected
What was asked               requests · await asked(method, path pattern, times)
Texts of phones              texts.arrives .registers .sent .kept
Its state                    world.channels, .bridges, .playbacks, .recordings (dicts by id), world.variables, filter
Switches                     enters_stasis (a created channel raises StasisStart) · ping_answers (to heartbeats)

Path patterns are fnmatch's, without /ari: "/channels/*/play/*". Methods of requests are in capitals.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Self

from aiohttp import web

from tests.fakes.ari_handlers import Handlers
from tests.fakes.ari_texts import Texts
from tests.fakes.ari_world import Json, Refusal, World


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Rule:
    """What to do with the next request that fits; used up by it."""

    method: str
    pattern: str
    refusal: Refusal | None = None
    gate: asyncio.Event | None = None
    action: Callable[[], None] | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def fits(self, method: str, path: str) -> bool:
        return method == self.method and fnmatchcase(path, self.pattern)


class FakeAri:
    def __init__(self) -> None:
        self.world = World(self.emit)
        self.texts = Texts(self.emit)
        self.requests: list[Asked] = []
        self.application = "carillon-0"
        self.filter: Json | None = None
        self.enters_stasis = True
        self.ping_answers = True
        self._rules: list[Rule] = []
        self._held: list[str] | None = None
        self._socket: web.WebSocketResponse | None = None
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._news = asyncio.Condition()
        self._connections = 0
        self._released = datetime(2025, 1, 1)
        self._handlers = Handlers(self.world, self)
        app = web.Application()
        app.router.add_get("/ari/events", self._events)
        app.router.add_route("*", "/ari/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.url = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/ari"
        return self

    async def __aexit__(self, *_: object) -> None:
        for rule in self._rules:
            if rule.gate is not None:
                rule.gate.set()
        await self.drop_socket()
        await self._runner.cleanup()

    # What happens in the calls

    def incoming(
        self, channel_id: str, args: list[str], *, number: str = "15550100", name: str = "PJSIP/trunk"
    ) -> None:
        """A call comes in from `number` and enters our application."""
        self.world.add_channel(channel_id, name, "Ring", caller={"name": "", "number": number})
        self.world.enter_stasis(channel_id, args)

    def rings(self, channel_id: str) -> None:
        """The far end answers 180."""
        self.world.set_state(channel_id, "Ringing")

    def picks_up(self, channel_id: str) -> None:
        """The far end answers 200."""
        self.world.set_state(channel_id, "Up")
        self.emit({"type": "Dial", "peer": self.world.channel(channel_id), "dialstatus": "ANSWER"})

    def hangs_up(self, channel_id: str, cause: int = 16, tech_cause: int | None = None) -> None:
        """The far end ends the call, or refuses it."""
        self.world.end_channel(channel_id, cause, tech_cause, soft=False)

    def presses(self, channel_id: str, digits: str, duration_ms: int = 100, after_ms: int = 100) -> None:
        """The far end presses keys, each `after_ms` behind the one before; negative: they overlap."""
        for digit in digits:
            self._released += timedelta(milliseconds=after_ms + duration_ms)
            self.emit({
                "type": "ChannelDtmfReceived", "digit": digit, "duration_ms": duration_ms,
                "timestamp": f"{self._released.isoformat(timespec='milliseconds')}+0000",
                "channel": self.world.channel(channel_id),
            })  # fmt: skip

    def sends(self, channel_id: str, packets: int, octets: int) -> None:
        """The far end sends this much RTP between two looks from now on (without this: audio)."""
        self.world.sent[channel_id] = (packets, octets)

    def finishes(self, playback_id: str, state: str = "done") -> None:
        """A playback comes to its end ("done"), or cannot go on ("failed")."""
        self.world.finish_playback(playback_id, state)

    def finishes_recording(self, name: str, state: str = "done", cause: str | None = None) -> None:
        """A recording ends by a limit, or fails."""
        self.world.finish_recording(name, state, cause)

    def emit(self, event: Json) -> None:
        """Sends any event; the usual fields are added. Lost when no websocket is there, as in Asterisk."""
        whole = {"application": self.application, "timestamp": "2025-01-01T00:00:00.000+0000", **event}
        text = json.dumps(whole)
        if self._held is not None:
            self._held.append(text)
        elif self._socket is not None:
            self._outbox.put_nowait(text)

    # What Asterisk answers

    def refuse(self, method: str, pattern: str, status: int, message: str = "refused by the test") -> None:
        """The next such request is answered with an error and not carried out."""
        self._rules.append(Rule(method, pattern, refusal=Refusal(status, message)))

    def hold(self, method: str, pattern: str) -> Rule:
        """The next such request waits before it is carried out: await rule.reached.wait(), then rule.gate.set()."""
        rule = Rule(method, pattern, gate=asyncio.Event())
        self._rules.append(rule)
        return rule

    def before_answering(self, method: str, pattern: str, action: Callable[[], None]) -> None:
        """The next such request is carried out, then `action` runs, then it is answered."""
        self._rules.append(Rule(method, pattern, action=action))

    # The events

    def hold_events(self) -> None:
        """Events wait from now on."""
        self._held = []

    def release_events(self) -> None:
        """Events that waited are sent, and further ones at once."""
        held, self._held = self._held or [], None
        for text in held:
            if self._socket is not None:
                self._outbox.put_nowait(text)

    async def drop_socket(self) -> None:
        """The websocket breaks; channels stay up and events are lost."""
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    def take_over(self) -> None:
        """Another controller registers our application."""
        self.emit({"type": "ApplicationReplaced"})

    async def until_connected(self, times: int = 1) -> None:
        """Waits until the websocket was opened `times` times."""
        async with self._news:
            await self._news.wait_for(lambda: self._connections >= times)

    async def asked(self, method: str, pattern: str, times: int = 1) -> Asked:
        """Waits until such a request arrived `times` times, and returns the last."""
        async with self._news:
            await self._news.wait_for(lambda: len(self._found(method, pattern)) >= times)
        return self._found(method, pattern)[times - 1]

    def was_asked(self, method: str, pattern: str) -> bool:
        """Whether such a request arrived."""
        return bool(self._found(method, pattern))

    def _found(self, method: str, pattern: str) -> list[Asked]:
        return [one for one in self.requests if one.method == method and fnmatchcase(one.path, pattern)]

    async def _events(self, request: web.Request) -> web.StreamResponse:
        rule = next((one for one in self._rules if one.fits("GET", "/events")), None)
        if rule is not None:
            self._rules.remove(rule)
            return web.json_response({"message": "refused"}, status=rule.refusal.status if rule.refusal else 500)
        socket = web.WebSocketResponse(autoping=self.ping_answers)
        await socket.prepare(request)
        if self._socket is not None:
            self.take_over()
        self._socket, self._outbox = socket, asyncio.Queue()
        writing = asyncio.create_task(self._write(socket, self._outbox), name="fake ari: events")
        async with self._news:
            self._connections += 1
            self._news.notify_all()
        async for _ in socket:
            pass
        writing.cancel()
        await asyncio.wait([writing])
        return socket

    async def _write(self, socket: web.WebSocketResponse, outbox: asyncio.Queue[str]) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await socket.send_str(await outbox.get())

    async def _handle(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        text = await request.text()
        asked = Asked(request.method, path, dict(request.query), json.loads(text) if text else None)
        async with self._news:
            self.requests.append(asked)
            self._news.notify_all()
        rule = next((one for one in self._rules if one.fits(asked.method, asked.path)), None)
        try:
            if rule is not None:
                await self._apply(rule)
            status, answer = await self._handlers.carry_out(asked.method, asked.path, asked.query, asked.body)
        except Refusal as refusal:
            return web.json_response({"message": refusal.message}, status=refusal.status)
        if rule is not None and rule.action is not None:
            rule.action()
        return web.Response(status=204) if answer is None else web.json_response(answer, status=status)

    async def _apply(self, rule: Rule) -> None:
        self._rules.remove(rule)
        rule.reached.set()
        if rule.gate is not None:
            await rule.gate.wait()
        if rule.refusal is not None:
            raise rule.refusal
