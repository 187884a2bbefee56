"""Ringful's operations on conferences."""

from aiohttp import web

from api.command_taker import CommandTaker
from api.forms import WrittenNumber
from api.vendors.ringful import call_data
from api.vendors.ringful.http import resources
from api.vendors.ringful.http.authenticated import AuthenticatedRequest, Handler
from api.vendors.ringful.http.requests import Parameters
from api.vendors.ringful.ids import new_conference_id
from engine.commands import (
    ConferenceView,
    Enqueue,
    HangUpConference,
    Invitation,
    LeaveNow,
    QueryConference,
    StartConference,
)
from engine.features.call_history.views import CallHistory
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.leave_conference import LeaveConference
from engine.tasks.play import Play
from engine.tasks.wait_for_digits import WaitForDigits

GATE_SECONDS = 30.0  # how long the moderator has to press the expected tone


class ConferenceOperations:
    """ConfCall, StartConf, JoinConf, LeaveConf, HangupConf, QueryConf."""

    def __init__(self, engine: CommandTaker, calls: CallHistory) -> None:
        self._engine, self._calls = engine, calls

    def operations(self) -> dict[str, Handler]:
        """Return each by its method in lower case."""
        return {
            "confcall": self.conf_call,
            "startconf": self.start_conf,
            "joinconf": self.join_conf,
            "leaveconf": self.leave_conf,
            "hangupconf": self.hang_up_conf,
            "queryconf": self.query_conf,
        }

    async def conf_call(self, request: AuthenticatedRequest) -> web.Response:
        """Call the moderator, then, once she is there, the attendees. The URL hears of the conference and each leg."""
        parameters, conference = request.parameters, new_conference_id()
        moderator, attendees = parameters.number("moderator"), parameters.numbers("attendees")
        url, waiting = parameters.callback_url(), parameters.audio("waitConnectAudio")
        command = StartConference(
            id=conference,
            account=request.account.id,
            moderator=_leg(moderator, url, conference, before=_gate(parameters)),
            attendees=tuple(_leg(attendee, url, conference) for attendee in attendees),
            waiting_prompt=waiting,
            data=call_data.notified(url),
        )
        return resources.identifier(await self._engine.submit(command))

    async def start_conf(self, request: AuthenticatedRequest) -> web.Response:
        """Start a conference around a moderator, whose live call is used where there is one."""
        parameters = request.parameters
        moderator, url = parameters.number("moderator"), parameters.callback_url()
        command = StartConference(
            id=new_conference_id(),
            account=request.account.id,
            moderator=Invitation(callee=moderator.digits, data=call_data.notified("", **call_data.spelling(moderator))),
            wait_for_participant=parameters.flag("waitForParticipant"),
            data=call_data.notified(url),
        )
        return resources.identifier(await self._engine.submit(command))

    async def join_conf(self, request: AuthenticatedRequest) -> web.Response:
        """Queue that a call joins."""
        parameters = request.parameters
        conference, call = parameters.text("confCallId"), parameters.text("participantCallId", "callId")
        join_moderator, data = parameters.flag("joinModerator"), call_data.notified(parameters.callback_url())
        await self._view(request, conference)
        return await self._queue(
            request, call, JoinConference(conference=conference, join_moderator=join_moderator, data=data)
        )

    async def leave_conf(self, request: AuthenticatedRequest) -> web.Response:
        """Take a call out of its conference, now or when its turn comes; without effect for the moderator."""
        parameters = request.parameters
        conference, call = parameters.text("confCallId"), parameters.text("participantCallId", "callId")
        if not parameters.flag("immediately", "immediate"):
            await self._view(request, conference)
            return await self._queue(request, call, LeaveConference(conference=conference))
        await self._engine.submit(LeaveNow(account=request.account.id, conference=conference, call=call))
        return resources.nothing()

    async def hang_up_conf(self, request: AuthenticatedRequest) -> web.Response:
        """End a conference and everybody's call in it."""
        conference = request.parameters.text("confCallId")
        await self._engine.submit(HangUpConference(account=request.account.id, conference=conference))
        return resources.nothing()

    async def query_conf(self, request: AuthenticatedRequest) -> web.Response:
        """Tell who is in a conference, with the numbers as the customer spelled them."""
        view = await self._view(request, request.parameters.text("confCallId"))
        return resources.conference(view, await self._written(view))

    async def _view(self, request: AuthenticatedRequest, conference: str) -> ConferenceView:
        return await self._engine.submit(QueryConference(account=request.account.id, conference=conference))

    async def _queue(self, request: AuthenticatedRequest, call: str, task: AnyTask) -> web.Response:
        await self._engine.submit(Enqueue(account=request.account.id, owner=call, tasks=(task,)))
        return resources.nothing()

    async def _written(self, view: ConferenceView) -> dict[str, str]:
        members = (*((view.moderator,) if view.moderator else ()), *view.participants)
        rows = await self._calls.some([member.call for member in members])
        found = {row.id: row.data.values.get(call_data.WRITTEN) for row in rows if row.data}
        return {call: written for call, written in found.items() if written}


def _leg(number: WrittenNumber, url: str, conference: str, before: tuple[AnyTask, ...] = ()) -> Invitation:
    """A leg of ConfCall: its hang-up carries the conference and the duration."""
    data = call_data.notified(url, **{call_data.CONFERENCE: conference}, **call_data.spelling(number))
    return Invitation(callee=number.digits, data=data, before=before)


def _gate(parameters: Parameters) -> tuple[AnyTask, ...]:
    """What keeps a voice mail from being the moderator: `waitToneAudio` prompts for `expectedTone`, else for any."""
    audio, tones = parameters.audio("waitToneAudio"), parameters.tones("expectedTone")
    if audio is None and not tones:
        return ()
    wait = WaitForDigits(accept=tones, seconds=GATE_SECONDS, barge_in=True, hang_up_on_timeout=True)
    return (Play(source=audio, wait=False), wait) if audio else (wait,)
