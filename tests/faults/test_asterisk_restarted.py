"""docker restart of Asterisk: every call ends once, with its reason; afterwards everything is there again."""

import asyncio

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakePhone
from tests.faults.conftest import ROUNDS
from tests.support import audio, people
from tests.support.carillon import Admin, Own
from tests.support.far_end import Sound, assert_melody
from tests.support.lab import RunningLab
from tests.support.phone import Phone
from tests.support.scenario import LabEars, call_ended, until
from tests.support.sink import Sink
from tests.support.system import System


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_every_call_ends_once_and_new_calls_trunks_and_extensions_work(
    ringful: Ringful, sink: Sink, own: Own, lab: LabEars, phone: MakePhone, admin: Admin, system: System, turn: int
) -> None:
    desk = await phone(audio.sine(573, 60))
    running = RunningLab.of_environment()
    await admin.ask("POST", "trunks", {
        "name": "registered", "host": running.trunk_address, "port": running.sip_port, "user": "registered",
        "password": running.trunk_password, "register": True, "prefix": "1999777",
    })  # fmt: skip
    try:
        before = await up(ringful, sink)
        await system.docker("restart", system.container("asterisk"))
        for call in before:
            told = await sink.until("ServerHangup", callId=call, within=45)
            assert told.form["billAmount"] == "0"
            ended = await call_ended(own, call)
            assert ended["cause"] == "media_node_lost", ended
        await system.healthy()
        finals = [one for one in sink.received if one.action in ("ServerHangup", "CalleeHangUp")]
        assert sorted(one.form["callId"] for one in finals) == sorted(before), "once each"
        states = [task["state"] for call in before for task in (await own.call(call))["tasks"]]
        assert not {"queued", "running"} & set(states), states

        async def lines() -> dict[str, str]:
            trunks = (await admin.ask("GET", "trunks"))["trunks"]
            return {trunk["name"]: trunk["state"].lower() for trunk in trunks}

        await until(lines, lambda seen: seen["registered"] in ("online", "registered"), 40, "the trunk is registered")
        await a_new_call_works(ringful, sink, lab)
        await the_phone_rings(ringful, sink, desk)
    finally:
        await admin.ask("DELETE", "trunks/registered")


async def up(ringful: Ringful, sink: Sink) -> list[str]:
    """Calls in every situation: playing, recording, waiting, in a conference, ringing."""
    playing = await ringful.call(callee=people.SPEAKS_440, callbackUrl=sink.url())
    await ringful.record(callId=playing, callbackUrl=sink.url("task"))
    await ringful.play(callId=playing, announcement=sink.tone(500, 60), callbackUrl=sink.url("task"))
    await ringful.play(callId=playing, announcement=sink.tone(620, 1), callbackUrl=sink.url("task"))
    waiting = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.wait_for_tone(callId=waiting, tone="1")
    ringing = await ringful.call(callee=people.NEVER_ANSWERS, callbackUrl=sink.url())
    await asyncio.gather(*(sink.until("CallEstablished", callId=call) for call in (playing, waiting)))
    conference = await ringful.start_conf(moderator=people.LISTENS, callbackUrl=sink.url("conference"))
    await ringful.join_conf(confCallId=conference, participantCallId=playing, callbackUrl=sink.url("conference"))
    await sink.until("PlayStart", callId=playing)
    return [playing, waiting, ringing]


async def a_new_call_works(ringful: Ringful, sink: Sink, lab: LabEars) -> None:
    """A call to the lab is heard."""
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tones([(700, 0.5), (930, 0.5)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.of(call)).heard, 700, 930)


async def the_phone_rings(ringful: Ringful, sink: Sink, desk: Phone) -> None:
    """The softphone is still registered: Asterisk remembers it, or it registers again."""
    call = await ringful.call(callee=desk.number, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(830, 0.8))
    await ringful.hangup(callId=call, immediate="false")
    await desk.pick_up()
    await desk.closed()
    assert_melody(Sound(*desk.heard()), 830)
