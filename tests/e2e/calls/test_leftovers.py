"""After many calls nothing of them is left in Asterisk."""

import asyncio

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Admin
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System

CALLS = 200
AT_ONCE = 25


async def up(system: System, ours: set[str]) -> list[str]:
    """Those of `ours` that Asterisk still has."""
    channels = [channel["id"] for channel in await system.ari("channels")]
    bridges = [bridge["id"] for bridge in await system.ari("bridges")]
    return [one for one in (*channels, *bridges) if one in ours]


async def test_two_hundred_calls_leave_no_channel_bridge_or_recorder_behind(
    ringful: Ringful, admin: Admin, sink: Sink, system: System
) -> None:
    many = Ringful(ringful.session, ringful.base, make_account(admin).apikey)
    prompt = sink.tone(500, 0.3)
    conferences: list[str] = []
    recordings: list[str] = []
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            kind = number % 5
            callee = people.BUSY if kind == 0 else people.SPEAKS_440
            call = await many.call(callee=callee, callbackUrl=sink.url())
            if kind == 1:
                await many.record(callId=call, callbackUrl=sink.url())
                recordings.append(call)
            if kind == 2:
                moderator = list(people.TONES)[number // 5 % len(people.TONES)]  # a live call to it would be used
                conference = await many.start_conf(moderator=moderator)
                conferences.append(conference)
                await many.join_conf(confCallId=conference, participantCallId=call, callbackUrl=sink.url())
            if kind:  # one that is busy is over before more can be asked of it
                await many.play(callId=call, announcement=prompt)
            if kind == 2:
                await sink.until("ConfCallJoined", participantCallId=call, within=60)
                await many.hangup_conf(confCallId=conference)
            elif kind:
                await many.hangup(callId=call, immediate="true" if kind == 4 else "false")
            await sink.until("ServerHangup", callId=call, within=60)

    await asyncio.gather(*(one(number) for number in range(CALLS)))
    assert len(sink.taken("ServerHangup")) == len(many.calls) == CALLS, "one final callback each"
    assert len(sink.taken("RecordComplete")) == len(recordings)

    ours = {*many.calls, *conferences}
    await until(lambda: up(system, ours), lambda seen: seen == [], what="nothing is left in Asterisk")
    assert len([one for one in sink.taken() if one.action.startswith("Call") and one.answered != 200]) == 0
