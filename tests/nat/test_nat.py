"""This machine behind a NAT, phones and carriers behind another one or outside: each caller hears, and is heard."""

import asyncio
import re
import socket
from functools import partial
from typing import Any

import pytest

from engine.addresses import bracketed
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakeExtension, MakeNumber, MakePhone
from tests.nat.conftest import MakeTrunk
from tests.support import audio, people
from tests.support.carillon import Admin
from tests.support.challenger import Challenger, contact_host, media_address
from tests.support.far_end import assert_hears
from tests.support.namespaces import (
    BEHIND,
    HERE,
    HERE_INSIDE,
    HERE_INSIDE_6,
    NEIGHBOUR,
    NEIGHBOUR_6,
    OUTSIDE,
    PUBLIC,
    Heard,
    Networks,
    call_from,
)
from tests.support.phone import Phone
from tests.support.socket_in import socket_in
from tests.support.system import System

TONE, HZ, OTHER_HZ = 620, 573, 908
ECHOED = {"kind": "dial", "to": people.ECHOES}


def assert_echoed(heard: Heard) -> None:
    """Fail unless the caller's own tone came back: so it was heard, and hears."""
    assert heard.status == 200
    assert heard.sound.has(TONE, 1.0), f"{heard.sound.where}: {heard.sound.melody()} Hz in {heard.sound.seconds:.1f} s"


async def assert_calls(caller: Phone, callee: Phone) -> None:
    """Fail unless a call from one phone reaches the other one, and each hears the other's tone."""
    await caller.ring(callee.number)
    await callee.pick_up()
    await caller.until("CALL_ESTABLISHED")
    await audible(caller, 2.0)
    await audible(callee, 2.0)
    await caller.hang_up()
    await callee.closed()
    assert_hears(heard_by(caller), [OTHER_HZ], [HZ])
    assert_hears(heard_by(callee), [HZ], [OTHER_HZ])


@pytest.fixture
def sip_port(system: System) -> int:
    return int(system.setting("SIP_PORT"))


async def test_a_softphone_behind_a_nat_is_heard_and_hears(
    extension: MakeExtension, elsewhere: Networks, sip_port: int
) -> None:
    """Its SIP and SDP name an address that nobody outside can send to."""
    own = await extension()
    heard = await call_from(
        elsewhere.behind, people.ECHOES, host=HERE, port=sip_port, address=BEHIND,
        caller=own.user, password=own.password, seconds=6, tone=TONE,
    )  # fmt: skip
    assert_echoed(heard)


@pytest.mark.parametrize("where", ["outside", "behind"])
async def test_a_carrier_outside_or_behind_a_nat_is_heard_and_hears(
    number: MakeNumber, trunk: MakeTrunk, elsewhere: Networks, sip_port: int, where: str
) -> None:
    ours = await number(tasks=[ECHOED])
    host, address = {"outside": (OUTSIDE, OUTSIDE), "behind": (PUBLIC, BEHIND)}[where]
    await trunk(host)
    heard = await call_from(
        getattr(elsewhere, where), ours, host=HERE, port=sip_port, address=address, seconds=6, tone=TONE
    )
    assert_echoed(heard)
    assert (heard.media_address, heard.contact_host) == (HERE, HERE), "the NAT's address, not this machine's own"


@pytest.mark.parametrize(("inside", "neighbour"), [(HERE_INSIDE, NEIGHBOUR), (HERE_INSIDE_6, NEIGHBOUR_6)])
async def test_a_neighbour_is_named_this_machine_s_own_address_and_not_the_nat_s(
    number: MakeNumber, trunk: MakeTrunk, elsewhere: Networks, sip_port: int, inside: str, neighbour: str
) -> None:
    """Many a NAT does not turn packets back that go from its inside to its own outside.

    Reported of jambonz (sbc-outbound 188: the media) and RustPBX (244: the BYE).
    """
    ours = await number(tasks=[ECHOED])
    await trunk(neighbour)
    heard = await call_from(
        elsewhere.ours, ours, host=inside, port=sip_port, address=neighbour, seconds=6, tone=TONE
    )
    assert_echoed(heard)
    assert (heard.media_address, heard.contact_host) == (inside, bracketed(inside))


async def test_a_call_that_is_challenged_names_the_nat_s_address_in_both_invites(
    phone: MakePhone, trunk: MakeTrunk, elsewhere: Networks
) -> None:
    """Reported of Asterisk 22.7 (asterisk 1719, 449): the second INVITE had the machine's own address."""
    line = socket_in(elsewhere.outside, kind=socket.SOCK_DGRAM)
    line.bind((OUTSIDE, 5060))
    transport, far = await asyncio.get_running_loop().create_datagram_endpoint(Challenger, sock=line)
    try:
        await trunk(OUTSIDE, user="me", password="letmein", prefix="1999991")
        desk = await phone()
        await desk.ring("19999910001")
        await asyncio.wait_for(far.acknowledged.wait(), 10)
        await desk.closed()
    finally:
        transport.close()
    assert [media_address(one) for one in far.invites] == [HERE, HERE]
    assert [contact_host(one) for one in far.invites] == [HERE, HERE]


async def test_the_doctor_names_the_trunk_whose_rtp_is_not_let_in(
    number: MakeNumber, trunk: MakeTrunk, elsewhere: Networks, system: System, sip_port: int, admin: Admin
) -> None:
    """Our audio is heard outside, nothing comes in, and Asterisk ends the calls after half a minute."""
    ours = await number(tasks=[{"kind": "pause", "seconds": 60}])
    name = await trunk(OUTSIDE)
    rtp = (int(system.setting("RTP_START")), int(system.setting("RTP_END")))

    async def named() -> list[dict[str, Any]]:
        checks = (await admin.ask("GET", "doctor"))["checks"]
        return [each for each in checks if each["name"] == "rtp" and name in each["detail"]]

    assert await named() == []
    with elsewhere.without_forwarding(rtp):
        fields = {"host": HERE, "port": sip_port, "address": OUTSIDE, "seconds": 40, "tone": TONE}
        call = partial(call_from, elsewhere.outside, ours, **fields)
        assert {heard.status for heard in await asyncio.gather(call(), call())} == {200}
    (check,) = await named()
    assert not check["ok"]
    assert check["detail"] == f"of the last 2 answered calls by the trunk {name} 2 ended because no RTP came in"
    assert check["mend"].startswith(f"Let UDP {rtp[0]}-{rtp[1]} in at the firewall")


async def test_a_registered_phone_behind_a_nat_is_called_and_both_hear_each_other(
    phone: MakePhone, elsewhere: Networks, sip_port: int
) -> None:
    desk = await phone(audio.sine(HZ, 60))
    away = await phone(
        audio.sine(OTHER_HZ, 60), registrar=f"{HERE}:{sip_port}", address=BEHIND, namespace=elsewhere.behind
    )
    await assert_calls(desk, away)


async def test_a_nat_that_forgets_flows_after_half_a_minute_is_kept_open(
    phone: MakePhone, elsewhere: Networks, sip_port: int
) -> None:
    """The second OPTIONS finds the way that the first one kept open: the phone itself is silent for 54 s."""
    desk = await phone(audio.sine(HZ, 60))
    away = await phone(
        audio.sine(OTHER_HZ, 60), registrar=f"{HERE}:{sip_port}", address=BEHIND, namespace=elsewhere.behind,
        trace=True,
    )  # fmt: skip
    await away.asked("OPTIONS", 3, within=60)
    await assert_calls(desk, away)


async def test_a_phone_whose_nat_was_restarted_is_reached_again_once_it_registers_anew(
    phone: MakePhone, elsewhere: Networks, sip_port: int, system: System
) -> None:
    """Its packets come from another port then. The contact of before stays until it expires, as another phone would."""

    async def ports_outside() -> set[str]:
        command = "database show registrar/contact"  # `pjsip show contacts` cuts a URI to its column
        shown = await system.docker("exec", system.container("asterisk"), "asterisk", "-rx", command)
        return set(re.findall(rf"@{re.escape(PUBLIC)}:(\d+)", shown))

    desk = await phone(audio.sine(HZ, 60))
    away = await phone(
        audio.sine(OTHER_HZ, 60), registrar=f"{HERE}:{sip_port}", address=BEHIND, namespace=elsewhere.behind,
        register_seconds=30,
    )  # fmt: skip
    before = await ports_outside()
    elsewhere.forget_mappings()
    await away.until("REGISTER_OK", within=40)
    assert await ports_outside() - before
    await assert_calls(desk, away)
