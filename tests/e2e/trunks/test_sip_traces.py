"""The SIP messages of a call, as Asterisk sent and received them, on the command line and in a capture file."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dpkt

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import MakeCarrier, MakeExtension, MakeNumber
from tests.support import people
from tests.support.carillon import Account, Command, Own
from tests.support.scenario import call_ended, in_state, until
from tests.support.sink import Sink
from tests.support.system import System

DIALOG = re.compile(r"^(\S+), Call-ID (\S+)$", re.MULTILINE)


def flow(dialog: dict[str, Any]) -> list[str]:
    """Each message of a dialog: its direction, and its method or status."""
    arrows = {True: "->", False: "<-", None: "?"}
    return [f"{arrows[one['sent']]} {one['method'] or one['status']}" for one in dialog["messages"]]


def in_order(seen: Sequence[str], *wanted: str) -> bool:
    """Whether messages are there in this order, whatever is between them."""
    rest = iter(seen)
    return all(any(one == each for one in rest) for each in wanted)


async def trace(carillon: Command, call: str) -> list[dict[str, Any]]:
    """The dialogs of a call."""
    return list((await carillon.json("calls", "show", call, "--sip"))["dialogs"])


async def test_a_call_out_is_shown_message_by_message_and_saved_as_a_capture_file(
    ringful: Ringful, sink: Sink, carillon: Command, own: Own, tmp_path: Path
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await in_state(own, call, "answered")
    (dialog,) = await trace(carillon, call)
    assert in_order(flow(dialog), "-> INVITE", "<- 200", "-> ACK"), "a call that is up has its messages already"
    await ringful.hangup(callId=call)
    ended = await call_ended(own, call)
    (dialog,) = await trace(carillon, call)
    assert dialog["sip_call_id"] == ended["sip_call_id"]
    assert in_order(flow(dialog), "-> INVITE", "<- 200", "-> ACK", "-> BYE", "<- 200")
    assert [one for one in dialog["messages"] if one["gap"] or one["transport"] != "UDP"] == []
    printed = await carillon("calls", "show", call, "--sip")
    assert DIALOG.findall(printed) == [(call, ended["sip_call_id"])]
    file = tmp_path / "call.pcap"
    await carillon("calls", "pcap", call, str(file))
    messages = [dpkt.ip.IP(octets).data.data for _, octets in dpkt.pcap.Reader(io.BytesIO(file.read_bytes()))]
    assert [one.decode() for one in messages] == [one["text"] for one in dialog["messages"]]
    assert dpkt.sip.Request(messages[0]).headers["call-id"] == ended["sip_call_id"]


async def test_a_call_in_that_dials_on_has_the_messages_of_both_legs(
    network: Lab, number: MakeNumber, carillon: Command, own: Own
) -> None:
    ours = await number(tasks=[{"kind": "dial", "to": people.SPEAKS_440}])
    dialled = await network.dial(ours, people.PRESSES_1, seconds=3)
    calls = await until(lambda: own.ask("GET", "calls?limit=100"), lambda seen: _by(seen, dialled.call_id) is not None)
    root = _by(calls, dialled.call_id)
    assert root
    await call_ended(own, root)
    first, second = await trace(carillon, root)
    assert (first["call"], first["sip_call_id"]) == (root, dialled.call_id)
    assert in_order(flow(first), "<- INVITE", "-> 200", "<- ACK")
    assert in_order(flow(second), "-> INVITE", "<- 200", "-> ACK", "-> BYE")


def _by(answer: tuple[int, Any], sip_call_id: str) -> str | None:
    return next((one["id"] for one in answer[1]["calls"] if one["sip_call_id"] == sip_call_id), None)


async def test_each_carrier_that_was_tried_has_a_call_id_of_its_own(
    ringful: Ringful, sink: Sink, carrier: MakeCarrier, carillon: Command
) -> None:
    full = await carrier(priority=1)
    spare = await carrier(prefix=full.prefix, priority=2)
    async with (
        full.answers("uas_reject", keys={"code": "503"}) as first,
        spare.answers("uas_reject", keys={"code": "486"}) as second,
    ):
        call = await ringful.call(callee=full.number(), callbackUrl=sink.url())
        await sink.until("ServerHangup", callId=call)
        heard = [(await line.done()).header("INVITE", "Call-ID") for line in (first, second)]
    dialogs = await trace(carillon, call)
    assert [one["sip_call_id"] for one in dialogs] == heard
    assert [flow(one)[-2:] for one in dialogs] == [["<- 503", "-> ACK"], ["<- 486", "-> ACK"]]
    assert [one["messages"][0]["target"] for one in dialogs] == [f"{one.address}:{one.port}" for one in (full, spare)]


async def test_the_password_of_a_phone_that_calls_is_in_no_message(
    extension: MakeExtension, number: MakeNumber, system: System, carillon: Command, own: Own
) -> None:
    ours = await number(tasks=[{"kind": "answer"}, {"kind": "hang_up"}])
    one = await extension()
    result = await one.telephone(system).call(ours, seconds=10)
    calls = await own.ask("GET", "calls?limit=100")
    call = _by(calls, result.call_id)
    assert call
    (dialog,) = await trace(carillon, call)
    assert in_order(flow(dialog), "<- INVITE", "-> 401", "<- ACK", "<- INVITE", "-> 200", "-> BYE")
    proof = [text for message in dialog["messages"] for text in re.findall(r'response="(.*?)"', message["text"])]
    assert proof == ["*" * 32]
    assert [message for message in dialog["messages"] if one.password in message["text"]] == []


async def test_a_call_that_reaches_no_number_shows_what_was_asked_for(
    network: Lab, carillon: Command, account: Account
) -> None:
    dialled = await network.dial("44999000111", people.PRESSES_1, seconds=2)

    async def found() -> Any:
        return [one for one in await carillon.json("calls", "list") if one["sip_call_id"] == dialled.call_id]

    (lost,) = await until(found, bool)
    (dialog,) = await trace(carillon, lost["id"])
    assert flow(dialog)[0] == "<- INVITE" and "-> 404" in flow(dialog)
    assert "sip:44999000111@" in dialog["messages"][0]["uri"]
