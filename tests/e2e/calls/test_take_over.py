"""Nobody takes over a call by SIP: INVITE with Replaces or Join (RFC 3891, RFC 3911), REFER (RFC 3515)."""

import asyncio
import socket

import pytest

from tests.e2e.calls.test_connected_legs import caller_at
from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber, make_account
from tests.support import people
from tests.support.carillon import Account, Admin
from tests.support.scenario import until
from tests.support.sip_caller import CallResult
from tests.support.sip_listener import header
from tests.support.system import System


async def channels_of(system: System, *called: CallResult) -> list[str]:
    """The channels that Asterisk has of these SIP calls."""
    known = {one.call_id for one in called}
    return [one["id"] for one in await system.ari("channels") if one["protocol_id"] in known]


@pytest.mark.parametrize(
    ("headers", "status"),
    [((), 403), ((("Require", "replaces"),), 420)],
    ids=["an INVITE with Replaces", "one that requires it"],
)
@pytest.mark.parametrize("theirs", [True, False], ids=["of another account's call", "of a call of its own account"])
async def test_an_invite_that_replaces_a_call_is_refused_and_the_call_goes_on(
    admin: Admin, account: Account, carrier: MakeCarrier, number: MakeNumber, extension: MakeExtension, system: System,
    headers: tuple[tuple[str, str], ...], status: int, theirs: bool,
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
    assert (taking.status, taking.answered, taking.rtp) == (status, None, [])
    called = await calling
    assert called.ended_by_peer is None and called.requests == [], "it was not touched"
    await until(lambda: channels_of(system, called, taking), lambda seen: seen == [], what="no channel stays up")


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
    assert called.requests == others.requests == [], "neither is hung up"
    await until(lambda: channels_of(system, called, others), lambda seen: seen == [], what="no channel stays up")


async def test_a_refer_moves_nobody_and_is_not_offered(
    carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    """Asterisk leaves a REFER within a dialog unanswered where it is not among what it allows (RFC 3261 §20.5)."""
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
    assert "INVITE" in (header(called.answer, "Allow") or "") and "REFER" not in (header(called.answer, "Allow") or "")
    assert "replaces" not in (header(called.answer, "Supported") or "")
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
