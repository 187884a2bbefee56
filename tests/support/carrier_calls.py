"""Calls by a carrier of the lab in both directions, and what must have happened in them at both ends."""

from dataclasses import dataclass
from typing import Any

from api.lab import LabDial, LabError
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import Sound
from tests.support.lab_carriers import Connected
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink

REGISTERS_WITHIN = 10.0


@dataclass(frozen=True)
class CarrierCalls:
    """Calls by one trunk. `number` makes numbers of ours, `recording_of` fetches recordings: tests/e2e/conftest.py."""

    trunk: Connected
    sink: Sink
    own: Own
    lab: LabEars
    number: Any
    recording_of: Any

    async def out(self) -> dict[str, Any]:
        """We call someone, and hang up; returns the call."""
        ended = await self.placed(people.HOLDS, self._talking({"kind": "hang_up"}))
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (self.trunk.trunk, "normal", "us"), ended
        await self._assert_talked(ended)
        return ended

    async def out_and_they_hang_up(self) -> None:
        """We call someone, who hangs up."""
        ended = await self.placed(people.HANGS_UP, [{"kind": "pause", "seconds": 30}])
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (self.trunk.trunk, "normal", "far"), ended

    async def into(self) -> dict[str, Any]:
        """Someone calls us, and hangs up; returns the call."""
        ended = await self._called(self._talking({"kind": "pause", "seconds": 30}), seconds=16)
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (self.trunk.trunk, "normal", "far"), ended
        await self._assert_talked(ended)
        return ended

    async def into_and_we_hang_up(self) -> None:
        """Someone calls us, and we hang up."""
        ended = await self._called([{"kind": "answer"}, {"kind": "hang_up"}], seconds=30)
        assert (ended["trunk"], ended["cause"], ended["hung_up_by"]) == (self.trunk.trunk, "normal", "us"), ended

    async def placed(self, persona: str, tasks: list[dict[str, Any]]) -> dict[str, Any]:
        """A call to a person, once it has ended."""
        callee = await self.trunk.person(persona)
        status, placed = await self.own.ask("POST", "calls", json={"callee": callee, "tasks": tasks})
        assert status == 201, placed
        return await call_ended(self.own, placed["id"], within=60)

    async def _called(self, tasks: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
        dialled = await self._dial(await self.number(tasks=tasks), seconds)
        return await call_ended(self.own, await self._by_call_id(dialled.call_id), within=60)

    async def _dial(self, number: str, seconds: float) -> LabDial:
        """Let the lab call us by the carrier, as soon as we are registered where it wants that."""

        async def try_it() -> LabDial | None:
            network = self.trunk.network
            try:
                return await network.dial(number, people.HOLDS, seconds=seconds, trunk=self.trunk.carrier)
            except LabError:
                return None

        dialled: LabDial = await until(try_it, bool, REGISTERS_WITHIN, f"the trunk {self.trunk.trunk} registers")
        return dialled

    async def _by_call_id(self, call_id: str) -> str:
        async def look() -> list[str]:
            _, body = await self.own.ask("GET", "calls?limit=100")
            return [call["id"] for call in body["calls"] if call["sip_call_id"] == call_id]

        (id,) = await until(look, bool, what=f"the call {call_id} is on record")
        return str(id)

    def _talking(self, end: dict[str, Any]) -> list[dict[str, Any]]:
        """The party is recorded, hears 620 Hz, presses a key, holds the call, hears 830 Hz and is sent keys."""
        return [
            {"kind": "record"},
            {"kind": "play", "source": self.sink.tone(620, 1.0)},
            {"kind": "wait_for_digits", "seconds": 10, "typed_ahead": True},
            {"kind": "pause", "seconds": 4.5},
            {"kind": "play", "source": self.sink.tone(830, 1.0)},
            {"kind": "send_dtmf", "digits": "42#"},
            {"kind": "pause", "seconds": 1},
            end,
        ]

    async def _assert_talked(self, ended: dict[str, Any]) -> None:
        """All of `_talking` happened, at both ends."""
        waits = [task for task in ended["tasks"] if task["kind"] == "wait_for_digits"]
        assert [task["outcome"]["result"]["digits"] for task in waits] == ["1"], ended["tasks"]
        far = await self.lab.at(ended["sip_call_id"])
        assert far.heard.has(620) and far.heard.has(830) and far.heard.first(620) < far.heard.first(830)
        assert far.digits == "42#"
        recorded: Sound = await self.recording_of(ended["id"], told=False)
        assert far.said.has(440) and recorded.has(440)
        assert recorded.part(recorded.seconds - 2).has(440), "after the hold the party is heard again"
