"""Nobody takes over a call by SIP: INVITE with Replaces or Join (RFC 3891, RFC 3911), a carrier's REFER (RFC 3515).

Phones transfer calls by REFER (tests/e2e/transfers), so res_pjsip_refer is loaded, and with it what obeys Replaces.
"""

import asyncio
import socket

import pytest

from tests.e2e.calls.test_connected_legs import caller_at
from tests.e2e.calls.test_inbound import audible
from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber, MakePhone, make_account
from tests.support import audio, people
from tests.support.carillon import Account, Admin
from tests.support.scenario import until
from tests.support.sip_caller import CallResult
from tests.support.system import System


async def channels_of(system: System, *called: CallResult) -> list[str]:
    """The channels that Asterisk has of these SIP calls."""
    known = {one.call_id for one in called}
    return [one["id"] for one in await system.ari("channels") if one["protocol_id"] in known]


@pytest.mark.parametrize(
    "headers",
    [(), (("Require", "replaces"),)],
    ids=["an INVITE with Replaces", "one that requires it"],
)
@pytest.mark.parametrize("theirs", [True, False], ids=["of another account's call", "of a call of its own account"])
async def test_an_invite_that_replaces_a_call_is_refused_and_the_call_goes_on(
    admin: Admin, account: Account, carrier: MakeCarrier, number: MakeNumber, extension: MakeExtension, system: System,
    headers: tuple[tuple[str, str], ...], theirs: bool,
) -> None:  # fmt: skip
    line = await carrier()
    ours = await number(tasks=[{"kind": "answer"}, {"kind": "pause", "seconds": 20}])
    victim = caller_at(line, system, "12015550199")
    calling = asyncio.create_task(victim.call(ours, seconds=15, hang_up=(200, 2.0)), name="the victim's call")
    await victim.up.wait()
    own, other = victim.result.tags
    thief = await extension(account=make_account(admin).name if theirs else account.name)
    replaces = f"{victim.result.call_id};to-tag={other};from-tag={own}"
    taking = await thief.telephone(system).call("500", seconds=5, headers=(("Replaces", replaces), *headers))
    assert (taking.status, taking.answered, taking.rtp) == (401, None, [])
    called = await calling
    assert called.ended_by_peer is None and called.requests == [], "it was not touched"
    await until(lambda: channels_of(system, called, taking), lambda seen: seen == [], what="no channel stays up")


async def test_a_replaces_that_asterisk_does_not_look_at_for_its_length_takes_over_nothing(
    admin: Admin, carrier: MakeCarrier, phone: MakePhone, number: MakeNumber, extension: MakeExtension, system: System
) -> None:
    """One of 4,096 bytes is not compared by Asterisk, which then obeys it: whoever sent it is hung up at once."""
    line, ben = await carrier(), await phone(audio.sine(620, 60))
    for tasks in ([{"kind": "answer"}, {"kind": "pause", "seconds": 20}], [{"kind": "dial", "to": ben.number}]):
        victim = caller_at(line, system, "12015550199")
        calling = asyncio.create_task(victim.call(await number(tasks=tasks), seconds=15, tone=440), name="the victim's")
        if tasks[0]["kind"] == "dial":
            await ben.pick_up()
            await audible(ben, 1.0)
        await victim.up.wait()
        own, other = victim.result.tags
        thief = await extension(account=make_account(admin).name)
        replaces = f"{victim.result.call_id};to-tag={other};from-tag={own};x={'x' * 4200}"
        taking = await thief.telephone(system).call("500", seconds=5, headers=(("Replaces", replaces),))
        assert taking.answered is not None and taking.ended_by_peer is not None
        assert taking.ended_by_peer - taking.answered < 0.5 and len(taking.rtp) < 10
        both = (await calling, taking)
        await until(lambda both=both: channels_of(system, *both), lambda seen: seen == [], what="no channel stays up")
    await ben.closed()


async def test_an_invite_that_joins_a_call_is_a_call_of_its_own(
    carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    """Asterisk does not know Join, and RFC 3911 §4 lets who does not know it ignore it."""
    line = await carrier()
    ours = await number(tasks=[{"kind": "answer"}, {"kind": "pause", "seconds": 20}])
    first = caller_at(line, system, "12015550199")
    calling = asyncio.create_task(first.call(ours, seconds=15, tone=440, hang_up=(200, 2.0)), name="the first call")
    await first.up.wait()
    own, other = first.result.tags
    join = ("Join", f"{first.result.call_id};to-tag={other};from-tag={own}")
    joining = await caller_at(line, system, "12015550198").call(ours, seconds=5, headers=(join,), hang_up=(200, 0.7))
    assert joining.answered is not None and not any(set(data) - {0xFF, 0x7F} for _, data in joining.rtp)
    assert (await calling).requests == []


async def test_an_invite_within_a_call_that_replaces_another_one_takes_over_nothing(
    carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    line = await carrier()
    ours = await number(tasks=[{"kind": "answer"}, {"kind": "pause", "seconds": 20}])
    first, second = caller_at(line, system, "12015550199"), caller_at(line, system, "12015550198")
    calls = [
        asyncio.create_task(one.call(ours, seconds=15, hang_up=(200, 1.5)), name="a call") for one in (first, second)
    ]
    await asyncio.gather(first.up.wait(), second.up.wait())
    own, other = second.result.tags
    first.ask_again(("Replaces", f"{second.result.call_id};to-tag={other};from-tag={own}"))
    called, others = await asyncio.gather(*calls)
    assert others.requests == [] and called.answered is not None, "who asks loses its own call at most"
    await until(lambda: channels_of(system, called, others), lambda seen: seen == [], what="no channel stays up")


async def test_a_carriers_refer_moves_nobody(carrier: MakeCarrier, number: MakeNumber, system: System) -> None:
    line = await carrier()
    ours = await number(tasks=[{"kind": "answer"}, {"kind": "pause", "seconds": 20}])
    first, second = caller_at(line, system, "12015550199"), caller_at(line, system, "12015550198")
    calls = [
        asyncio.create_task(one.call(ours, seconds=15, hang_up=(200, 1.5)), name="a call") for one in (first, second)
    ]
    await asyncio.gather(first.up.wait(), second.up.wait())
    own, other = second.result.tags
    replaces = f"Replaces={second.result.call_id.replace('@', '%40')}%3Bto-tag%3D{other}%3Bfrom-tag%3D{own}"
    for target in (f"sip:{ours}@{system.sip}", f"sip:{ours}@{system.sip}?{replaces}"):
        first.ask("REFER", ("Refer-To", f"<{target}>"), ("Referred-By", "<sip:carrier@127.0.0.1>"))
    called, others = await asyncio.gather(*calls)
    assert called.requests == others.requests == [], "no NOTIFY, no BYE"
    assert called.answers[:2] == [("REFER", 603), ("REFER", 603)]
    await until(lambda: channels_of(system, called, others), lambda seen: seen == [], what="no channel stays up")


async def test_a_refer_outside_a_call_is_refused(carrier: MakeCarrier, system: System) -> None:
    line, loop = await carrier(), asyncio.get_running_loop()
    host, _, port = system.sip.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.setblocking(False)
        own.bind((line.address, 0))
        place = f"{line.address}:{own.getsockname()[1]}"
        lines = [
            f"REFER sip:500@{system.sip} SIP/2.0", f"Via: SIP/2.0/UDP {place};branch=z9hG4bKrefer;rport",
            f"From: <sip:1@{place}>;tag=a", f"To: <sip:500@{system.sip}>", f"Call-ID: refer@{place}", "CSeq: 1 REFER",
            f"Contact: <sip:1@{place}>", "Max-Forwards: 70", f"Refer-To: <sip:{people.LISTENS}@{system.sip}>",
            "Content-Length: 0", "", "",
        ]  # fmt: skip
        await loop.sock_sendto(own, "\r\n".join(lines).encode(), (host, int(port)))
        answer = await asyncio.wait_for(loop.sock_recv(own, 4096), 5)
    assert 400 <= int(answer.split()[1]) < 700
