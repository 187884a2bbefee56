"""A trunk's settings on the wire: what a carrier sees of the numbers, of who we are, and of our password."""

from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from api.lab import Lab
from api.lab_carriers import BY_NAME
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier, MakeNumber
from tests.support import people
from tests.support.carillon import Account, Admin, CommandFailed, Own
from tests.support.lab import RunningLab
from tests.support.scenario import Carrier, call_ended
from tests.support.sink import Sink
from tests.support.sipp import Sipp, SippResult
from tests.support.system import System

CALLER = "14155550123"
ODD_USER, ODD_PASSWORD = "a+b@c%d;e<f>$#", "p @+%;<>$#w"


async def refused_by(far: Carrier, ringful: Ringful, sink: Sink, tail: str = "01", **call: Any) -> SippResult:
    """What a carrier saw of a call that it refused as busy."""
    async with far.answers("uas_reject", keys={"code": "486"}) as line:
        placed = await ringful.call(callee=far.number(tail), callbackUrl=sink.url(), **call)
        await sink.until("ServerHangup", callId=placed)
        return await line.done()


def request_uri(result: SippResult) -> str:
    """The request URI of the INVITE."""
    return next(line for line in result.messages.splitlines() if line.startswith("INVITE ")).split()[1]


async def test_numbers_identity_and_timers_are_on_the_wire_as_the_trunk_has_them(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, admin: Admin, account: Account
) -> None:
    far = await carrier(
        signalling={
            "from_domain": "ims.example.net",
            "contact_user": "line7",
            "session_timers": "always",
            "prack": "no",
        },
        numbering={"number_format": "e164-plus", "tech_prefix": "9911#", "identity": "rpid"},
    )
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": CALLER})
    try:
        seen = await refused_by(far, ringful, sink, callerId=CALLER)
    finally:
        await admin.ask("POST", f"accounts/{account.name}/callers", {"number": CALLER, "verified": False})
    assert request_uri(seen).startswith(f"sip:9911%23+{far.number()}@{far.address}"), request_uri(seen)
    assert f"sip:9911%23+{far.number()}@" in seen.header("INVITE", "To")
    assert f"sip:+{CALLER}@ims.example.net" in seen.header("INVITE", "From")
    assert f"sip:+{CALLER}@" in seen.header("INVITE", "Remote-Party-ID")
    assert seen.header("INVITE", "P-Asserted-Identity") == ""
    assert "sip:line7@" in seen.header("INVITE", "Contact")
    assert seen.header("INVITE", "Session-Expires").startswith("1800")
    assert "100rel" not in seen.header("INVITE", "Supported")


async def test_a_carrier_that_wants_its_account_in_from_has_the_caller_in_pai(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, admin: Admin, account: Account
) -> None:
    far = await carrier(signalling={"from_user": "acct-7", "from_domain": "ims.example.net"})
    await admin.ask("POST", f"accounts/{account.name}/callers", {"number": CALLER})
    try:
        seen = await refused_by(far, ringful, sink, callerId=CALLER)
    finally:
        await admin.ask("POST", f"accounts/{account.name}/callers", {"number": CALLER, "verified": False})
    assert "<sip:acct-7@ims.example.net>" in seen.header("INVITE", "From")
    assert f"sip:{CALLER}@" in seen.header("INVITE", "P-Asserted-Identity")


async def test_a_call_without_identity_shows_no_number_anywhere(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier
) -> None:
    far = await carrier(numbering={"identity": "none"})
    seen = await refused_by(far, ringful, sink)
    assert "anonymous" in seen.header("INVITE", "From")
    assert seen.header("INVITE", "P-Asserted-Identity") == seen.header("INVITE", "Remote-Party-ID") == ""


async def test_national_numbers_are_as_one_dials_them_in_the_trunk_s_country(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier
) -> None:
    far = await carrier(prefix="4930", country="DE", numbering={"number_format": "national"})
    seen = await refused_by(far, ringful, sink, "1234567")
    assert request_uri(seen).startswith("sip:0301234567@"), request_uri(seen)


async def test_a_carrier_that_answers_no_options_is_called_where_none_is_sent(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, admin: Admin
) -> None:
    far = await carrier(signalling={"options_seconds": 0})
    far.front.is_silent = True
    shown = await admin.ask("GET", f"trunks/{far.name}")
    assert (shown["state"], shown["asterisk"]["aor"]["qualify_frequency"]) == ("unwatched", "0")
    seen = await refused_by(far, ringful, sink)
    assert "\nOPTIONS sip:" not in seen.messages


async def test_calls_go_through_the_outbound_proxy(ringful: Ringful, sink: Sink, carrier: MakeCarrier) -> None:
    proxy = await carrier(prefix="19998888", priority=999)
    far = await carrier(signalling={"outbound_proxy": f"{proxy.address}:{proxy.port}", "options_seconds": 0})
    async with proxy.answers("uas_reject", keys={"code": "486"}) as line:
        placed = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=placed)
        seen = await line.done()
    assert request_uri(seen).startswith(f"sip:{far.number()}@{far.address}")
    assert f"sip:{proxy.address}:{proxy.port}" in seen.header("INVITE", "Route")


async def test_a_trunk_of_tcp_calls_by_tcp(ringful: Ringful, sink: Sink, carrier: MakeCarrier, admin: Admin) -> None:
    far = await carrier(signalling={"transport": "tcp", "options_seconds": 0})
    async with Sipp(
        "uas_reject", address=far.address, port=far.port, keys={"code": "486"}, arguments=("-t", "t1")
    ) as line:
        placed = await ringful.call(callee=far.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=placed)
        seen = await line.done()
    assert "SIP/2.0/TCP" in seen.header("INVITE", "Via")


@pytest.mark.parametrize("auth_user", ["", "other user"], ids=["the user itself", "another user"])
async def test_a_user_and_a_password_of_any_characters_are_taken_by_the_registrar(
    carrier: MakeCarrier, auth_user: str
) -> None:
    keys = {"user": _quoted(auth_user or ODD_USER), "password": _quoted(ODD_PASSWORD)}
    signalling = {"auth_user": auth_user, "register_seconds": 120, "from_domain": "ims.example.net"}
    far = await carrier(user=ODD_USER, password=ODD_PASSWORD, register=True, signalling=signalling)
    async with far.answers("uas_registrar_strict", keys=keys) as line:
        seen = await line.done()
    assert "<sip:a+b%40c%25d;e%3cf%3e$%23@ims.example.net>" in seen.header("REGISTER", "To")
    assert f"sip:{far.name}@" in seen.header("REGISTER", "Contact")
    assert seen.header("REGISTER", "Expires") == "120"


def _quoted(text: str) -> str:
    """A text as an attribute of XML has it, without the quotes around it."""
    return quoteattr(text)[1:-1]


async def test_a_carrier_that_names_the_number_in_to_reaches_it(
    sink: Sink, carrier: MakeCarrier, number: MakeNumber, system: System
) -> None:
    ours, far = await number(url=sink.url()), await carrier(numbering={"called_in": "to"})
    async with far.calls(system, "uac_number_in_to", "trunk-contact", keys={"called": ours}) as line:
        received = await sink.until("CallReceived")
        assert received.form["callee"] == ours
        await line.done()


async def test_a_codec_that_cannot_be_translated_is_refused_before_a_call_is_mute(admin: Admin) -> None:
    wanted = {"name": "mute", "host": "127.0.99.1", "codecs": "g729,ulaw"}
    with pytest.raises(CommandFailed, match=r"400.*g729 needs its module codec_g729"):
        await admin.ask("POST", "trunks", wanted)


@pytest.mark.xdist_group("carrier-tls")
async def test_a_carrier_whose_certificate_nobody_known_signed_gets_no_call(
    admin: Admin, account: Account, own: Own, network: Lab
) -> None:
    running, prefix = RunningLab.of_environment(), "19978899"
    wanted = {"name": "unknown-tls", "host": BY_NAME["tls"].host(running.carriers), "port": running.sip_port}
    signalling = {"transport": "tls", "options_seconds": 0}
    await admin.ask(
        "POST", "trunks", {**wanted, "prefix": prefix, "signalling": signalling, "media": {"srtp": "required"}}
    )
    await admin.ask("POST", f"accounts/{account.name}/prefixes", {"prefix": f"+{prefix}"})
    callee = f"{prefix}001"
    await network.map(callee, people.SPEAKS_440)
    try:
        unknown = await call_of(own, callee)
        assert unknown["answered"] is None and unknown["cause"] != "normal", unknown
        await admin.ask("PATCH", "trunks/unknown-tls", {"signalling": {"verify_server": False}})
        trusted = await call_of(own, callee)
        assert trusted["answered"] is not None and trusted["trunk"] == "unknown-tls", trusted
    finally:
        await network.unmap(callee)
        await admin.ask("DELETE", "trunks/unknown-tls")


async def call_of(own: Own, callee: str) -> dict[str, Any]:
    """A call of some seconds, as it is once it has ended."""
    wanted = {"callee": callee, "max_seconds": 2, "ring_seconds": 15}
    status, placed = await own.ask("POST", "calls", json=wanted)
    assert status == 201, placed
    return await call_ended(own, placed["id"], within=40)
