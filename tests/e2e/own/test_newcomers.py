"""What a newcomer meets on a running system: what a command says, and what is heard and logged then."""

from pathlib import Path

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeNumber, MakePhone
from tests.support import audio, people
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.far_end import assert_melody
from tests.support.scenario import LabEars, in_state
from tests.support.sink import Sink
from tests.support.sounds import wav
from tests.support.system import System

NOBODYS = "4930555018"
"""A number that no trunk of the tests carries, and that has no persona in the lab."""


async def test_the_lab_s_call_to_nobody_fails_and_one_that_rings_says_so(carillon: Command, number: MakeNumber) -> None:
    ran = await carillon.run("lab", "dial", "4499")
    assert ran.status == 1 and "no application answers a number of these digits" in ran.errors, ran
    ours = await number(tasks=[{"kind": "pause", "seconds": 1}, {"kind": "hang_up"}])
    ran = await carillon.run("lab", "dial", ours, "--seconds", "1")
    assert ran.status == 0 and ("ringing" in ran.output or "answered" in ran.output), ran


async def test_a_real_number_that_only_the_lab_could_carry_has_no_trunk(
    carillon: Command, admin: Admin, account: Account
) -> None:
    await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{NOBODYS}"})
    ran = await carillon.run("trunks", "test", f"+{NOBODYS}", "--account", account.name)
    assert ran.status == 1 and "no_route" in ran.errors and "No trunk carries that number" in ran.errors, ran


async def test_a_softphone_s_call_says_where_it_came_from_and_how_long_it_is_up(
    phone: MakePhone, number: MakeNumber, own: Own, carillon: Command
) -> None:
    ours = await number(tasks=[{"kind": "say", "text": "Hello."}, {"kind": "pause", "seconds": 20}])
    caller = await phone(audio.sine(908, 20))
    await caller.dial(ours)
    _, body = await own.ask("GET", "calls?live=true&limit=100")
    call = next(one["id"] for one in body["calls"] if one["caller"] == caller.number)
    await in_state(own, call, "answered")
    printed = await carillon("calls", "show", call)
    assert "from extension" in printed
    shown = (await own.call(call))["call"]
    assert (shown["direction"], shown["origin"], shown["application_name"]) == ("inbound", "extension", ours)
    assert shown["seconds"] > 0
    await carillon("calls", "hangup", call)
    await caller.closed()
    assert "us (Carillon: a request" in await carillon("calls", "show", call)


async def test_a_file_that_the_command_line_uploaded_is_heard_by_ringful_s_play(
    carillon: Command, ringful: Ringful, account: Account, sink: Sink, lab: LabEars, tmp_path: Path
) -> None:
    file = tmp_path / "newcomer.wav"
    file.write_bytes(wav(audio.sine(620, 0.8)))
    said = await carillon("prompts", "upload", str(file), "--account", account.name)
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.play(callId=call, announcement="upload:newcomer.wav", callbackUrl=sink.url())
    await ringful.hangup(callId=call, immediate="false")
    await sink.until("ServerHangup", callId=call)
    assert "upload:newcomer.wav" in said
    assert_melody((await lab.of(call)).heard, 620)


async def test_the_doctor_leaves_no_security_error_of_its_own_in_the_log(carillon: Command, system: System) -> None:
    ran = await carillon.run("doctor")
    assert "sip" in ran.output
    log = await system.docker("logs", "--since", "60s", system.container("asterisk"))
    assert not [line for line in log.splitlines() if "doctor@" in line]
