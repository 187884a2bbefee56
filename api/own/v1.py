"""Our own API for accounts, /carillon/v1: calls, their timelines, their queues. JSON in and out."""

import base64

import msgspec
from aiohttp import web

from api.dialects import OWN
from api.guesses import ShownCredential, same
from api.own import render
from api.own.bodies import body_of, checked_tasks, number_as_read, number_of, switch_of, time_of
from api.own.errors import BadRequest, NotFound, Unauthorized, answering_all
from api.own.prompts import PromptRoutes
from api.own.services import OwnServices
from api.own.timeline import timeline
from engine.calls.call import Call
from engine.commands import CancelTask, Enqueue, HangUpCall, PlaceCall, StopTasks
from engine.store import accounts, calls, recordings, tasks
from engine.store.accounts import Account
from engine.tasks.kinds import AnyTask

_LONGEST_KEY = 256


class NewCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call to place. `tasks` are what it does once it is up; times in seconds."""

    callee: str
    caller: str | None = None
    tasks: tuple[AnyTask, ...] = ()
    ring_seconds: float | None = None
    max_seconds: float | None = None


class NewTasks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tasks to append to a call's queue."""

    tasks: tuple[AnyTask, ...]


class Stop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Running background tasks to stop, by their kind, e.g. record."""

    kind: str


def placed(wanted: NewCall, account: Account) -> PlaceCall:
    """Return the command for a call to place; raises BadRequest."""
    for name, seconds in (("ring_seconds", wanted.ring_seconds), ("max_seconds", wanted.max_seconds)):
        if seconds is not None and not 1 <= seconds <= 86_400:
            raise BadRequest(f"{name} is 1 to 86400 seconds.")
    return PlaceCall(
        account=account.id,
        callee=number_as_read(wanted.callee, account.country),
        caller=None if wanted.caller is None else number_as_read(wanted.caller, account.country),
        tasks=checked_tasks(wanted.tasks, account.country),
        ring_seconds=wanted.ring_seconds,
        max_seconds=wanted.max_seconds,
    )


class AccountApi:
    """The handlers. Who asks shows `Authorization: Bearer KEY.SECRET`, or Basic with key and secret."""

    def __init__(self, services: OwnServices) -> None:
        self._services = services

    def routes(self) -> list[web.RouteDef]:
        """Every route, its errors rendered."""
        call = "/carillon/v1/calls/{call}"
        return answering_all(
            [
                *PromptRoutes(self._services, self._account).routes("/carillon/v1"),
                web.get("/carillon/v1/account", self.account),
                web.get("/carillon/v1/calls", self.list_calls),
                web.post("/carillon/v1/calls", self.place),
                web.get(call, self.show),
                web.delete(call, self.hang_up),
                web.get(call + "/timeline", self.timeline),
                web.get(call + "/queue", self.queue),
                web.post(call + "/queue", self.enqueue),
                web.delete(call + "/queue/{task}", self.cancel),
                web.post(call + "/stop", self.stop),
                web.get("/carillon/v1/recordings", self.recordings),
            ]
        )

    async def account(self, request: web.Request) -> web.Response:
        """Who asks."""
        account = await self._account(request)
        prefixes, callers = await self._services.db.read(
            lambda conn: (accounts.allowed(conn, account.id), accounts.caller_ids(conn, account.id))
        )
        return web.json_response(render.account(account, prefixes, callers))

    async def list_calls(self, request: web.Request) -> web.Response:
        """The account's calls, newest first; `?live= since= limit= before=` (a call's id)."""
        account = await self._account(request)
        live, since = switch_of(request, "live"), time_of(request, "since")
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._services.db.read(
            lambda conn: calls.list(conn, account=account.id, live=live, since=since, limit=limit, before=before)
        )
        return web.json_response({"calls": [self._services.call(call) for call in found]})

    async def place(self, request: web.Request) -> web.Response:
        """Place a call; answers at once, the call queued."""
        account = await self._account(request)
        command = placed(await body_of(request, NewCall), account)
        call = await self._services.engine.submit(command)
        return web.json_response(self._services.call(call), status=201)

    async def show(self, request: web.Request) -> web.Response:
        """One call."""
        return web.json_response(self._services.call(await self._call(request)))

    async def hang_up(self, request: web.Request) -> web.Response:
        """End a call now."""
        account = await self._account(request)
        await self._services.engine.submit(HangUpCall(account=account.id, call=request.match_info["call"]))
        return web.Response(status=204)

    async def timeline(self, request: web.Request) -> web.Response:
        """One call's whole story."""
        call = await self._call(request)
        return web.json_response(await timeline(self._services, call))

    async def queue(self, request: web.Request) -> web.Response:
        """One call's tasks in their order, those that are over too; digits that a task hides are shown here alone."""
        call = await self._call(request)
        rows = await self._services.db.read(lambda conn: tasks.of(conn, call.id))
        return web.json_response({"tasks": [render.task(row, reveal=True) for row in rows]})

    async def enqueue(self, request: web.Request) -> web.Response:
        """Append tasks."""
        account = await self._account(request)
        wanted = await body_of(request, NewTasks)
        tasks = checked_tasks(wanted.tasks, account.country)
        command = Enqueue(account=account.id, owner=request.match_info["call"], tasks=tasks)
        ids = await self._services.engine.submit(command)
        return web.json_response({"tasks": list(ids)}, status=201)

    async def cancel(self, request: web.Request) -> web.Response:
        """Take a task that has not begun out of the queue."""
        account = await self._account(request)
        owner, task = request.match_info["call"], request.match_info["task"]
        await self._services.engine.submit(CancelTask(account=account.id, owner=owner, task=task))
        return web.Response(status=204)

    async def stop(self, request: web.Request) -> web.Response:
        """Stop running background tasks of one kind."""
        account = await self._account(request)
        wanted = await body_of(request, Stop)
        command = StopTasks(account=account.id, owner=request.match_info["call"], kind=wanted.kind)
        return web.json_response({"stopped": await self._services.engine.submit(command)})

    async def recordings(self, request: web.Request) -> web.Response:
        """The account's recordings with fresh links."""
        account = await self._account(request)
        rows = await self._services.db.read(lambda conn: recordings.list(conn, account=account.id))
        links = self._services.recordings
        return web.json_response({"recordings": [render.recording(row, links) for row in rows]})

    async def _call(self, request: web.Request) -> Call:
        account = await self._account(request)
        call = await self._services.db.read(lambda conn: calls.get(conn, request.match_info["call"]))
        if call is None or call.account != account.id:
            raise NotFound("There is no such call in this account.")
        return call

    async def _account(self, request: web.Request) -> Account:
        key, secret = _shown(request.headers.get("Authorization", ""))
        shown = ShownCredential(OWN.name, f"{key}.{secret}", key) if key else None
        with self._services.guesses.attempt(request, shown, wrong=lambda error: isinstance(error, Unauthorized)):
            holder = await self._services.accounts.by_key(OWN.name, key) if key else None
            if holder is None or not same(secret, holder.secret):
                raise Unauthorized("Show a valid key: Authorization: Bearer KEY.SECRET.")
            return holder.account


def _shown(header: str) -> tuple[str, str]:
    """Read key and secret; two empty texts where there are none."""
    scheme, _, rest = header.partition(" ")
    rest = rest.strip()
    if len(rest) > 2 * _LONGEST_KEY:
        return "", ""
    if scheme.lower() == "bearer":
        key, _, secret = rest.partition(".")
        return key, secret
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return key, secret
    return "", ""
