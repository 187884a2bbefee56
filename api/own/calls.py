"""Our own API for accounts, /carillon/v1: calls, their timelines, their queues. JSON in and out."""

from typing import Any

import msgspec
from aiohttp import web

from api.own import render, scheduled, users
from api.own.access import Access, Caller
from api.own.audit import audit_page
from api.own.bodies import number_as_read, number_of, switch_of, time_of
from api.own.callers import shown_caller
from api.own.errors import NotFound, answering_all
from api.own.event_socket import EventSocket
from api.own.features.registry import modules
from api.own.idempotency import HEADER, once_of
from api.own.operations import Body, operation, taking
from api.own.prompts import Owner, PromptRoutes
from api.own.schema.account import OwnAccount
from api.own.schema.calls import (
    Call as ShownCall,
)
from api.own.schema.calls import (
    Calls,
    NewCall,
    NewTasks,
    Queue,
    QueuedIds,
    ScheduledCall,
    ScheduledCallList,
    StoppedTasks,
    Timeline,
)
from api.own.schema.calls import (
    StopTasks as Stop,
)
from api.own.schema.engine_tasks import check_seconds, engine_tasks
from api.own.schema.people import Audit
from api.own.schema.queries import LIMIT, LIVE, PAGE, SINCE
from api.own.schema.recordings import Recordings
from api.own.services import OwnServices
from api.own.signing_in import SigningIn
from api.own.timeline import timeline
from engine.commands import CancelTask, Enqueue, HangUpCall, PlaceCall, StopTasks
from engine.features.accounts import Account
from engine.features.accounts.service import AccountService
from engine.features.call_history.views import CallHistory
from engine.features.recordings.service import RecordingService
from engine.features.scheduled_calls.service import ScheduledCalls
from engine.model.call import Call
from engine.model.leg_options import LegOptions
from engine.tasks.kinds import kind_of


def placed(wanted: NewCall, account: Account, shown: str | None = None) -> PlaceCall:
    """Return the command for a call to place; `shown` is its caller if it names none. Raises BadRequest."""
    check_seconds(ring_seconds=wanted.ring_seconds, max_seconds=wanted.max_seconds)
    return PlaceCall(
        account=account.id,
        callee=number_as_read(wanted.callee, account.country),
        options=LegOptions(
            caller=shown if wanted.caller is None else number_as_read(wanted.caller, account.country),
            ring_seconds=wanted.ring_seconds,
        ),
        tasks=engine_tasks(wanted.tasks, account.country),
        max_seconds=wanted.max_seconds,
    )


class AccountApi:
    """The handlers. Who asks shows `Authorization: Bearer KEY.SECRET` (a user its token), or Basic with key and secret.

    What a user may do depends on its role (engine.features.users.model.Role).
    """

    def __init__(self, services: OwnServices) -> None:
        self._services = services
        self._access = Access(services.accounts, services.guesses)

    def routes(self) -> list[web.RouteDef]:
        """Every route, its errors rendered."""
        call = "/carillon/v1/calls/{call}"
        features = self._services.features
        return answering_all(
            [
                *PromptRoutes(self._services, self._owner).routes("/carillon/v1"),
                *users.UserRoutes(features, self._caller).routes("/carillon/v1"),
                *(route for module in modules("v1") for route in self._of(module)),
                *EventSocket(self._services, self._caller).routes("/carillon/v1"),
                *SigningIn(features, self._access, self._services.guesses).routes("/carillon/v1"),
                web.get("/carillon/v1/audit", self.history),
                web.get("/carillon/v1/account", self.account),
                web.get("/carillon/v1/calls", self.list_calls),
                web.post("/carillon/v1/calls", self.place),
                web.get("/carillon/v1/calls/scheduled", self.scheduled),
                web.get("/carillon/v1/calls/scheduled/{call}", self.scheduled_call),
                web.delete("/carillon/v1/calls/scheduled/{call}", self.cancel_scheduled),
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

    def _of(self, module: Any) -> list[web.RouteDef]:
        routes: list[web.RouteDef] = module.ROUTES(self._services, self._caller).routes("/carillon/v1")
        return routes

    @operation("getAccount", {200: OwnAccount})
    async def account(self, request: web.Request) -> web.Response:
        """Show the account, and the user whose token is sent."""
        caller = await self._caller(request)
        account, user = caller.account, caller.user
        view = await self._services.features[AccountService].show(account.id)
        shown = render.account(account, view.allowed, view.callers)
        return web.json_response(shown | {"user": users.shape(user) if user else None})

    @operation("listChanges", {200: Audit}, query=PAGE)
    async def history(self, request: web.Request) -> web.Response:
        """List what was changed of the account, newest first."""
        account = await self._account(request)
        return await audit_page(request, self._services.platform.audit, account.id)

    @operation("listCalls", {200: Calls}, query=(LIVE, SINCE, *PAGE))
    async def list_calls(self, request: web.Request) -> web.Response:
        """List the account's calls, newest first."""
        account = await self._account(request)
        live, since = switch_of(request, "live"), time_of(request, "since")
        limit, before = number_of(request, "limit", 100), request.query.get("before")
        found = await self._services.features[CallHistory].page(
            account=account.id, live=live, since=since, limit=limit, before=before
        )
        return web.json_response({"calls": [self._services.call(call) for call in found]})

    @taking("placeCall", NewCall, {201: (ShownCall, ScheduledCall)}, headers=(HEADER,), errors=(402, 409))
    async def place(self, request: web.Request, body: Body[NewCall]) -> web.Response:
        """Place a call, or schedule it if it has a time; the answer comes at once, while the call is queued."""
        caller = await self._caller(request)
        wanted = await body()
        command = placed(wanted, caller.account, await shown_caller(self._services, caller, wanted.caller))
        command = msgspec.structs.replace(command, once=once_of(request, wanted))
        if wanted.at is not None:
            made = await scheduled.schedule(self._services, caller.account, command, wanted.at)
            await self._note(caller, "call.scheduled", made.id, callee=made.callee, at=made.at)
            return web.json_response(scheduled.shape(self._services, made), status=201)
        call = await self._services.engine.submit(command)
        await self._note(caller, "call.placed", call.id, callee=call.callee)
        return web.json_response(self._services.call(call), status=201)

    @operation("listScheduledCalls", {200: ScheduledCallList}, query=(LIMIT,))
    async def scheduled(self, request: web.Request) -> web.Response:
        """List the account's scheduled calls, the next one first, and those that were refused."""
        found = await scheduled.listed(self._services, request, await self._account(request))
        return web.json_response({"calls": [scheduled.shape(self._services, call) for call in found]})

    @operation("getScheduledCall", {200: ScheduledCall})
    async def scheduled_call(self, request: web.Request) -> web.Response:
        """Show one scheduled call."""
        account, service = await self._account(request), self._services.features[ScheduledCalls]
        found = await service.get(account.id, request.match_info["call"])
        return web.json_response(scheduled.shape(self._services, found))

    @operation("cancelScheduledCall", {204: None})
    async def cancel_scheduled(self, request: web.Request) -> web.Response:
        """Cancel a scheduled call."""
        caller, service = await self._caller(request), self._services.features[ScheduledCalls]
        cancelled = await service.cancel(caller.account.id, request.match_info["call"])
        await self._note(caller, "call.cancelled", cancelled.id, callee=cancelled.callee)
        return web.Response(status=204)

    @operation("getCall", {200: ShownCall})
    async def show(self, request: web.Request) -> web.Response:
        """Show a call."""
        return web.json_response(self._services.call(await self._call(request)))

    @operation("hangUpCall", {204: None})
    async def hang_up(self, request: web.Request) -> web.Response:
        """End a call now."""
        caller, call = await self._caller(request), request.match_info["call"]
        await self._services.engine.submit(HangUpCall(account=caller.account.id, call=call))
        await self._note(caller, "call.hung_up", call)
        return web.Response(status=204)

    @operation("getTimeline", {200: Timeline})
    async def timeline(self, request: web.Request) -> web.Response:
        """Show all that is known of a call."""
        call = await self._call(request)
        return web.json_response(await timeline(self._services, call))

    @operation("getQueue", {200: Queue})
    async def queue(self, request: web.Request) -> web.Response:
        """List a call's tasks in their order, those that have ended too.

        Digits that a task hides are shown here alone, and to the account's own key alone.
        """
        caller, call = await self._caller(request), await self._call(request)
        rows = await self._services.features[CallHistory].queue(call.id)
        return web.json_response({"tasks": [render.task(row, reveal=caller.user is None) for row in rows]})

    @taking("queueTasks", NewTasks, {201: QueuedIds})
    async def enqueue(self, request: web.Request, body: Body[NewTasks]) -> web.Response:
        """Append tasks to a call's queue."""
        caller, call = await self._caller(request), request.match_info["call"]
        wanted = await body()
        tasks = engine_tasks(wanted.tasks, caller.account.country)
        command = Enqueue(account=caller.account.id, owner=call, tasks=tasks)
        ids = await self._services.engine.submit(command)
        await self._note(caller, "tasks.queued", call, tasks=[kind_of(task) for task in tasks])
        return web.json_response({"tasks": list(ids)}, status=201)

    @operation("cancelTask", {204: None})
    async def cancel(self, request: web.Request) -> web.Response:
        """Remove a task that has not begun from the queue."""
        caller = await self._caller(request)
        owner, task = request.match_info["call"], request.match_info["task"]
        await self._services.engine.submit(CancelTask(account=caller.account.id, owner=owner, task=task))
        await self._note(caller, "task.cancelled", owner, task=task)
        return web.Response(status=204)

    @taking("stopTasks", Stop, {200: StoppedTasks})
    async def stop(self, request: web.Request, body: Body[Stop]) -> web.Response:
        """Stop running background tasks of one kind."""
        caller, call = await self._caller(request), request.match_info["call"]
        wanted = await body()
        command = StopTasks(account=caller.account.id, owner=call, kind=wanted.kind)
        stopped = await self._services.engine.submit(command)
        await self._note(caller, "tasks.stopped", call, kind=wanted.kind)
        return web.json_response({"stopped": stopped})

    @operation("listRecordings", {200: Recordings})
    async def recordings(self, request: web.Request) -> web.Response:
        """List the account's recordings, with fresh links."""
        account = await self._account(request)
        rows = await self._services.features[RecordingService].page(account.id)
        links = self._services.recordings
        return web.json_response({"recordings": [render.recording(row, links) for row in rows]})

    async def _call(self, request: web.Request) -> Call:
        account = await self._account(request)
        call = await self._services.features[CallHistory].get(request.match_info["call"])
        if call is None or call.account != account.id:
            raise NotFound("There is no such call in this account.")
        return call

    async def _owner(self, request: web.Request) -> Owner:
        caller = await self._caller(request)
        return caller.account.id, caller.by

    async def _caller(self, request: web.Request) -> Caller:
        return await self._access.caller(request)

    async def _account(self, request: web.Request) -> Account:
        return (await self._access.caller(request)).account

    async def _note(self, caller: Caller, what: str, subject: str, **after: Any) -> None:
        """Write down what a user did; what programs do is in the calls' timelines alone."""
        if caller.user:
            log, account = self._services.platform.audit, caller.account.id
            await log.note(caller.by, account=account, what=what, subject=subject, after=after)
