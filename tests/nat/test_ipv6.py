"""SIP and RTP by IPv6: softphones and carriers, with parties of either family behind them."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from engine.features.trunks.certificates import self_signed
from tests.e2e.conftest import MakeExtension, MakeNumber, MakePhone
from tests.e2e.numbers.test_inbound_numbers import refused
from tests.nat.conftest import MakeTrunk
from tests.nat.test_nat import ECHOED, HZ, OTHER_HZ, TONE, assert_calls, assert_echoed
from tests.support import audio, people
from tests.support.carillon import Admin
from tests.support.namespaces import HERE_6, OUTSIDE, OUTSIDE_6, Networks, call_from
from tests.support.phone import Phone
from tests.support.registrar import PLAIN, Registrar
from tests.support.scenario import until
from tests.support.system import System

LOOPBACK = "::1"
NUMBER = "19999900001"


@pytest.fixture
def sip_port(system: System) -> int:
    return int(system.setting("SIP_PORT"))


@asynccontextmanager
async def carrier_at(port: int, **fields: Any) -> AsyncIterator[Phone]:
    """A carrier at [::1]:port (0: any), whose one number is NUMBER, and which says a tone."""
    async with Phone(
        NUMBER, "", f"[{LOOPBACK}]:{port or 5060}", microphone=audio.sine(OTHER_HZ, 60), address=LOOPBACK,
        register=False, port=port, **fields,
    ) as far:  # fmt: skip
        yield far


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_phone_by_ipv6_and_one_by_ipv4_call_each_other(
    phone: MakePhone, sip_port: int, transport: str
) -> None:
    desk = await phone(audio.sine(HZ, 60))
    six = await phone(
        audio.sine(OTHER_HZ, 60), registrar=f"[{LOOPBACK}]:{sip_port}", address=LOOPBACK, transport=transport
    )
    await assert_calls(desk, six)
    await six.ring(desk.number)
    await desk.pick_up()
    await six.until("CALL_ESTABLISHED")
    await six.hang_up()
    await desk.closed()


async def test_a_phone_by_ipv4_and_tcp_is_called_too(phone: MakePhone) -> None:
    desk = await phone(audio.sine(HZ, 60))
    await assert_calls(desk, await phone(audio.sine(OTHER_HZ, 60), transport="tcp"))


async def test_a_softphone_outside_by_ipv6_is_heard_and_hears(
    extension: MakeExtension, elsewhere: Networks, sip_port: int
) -> None:
    own = await extension()
    heard = await call_from(
        elsewhere.outside, people.ECHOES, host=HERE_6, port=sip_port, address=OUTSIDE_6, caller=own.user,
        password=own.password, seconds=6, tone=TONE,
    )  # fmt: skip
    assert_echoed(heard)
    assert heard.media_address == HERE_6


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        (f"[{OUTSIDE_6}]", {}),
        (OUTSIDE_6, {"signalling": {"contact_user": "line1"}}),
        (OUTSIDE, {"from": ["2001:db8:1::/64"]}),
        (OUTSIDE, {"from": [f"[{OUTSIDE_6}]:5066"]}),
    ],
    ids=["host", "contact user", "network", "port"],
)
async def test_a_call_that_comes_by_ipv6_and_leaves_by_ipv4_is_heard_both_ways(
    number: MakeNumber, trunk: MakeTrunk, elsewhere: Networks, sip_port: int, host: str, fields: dict[str, object]
) -> None:
    """A contact user was put into the wrong place of an IPv6 contact before (asterisk 985)."""
    ours = await number(tasks=[ECHOED])
    await trunk(host, **fields)
    heard = await call_from(
        elsewhere.outside, ours, host=HERE_6, port=sip_port, address=OUTSIDE_6, own_port=5066, seconds=6, tone=TONE
    )
    assert_echoed(heard)
    assert heard.media_address == HERE_6


async def test_a_trunk_with_addresses_of_both_families_takes_calls_by_either(
    number: MakeNumber, trunk: MakeTrunk, elsewhere: Networks, sip_port: int, system: System
) -> None:
    ours = await number(tasks=[ECHOED])
    await trunk(OUTSIDE, **{"from": [OUTSIDE_6]})
    for here, address in ((HERE_6, OUTSIDE_6), ("198.51.100.1", OUTSIDE)):
        heard = await call_from(
            elsewhere.outside, ours, host=here, port=sip_port, address=address, seconds=6, tone=TONE
        )
        assert_echoed(heard)
        assert heard.media_address == here


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_call_to_a_carrier_by_ipv6_is_heard_both_ways(
    phone: MakePhone, trunk: MakeTrunk, transport: str
) -> None:
    desk = await phone(audio.sine(HZ, 60))
    async with carrier_at(0, transport=transport) as far:
        await trunk(LOOPBACK, far.port, signalling={"transport": transport, "options_seconds": 0})
        await assert_calls(desk, far)


@pytest.mark.parametrize("host", ["six.lab.internal", "srv6.lab.internal", "both.lab.internal"])
async def test_a_carrier_s_name_is_looked_up_for_its_ipv6_address(
    phone: MakePhone, trunk: MakeTrunk, system: System, host: str
) -> None:
    """By AAAA, by SRV with AAAA, and by both families, of which IPv6 is first."""
    desk = await phone(audio.sine(HZ, 60))
    port = int(system.setting("LAB_SIP_PORT"))
    async with carrier_at(port) as far:
        await trunk(host, 0 if host.startswith("srv") else port, signalling={"options_seconds": 0})
        await assert_calls(desk, far)


async def test_an_address_stands_in_brackets_in_all_that_a_carrier_sees(
    phone: MakePhone, trunk: MakeTrunk, sip_port: int
) -> None:
    desk = await phone(audio.sine(HZ, 60))
    async with carrier_at(0, trace=True) as far:
        await trunk(LOOPBACK, far.port, signalling={"options_seconds": 0, "from_domain": "2001:db8::9"})
        await assert_calls(desk, far)
        invite = far.invite()
    assert invite.startswith(f"INVITE sip:{NUMBER}@[{LOOPBACK}]:{far.port} SIP/2.0\r\n")
    for line in (
        rf"Via: SIP/2\.0/UDP \[{LOOPBACK}\]:{sip_port};",
        r"From: .*<sip:[^@]+@\[2001:db8::9\]>",
        r"P-Asserted-Identity: .*<sip:[^@]+@\[2001:db8::9\]>",
        rf"Contact: <sip:[^@]+@\[{LOOPBACK}\]:{sip_port}>",
    ):
        assert re.search(rf"(?m)^{line}", invite), f"no {line} in {invite}"


async def test_a_trunk_registers_by_ipv6_with_a_contact_that_the_carrier_can_reach(
    trunk: MakeTrunk, sip_port: int
) -> None:
    loop = asyncio.get_running_loop()
    transport, registrar = await loop.create_datagram_endpoint(
        lambda: Registrar(f"{PLAIN}, algorithm=MD5", "Contact: <sip:us@[::1]>;expires=300"), local_addr=(LOOPBACK, 0)
    )
    port = transport.get_extra_info("sockname")[1]
    try:
        await trunk(f"[{LOOPBACK}]", port, register=True, user="me", password="letmein")

        async def proved() -> list[str]:
            return [text for text in registrar.asked if text.startswith("REGISTER ") and "Authorization:" in text]

        (text, *_) = await until(proved, bool, what="it registers")
    finally:
        transport.close()
    assert re.search(rf"(?m)^Contact: <sip:me@\[{LOOPBACK}\]:{sip_port};line=\w+>", text)
    assert re.search(rf"(?m)^From: <sip:me@\[{LOOPBACK}\]>", text)


async def test_a_call_by_tls_and_ipv6_is_heard_both_ways(phone: MakePhone, trunk: MakeTrunk) -> None:
    desk = await phone(audio.sine(HZ, 60))
    async with carrier_at(0, certificate="".join(self_signed("carrier.example"))) as far:
        signalling = {"transport": "tls", "verify_server": False, "options_seconds": 0}
        await trunk(LOOPBACK, far.port + 1, signalling=signalling)
        await assert_calls(desk, far)


async def test_a_trunk_of_tls_by_ipv6_has_us_listen_there(trunk: MakeTrunk, system: System) -> None:
    await trunk(OUTSIDE_6, 5061, signalling={"transport": "tls", "options_seconds": 0})
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(LOOPBACK, int(system.setting("SIP_TLS_PORT")), ssl=unverified)
    try:
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.2"
    finally:
        writer.transport.abort()


async def test_the_api_is_served_by_ipv6_too(http: aiohttp.ClientSession, system: System) -> None:
    async with http.get(f"http://[{LOOPBACK}]:{system.setting('API_PORT')}/carillon/v1/calls") as answer:
        assert answer.status == 401


async def test_requests_by_ipv6_that_are_nobody_s_are_refused_and_counted(
    number: MakeNumber, elsewhere: Networks, sip_port: int, admin: Admin
) -> None:
    ours = await number(tasks=[ECHOED])
    heard = await call_from(
        elsewhere.outside, ours, host=HERE_6, port=sip_port, address=OUTSIDE_6, seconds=6, tone=TONE
    )
    assert heard.status == 401
    (seen,) = await until(lambda: refused(admin, "unknown", OUTSIDE_6), bool, what="the refused INVITE is seen")
    assert OUTSIDE_6 in seen["sentence"]
