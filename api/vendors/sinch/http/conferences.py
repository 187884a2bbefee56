"""Sinch's operations on conferences (Calling API document); the paths name the customer's own conference id."""

import time
from collections.abc import Callable

from aiohttp import web

from api.command_taker import CommandTaker
from api.vendors.sinch.errors import SinchOperation
from api.vendors.sinch.http import requests, resources
from api.vendors.sinch.http.authenticated import AuthenticatedRequest, Handler
from engine.commands import FindConference, HangUpConference, HoldMember, KickMember, MuteMember


class ConferenceOperations:
    """Get Conference Info, Mute/Unmute Conference Participant, Kick Conference Participant, Kick All.

    The paths' parts are `conference` and `call`. A refused command is the conference that was not found, also where
    it is another account's, and for a call that is not in it.
    """

    def __init__(self, engine: CommandTaker, *, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def operations(self) -> dict[SinchOperation, Handler]:
        """Return each by its name."""
        return {
            SinchOperation.GET_CONFERENCE: self.info,
            SinchOperation.COMMAND_PARTICIPANT: self.command,
            SinchOperation.KICK_PARTICIPANT: self.kick,
            SinchOperation.KICK_ALL: self.kick_all,
        }

    async def info(self, request: AuthenticatedRequest) -> web.Response:
        """Say who is in it, and for how long."""
        name = _conference(request, SinchOperation.GET_CONFERENCE)
        view = await self._engine.submit(FindConference(account=request.account.id, name=name))
        return resources.render(resources.conference(view, self._clock()))

    async def command(self, request: AuthenticatedRequest) -> web.Response:
        """Mute, unmute, onhold, resume."""
        path = request.http.match_info
        wanted = requests.command_participant(path["conference"], path["call"], request.body)
        account, name, call = request.account.id, wanted.conference, wanted.call
        command: MuteMember | HoldMember
        if wanted.command in ("mute", "unmute"):
            command = MuteMember(account=account, name=name, call=call, muted=wanted.command == "mute")
        else:
            held = wanted.command == "onhold"
            command = HoldMember(account=account, name=name, call=call, held=held, music=wanted.music)
        await self._engine.submit(command)
        return resources.render(resources.EmptyObject())

    async def kick(self, request: AuthenticatedRequest) -> web.Response:
        """Hang up a participant's call."""
        name = _conference(request, SinchOperation.KICK_PARTICIPANT)
        call = requests.call_id(request.http.match_info["call"], SinchOperation.KICK_PARTICIPANT)
        await self._engine.submit(KickMember(account=request.account.id, name=name, call=call))
        return resources.render(resources.EmptyObject())

    async def kick_all(self, request: AuthenticatedRequest) -> web.Response:
        """Hang up everybody; the conference is over."""
        name = _conference(request, SinchOperation.KICK_ALL)
        await self._engine.submit(HangUpConference(account=request.account.id, name=name))
        return resources.render(resources.EmptyObject())


def _conference(request: AuthenticatedRequest, operation: SinchOperation) -> str:
    return requests.conference_id(request.http.match_info["conference"], operation)
