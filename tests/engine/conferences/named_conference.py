"""Helpers of the tests of conferences by name: who is in, and what Asterisk was last told of them."""

from typing import Any

from engine.commands import FindConference
from engine.events import ParticipantJoined
from engine.model.call import Call
from engine.tasks.join_conference import JoinConference
from tests.fakes.ari import FakeAri
from tests.support.clock import settled
from tests.support.exchange import ACCOUNT, Exchange

ROOM = "team"


class Room:
    """The conference named "team" on a fake Asterisk."""

    def __init__(self, exchange: Exchange, asterisk: FakeAri) -> None:
        self._exchange, self._asterisk = exchange, asterisk

    async def join(self, callee: str = "101", **fields: Any) -> str:
        """An answered call that is in it."""
        call = await self._exchange.call(JoinConference(**{"name": ROOM} | fields), callee=callee)
        await self._exchange.event(ParticipantJoined, subject=call.id)
        await settled()
        return call.id

    async def id(self) -> str:
        return (await self._exchange.submit(FindConference(account=ACCOUNT, name=ROOM))).id

    async def inside(self) -> list[str]:
        return sorted(self._asterisk.world.bridges[await self.id()]["channels"])

    def last(self, path: str) -> tuple[str, dict[str, str]] | None:
        """Method and query of the last request there."""
        found = [(one.method, one.query) for one in self._asterisk.requests if one.path == path]
        return found[-1] if found else None

    def is_on(self, path: str) -> bool:
        last = self.last(path)
        return last is not None and last[0] == "POST"

    def is_heard(self, call: str) -> bool:
        return not self.is_on(f"/channels/{call}/mute")

    def hears(self, call: str) -> str:
        """What takes the place of the others: "music1", "silence", or "" for nothing."""
        if self.is_on(f"/channels/{call}/silence"):
            return "silence"
        last = self.last(f"/channels/{call}/moh")
        return last[1]["mohClass"] if last and last[0] == "POST" else ""

    def lone_music(self, conference: str) -> str:
        last = self.last(f"/bridges/{conference}/moh")
        return last[1]["mohClass"] if last and last[0] == "POST" else ""


async def hang_up(exchange: Exchange, asterisk: FakeAri, *calls: str | Call) -> None:
    """Their parties hang up."""
    for call in calls:
        id = call if isinstance(call, str) else call.id
        if id in asterisk.world.channels:
            asterisk.hangs_up(id)
        await exchange.ended(id)
    await settled()
