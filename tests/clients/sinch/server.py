"""A Sinch customer's server: takes ICE, ACE, PIE, DiCE and notify, judges their signatures, answers as a test says.

Written from the vendor's Callback API page; nothing of the system's own reading of it is used here.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.clients.sinch import signing

LIMIT_SECONDS = 20.0
QUESTIONS = ("ice", "ace", "pie")

# What must be in each event, and of what kind (Callback API); an optional field is judged by the scenario it is in.
_MONEY = {"currencyId": str, "amount": (int, float)}
_IDENTITY = {"type": str, "endpoint": str}
FIELDS: dict[str, dict[str, Any]] = {
    "ice": {
        "callid": str, "timestamp": str, "version": int, "custom": str, "userRate": _MONEY, "cli": str,
        "to": _IDENTITY, "domain": str, "applicationKey": str, "originationType": str,
    },
    "ace": {"callid": str, "timestamp": str, "version": int, "custom": str},
    "pie": {
        "callid": str, "timestamp": str, "version": int,
        "menuResult": {"menuId": str, "type": str, "value": str, "inputMethod": str}, "applicationKey": str,
    },
    "dice": {
        "callid": str, "timestamp": str, "reason": str, "result": str, "version": int, "custom": str,
        "debit": _MONEY, "userRate": _MONEY, "to": _IDENTITY, "from": str, "applicationKey": str,
    },
    "notify": {"callid": str, "version": int, "type": str},
}  # fmt: skip


class NotAsked(AssertionError):
    """An event that the test waits for did not come, or came wrong."""


@dataclass(frozen=True)
class Event:
    """One request that came in. `fault` says what is wrong with its signature or its fields; "" for nothing."""

    kind: str
    body: dict[str, Any]
    headers: dict[str, str]
    path: str
    at: float
    fault: str = ""

    @property
    def call(self) -> str:
        """Which call it is about."""
        return str(self.body.get("callid", ""))

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that travelled along."""
        return {pair["key"]: pair["value"] for pair in self.body.get("cookies", ())}


@dataclass(frozen=True)
class Reply:
    """One HTTP answer. `after`: seconds before it; `when`: what is waited for before it; `never`: none at all."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    when: asyncio.Event | None = None
    never: bool = False

    @classmethod
    def of(cls, script: Any, **fields: Any) -> "Reply":
        """A script (SVAML) as JSON."""
        return cls(json.dumps(script).encode(), **fields)

    @classmethod
    def error(cls, status: int = 500) -> "Reply":
        """An error of the customer's server."""
        return cls(b"broken", status, "text/plain")

    @classmethod
    def html(cls) -> "Reply":
        """A page for a human being."""
        return cls(b"<!doctype html><html><body>Log in, please</body></html>", content_type="text/html")

    @classmethod
    def huge(cls, megabytes: int = 10) -> "Reply":
        """More than anybody wants to read, well-formed to its end."""
        padding = b" " * (megabytes * 1_000_000)
        return cls(b'{"instructions":[],"action":{"name":"hangup"},' + padding + b'"x":1}')

    @classmethod
    def elsewhere(cls, url: str) -> "Reply":
        """A redirect."""
        return cls(status=307, headers={"Location": url})

    @classmethod
    def garbled(cls) -> "Reply":
        """JSON that is not UTF-8."""
        return cls(b'{"action":{"name":"hang\xff\xfeup"}}')


Script = dict[str, Any] | Reply | Callable[[Event], Any]
"""What answers an event: SVAML, an HTTP answer, or a function of the event that returns one of them (or awaits it)."""


@dataclass
class SinchServer:
    """The customer's server on a loopback address; a context manager. `secrets`: the applications' secrets by key."""

    secrets: Mapping[str, str]
    address: str = "127.0.0.1"
    port: int = 0
    received: list[Event] = field(default_factory=list)

    async def __aenter__(self) -> "SinchServer":
        self._changed = asyncio.Condition()
        self._scripts: dict[str, list[Script]] = {}
        await self._open()
        return self

    async def _open(self) -> None:
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{name:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    @asynccontextmanager
    async def down(self) -> AsyncIterator[None]:
        """While the block runs nobody listens at its port; afterwards it answers as before."""
        self._closing.set()
        await self._runner.cleanup()
        try:
            yield
        finally:
            await self._open()

    def url(self, name: str = "events") -> str:
        """An address of it; all of them are answered alike."""
        return f"http://{self.address}:{self.port}/{name}"

    def answers(self, **scripts: Script | Sequence[Script]) -> None:
        """From now on events are answered so: `answers(ice=…, ace=…)`; of a list one after the other, then the last."""
        for kind, script in scripts.items():
            self._scripts[kind] = list(script) if isinstance(script, list | tuple) else [script]  # type: ignore[list-item]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        event = await self._note(request, body)
        return await self._send(await self._reply(event))

    async def _note(self, request: web.Request, body: bytes) -> Event:
        fault = signing.wrong(self.secrets, request.raw_path.partition("?")[0], body, request.headers)
        try:
            read = json.loads(body)
        except ValueError:
            read = {}
        kind = str(read.get("event", request.match_info["name"]))
        if request.method != "POST":
            fault = fault or f"{request.method} instead of POST"
        fault = fault or _faults(kind, read)
        event = Event(kind, read, dict(request.headers), request.raw_path, time.monotonic(), fault)
        async with self._changed:
            self.received.append(event)
            self._changed.notify_all()
        return event

    async def _reply(self, event: Event) -> Reply:
        """The script's answer. A question without one is a 404, which fails the test where it is waited for."""
        left = self._scripts.get(event.kind, [])
        if not left:
            return Reply(b"{}") if event.kind not in QUESTIONS else Reply.error(404)
        script: Any = left.pop(0) if len(left) > 1 else left[0]
        if callable(script):
            script = script(event)
        if isinstance(script, Awaitable):
            script = await script
        return script if isinstance(script, Reply) else Reply.of(script)

    async def _send(self, reply: Reply) -> web.StreamResponse:
        if reply.never or reply.after:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), None if reply.never else reply.after)
        if reply.when is not None:
            await reply.when.wait()
        return web.Response(
            body=reply.body, status=reply.status, content_type=reply.content_type, headers=dict(reply.headers)
        )

    # -- what came

    def taken(self, kind: str | None = None, call: str | None = None, **fields: Any) -> list[Event]:
        """The events so far of this kind and call whose bodies have these fields, oldest first."""
        return [
            one
            for one in self.received
            if kind in (None, one.kind) and call in (None, one.call) and fields.items() <= one.body.items()
        ]

    def kinds(self, call: str | None = None) -> list[str]:
        """The kinds of the events so far, in order."""
        return [one.kind for one in self.taken(call=call)]

    async def until(
        self, kind: str, call: str | None = None, *, count: int = 1, within: float = LIMIT_SECONDS, **fields: Any
    ) -> Event:
        """Wait until `count` such events came; returns the last of them. Fails for one that came wrong."""
        try:
            async with asyncio.timeout(within), self._changed:
                while len(found := self.taken(kind, call, **fields)) < count:
                    await self._changed.wait()
        except TimeoutError:
            seen = [one.body for one in self.received]
            raise NotAsked(f"no {count} of {kind} {call} {fields} within {within} s; there came {seen}") from None
        self.check()
        return found[count - 1]

    def check(self) -> None:
        """Fail where an event came with a wrong signature, or without a field that it must have."""
        faults = [f"{one.kind} at {one.path}: {one.fault}: {one.body}" for one in self.received if one.fault]
        if faults:
            raise NotAsked("\n".join(faults))


def _faults(kind: str, body: Mapping[str, Any], wanted: Mapping[str, Any] | None = None, at: str = "") -> str:
    """What an event lacks, or has in another type."""
    if wanted is None:
        if kind not in FIELDS:
            return f"there is no event {kind!r}"
        wanted = FIELDS[kind]
    for name, type_ in wanted.items():
        value = body.get(name)
        if isinstance(type_, dict) and isinstance(value, dict):
            if fault := _faults(kind, value, type_, f"{at}{name}."):
                return fault
        elif isinstance(type_, dict) or not isinstance(value, type_) or isinstance(value, bool):
            return f"{at}{name} is {value!r}"
    if not at and body.get("version") != 1:
        return f"version is {body.get('version')!r}"
    return ""


def after(seconds: float, script: Any) -> Reply:
    """A script that comes late."""
    return replace(Reply.of(script), after=seconds)
