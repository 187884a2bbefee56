"""Ringful's operations on calls and queues: each reads its parameters, asks the engine once, and answers."""

from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.ringful import call_data
from api.vendors.ringful.errors import Invalid
from api.vendors.ringful.http import resources
from api.vendors.ringful.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringful.http.requests import Parameters
from engine.commands import Enqueue, HangUpCall, PlaceCall, StopTasks
from engine.model.call_data import CallData
from engine.model.leg_options import LegOptions
from engine.tasks.detect_dtmf import DetectDtmf
from engine.tasks.hang_up import HangUp
from engine.tasks.kinds import AnyTask
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.stop import StopBackground
from engine.tasks.wait_for_digits import WaitForDigits


class CallOperations:
    """Call, Hangup, Play, Record, StopRecord, WaitForTone, StartToneDetector, StopToneDetector."""

    def __init__(self, engine: CommandTaker) -> None:
        self._engine = engine

    def operations(self) -> dict[str, Handler]:
        """Return each by its method in lower case, with the aliases that the document's own slips ask for."""
        return {
            "call": self.call,
            "hangup": self.hang_up,
            "play": self.play,
            "record": self.record,
            "stoprecord": self.stop_record,
            "recordstop": self.stop_record,
            "waitfortone": self.wait_for_tone,
            "starttonedetector": self.start_tone_detector,
            "starttonedector": self.start_tone_detector,
            "stoptonedetector": self.stop_tone_detector,
            "stoptonedector": self.stop_tone_detector,
        }

    async def call(self, request: AuthenticatedRequest) -> web.Response:
        """Ring a phone; the id comes back before it is answered."""
        callee, caller = request.parameters.number("callee"), request.parameters.number_or_none("callerId")
        url = request.parameters.callback_url()
        call = await self._engine.submit(
            PlaceCall(
                account=request.account.id,
                callee=callee.digits,
                options=LegOptions(caller=caller.digits if caller else None),
                data=call_data.notified(url, **call_data.spelling(callee)),
            )
        )
        return resources.identifier(call.id)

    async def hang_up(self, request: AuthenticatedRequest) -> web.Response:
        """End a call, now or when its turn comes."""
        call = request.parameters.text("callId")
        if not request.parameters.flag("immediate", "immediately"):
            return await self._queue(request, call, HangUp())
        await self._engine.submit(HangUpCall(account=request.account.id, call=call))
        return resources.nothing()

    async def play(self, request: AuthenticatedRequest) -> web.Response:
        """Queue an announcement."""
        parameters = request.parameters
        owner, announcement = _owner(parameters), parameters.audio("announcement")
        if announcement is None:
            raise Invalid("The parameter announcement is missing.")
        url, wait = parameters.callback_url(), parameters.flag("waitComplete")
        data = call_data.notified(url, announcement=announcement) if url else None
        return await self._queue(request, owner, Play(source=announcement, wait=wait, data=data))

    async def record(self, request: AuthenticatedRequest) -> web.Response:
        """Queue a recorder; its link ends in `<callId>.wav`."""
        owner, url = _owner(request.parameters), request.parameters.callback_url()
        return await self._queue(request, owner, Record(name=owner, data=call_data.notified(url)))

    async def stop_record(self, request: AuthenticatedRequest) -> web.Response:
        """Stop the recorder, and only it."""
        return await self._stop(request, "record", None)

    async def wait_for_tone(self, request: AuthenticatedRequest) -> web.Response:
        """Hold the queue until one of the tones is pressed."""
        owner, tones = _owner(request.parameters), request.parameters.tones("tone")
        if not tones:
            raise Invalid("The parameter tone is missing.")
        data = call_data.notified(request.parameters.callback_url())
        return await self._queue(request, owner, WaitForDigits(accept=tones, data=data))

    async def start_tone_detector(self, request: AuthenticatedRequest) -> web.Response:
        """Queue a detector that tells every tone."""
        owner, url = _owner(request.parameters), request.parameters.callback_url()
        if not url:
            raise Invalid("The parameter callbackUrl is missing.")
        return await self._queue(request, owner, DetectDtmf(data=call_data.notified(url)))

    async def stop_tone_detector(self, request: AuthenticatedRequest) -> web.Response:
        """Stop the detector; its end is told to this request's callbackUrl, else to the detector's."""
        return await self._stop(request, "detect_dtmf", call_data.notified(request.parameters.callback_url()))

    async def _stop(self, request: AuthenticatedRequest, kind: str, data: CallData | None) -> web.Response:
        owner = _owner(request.parameters)
        if not request.parameters.flag("immediate", "immediately"):
            return await self._queue(request, owner, StopBackground(stops=kind, stopped_data=data))
        await self._engine.submit(StopTasks(account=request.account.id, owner=owner, kind=kind, data=data))
        return resources.nothing()

    async def _queue(self, request: AuthenticatedRequest, owner: str, task: AnyTask) -> web.Response:
        await self._engine.submit(Enqueue(account=request.account.id, owner=owner, tasks=(task,)))
        return resources.nothing()


def _owner(parameters: Parameters) -> str:
    """Whose queue it is: `callId`, or `confCallId` for a conference's."""
    call, conference = parameters.text_or_none("callId"), parameters.text_or_none("confCallId")
    if call and conference and call != conference:
        raise Invalid("Give callId or confCallId, not both.")
    if not (owner := call or conference):
        raise Invalid("The parameter callId is missing (confCallId for a conference).")
    return owner
