"""Calls that come in: from the network to an application, from softphones to applications and to each other."""

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier, MakeNumber, MakePhone, RecordingOf
from tests.support import audio, people
from tests.support.carillon import Own
from tests.support.far_end import Sound, assert_hears, assert_melody, same_pitch
from tests.support.phone import Phone, PhoneFailed
from tests.support.scenario import LabEars, call_ended, in_state, until
from tests.support.sink import Sink
from tests.support.system import System

WELCOME = [
    {"kind": "say", "text": "Welcome. My name is Carillon. Please press a key."},
    {"kind": "wait_for_digits", "count": 1, "seconds": 15},
    {"kind": "say", "text": "You pressed {digit}."},
    {"kind": "hang_up"},
]


def heard_by(phone: Phone, call: int = -1) -> Sound:
    """What a softphone heard."""
    return Sound(*phone.heard(call), f"what {phone.user} heard")


async def test_a_softphone_dials_an_application_hears_speech_presses_a_key_and_hears_it_back(
    phone: MakePhone, number: MakeNumber, own: Own
) -> None:
    ours = await number(tasks=WELCOME)
    caller = await phone()
    await caller.dial(ours)
    await audible(caller, 2.0)
    await until(lambda: waiting_for_a_key(own), bool, what="the application waits for a key")
    welcome = heard_by(caller).seconds
    await caller.press("3")
    await caller.closed(within=20)
    heard = heard_by(caller)
    assert heard.part(0, welcome).says("my name is")
    echoed = heard.part(welcome)
    assert echoed.says("you pressed three", 1e-10) and not echoed.says("you pressed five", 1e-10)


async def waiting_for_a_key(own: Own) -> bool:
    """Whether the account's newest call holds its queue for a digit."""
    _, body = await own.ask("GET", "calls?limit=1")
    return any(
        (task["kind"], task["state"]) == ("wait_for_digits", "running")
        for task in await own.queue(body["calls"][0]["id"])
    )


async def audible(phone: Phone, seconds: float) -> None:
    """Wait until a softphone has heard so many seconds of audio."""

    async def look() -> float:
        try:
            return heard_by(phone).seconds
        except (PhoneFailed, AssertionError):
            return 0.0

    await until(look, lambda got: got >= seconds, what=f"{phone.user} hears {seconds} s")


async def test_an_inbound_call_is_told_and_answered_by_what_the_application_queues(
    ringful: Ringful, sink: Sink, number: MakeNumber, network: Lab, lab: LabEars, recording_of: RecordingOf
) -> None:
    ours = await number(url=sink.url("inbound"))
    dialled = await network.dial(ours, people.SPEAKS_440, seconds=30)
    offered = await sink.until("CallReceived")
    call = offered.form["callId"]
    assert offered.form == {"action": "CallReceived", "callId": call, "caller": people.SPEAKS_440, "callee": ours}
    assert await network.state(dialled.channel) in ("Down", "Ring", "Ringing"), "it rings until its first task"
    await ringful.record(callId=call, callbackUrl=sink.url("record"))
    await ringful.play(callId=call, announcement=sink.tones([(620, 0.7), (830, 0.7)]))
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("RecordComplete", callId=call)
    await sink.until("ServerHangup", callId=call)
    assert_melody((await lab.at(dialled.call_id)).heard, 620, 830)
    assert_melody(await recording_of(call), 440)
    told = [one.action for one in sink.received if one.path == "/inbound"]
    assert told == ["CallReceived", "CallEstablished", "ServerHangup"]


async def test_a_fixed_list_answers_without_any_web_server(number: MakeNumber, network: Lab, lab: LabEars) -> None:
    ours = await number(tasks=WELCOME)
    dialled = await network.dial(ours, people.PRESSES_1, seconds=30)
    await until(lambda: network.state(dialled.channel), lambda state: state is None, 40, "the call is over")
    far = await lab.at(dialled.call_id)
    assert far.heard.says("my name is") and far.heard.says("you pressed", 1e-30)


async def test_a_caller_that_hangs_up_is_callee_hang_up_inbound_too(
    ringful: Ringful, sink: Sink, number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours = await number(url=sink.url())
    network = await carrier()
    async with network.calls(system, "uac_hang_up", ours, keys={"caller": "12015550199"}) as far:
        call = (await sink.until("CallReceived")).form["callId"]
        await ringful.play(callId=call, announcement=sink.tone(500, 20))
        await sink.until("CalleeHangUp", callId=call)
        await far.done()
    assert sink.actions() == ["CallReceived", "CallEstablished", "CalleeHangUp"]


async def test_a_caller_that_gives_up_while_it_rings_ends_the_offer(
    ringful: Ringful, sink: Sink, number: MakeNumber, carrier: MakeCarrier, system: System, own: Own
) -> None:
    ours = await number(url=sink.url())
    network = await carrier()
    async with network.calls(system, "uac_cancel", ours, keys={"caller": "12015550199"}) as far:
        call = (await sink.until("CallReceived")).form["callId"]
        await sink.until("ServerHangup", callId=call)
        await far.done()
    assert (await call_ended(own, call))["hung_up_by"] == "far"
    assert (await ringful.ask("Play", callId=call, announcement=sink.tone(500))).status == 404


async def test_an_offer_that_nobody_takes_is_480_after_ten_seconds(
    sink: Sink, number: MakeNumber, carrier: MakeCarrier, system: System, own: Own
) -> None:
    ours = await number(url=sink.url())
    network = await carrier()
    async with network.calls(system, "uac_refused", ours, keys={"caller": "12015550199", "code": "480"}) as far:
        offered = await sink.until("CallReceived")
        ended = await sink.until("ServerHangup", callId=offered.form["callId"])
        assert 9 < ended.at - offered.at < 13
        await far.done()
    assert (await call_ended(own, offered.form["callId"]))["cause"] == "no_application"


async def test_an_inbound_url_that_nobody_answers_is_480_too(
    number: MakeNumber, carrier: MakeCarrier, system: System
) -> None:
    ours = await number(url="http://127.0.0.1:9/inbound")
    network = await carrier()
    async with network.calls(system, "uac_refused", ours, keys={"caller": "12015550199", "code": "480"}) as far:
        await far.done()


async def test_a_number_that_nobody_has_is_404(carrier: MakeCarrier, system: System) -> None:
    network = await carrier()
    async with network.calls(system, "uac_refused", "4499", keys={"caller": "12015550199", "code": "404"}) as far:
        await far.done()


async def test_two_softphones_hear_each_other_and_the_callee_sees_who_calls(phone: MakePhone) -> None:
    anna, ben = await phone(audio.sine(573, 60)), await phone(audio.sine(908, 60))
    await anna.ring(ben.number)
    ringing = await ben.pick_up()
    assert anna.number in ringing["peeruri"]
    await anna.until("CALL_ESTABLISHED")
    await audible(anna, 2.0)
    await audible(ben, 2.0)
    await anna.hang_up()
    await ben.closed()
    assert_hears(heard_by(anna), [908], [573])
    assert_hears(heard_by(ben), [573], [908])


async def test_a_softphone_calls_a_number_outside_and_both_hear_each_other(
    phone: MakePhone, lab: LabEars, own: Own
) -> None:
    (number, hz), *_ = people.speakers(1, first=4)
    caller = await phone(audio.sine(573, 60))
    await caller.dial(number)
    await audible(caller, 2.5)
    await caller.press("42")
    await audible(caller, 4.0)
    await caller.hang_up()
    assert_hears(heard_by(caller), [hz], [573])
    _, body = await own.ask("GET", "calls")
    (outside,) = [call for call in body["calls"] if call["callee"] == number and call["state"] != "queued"][:1]
    far = await lab.of(outside["id"])
    assert far.heard.has(573, 1.0)
    assert far.digits == "42"


async def test_a_rest_call_rings_a_softphone_extension(
    phone: MakePhone, ringful: Ringful, sink: Sink, own: Own, recording_of: RecordingOf
) -> None:
    desk = await phone(audio.sine(573, 60))
    call = await ringful.call(callee=desk.number, callbackUrl=sink.url())
    await ringful.record(callId=call, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(830, 0.8))
    await ringful.wait_for_tone(callId=call, tone="9", callbackUrl=sink.url())
    await ringful.play(callId=call, announcement=sink.tone(1050, 0.8))
    await ringful.hangup(callId=call, immediate="false")
    await desk.pick_up()
    await until(lambda: waiting_for_a_key(own), bool, within=15, what="it waits for a digit")
    await desk.press("9")
    await sink.until("WaitForToneDetected", callId=call)
    await desk.closed()
    await sink.until("RecordComplete", callId=call)
    assert_melody(heard_by(desk), 830, 1050)
    assert_melody(await recording_of(call), 573)


async def test_a_softphone_that_declines_and_one_that_is_not_there_are_server_hangups(
    phone: MakePhone, ringful: Ringful, sink: Sink, own: Own, admin: object
) -> None:
    desk = await phone()
    call = await ringful.call(callee=desk.number, callbackUrl=sink.url())
    await desk.until("CALL_INCOMING")
    await desk.command("hangup")
    await sink.until("ServerHangup", callId=call)
    assert (await call_ended(own, call))["cause"] in ("busy", "rejected")
    async with away(desk):
        gone = await ringful.call(callee=desk.number, callbackUrl=sink.url())
        told = await sink.until("ServerHangup", callId=gone)
        assert told.form["billAmount"] == "0"
        assert (await call_ended(own, gone))["answered"] is None


def away(phone: Phone) -> "_Away":
    """While this lasts the softphone is unregistered."""
    return _Away(phone)


class _Away:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def __aenter__(self) -> None:
        await self._phone.command("uadel", f"sip:{self._phone.user}@{self._phone.registrar}")
        await self._phone.until("UNREGISTERING")

    async def __aexit__(self, *_: object) -> None:
        await self._phone.command("uanew", self._phone.account)
        await self._phone.until("REGISTER_OK")


async def test_a_wrong_password_registers_nobody(phone: MakePhone, system: System) -> None:
    desk = await phone()
    stranger = Phone(desk.user, "not the password", system.sip, register=False)
    async with stranger:
        await stranger.command("uadel", f"sip:{desk.user}@{system.sip}")
        await stranger.command("uanew", stranger.account.replace("regint=0", "regint=60"))
        failed = await stranger.until("REGISTER_FAIL")
        assert "401" in failed["param"] or "403" in failed["param"]


async def test_a_softphone_may_not_dial_what_its_account_may_not(phone: MakePhone, own: Own) -> None:
    caller = await phone()
    for forbidden in ("911", "442071838750"):
        await caller.ring(forbidden)
        await caller.closed()
    _, body = await own.ask("GET", "calls")
    assert not [
        call for call in body["calls"] if call["direction"] == "outbound" and call["callee"] in ("911", "442071838750")
    ]


async def test_an_inbound_call_rings_the_caller_until_its_first_task(
    phone: MakePhone, number: MakeNumber, ringful: Ringful, sink: Sink, own: Own
) -> None:
    ours = await number(url=sink.url())
    caller = await phone()
    await caller.ring(ours)
    call = (await sink.until("CallReceived")).form["callId"]
    await caller.until("CALL_RINGING")
    assert (await in_state(own, call, "ringing"))["answered"] is None
    await ringful.play(callId=call, announcement=sink.tone(620, 0.8))
    await ringful.hangup(callId=call, immediate="false")
    await caller.until("CALL_ESTABLISHED")
    await caller.closed()
    assert_melody(heard_by(caller), 620)
    assert same_pitch(620, heard_by(caller).melody()[0])
