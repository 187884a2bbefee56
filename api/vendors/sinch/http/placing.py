"""Sinch's callouts: each request becomes one command that places a call, with what it is to do."""

import msgspec
from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.parts import Inquire
from api.vendors.sinch import call_data
from api.vendors.sinch.errors import ILLEGAL_PARAMETERS, SinchOperation, failure
from api.vendors.sinch.events.questions import Questions
from api.vendors.sinch.http import callouts, requests, resources
from api.vendors.sinch.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.sinch.http.callouts import (
    Callout,
    ConferenceCallout,
    CustomCallout,
    EventScript,
    EventUrl,
    Script,
    TtsCallout,
)
from api.vendors.sinch.ids import DIALECT, FALLBACK, PRIMARY
from api.vendors.sinch.script import plan
from api.vendors.sinch.script.svaml import PartyAddress, SvamlConnect, SvamlRecord
from engine.commands import PlaceCall
from engine.ids import new_id
from engine.model.call_data import CallData
from engine.tasks.answer import Answer
from engine.tasks.hang_up import HangUp as HangUpTask
from engine.tasks.kinds import AnyTask
from engine.tasks.secret import Seal


class CalloutOperations:
    """ttsCallout, conferenceCallout, customCallout."""

    def __init__(self, engine: CommandTaker, questions: Questions, inquire: Inquire, seal: Seal | None = None) -> None:
        self._engine, self._questions, self._inquire, self._seal = engine, questions, inquire, seal

    def operations(self) -> dict[SinchOperation, Handler]:
        """Return it by its name."""
        return {SinchOperation.CALLOUT: self.place}

    async def place(self, request: AuthenticatedRequest) -> web.Response:
        """Ring a phone; the id comes back before it is answered."""
        wanted, id = callouts.read(request.body, request.account.country), new_id("call")
        if isinstance(wanted, CustomCallout) and wanted.callout.to is None and not isinstance(wanted.ice, EventScript):
            script = await self._questions.offered(request, id, wanted.callout, wanted.ice, self._inquire)
            wanted = msgspec.structs.replace(wanted, ice=script)
        if isinstance(wanted, CustomCallout) and self._seal:
            wanted = callouts.sealed(wanted, self._seal)
        try:
            command = msgspec.structs.replace(_command(wanted, request), id=id)
        except plan.CannotBeDone as error:
            raise failure(ILLEGAL_PARAMETERS, str(error), SinchOperation.CALLOUT) from None
        call = await self._engine.submit(command)
        return resources.render(resources.Placed(call_id=call.id))


def _command(wanted: callouts.AnyCallout, request: AuthenticatedRequest) -> PlaceCall:
    match wanted:
        case TtsCallout():
            data = _data(request, wanted.callout, _enabled(wanted))
            place = _place(wanted.callout, data)
            spoken = plan.steps(wanted.prompts, place)
            tasks = (*wanted.callout.dtmf, *_question(wanted.enable_ace), *spoken, HangUpTask())
        case ConferenceCallout():
            data = _data(request, wanted.callout, _enabled(wanted))
            place = _place(wanted.callout, data)
            greeting = plan.steps(wanted.greeting, place)
            joining = plan.join(wanted.conference, place)
            tasks = (*wanted.callout.dtmf, *_question(wanted.enable_ace), *greeting, joining)
        case CustomCallout():
            return _custom(wanted, request)
    return _placing(wanted.callout, request, data, tasks)


def _custom(wanted: CustomCallout, request: AuthenticatedRequest) -> PlaceCall:
    """Without a destination the ICE script says whom to call: its connect is the callout."""
    callout = wanted.callout
    names = (call_data.ICE, call_data.ACE, call_data.PIE, call_data.DICE)
    where = dict(zip(names, (wanted.ice, wanted.ace, wanted.pie, wanted.dice), strict=True))
    for name, script in where.items():
        _check(name, script, callout)
    addresses = {name: _url_or_script(script) for name, script in where.items() if script}
    if callout.to is None:
        return _offered(
            callout, wanted.ice, request, {name: where for name, where in addresses.items() if name != call_data.ICE}
        )
    data = _data(request, callout, addresses)
    offered = (plan.ask(plan.OFFERED),) if wanted.ice else ()
    return _placing(callout, request, data, (*offered, *plan.before(callout.dtmf, None, asks=True, needed=True)))


def _check(name: str, script: Script | None, callout: Callout) -> None:
    """Refuse a script that came with the request and cannot be done; raises CannotBeDone."""
    if isinstance(script, EventScript):
        try:
            plan.tasks(script.answer, _place(callout, CallData(dialect=DIALECT)))
        except plan.CannotBeDone as error:
            raise plan.CannotBeDone(f"{name}: {error}") from None


def _offered(
    callout: Callout, ice: Script | None, request: AuthenticatedRequest, addresses: dict[str, str]
) -> PlaceCall:
    """Call whom an ICE script connects to. Nobody hears its prompts; its cookies and recordings are the call's."""
    script = ice.answer if isinstance(ice, EventScript) else None
    if script is None or not isinstance(script.then, SvamlConnect) or script.then.to is None:
        raise plan.CannotBeDone("customCallout needs a destination, or an ice script that connects to a number.")
    connect = script.then
    callout = _connected(callout, connect)
    data = plan.carrying(script, _data(request, callout, addresses))
    recorders = [step for step in (*script.steps, connect.record) if isinstance(step, SvamlRecord)]
    recorded = plan.steps(recorders, _place(callout, data))
    question_tasks = plan.before(callout.dtmf, connect.detect, asks=not connect.silent, needed=True, data=data)
    return _placing(callout, request, data, (*recorded, *question_tasks))


def _connected(callout: Callout, connect: SvamlConnect) -> Callout:
    """Return a callout to the party that its ICE script connects."""
    return Callout(
        to=connect.to,
        caller=connect.caller or callout.caller,
        private=connect.private or callout.private,
        written_caller="" if connect.caller or connect.private else callout.written_caller,
        domain=connect.domain,
        transport=connect.transport,
        dtmf=connect.dtmf or callout.dtmf,
        custom=callout.custom,
        max_seconds=connect.max_seconds or callout.max_seconds,
        headers=connect.headers,
        ring_seconds=connect.ring_seconds,
    )


def _question(wanted: bool) -> tuple[AnyTask, ...]:
    return (Answer(), plan.ask(plan.ANSWERED)) if wanted else ()


def _enabled(wanted: TtsCallout | ConferenceCallout) -> dict[str, str]:
    """Return which events are off."""
    on = {call_data.ACE: wanted.enable_ace, call_data.PIE: wanted.enable_pie, call_data.DICE: wanted.enable_dice}
    return {name: call_data.OFF for name, enabled in on.items() if not enabled}


def _url_or_script(script: Script) -> str:
    return script.url if isinstance(script, EventUrl) else script.text


def _data(request: AuthenticatedRequest, callout: Callout, where: dict[str, str]) -> CallData:
    """Return a callout's data; its address says whether anybody is told at all."""
    settings = request.application.settings
    own = [said for name in (call_data.DICE, call_data.PIE) if (said := where.get(name, "")).lower().startswith("http")]
    url = settings.get(PRIMARY) or settings.get(FALLBACK) or next(iter(own), "")
    written = {
        call_data.CUSTOM: callout.custom,
        call_data.CALLEE: callout.to.written if callout.to else "",
        call_data.KIND: callout.to.kind_of if callout.to else "",
        call_data.CALLER: callout.written_caller,
    }
    headers = call_data.headers(requests.custom_headers(request.http.headers.items()))
    values = {name: text for name, text in written.items() if text} | where | headers
    return CallData(dialect=DIALECT, address=str(url), values=values)


def _place(callout: Callout, data: CallData) -> plan.ScriptLeg:
    return plan.ScriptLeg(alone=True, dialled=callout.to.dialled if callout.to else "", data=data)


def _placing(callout: Callout, request: AuthenticatedRequest, data: CallData, tasks: tuple[AnyTask, ...]) -> PlaceCall:
    to = callout.to or PartyAddress(kind_of="number", written="", dialled="")
    return PlaceCall(
        account=request.account.id,
        application=request.application.id,
        callee=to.dialled,
        options=plan.leg(callout),
        max_seconds=callout.max_seconds,
        data=data,
        tasks=tasks,
        reports_tree=True,
    )
