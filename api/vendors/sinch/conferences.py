"""Sinch's operations on conferences (Calling API document); the paths name the customer's own conference id."""

import time
from collections.abc import Callable

from aiohttp import web

from api.ports import CommandTaker
from api.vendors.sinch import requests, resources
from api.vendors.sinch.asked import Asked, Handler
from api.vendors.sinch.errors import Operation
from engine.conference_commands import FindConference, HangUpConference, HoldMember, KickMember, MuteMember


class ConferenceOperations:
    """Get Conference Info, Mute/Unmute Conference Participant, Kick Conference Participant, Kick All.

    The paths' parts are `conference` and `call`. A refused command is the conference that was not found, also where
    it is another account's, and for a call that is not in it.
    """

    def __init__(self, engine: CommandTaker, *, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock

    def operations(self) -> dict[Operation, Handler]:
        """Return each by its name."""
        return {
            Operation.GET_CONFERENCE: self.info,
            Operation.COMMAND_PARTICIPANT: self.command,
            Operation.KICK_PARTICIPANT: self.kick,
            Operation.KICK_ALL: self.kick_all,
        }

    async def info(self, asked: Asked) -> web.Response:
        """Say who is in it, and for how long."""
        name = _conference(asked, Operation.GET_CONFERENCE)
        view = await self._engine.submit(FindConference(account=asked.account.id, name=name))
        return resources.render(resources.conference(view, self._clock()))

    async def command(self, asked: Asked) -> web.Response:
        """Mute, unmute, onhold, resume."""
        path = asked.request.match_info
        wanted = requests.command_participant(path["conference"], path["call"], asked.body)
        account, name, call = asked.account.id, wanted.conference, wanted.call
        command: MuteMember | HoldMember
        if wanted.command in ("mute", "unmute"):
            command = MuteMember(account=account, name=name, call=call, muted=wanted.command == "mute")
        else:
            held = wanted.command == "onhold"
            command = HoldMember(account=account, name=name, call=call, held=held, music=wanted.music)
        await self._engine.submit(command)
        return resources.render(resources.Empty())

    async def kick(self, asked: Asked) -> web.Response:
        """Hang up a participant's call."""
        name = _conference(asked, Operation.KICK_PARTICIPANT)
        call = requests.call_id(asked.request.match_info["call"], Operation.KICK_PARTICIPANT)
        await self._engine.submit(KickMember(account=asked.account.id, name=name, call=call))
        return resources.render(resources.Empty())

    async def kick_all(self, asked: Asked) -> web.Response:
        """Hang up everybody; the conference is over."""
        name = _conference(asked, Operation.KICK_ALL)
        await self._engine.submit(HangUpConference(account=asked.account.id, name=name))
        return resources.render(resources.Empty())


def _conference(asked: Asked, operation: Operation) -> str:
    return requests.conference_id(asked.request.match_info["conference"], operation)
