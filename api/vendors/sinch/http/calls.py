"""Sinch's operations on calls in progress and on those that ended: Manage Call, Get Call Result."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec
from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.sinch import call_data
from api.vendors.sinch.errors import INVALID_REQUEST, NOT_FOUND, SinchOperation, failure
from api.vendors.sinch.http import requests, resources, summary
from api.vendors.sinch.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.sinch.http.parties import Parties, as_shown, as_written
from api.vendors.sinch.script import instructions, plan
from api.vendors.sinch.script.svaml import (
    IllegalSvaml,
    Leg,
    Svaml,
    SvamlContinue,
    SvamlHangUp,
    SvamlRunMenu,
    SvamlStopRecording,
)
from engine.commands import Enqueue, HangUpCall, Redirect
from engine.features.billing import rating
from engine.features.call_history.model import Activity
from engine.features.call_history.views import CallHistory
from engine.model.call import Call, Direction
from engine.tasks.join_conference import JoinConference
from engine.tasks.park import Park
from engine.tasks.play import Play
from engine.tasks.say import Say

_DATA_DOMAIN, _PHONE_DOMAIN = "mxp", "pstn"


class CallOperations:
    """Manage Call: what a call in progress is told to do besides, or, while it is parked, instead. Get Call Result.

    `clock`: Unix seconds.
    """

    def __init__(
        self,
        engine: CommandTaker,
        calls: CallHistory,
        parties: Parties,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._calls = engine, calls
        self._parties, self._clock = parties, clock

    def operations(self) -> dict[SinchOperation, Handler]:
        """Return each by its name."""
        return {SinchOperation.MANAGE_CALL: self.manage, SinchOperation.GET_CALL: self.result}

    async def manage(self, request: AuthenticatedRequest) -> web.Response:
        """Play, speak, record, connect or hang up; the caller's leg where none is named."""
        live = await self._live(request)
        leg = request.http.match_info.get("leg", Leg.CALLER.value)
        wanted = requests.manage_call(
            live.root.id, request.body, request.account.country, leg=leg, parked=live.parked
        ).answer
        for command in _commands(live, wanted, ask_on_answer=not self._parties.from_data_client(live.root)):
            await self._engine.submit(command)
        return resources.render(resources.EmptyObject())

    async def result(self, request: AuthenticatedRequest) -> web.Response:
        """Return a call of this application; another's reads like none."""
        id = requests.call_id(request.http.match_info["call"])
        found = summary.of(await self._calls.tree(id), id)
        if found is None or not _is_own(request, found.root):
            raise failure(NOT_FOUND, operation=SinchOperation.GET_CALL)
        return resources.render(self._result(found))

    async def _live(self, request: AuthenticatedRequest) -> "_Live":
        """Return the call that a path names; raises SinchError: 40400 for none, and for another application's."""
        id = requests.call_id(request.http.match_info["call"], SinchOperation.MANAGE_CALL)
        now = await self._calls.activity(id)
        root = next((one for one in now.legs if one.id == id), None)
        if root is None or not _is_own(request, root):
            raise failure(NOT_FOUND, operation=SinchOperation.MANAGE_CALL)
        return _live(now, root)

    def _result(self, found: summary.CallSummary) -> resources.CallResult:
        root, talked, parties = found.root, found.talked, self._parties
        rates = [(leg, self._parties.minute(leg)) for leg in found.legs]
        billed = sum(rating.billed(rate, leg.duration) for leg, rate in rates if rate and leg.price)
        data = call_data.data_of(root)
        callee = as_written(data) if talked is root else None
        callee = callee or parties.identity(root.account, talked.callee)
        return resources.call_result(
            call=root.id,
            caller=as_shown(data) or parties.calling(root),
            callee=callee,
            domain=_DATA_DOMAIN if callee and callee.type == "username" else _PHONE_DOMAIN,
            seconds=summary.seconds(found, self._clock()),
            ended=summary.outcome(found),
            at=root.created,
            custom=data.values.get(call_data.CUSTOM, ""),
            user_rate=parties.rate_of(talked),
            debit=resources.money(found.price, found.currency),
            minutes=billed / 60,
        )


def _is_own(request: AuthenticatedRequest, call: Call) -> bool:
    """Whether a call is of the application that asks."""
    return (call.account, call.application) == (request.account.id, request.application.id)


class _Live(NamedTuple):
    """A call as it is now: its root, its legs that have not ended, those among them that it was connected with, and
    whether it is parked, in a conference, or in the middle of a prompt.
    """

    root: Call
    callees: list[str]
    parked: bool
    joined: bool
    speaking: bool

    @property
    def alone(self) -> bool:
        """Whether nothing goes on beside what its own script says."""
        return not self.callees and not self.joined


def _live(now: Activity, root: Call) -> _Live:
    return _Live(
        root=root,
        callees=[one.id for one in now.legs if one.id != root.id and one.answered],
        parked=any(isinstance(task, Park) for task in now.running),
        joined=any(isinstance(task, JoinConference) for task in now.running),
        speaking=any(isinstance(task, Play | Say) for task in now.running),
    )


def _commands(live: _Live, wanted: Svaml, *, ask_on_answer: bool) -> Iterator[Enqueue | Redirect | HangUpCall]:
    """Return what a script asks of the engine; raises SinchError for a script that cannot be done."""
    root, now = live.root, call_data.data_of(live.root)
    cookies = instructions.merged(call_data.cookies_of(now), wanted.cookies)
    if isinstance(cookies, IllegalSvaml):
        raise failure(INVALID_REQUEST, cookies.reason, SinchOperation.MANAGE_CALL)
    resumed = live.speaking and isinstance(wanted.then, SvamlRunMenu)
    place = plan.ScriptLeg(
        alone=live.alone,
        resumed=resumed,
        dialled=root.callee,
        data=plan.carrying(wanted, now),
        ask_on_answer=ask_on_answer,
    )
    try:
        tasks = plan.tasks(wanted, place)
    except plan.CannotBeDone as error:
        raise failure(INVALID_REQUEST, str(error), SinchOperation.MANAGE_CALL) from None
    if isinstance(wanted.then, SvamlHangUp) and not wanted.steps:
        yield HangUpCall(account=root.account, call=root.id)
        return
    patch = plan.carried(wanted)
    if patch:
        patch = msgspec.structs.replace(patch, dialect=now.dialect, address=now.address)
    beside = isinstance(wanted.then, SvamlContinue | SvamlStopRecording) and not live.parked
    for owner in _owners(live, wanted.leg):
        if beside:
            yield Enqueue(account=root.account, owner=owner, tasks=tasks, now=True, patch=patch)
        else:
            yield Redirect(account=root.account, call=owner, tasks=tasks, patch=patch, resume=resumed)


def _owners(live: _Live, leg: Leg) -> list[str]:
    """Return the calls whose queues take a script; raises SinchError if there is no callee.

    «The callLeg identifier is ignored for calls that are part of a conference and calls initiated using the Callout
    API» (Manage Call, public page): whose one party it is, hears it.
    """
    root = live.root.id
    one_party = live.joined or live.root.direction is Direction.OUTBOUND
    if leg is Leg.CALLER or (one_party and not live.callees):
        return [root]
    if leg is Leg.CALLEE and not live.callees:
        raise failure(NOT_FOUND, "The call has no callee now.", SinchOperation.MANAGE_CALL)
    return live.callees if leg is Leg.CALLEE else [root, *live.callees]
