"""Sinch's operations on conferences (Calling API document); the paths name the customer's own conference id."""

import time
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from api.ports import CommandTaker
from api.vendors.sinch import requests, resources
from api.vendors.sinch.asked import Asked, Handler
from api.vendors.sinch.errors import Operation, of_refusal
from engine.commands import (
    Command,
    CommandRefused,
    FindConference,
    HangUpConference,
    HoldMember,
    KickMember,
    MuteMember,
)

R = TypeVar("R")


class ConferenceOperations:
    """Get Conference Info, Mute/Unmute Conference Participant, Kick Conference Participant, Kick All.

    Each raises SinchError.
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
        """GET /conferences/id/{conferenceId}: who is in it, and for how long."""
        operation = Operation.GET_CONFERENCE
        command = FindConference(account=asked.account.id, name=_conference(asked, operation))
        view = await self._submit(command, operation)
        return resources.render(resources.conference(view, self._clock()))

    async def command(self, asked: Asked) -> web.Response:
        """PATCH /conferences/id/{conferenceId}/{callId}: mute, unmute, onhold, resume."""
        path = asked.request.match_info
        wanted = requests.command_participant(path["conference"], path["call"], asked.body)
        account, name, call = asked.account.id, wanted.conference, wanted.call
        command: MuteMember | HoldMember
        if wanted.command in ("mute", "unmute"):
            command = MuteMember(account=account, name=name, call=call, muted=wanted.command == "mute")
        else:
            held = wanted.command == "onhold"
            command = HoldMember(account=account, name=name, call=call, held=held, music=wanted.music)
        await self._submit(command, Operation.COMMAND_PARTICIPANT)
        return resources.render(resources.Empty())

    async def kick(self, asked: Asked) -> web.Response:
        """DELETE /conferences/id/{conferenceId}/{callId}: its call is hung up."""
        operation = Operation.KICK_PARTICIPANT
        name = _conference(asked, operation)
        call = requests.call_id(asked.request.match_info["call"], operation)
        await self._submit(KickMember(account=asked.account.id, name=name, call=call), operation)
        return resources.render(resources.Empty())

    async def kick_all(self, asked: Asked) -> web.Response:
        """DELETE /conferences/id/{conferenceId}: everybody is hung up, and the conference is over."""
        operation = Operation.KICK_ALL
        await self._submit(HangUpConference(account=asked.account.id, name=_conference(asked, operation)), operation)
        return resources.render(resources.Empty())

    async def _submit(self, command: Command[R], operation: Operation) -> R:
        try:
            return await self._engine.submit(command)
        except CommandRefused as refusal:
            raise of_refusal(refusal, operation) from refusal


def _conference(asked: Asked, operation: Operation) -> str:
    return requests.conference_id(asked.request.match_info["conference"], operation)
