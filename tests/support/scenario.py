"""What scenarios are told with: the far end's ears, a carrier of one's own, waiting for what nothing announces."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.support.carillon import Own
from tests.support.far_end import Sound
from tests.support.lab import RunningLab
from tests.support.ports import unused_port
from tests.support.sipp import CarrierFront, Sipp
from tests.support.system import System

ENDS_WITHIN = 15.0


@dataclass(frozen=True)
class FarEnd:
    """One person of the lab in one call: what it heard from us, what it said, the digits it heard."""

    heard: Sound
    said: Sound
    digits: str


@dataclass(frozen=True)
class LabEars:
    """Finds what the far end of one of our calls heard."""

    own: Own
    running: RunningLab

    async def of(self, call: str, own: Own | None = None) -> FarEnd:
        """What the person heard and said in this call; waits until the lab has closed the files."""
        ended = await call_ended(own or self.own, call)
        assert ended["sip_call_id"], f"the call {call} has no SIP Call-ID: {ended}"
        return await self.at(ended["sip_call_id"])

    async def at(self, sip_call_id: str) -> FarEnd:
        """The same by the SIP Call-ID."""
        files = await self.running.recorded(sip_call_id)
        return FarEnd(Sound.of(files.heard), Sound.of(files.said), files.digits)


@dataclass(frozen=True)
class Carrier:
    """A trunk to a sipp of ours: numbers that begin with `prefix` go to `address`:`port`."""

    name: str
    address: str
    port: int
    prefix: str
    front: CarrierFront

    def number(self, tail: str = "01") -> str:
        """A number that this trunk carries."""
        return (self.prefix + tail.rjust(11 - len(self.prefix), "0"))[:11]

    def answers(self, scenario: str, **fields: Any) -> Sipp:
        """sipp as this carrier, taking our calls."""
        self.front.sipp = unused_port(self.address)
        return Sipp(scenario, address=self.address, port=self.front.sipp, **fields)

    def calls(self, system: System, scenario: str, number: str, **fields: Any) -> Sipp:
        """sipp as this carrier, calling one of our numbers."""
        return Sipp(scenario, address=self.address, remote=system.sip, service=number, **fields)


async def call_ended(own: Own, call: str, within: float = ENDS_WITHIN) -> dict[str, Any]:
    """Return a call as it is once it has ended."""
    return await until(lambda: own.call(call), lambda seen: seen["state"] == "ended", within, f"{call} ends")


async def in_state(own: Own, call: str, state: str, within: float = ENDS_WITHIN) -> dict[str, Any]:
    """Return a call as it is once it is in this state."""
    return await until(lambda: own.call(call), lambda seen: seen["state"] == state, within, f"{call} is {state}")


async def until(
    look: Callable[[], Awaitable[Any]], good: Callable[[Any], bool], within: float = ENDS_WITHIN, what: str = "it"
) -> Any:
    """Look again and again until it is good, for what nothing announces. Fails with what was seen last."""
    seen = None
    try:
        async with asyncio.timeout(within):
            while not good(seen := await look()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{what}: not within {within} s; last seen: {seen}") from None
    return seen
