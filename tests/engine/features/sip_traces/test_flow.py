"""What a flow shows of messages: direction, repetition, and what cannot be read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.features.sip_traces.flow import steps
from engine.features.sip_traces.model import Dialog, SipMessage
from engine.features.sip_traces.reading import Read, read
from tests.support.hep import answer, invite, request

US, FAR = "127.0.0.1:5060", "127.0.0.2:5070"


def dialog(*messages: tuple[str, str, bytes], gaps: tuple[int, ...] = ()) -> Dialog:
    kept = tuple(SipMessage(1000.0 + place, *message) for place, message in enumerate(messages))
    return Dialog(call="call_1", sip_call_id="a@b", messages=kept, gaps=gaps)


def test_of_a_call_out_the_sender_of_the_first_invite_is_we() -> None:
    found = dialog((US, FAR, invite("a@b")), (FAR, US, answer("a@b", "180 Ringing")), (FAR, US, request("a@b", "BYE")))
    assert [step.sent for step in steps(found, outbound=True)] == [True, False, False]


def test_of_a_call_in_its_receiver_is_we() -> None:
    found = dialog((FAR, US, invite("a@b")), (US, FAR, answer("a@b", "200 OK")), (US, FAR, request("a@b", "BYE")))
    assert [step.sent for step in steps(found, outbound=False)] == [False, True, True]


def test_over_tcp_another_connection_has_another_port_and_the_same_address() -> None:
    found = dialog(("10.0.0.1:41000", FAR, invite("a@b")), (FAR, "10.0.0.1:5060", request("a@b", "BYE")))
    assert [step.sent for step in steps(found, outbound=True)] == [True, False]


def test_without_the_first_invite_no_direction_is_claimed() -> None:
    found = dialog((FAR, US, request("a@b", "BYE")), (US, FAR, answer("a@b", "200 OK", method="BYE")), gaps=(0,))
    assert [(step.sent, step.gap) for step in steps(found, outbound=True)] == [(None, True), (None, False)]


def test_a_message_that_was_sent_again_is_marked_and_a_new_attempt_is_not() -> None:
    first = (US, FAR, invite("a@b"))
    challenge = (FAR, US, answer("a@b", "401 Unauthorized"))
    found = dialog(first, first, challenge, (US, FAR, invite("a@b", number=2, branch="3")), challenge)
    assert [step.repeated for step in steps(found, outbound=True)] == [False, True, False, False, True]


def test_messages_of_the_same_moment_stay_in_their_order() -> None:
    ringing, answered = answer("a@b", "180 Ringing"), answer("a@b", "200 OK")
    kept = tuple(SipMessage(1000.0, FAR, US, content) for content in (ringing, answered))
    found = Dialog(call="c", sip_call_id="a@b", messages=kept)
    assert [step.read.status for step in steps(found, outbound=True)] == [180, 200]


def test_a_request_and_a_response_are_read() -> None:
    assert read(request("a@b", "BYE")) == Read(
        method="BYE", uri="sip:12015550101@127.0.0.2:5070", cseq="2 BYE", transport="UDP", branch="z9hG4bK2",
        reason="Q.850;cause=16",
    )  # fmt: skip
    found = read(answer("a@b", "486 Busy Here"))
    assert (found.status, found.phrase, found.cseq, found.method) == (486, "Busy Here", "1 INVITE", "")


@pytest.mark.parametrize("method", ["PRACK", "UPDATE", "REFER", "INFO", "NOTIFY", "CANCEL", "ACK"])
def test_every_method_is_read(method: str) -> None:
    assert read(request("a@b", method)).method == method


def test_short_and_folded_headers_are_read() -> None:
    head = b"INVITE sip:x SIP/2.0\r\nv: SIP / 2.0 / TCP h\r\n ;branch=z1\r\n"
    folded = head + b't: "a;tag=b" <sip:x>\r\nCSEQ:\r\n 7 INVITE\r\n\r\n'
    found = read(folded)
    assert (found.transport, found.branch, found.cseq, found.opens) == ("TCP", "z1", "7 INVITE", True)


@given(st.binary(max_size=400))
def test_any_octets_are_read_as_far_as_they_can_be(octets: bytes) -> None:
    assert isinstance(read(octets), Read)
    assert len(steps(dialog((US, FAR, octets), (FAR, US, octets)), outbound=True)) == 2


@pytest.mark.parametrize("attack", [b";tag", b"Via: ", b"\r\n ", b"To: ;", b";branch ", b"1 "])
def test_a_large_hostile_message_takes_no_longer_than_its_length_asks(attack: bytes) -> None:
    began = time.process_time()
    read(b"INVITE sip:x SIP/2.0\r\nTo: " + attack * (60_000 // len(attack)))
    assert time.process_time() - began < 1.0
