"""Ringful's SMS API through the lab's SMSC: texts that arrive at the lab's people, and replies that come back."""

import secrets
from collections.abc import AsyncIterator

import pytest

from tests.clients.ringful.client import Ringful
from tests.support.carillon import Account, Admin
from tests.support.lab_texts import LabTexts
from tests.support.scenario import until
from tests.support.sink import Sink
from tests.support.system import System

ANSWERS = "12015550146"
"""The lab's number that sends every text back."""


@pytest.fixture
async def network(system: System) -> AsyncIterator[LabTexts]:
    async with LabTexts.of(system) as network:
        yield network


@pytest.fixture
def ours(admin: Admin, account: Account) -> str:
    """A number of the account that takes texts, and is the only one while the test runs."""
    number = f"1646{secrets.randbelow(10**7):07}"
    admin.now("POST", "numbers", _row(number, account) | {"unassigned": True})
    admin.now("PATCH", f"accounts/{account.name}/texting", {"sender": number})
    return number


@pytest.fixture
def theirs() -> str:
    """A number of the network that no other test uses."""
    return f"1201555{secrets.randbelow(10**7):07}"


def _row(number: str, account: Account) -> dict[str, str]:
    return {"number": number, "account": account.name, "capability": "sms"}


async def test_the_documents_example_arrives_and_its_reply_comes_to_the_callback_url(
    ringful: Ringful, sink: Sink, network: LabTexts, ours: str, theirs: str
) -> None:
    path = f"SmsReply/{theirs}/"
    answer = await ringful.ask(
        "SendReceiveSms", verb="GET", callee=theirs, message="hello world", callbackUrl=sink.url(path), seq="1", sig="a"
    )
    assert (answer.status, answer.text) == (200, "")
    (arrived,) = await network.until(theirs)
    assert (arrived.sender, arrived.text) == (ours, "hello world")
    await network.send(theirs, ours, "hello yourself & more")
    reply = await sink.until("")
    assert (reply.method, reply.path) == ("POST", f"/{path}")
    assert reply.form == {"from": theirs, "reply": "hello yourself & more"}, "and nothing else"


async def test_a_long_text_arrives_whole_and_so_does_a_long_reply(
    ringful: Ringful, sink: Sink, network: LabTexts, ours: str, theirs: str
) -> None:
    long = "Grüße {€} 👩‍👩‍👧 " * 30
    answer = await ringful.ask("SendReciveSms", callee=theirs, message=long, callbackUrl=sink.url())
    assert answer.status == 200, answer
    (arrived,) = await network.until(theirs)
    assert arrived.text == long
    await network.send(theirs, ours, long[::-1])
    assert (await sink.until("")).form["reply"] == long[::-1]


async def test_a_reply_goes_to_the_last_text_between_the_two_numbers(
    ringful: Ringful, sink: Sink, network: LabTexts, ours: str, theirs: str
) -> None:
    for which in ("first", "second"):
        await ringful.ask("SendReceiveSms", callee=f"+{theirs}", message=which, callbackUrl=sink.url(which))
    await network.until(theirs, 2)
    for text in ("one", "two"):
        await network.send(theirs, ours, text)
    await sink.until("", count=2)
    assert [(each.path, each.form) for each in sink.received] == [
        ("/second", {"from": f"+{theirs}", "reply": "one"}),
        ("/second", {"from": f"+{theirs}", "reply": "two"}),
    ]


@pytest.mark.parametrize("operator", ["1", "2", "3", "4"])
async def test_a_short_text_for_each_operator_arrives_and_its_reply_is_posted_nowhere(
    ringful: Ringful, sink: Sink, network: LabTexts, admin: Admin, account: Account, ours: str, operator: str
) -> None:
    text = f"short {ours}"
    answer = await ringful.ask(
        "SendSms", callee=ANSWERS, operator=operator, message=text, callbackUrl=sink.url("never")
    )
    assert (answer.status, answer.text) == (200, "")
    path = f"accounts/{account.name}/messages?direction=in&number={ours}"
    came = await until(lambda: admin.ask("GET", path), lambda found: found["messages"], what="the reply")
    assert [each["text"] for each in came["messages"]] == [text]
    assert [each.text for each in await network.arrived(ANSWERS) if each.sender == ours] == [text]
    assert sink.received == []


async def test_a_text_to_a_number_of_an_application_is_posted_to_its_inbound_url(
    admin: Admin, account: Account, sink: Sink, network: LabTexts, theirs: str
) -> None:
    number = f"1646{secrets.randbelow(10**7):07}"
    await admin.ask("POST", "numbers", _row(number, account) | {"dialect": "ringful", "url": sink.url("inbound")})
    await network.send(theirs, number, "JOIN the club")
    came = await sink.until("")
    assert (came.path, came.form) == ("/inbound", {"from": theirs, "reply": "JOIN the club"})


@pytest.mark.parametrize(
    ("operation", "fields", "status", "said"),
    [
        ("SendReceiveSms", {"callee": "911"}, 403, "Emergency numbers"),
        ("SendReceiveSms", {"callee": "882160000000"}, 403, "may not"),
        ("SendReceiveSms", {"message": ""}, 400, "message is missing"),
        ("SendSms", {"message": "x" * 140}, 400, "fewer than 140"),
        ("SendSms", {"callee": "442071234567"}, 400, "North American"),
        ("SendSms", {"operator": "5"}, 400, "operator must be one of"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_words(
    ringful: Ringful, ours: str, operation: str, fields: dict[str, str], status: int, said: str
) -> None:
    answer = await ringful.ask(operation, **{"callee": "15125551234", "message": "hi", "operator": "1"} | fields)
    assert answer.status == status and said in answer.text, answer
