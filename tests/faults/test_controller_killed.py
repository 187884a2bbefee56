"""kill -9 of the controller while twenty calls are up; the container's restart policy starts it again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeNumber, RecordingOf
from tests.faults.conftest import ROUNDS, kill_the_controller
from tests.support import people
from tests.support.carillon import Own
from tests.support.far_end import assert_hears, assert_melody, in_order
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Behaviour, Sink
from tests.support.system import System

EACH = 4

Check = Callable[[], Awaitable[None]]


class Twenty:
    """Twenty calls, four in each situation; each `…` method sets them up and returns what must be true at the end."""

    def __init__(self, ringful: Ringful, sink: Sink, lab: LabEars, own: Own, recording_of: RecordingOf) -> None:
        self.ringful, self.sink, self.lab, self.own, self.recording_of = ringful, sink, lab, own, recording_of
        self.playing = asyncio.Event()

    async def in_mid_play(self) -> Check:
        """A long prompt plays, two more are queued."""
        call = await self.ringful.call(callee=people.LISTENS, callbackUrl=self.sink.url())
        for hz, seconds in ((500, 8.0), (620, 0.6), (830, 0.6)):
            await self.ringful.play(callId=call, announcement=self.sink.tone(hz, seconds), callbackUrl=self.sink.url())
        await self.ringful.hangup(callId=call, immediate="false")
        await self.sink.until("PlayStart", callId=call)

        async def check() -> None:
            heard = (await self.lab.of(call)).heard
            assert_melody(heard, 500, 620, 830)
            assert heard.lasted(500) > 7.5, "the prompt that played went on"
            await self.sink.until("ServerHangup", callId=call)
            told = [one.action for one in self.sink.taken(callId=call)]
            assert in_order(["CallEstablished", *["PlayStart", "PlayComplete"] * 3, "ServerHangup"], told), told

        return check

    async def waiting_for_a_digit(self) -> Check:
        """The queue waits for a key that is pressed every five seconds; it was pressed once before."""
        call = await self.ringful.call(callee=people.PRESSES_1, callbackUrl=self.sink.url())
        await self.ringful.play(callId=call, announcement=self.sink.tone(500, 2.6), callbackUrl=self.sink.url())
        await self.ringful.wait_for_tone(callId=call, tone="1", callbackUrl=self.sink.url())
        await self.ringful.play(callId=call, announcement=self.sink.tone(620, 0.6))
        await self.ringful.hangup(callId=call, immediate="false")
        await self.sink.until("PlayComplete", callId=call)

        async def check() -> None:
            assert_melody((await self.lab.of(call)).heard, 500, 620)
            assert len(self.sink.taken("WaitForToneDetected", callId=call)) == 1

        return check

    async def recording(self) -> Check:
        """A recorder runs beside a prompt."""
        call = await self.ringful.call(callee=people.SPEAKS_440, callbackUrl=self.sink.url())
        await self.ringful.record(callId=call, callbackUrl=self.sink.url())
        await self.ringful.play(callId=call, announcement=self.sink.tone(830, 8.0))
        await self.ringful.hangup(callId=call, immediate="false")
        await self.sink.until("RecordStart", callId=call)

        async def check() -> None:
            await self.sink.until("RecordComplete", callId=call)
            said = await self.recording_of(call)
            assert_melody(said, 440)
            assert said.seconds > 7.5, "nothing of it is missing"
            assert len(self.sink.taken("RecordComplete", callId=call)) == 1

        return check

    async def in_a_conference(self) -> Check:
        """Four people talk; afterwards the conference's own queue still plays to all of them."""
        room = people.speakers(EACH)
        calls = {number: await self.ringful.call(callee=number, callbackUrl=self.sink.url()) for number, _ in room}
        for call in calls.values():
            await self.sink.until("CallEstablished", callId=call)
        (moderator, _), *others = room
        conference = await self.ringful.start_conf(moderator=moderator, callbackUrl=self.sink.url())
        for number, _ in others:
            await self.ringful.join_conf(
                confCallId=conference, participantCallId=calls[number], callbackUrl=self.sink.url()
            )
            await self.sink.until("ConfCallJoined", participantCallId=calls[number])

        async def check() -> None:
            await self.ringful.play(
                confCallId=conference, announcement=self.sink.tone(300, 2.0), callbackUrl=self.sink.url()
            )
            await self.sink.until("PlayComplete", confCallId=conference)
            await self.ringful.hangup_conf(confCallId=conference)
            await self.sink.until("ConfCallCompleted", confCallId=conference)
            assert len(self.sink.taken("ConfCallStarted", confCallId=conference)) == 1
            for number, hz in room:
                heard = (await self.lab.of(calls[number])).heard
                last = heard.part(heard.seconds - 2.2)
                assert_hears(last, [300, *(other for _, other in room if other != hz)], [hz])

        return check

    async def ringing(self) -> Check:
        """It rings, and is answered while the controller is down or shortly after."""
        call = await self.ringful.call(callee=people.ANSWERS_AFTER_8_SECONDS, callbackUrl=self.sink.url())
        await self.ringful.play(callId=call, announcement=self.sink.tones([(500, 0.6), (620, 0.6)]))
        await self.ringful.hangup(callId=call, immediate="false")

        async def check() -> None:
            assert_melody((await self.lab.of(call)).heard, 500, 620)
            assert len(self.sink.taken("CallEstablished", callId=call)) == 1

        return check


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_no_call_is_lost_and_the_far_ends_hear_the_rest_in_order(
    ringful: Ringful, sink: Sink, lab: LabEars, own: Own, recording_of: RecordingOf, system: System, turn: int
) -> None:
    twenty = Twenty(ringful, sink, lab, own, recording_of)
    situations = [twenty.in_mid_play, twenty.waiting_for_a_digit, twenty.recording]
    checks = await asyncio.gather(
        *(situation() for situation in situations for _ in range(EACH)), twenty.in_a_conference()
    )
    # The last to be set up, so that they still ring.
    checks += await asyncio.gather(*(twenty.ringing() for _ in range(EACH)))
    assert len(ringful.calls) == 5 * EACH
    await asyncio.sleep(0.3 * turn)
    await kill_the_controller(system)
    await asyncio.gather(*(check() for check in checks))
    for call in ringful.calls:
        await sink.until("ServerHangup", callId=call)
        ended = await call_ended(own, call)
        assert (ended["cause"], ended["hung_up_by"]) == ("normal", "us"), ended
    finals = [one for one in sink.received if one.action in ("ServerHangup", "CalleeHangUp")]
    assert sorted(one.form["callId"] for one in finals) == sorted(ringful.calls), "one final callback each"


async def test_a_call_that_ends_and_callbacks_that_wait_while_the_controller_is_away_are_told_afterwards(
    ringful: Ringful, sink: Sink, own: Own, system: System
) -> None:
    sink.behave("down", Behaviour(failures=1000))
    call = await ringful.call(callee=people.HANGS_UP, callbackUrl=sink.url("down"))
    await sink.until("CallEstablished", callId=call)
    killing = asyncio.create_task(kill_the_controller(system), name="kill the controller")
    await killing
    sink.behave("down")
    ended = await call_ended(own, call, within=60)
    final = "CalleeHangUp" if ended["hung_up_by"] == "far" else "ServerHangup"  # nobody saw it end, or somebody did
    await sink.until(final, callId=call, within=60)
    assert ended["cause"], "a call that is found gone ends with a reason"
    assert sink.actions(callId=call)[0] == "CallEstablished" and len(sink.actions(callId=call)) == 2


async def test_a_call_that_comes_in_while_no_controller_is_there_is_answered_when_it_is_back(
    number: MakeNumber, lab: LabEars, network: Lab, system: System
) -> None:
    ours = await number(tasks=[{"kind": "say", "text": "Hello there. My name is Carillon."}, {"kind": "hang_up"}])
    killing = asyncio.create_task(kill_the_controller(system), name="kill the controller")

    async def away() -> bool:
        try:
            await system.healthy(0.2)
        except AssertionError:
            return True
        return False

    await until(away, bool, within=20, what="the controller is away")
    dialled = await network.dial(ours, people.LISTENS, seconds=30)
    await killing
    assert (await lab.at(dialled.call_id)).heard.says("my name is")
