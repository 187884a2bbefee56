"""Frames are sent for as long as a call is up, whatever it waits for: counted by Asterisk's own RTP."""

import asyncio

from engine.commands import HangUpCall, HangUpConference, Invitation, StartConference
from engine.events import CallAnswered, ConferenceEnded, ParticipantJoined, TaskEnded, TaskStarted
from engine.model.leg_options import LegOptions
from engine.tasks.ask import Ask
from engine.tasks.detect_machine import DetectMachine
from engine.tasks.dial import Dial
from engine.tasks.join_conference import JoinConference
from engine.tasks.kinds import AnyTask
from engine.tasks.menu import Menu
from engine.tasks.park import Park
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.record import Record
from engine.tasks.run_menu import RunMenu
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.wait_for_digits import WaitForDigits
from tests.asterisk.live_exchange import LiveExchange
from tests.asterisk.test_conferences import Room
from tests.support import people
from tests.support.exchange import ACCOUNT
from tests.support.far_end import Sound
from tests.support.lab import RunningLab

WINDOW = 1.0  # seconds
BEGINS_WITHIN = 3.0
LEAST, MOST = 20.0, 60.0  # frames a second: fifty on an idle machine, and late ones on a busy one; keep-alives are 0.2


async def flows(exchange: LiveExchange, call: str) -> None:
    """Fail unless frames are sent to this call's party now, fifty a second."""
    channels, channel = exchange.client.channels, (await exchange.stored(call)).channel_id
    clock = asyncio.get_running_loop().time

    async def sent() -> tuple[float, int]:
        asked = clock()
        count = (await channels.rtpstatistics(channel)).txcount
        return (asked + clock()) / 2, count

    _, at_first = await sent()
    try:
        async with asyncio.timeout(BEGINS_WITHIN):
            while (await sent())[1] == at_first:  # noqa: ASYNC110  # nothing announces a packet
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"nothing is sent to {call}: {exchange.story(call)}") from None
    (began, before), _, (ended, after) = await sent(), await asyncio.sleep(WINDOW), await sent()
    rate = (after - before) / (ended - began)
    assert LEAST <= rate <= MOST, f"{rate:.1f} frames a second to {call}: {exchange.story(call)}"


WAITS: dict[str, tuple[AnyTask, ...]] = {
    "nothing queued": (),
    "a digit": (WaitForDigits(),),
    "a digit after a prompt": (Play(source="300"), WaitForDigits()),
    "a pause": (Pause(seconds=20),),
    "a recording and nothing else": (Record(),),
    "a recording and a pause": (Record(), Pause(seconds=20)),
    "a park without music": (Park(max_seconds=20),),
    "an answer of the customer's": (Ask(question="answered", seconds=20),),
    "a menu without prompts": (RunMenu(first="main", menus=(Menu(id="main", silence_seconds=20),)),),
    "who answered": (DetectMachine(),),
    "another party, in silence": (Dial(to=people.NEVER_ANSWERS),),
    "another party, with a ringing tone": (Dial(to=people.NEVER_ANSWERS, leg=LegOptions(ringback="de")),),
    "another party, with music": (Dial(to=people.NEVER_ANSWERS, leg=LegOptions(music="music1")),),
    "digits that were sent": (SendDtmf(digits="12"), WaitForDigits()),
    "alone in a conference": (JoinConference(name="alone"),),
    "alone in a conference with music": (JoinConference(name="music", music="music1"),),
    "alone in a conference after a prompt": (JoinConference(name="prompt"), Play(source="300"), WaitForDigits()),
}
ENDS_FIRST = {"a digit after a prompt": "play", "digits that were sent": "send_dtmf",
              "alone in a conference after a prompt": "play"}  # fmt: skip


async def test_every_task_that_waits_sends_silence(exchange: LiveExchange) -> None:
    async def waiting(what: str) -> None:
        call = await exchange.call(*WAITS[what])
        if kind := ENDS_FIRST.get(what):
            await exchange.event(TaskEnded, subject=call.id, kind=kind)
        elif WAITS[what]:
            await exchange.event(TaskStarted, subject=call.id)
        try:
            await flows(exchange, call.id)
        except AssertionError as error:
            raise AssertionError(f"while it waits for {what}: {error}") from None
        finally:
            await exchange.hang_up(call.id)

    found = await asyncio.gather(*(waiting(what) for what in WAITS), return_exceptions=True)
    assert [str(one) for one in found if one] == []


async def test_who_is_muted_held_or_left_alone_in_a_conference_is_sent_silence_or_its_music(
    exchange: LiveExchange,
) -> None:
    room = Room(exchange)
    await asyncio.gather(room.join(people.LISTENS), room.join(people.SPEAKS_440))
    one = room.calls[people.LISTENS].id
    await room.mute(people.LISTENS)
    await flows(exchange, one)
    await room.hold(people.LISTENS)
    await flows(exchange, one)
    await room.hold(people.LISTENS, music="music1")
    await flows(exchange, one)
    await room.hold(people.LISTENS, held=False)
    await room.kick(people.SPEAKS_440)
    await flows(exchange, one)
    await room.close()


async def test_a_moderator_who_waits_and_a_participant_who_is_alone_meanwhile_are_sent_silence(
    exchange: LiveExchange,
) -> None:
    started = StartConference(account=ACCOUNT, moderator=Invitation(callee=people.LISTENS))
    conference = await exchange.submit(started)
    moderator = (await exchange.event(CallAnswered)).subject
    await flows(exchange, moderator)
    early = await exchange.call(JoinConference(conference=conference, join_moderator=False), callee=people.SPEAKS_440)
    await exchange.event(ParticipantJoined, subject=early.id)
    await asyncio.gather(flows(exchange, early.id), flows(exchange, moderator))
    await exchange.submit(HangUpConference(account=ACCOUNT, conference=conference))
    await exchange.event(ConferenceEnded, subject=conference)
    await asyncio.gather(exchange.ended(moderator), exchange.ended(early.id))


async def test_silence_outlasts_a_change_of_controller_and_the_parties_hear_each_other_behind_it(
    exchange: LiveExchange,
) -> None:
    call = await exchange.call(WaitForDigits(seconds=5), Dial(to=people.SPEAKS_440), callee=people.LISTENS)
    await flows(exchange, call.id)
    await exchange.again()
    await flows(exchange, call.id)
    await exchange.event(TaskEnded, subject=call.id, kind="dial")
    await flows(exchange, call.id)
    await exchange.hang_up(call.id)
    sip = (await exchange.stored(call.id)).sip_call_id
    assert sip and Sound.of((await RunningLab.of_environment().recorded(sip)).heard).has(440, 1.0)


async def test_a_party_whose_connected_party_has_gone_is_sent_silence(exchange: LiveExchange) -> None:
    dial = Dial(to=people.SPEAKS_440, hang_up_after=False)
    call = await exchange.call(WaitForDigits(seconds=0.5), dial, callee=people.LISTENS)
    await exchange.event(TaskEnded, subject=call.id, kind="dial")
    (other,) = [one.subject for one in exchange.told_of(CallAnswered) if one.subject != call.id]
    await flows(exchange, call.id)
    await exchange.submit(HangUpCall(account=ACCOUNT, call=other))
    await exchange.ended(other)
    await flows(exchange, call.id)
    await exchange.hang_up(call.id)
