"""Live events at `/ws`, by Socket.IO: a client authenticates, and receives its company's events as they happen.

A socket that sends anything else first gets `unauthorized`, and one that has not authenticated in time is closed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from api.clients import Clients
from api.vendors.ringplan import errors
from api.vendors.ringplan.auth import Auth, Requester
from api.vendors.ringplan.errors import RingPlanUnauthorized
from api.vendors.ringplan.events.connections import Connections
from api.vendors.ringplan.events.live import MARK_AS_READ, WANTED, CompanyEvents
from api.vendors.ringplan.http.texting_numbers import NumberOwners, sees
from engine.events import Event
from engine.features.errors import FeatureError, StoreError
from engine.features.messaging.threads.service import ThreadService
from engine.features.subscriptions.live import Listener, LiveEvents, TooManyListeners

log = structlog.get_logger(__name__)
Handle = Callable[..., Awaitable[None]]
PATHS = ("/ws", "/ws/")
MOST_OF_COMPANY = 500
"""Sockets of a company that have authenticated."""
AUTHENTICATE_SECONDS = 15.0
"""How long a socket may be open before it has authenticated."""
ACCESS_SECONDS = 30.0
"""How often is looked whether a socket's key or token still is a good one."""
LOOK_SECONDS = 5.0
LONGEST_TOKEN = 1000
FIRST = "Authenticate first: send the event authenticate with the company's API key as token."


@dataclass
class _Socket:
    """A client that is connected; `requester` None: it has not authenticated."""

    request: web.Request
    requester: Requester | None = None
    token: str = ""
    email: str = ""
    looked: float = 0.0


class LiveSockets:
    """Serves them. `clock`: monotonic seconds."""

    def __init__(
        self,
        auth: Auth,
        live: LiveEvents,
        threads: ThreadService,
        events: CompanyEvents,
        owners: NumberOwners,
        clients: Clients,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth, self._live, self._threads, self._events = auth, live, threads, events
        self._owners, self._clients, self._clock = owners, clients, clock
        self._sockets: dict[str, _Socket] = {}
        self._companies: dict[str, asyncio.Task[None]] = {}
        self._watching: asyncio.Task[None] | None = None
        self._connections = Connections(clients, clock)
        server = self._server = self._connections.server
        server.on("connect", self._connected)
        server.on("disconnect", self._disconnected)
        server.on("authenticate", self._closing(self._authenticate))
        server.on(MARK_AS_READ, self._closing(self._mark_as_read))
        server.on("*", self._closing(self._anything))

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """The paths, for websockets and for polling."""
        return [web.route(method, path, self.serve) for path in PATHS for method in ("GET", "POST", "OPTIONS")]

    def __len__(self) -> int:
        """The number of clients that are connected."""
        return len(self._sockets)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve a request of Engine.IO, of which a websocket is one and polling has many."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch(), name="ringplan: live sockets")
        return await self._connections.serve(request)

    async def leave(self) -> None:
        """Close all sockets: the process leaves."""
        tasks = [task for task in (self._watching, *self._companies.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._connections.leave()

    def _closing(self, handler: Handle) -> Handle:
        """Handle an event; where that fails, close the client's connection: it connects again."""

        async def handle(*given: Any) -> None:
            try:
                await handler(*given)
            except Exception:
                log.exception("An event of a live socket failed.")
                for sid in given[:2]:  # the first one, or behind an event's name
                    if isinstance(sid, str) and sid in self._sockets:
                        await self._connections.close(self._connections.of(sid))

        return handle

    # What clients send

    async def _connected(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        if sid not in self._sockets:  # else it is an event of this name that a client sends
            self._sockets[sid] = _Socket(request=environ["aiohttp.request"])

    async def _disconnected(self, sid: str, *reason: object) -> None:
        if self._server.manager.is_connected(sid, "/"):  # an event of this name that a client sends
            return
        socket = self._sockets.pop(sid, None)
        if socket is not None and socket.requester is not None:
            self._forget(socket.requester.account.id)

    async def _authenticate(self, sid: str, *sent: Any) -> None:
        if (socket := self._sockets.get(sid)) is None:
            return
        data = sent[0] if sent and isinstance(sent[0], dict) else {}
        token, email = data.get("token"), "" if data.get("user_email") is None else data["user_email"]
        try:
            if not isinstance(token, str) or not isinstance(email, str) or len(token) > LONGEST_TOKEN:
                raise RingPlanUnauthorized(FIRST)
            requester = await self._auth.of_socket(socket.request, token, email.strip())
            if sid not in self._sockets:
                return
            if len([one for one, _ in self._of(requester.account.id) if one != sid]) >= MOST_OF_COMPANY:
                raise TooManyListeners(f"A company has at most {MOST_OF_COMPANY} live sockets at once.")
            self._follow(requester.account.id)
        except RingPlanUnauthorized as error:
            await self._unauthorized(sid, str(error))
        except TooManyListeners as error:
            await self._unauthorized(sid, str(error), status=429)
        except web.HTTPTooManyRequests as error:
            await self._unauthorized(sid, error.reason, status=429)
        else:
            if socket.requester is not None and socket.requester.account.id != requester.account.id:
                self._forget(socket.requester.account.id, besides=sid)
            socket.requester, socket.token, socket.email = requester, token, email.strip()
            socket.looked = self._clock()
            shown = {"company_id": requester.account.id, "user_id": requester.id}
            await self._connections.emit("authenticated", shown, sid)

    async def _mark_as_read(self, sid: str, *sent: Any) -> None:
        socket = self._sockets.get(sid)
        if socket is None or (requester := await self._requester_of(sid, socket)) is None:
            return
        data = sent[0] if sent and isinstance(sent[0], dict) else {}
        thread, messages = data.get("conversation_id"), data.get("messagesIds")
        if not isinstance(thread, str) or not isinstance(messages, list):
            return
        account = requester.account.id
        with suppress(FeatureError):  # what is not there has nothing to be read
            view = await self._threads.view(account, thread)
            if await self._owners.may_see(view.thread.ours, requester):
                ids = [each for each in messages if isinstance(each, str)]
                await self._threads.mark_read(account, thread, ids, read=True)

    async def _anything(self, event: str, sid: str, *sent: Any) -> None:
        """The document has no other event of clients: from one that has authenticated it means nothing."""
        if (socket := self._sockets.get(sid)) is not None:
            await self._requester_of(sid, socket)

    async def _requester_of(self, sid: str, socket: _Socket) -> Requester | None:
        if socket.requester is None:
            await self._unauthorized(sid, FIRST)
        return socket.requester

    async def _unauthorized(self, sid: str, sentence: str, status: int = 401) -> None:
        await self._connections.emit("unauthorized", errors.body(status, sentence), sid)

    # What they receive

    def _follow(self, company: str) -> None:
        """Follow a company's events while it has a socket; raises TooManyListeners."""
        if company in self._companies:
            return
        listening = ExitStack()
        listener = listening.enter_context(self._live.listening(company, WANTED))
        task = asyncio.create_task(self._emit(company, listener), name=f"ringplan: live events of {company}")
        task.add_done_callback(lambda _: listening.close())
        self._companies[company] = task

    def _forget(self, company: str, besides: str = "") -> None:
        """Follow a company no more if it has no other socket."""
        if not any(sid != besides for sid, _ in self._of(company)) and (task := self._companies.pop(company, None)):
            task.cancel()

    def _of(self, company: str) -> list[tuple[str, Requester]]:
        found = [(sid, socket.requester) for sid, socket in self._sockets.items()]
        return [(sid, each) for sid, each in found if each is not None and each.account.id == company]

    async def _emit(self, company: str, listener: Listener) -> None:
        """Send a company's events to its sockets. If that cannot go on they are closed: they connect again, and read
        what they missed.
        """
        steps = {"emit": self._emit_all(company, listener), "wait for the end": listener.ended.wait()}
        tasks = [asyncio.create_task(step, name=f"ringplan: {name}") for name, step in steps.items()]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            outcome, *_ = await asyncio.gather(*tasks, return_exceptions=True)
        if not isinstance(outcome, asyncio.CancelledError):
            log.error("Live events of a company failed.", account=company, error=str(outcome))
        self._companies.pop(company, None)
        for sid, _ in self._of(company):
            await self._connections.close(self._connections.of(sid))

    async def _emit_all(self, company: str, listener: Listener) -> None:
        while True:
            stored, _ = await listener.next()
            await self._emit_one(company, stored.event)

    async def _emit_one(self, company: str, event: Event) -> None:
        emitted = await self._events.emitted(event)
        owners = await self._owners.of(company) if emitted else {}
        for name, data, number in emitted:
            for sid, requester in self._of(company):
                if number is None or sees(requester, owners.get(number, [])):
                    await self._connections.emit(name, data, sid)

    # Sockets whose access ended

    async def _watch(self) -> None:
        """Close sockets that have not authenticated in time, or whose key is not good any more."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except Exception:
                log.exception("Live sockets could not be looked at.")

    async def _look(self) -> None:
        authenticated = set()
        for sid, socket in list(self._sockets.items()):
            if socket.requester is not None and await self._is_good(socket):
                authenticated.add(self._connections.of(sid))
        late = [id for id in self._connections.older(AUTHENTICATE_SECONDS) if id not in authenticated]
        for id in {*late, *self._connections.overflowed()}:
            await self._connections.close(id)

    async def _is_good(self, socket: _Socket) -> bool:
        now = self._clock()
        if now - socket.looked < ACCESS_SECONDS:
            return True
        socket.looked = now
        try:
            socket.requester = await self._auth.of_socket_again(socket.token, socket.email)
        except RingPlanUnauthorized:
            return False
        except StoreError as error:
            log.warning("The key of a live socket could not be checked.", error=str(error))
        return True
