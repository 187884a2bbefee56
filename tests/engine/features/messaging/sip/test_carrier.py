"""Texts of phones on a fake Asterisk: taken once they are committed, sent only to phones that are registered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from engine.ari.client import AriClient
from engine.ari.errors import Detached
from engine.features.messaging.carrier import Accepted, Carrier, NotSent, PutOff, Refused, Submission, Unknown
from engine.features.messaging.sip import taking
from engine.features.messaging.sip.carrier import MOST_BYTES, SipCarrier, address, application_of
from tests.fakes.ari import FakeAri
from tests.support.inbox import TestInbox

HOST = "203.0.113.5"


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAri]:
    async with FakeAri() as fake:
        fake.application = application_of("carillon-0")
        fake.texts.provisioned("101", "102", "102-k7m3qd")
        yield fake


@pytest.fixture
def inbox() -> TestInbox:
    return TestInbox()


def make(asterisk: FakeAri, inbox: TestInbox) -> SipCarrier:
    client = AriClient(asterisk.url, "carillon", "secret", asterisk.application, timeout=1.0)
    return SipCarrier(client, inbox, HOST)


@pytest.fixture
async def carrier(asterisk: FakeAri, inbox: TestInbox) -> AsyncIterator[SipCarrier]:
    made = make(asterisk, inbox)
    await made.start()
    async with asyncio.timeout(5):
        await made.wait_ready()
    yield made
    await made.stop()


def part(recipient: str = "101", text: str = "hello", sender: str = "102") -> Submission:
    return Submission(id="m-1", sender=sender, recipient=recipient, content=text.encode())


async def registered(carrier: SipCarrier, asterisk: FakeAri, name: str = "101") -> None:
    known = asyncio.Event()
    carrier.registrations.on_registered(lambda user: known.set() if user == name else None)
    asterisk.texts.registers(name)
    await asyncio.wait_for(known.wait(), 5)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what nothing announces."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_it_is_a_carrier(carrier: SipCarrier) -> None:
    one: Carrier = carrier
    assert (one.name, one.ready) == ("sip", True)


async def test_a_text_that_was_kept_meanwhile_is_taken_at_the_connect(asterisk: FakeAri, inbox: TestInbox) -> None:
    asterisk.texts.arrives("101", "102", "a :) b (c) d: ü".encode())
    carrier = make(asterisk, inbox)
    await carrier.start()
    (text,) = await inbox.until(1)
    await carrier.stop()
    assert (text.sender, text.recipient, text.text) == ("101", "102", "a :) b (c) d: ü")
    assert inbox.texts[0][0] == "sip"


async def test_texts_are_taken_as_they_come_and_in_order(
    asterisk: FakeAri, inbox: TestInbox, carrier: SipCarrier
) -> None:
    for number in range(5):
        asterisk.texts.arrives("101", "102", f"{number}".encode())
    assert [text.text for text in await inbox.until(5)] == list("01234")


async def test_a_text_that_is_not_utf_8_is_found_without_an_event(
    asterisk: FakeAri, inbox: TestInbox, monkeypatch: pytest.MonkeyPatch, carrier: SipCarrier
) -> None:
    monkeypatch.setattr(taking, "EVERY_SECONDS", 0.05)
    carrier.taking.wake()
    asterisk.texts.arrives("101", "102", "café".encode("latin-1"), kind=";charset~iso-8859-1")
    asterisk.texts.arrives("104", "102", b"caf\xe9")
    assert {text.text for text in await inbox.until(2)} == {"café", "caf\ufffd"}


async def test_a_text_that_was_too_long_for_asterisk_is_answered_to_its_phone(
    asterisk: FakeAri, inbox: TestInbox, carrier: SipCarrier
) -> None:
    await registered(carrier, asterisk)
    asterisk.texts.arrives("101", "102", b"x" * 1024)
    asterisk.texts.arrives("101", "102", b"short")
    await inbox.until(1)
    assert [text.text for _, text in inbox.texts] == ["short"]
    assert asterisk.texts.sent == [
        {
            "to": "pjsip:101",
            "from": f"<sip:102@{HOST}>",
            "body": "Your text was not sent: it is longer than 1023 bytes.",
        }
    ]


async def test_the_reading_channel_of_a_controller_that_was_killed_is_hung_up(
    asterisk: FakeAri, inbox: TestInbox
) -> None:
    asterisk.world.add_channel(f"{asterisk.application}-reader-1", "Local/s")
    asterisk.world.add_channel("carillon-0-call-1", "PJSIP/trunk")
    carrier = make(asterisk, inbox)
    await carrier.start()
    await carrier.wait_ready()
    await carrier.stop()
    assert list(asterisk.world.channels) == ["carillon-0-call-1"]


async def test_only_the_events_that_are_needed_are_sent(asterisk: FakeAri, carrier: SipCarrier) -> None:
    assert asterisk.filter is not None
    disallowed = {one["type"] for one in asterisk.filter["disallowed"]}
    assert "ChannelStateChange" in disallowed
    assert not disallowed & {"TextMessageReceived", "PeerStatusChange", "ContactStatusChange", "ApplicationReplaced"}
    (subscribed,) = asterisk._found("POST", "/applications/*/subscription")
    extensions = [f"endpoint:PJSIP/{name}" for name in ("101", "102", "102-k7m3qd")]
    assert subscribed.body["eventSource"] == extensions, "and no trunk's"
    assert asterisk._found("DELETE", "/applications/*/subscription"), "of an earlier version, which brought all calls"


async def test_an_extension_that_is_made_or_made_anew_is_followed_from_then_on(
    asterisk: FakeAri, carrier: SipCarrier
) -> None:
    for name in ("103", "101"):
        asterisk.texts.provisioned(name)
        asterisk.texts.registers(name)  # before it is subscribed: no event says so
        known = asyncio.Event()
        carrier.registrations.on_registered(lambda user, known=known: known.set())
        carrier.following.made(name)
        await asyncio.wait_for(known.wait(), 5)
        asterisk.texts.registers(name, "offline")
        await until(lambda name=name: not carrier.registrations.is_registered(name))


async def test_one_that_is_gone_when_it_is_subscribed_holds_up_no_other(asterisk: FakeAri, carrier: SipCarrier) -> None:
    asterisk.texts.provisioned("104")
    carrier.following.made("100")
    carrier.following.made("104")
    await until(lambda: "104" in asterisk.texts.followed)
    carrier.following.made("trunk-lab")
    await registered(carrier, asterisk, "104")


async def test_a_text_of_a_trunk_is_taken_though_no_event_says_so(
    asterisk: FakeAri, carrier: SipCarrier, inbox: TestInbox
) -> None:
    asterisk.texts.arrives("trunk", "12015550100", b"hello", sender="4915112345678")
    assert [one.text for one in await inbox.until(1)] == ["hello"]


async def test_a_text_is_sent_to_a_registered_phone(asterisk: FakeAri, carrier: SipCarrier) -> None:
    await registered(carrier, asterisk)
    assert await carrier.submit(part(text="50% & a=b\nü")) == Accepted("")
    assert asterisk.texts.sent == [{"to": "pjsip:101", "from": f"<sip:102@{HOST}>", "body": "50% & a=b\nü"}]


async def test_a_text_is_sent_to_each_phone_and_each_browser_of_an_extension(
    asterisk: FakeAri, carrier: SipCarrier
) -> None:
    asterisk.texts.provisioned("web-101")
    carrier.following.made("web-101")
    await until(lambda: "web-101" in asterisk.texts.followed)
    await registered(carrier, asterisk)
    asterisk.texts.registers("web-101")
    await until(lambda: len(carrier.registrations.reachable("101")) == 2)
    phones, browsers = ["sip:101@192.0.2.1;a=b&PJSIP/x", "sip:101@192.0.2.2"], ["sip:k@192.0.2.3:4;transport=ws"]
    asterisk.world.contacts = {"101": phones, "web-101": browsers}
    assert await carrier.submit(part()) == Accepted("")
    wanted = [f"pjsip:101/{uri}" for uri in phones] + [f"pjsip:web-101/{uri}" for uri in browsers]
    assert [one["to"] for one in asterisk.texts.sent] == wanted
    assert not asterisk.world.channels, "the reading channel is gone"


async def test_the_third_phone_has_a_text_that_asterisk_could_not_send_to_the_second(
    asterisk: FakeAri, carrier: SipCarrier
) -> None:
    await registered(carrier, asterisk)
    asterisk.world.contacts = {"101": [f"sip:101@192.0.2.{host}" for host in (1, 2, 3)]}
    sending = ("PUT", "/endpoints/sendMessage")
    asterisk.before_answering(*sending, lambda: asterisk.refuse(*sending, 500))
    assert await carrier.submit(part()) == Accepted("")
    assert [one["to"][-1] for one in asterisk.texts.sent] == ["1", "3"]


async def test_a_text_to_a_phone_that_is_not_registered_is_not_sent(asterisk: FakeAri, carrier: SipCarrier) -> None:
    assert isinstance(await carrier.submit(part()), NotSent)
    assert not asterisk.was_asked("PUT", "/endpoints/sendMessage")


async def test_a_text_to_what_is_no_extension_is_not_sent(asterisk: FakeAri, carrier: SipCarrier) -> None:
    await registered(carrier, asterisk)
    asterisk.texts.registers("trunk-acme")
    for recipient in ("101/sip:x@example.com", "trunk-acme", "carillon-sip", ""):
        assert isinstance(await carrier.submit(part(recipient)), NotSent)
    assert asterisk.texts.sent == []


async def test_a_phone_that_has_just_unregistered_is_no_error(asterisk: FakeAri, carrier: SipCarrier) -> None:
    await registered(carrier, asterisk)
    asterisk.texts.contacts.clear()
    assert isinstance(await carrier.submit(part()), NotSent)
    assert not carrier.registrations.is_registered("101")


@pytest.mark.parametrize("text", ["", "x" * (MOST_BYTES + 1)])
async def test_a_text_that_no_phone_can_be_sent_is_refused(asterisk: FakeAri, carrier: SipCarrier, text: str) -> None:
    await registered(carrier, asterisk)
    assert isinstance(await carrier.submit(part(text=text)), Refused)


async def test_what_the_store_did_not_take_comes_again(
    asterisk: FakeAri, inbox: TestInbox, monkeypatch: pytest.MonkeyPatch, carrier: SipCarrier
) -> None:
    monkeypatch.setattr(taking, "AGAIN_SECONDS", 0.05)
    inbox.failing = 3
    for text in (b"first", b"second"):
        asterisk.texts.arrives("101", "102", text)
    assert [text.text for text in await inbox.until(2)] == ["first", "second"]


async def test_a_text_that_a_controller_without_the_lease_may_not_send_is_not_put_off(
    asterisk: FakeAri, inbox: TestInbox
) -> None:
    def may() -> None:
        if leaving.is_set():
            raise Detached("command", "this controller is leaving")

    leaving = asyncio.Event()
    client = AriClient(asterisk.url, "carillon", "secret", asterisk.application, before_command=may)
    carrier = SipCarrier(client, inbox, HOST)
    await carrier.start()
    await carrier.wait_ready()
    await registered(carrier, asterisk)
    leaving.set()
    answer = await carrier.submit(part())
    await carrier.stop()
    assert isinstance(answer, NotSent), "the next controller sends it at once"
    assert asterisk.texts.sent == []


async def test_texts_to_one_phone_leave_in_their_order_and_hold_up_no_other(
    asterisk: FakeAri, carrier: SipCarrier
) -> None:
    await registered(carrier, asterisk)
    await registered(carrier, asterisk, "102")
    held = asterisk.hold("PUT", "/endpoints/sendMessage")
    sending = [asyncio.create_task(carrier.submit(part(text=text))) for text in ("first", "second", "third")]
    await held.reached.wait()
    assert await carrier.submit(part("102", "of another one")) == Accepted("")
    held.gate.set()
    assert await asyncio.gather(*sending) == [Accepted("")] * 3
    assert [one["body"] for one in asterisk.texts.sent] == ["of another one", "first", "second", "third"]


async def test_a_fault_of_asterisk_puts_the_text_off(asterisk: FakeAri, carrier: SipCarrier) -> None:
    await registered(carrier, asterisk)
    asterisk.refuse("PUT", "/endpoints/sendMessage", 500)
    assert isinstance(await carrier.submit(part()), PutOff)


async def test_no_answer_of_asterisk_is_unknown(asterisk: FakeAri, carrier: SipCarrier) -> None:
    await registered(carrier, asterisk)
    asterisk.hold("PUT", "/endpoints/sendMessage")
    assert isinstance(await carrier.submit(part()), Unknown)


async def test_without_asterisk_nothing_is_sent_and_nothing_is_registered(
    asterisk: FakeAri, carrier: SipCarrier
) -> None:
    await registered(carrier, asterisk)
    asterisk.refuse("GET", "/events", 503)
    await asterisk.drop_socket()
    again: asyncio.Queue[str] = asyncio.Queue()
    carrier.registrations.on_registered(again.put_nowait)
    assert await asyncio.wait_for(again.get(), 5) == "101", "found registered at the next connect"
    assert await carrier.submit(part()) == Accepted("")


async def test_who_waits_for_a_registration_is_notified_each_time(asterisk: FakeAri, carrier: SipCarrier) -> None:
    seen: asyncio.Queue[str] = asyncio.Queue()
    carrier.registrations.on_registered(lambda user: 1 / 0)  # type: ignore[arg-type,return-value]
    carrier.registrations.on_registered(seen.put_nowait)
    asterisk.texts.registers("101")
    asterisk.texts.registers("101")
    asterisk.texts.registers("101", "offline")
    asterisk.texts.registers("101")
    asterisk.texts.registers("102-k7m3qd")
    assert [await asyncio.wait_for(seen.get(), 5) for _ in range(3)] == ["101", "101", "102-k7m3qd"]


async def test_contacts_that_an_asterisk_just_started_has_stored_count_as_registered(
    asterisk: FakeAri, inbox: TestInbox
) -> None:
    asterisk.texts.states = {"101": "offline", "102": "offline"}
    asterisk.texts.contacts = {"101"}
    asterisk.world.started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    seen: list[str] = []
    carrier = make(asterisk, inbox)
    carrier.registrations.on_registered(seen.append)
    await carrier.start()
    await carrier.wait_ready()
    assert seen == ["101"]
    assert await carrier.submit(part()) == Accepted("")
    assert isinstance(await carrier.submit(part("102")), NotSent)
    await carrier.stop()


async def test_contacts_that_do_not_answer_do_not_count(asterisk: FakeAri, inbox: TestInbox) -> None:
    asterisk.texts.states = {"101": "offline"}
    asterisk.texts.contacts = {"101"}
    carrier = make(asterisk, inbox)
    await carrier.start()
    await carrier.wait_ready()
    assert isinstance(await carrier.submit(part()), NotSent)
    await carrier.stop()


async def test_another_controller_takes_the_texts_over(asterisk: FakeAri, carrier: SipCarrier) -> None:
    asterisk.take_over()
    async with asyncio.timeout(5):
        await asyncio.wait(carrier._tasks, return_when=asyncio.FIRST_COMPLETED)
    assert not carrier.ready
    assert isinstance(await carrier.submit(part()), NotSent)


@pytest.mark.parametrize(
    ("sender", "written"),
    [
        ("102", f"<sip:102@{HOST}>"),
        ("+12015550123", f"<sip:+12015550123@{HOST}>"),
        ("ACME Ltd", f'"ACME Ltd" <sip:ACMELtd@{HOST}>'),
        ('x" <sip:y@z>\r\nA: b', f'"x sip:y@zA: b" <sip:xsipyzAb@{HOST}>'),
        ("Ü", f'"Ü" <sip:anonymous@{HOST}>'),
        ("", f"<sip:anonymous@{HOST}>"),
    ],
)
def test_the_sender_is_an_address_that_the_phone_can_answer(sender: str, written: str) -> None:
    assert address(sender, HOST) == written
