"""Requests that are odd, not hostile: read where they can be, else refused with what is wrong; never altered."""

import json
from typing import Any

import aiohttp
import pytest

from tests.clients.ringful.client import Ringful
from tests.clients.sinch.customer import Customer
from tests.support import people
from tests.support.carillon import Account, Own
from tests.support.raw_http import ask, request
from tests.support.sink import Sink
from tests.support.system import System

HELLO: dict[str, Any] = {"destination": {"type": "number", "endpoint": f"+{people.BUSY}"}, "text": "Hello."}
CALLOUT = {"method": "ttsCallout", "ttsCallout": HELLO}


@pytest.mark.parametrize(
    "template", ["\u202a+{}\u202c", "+1\u00a0201\u2007555{tail}", "1\u2011201\u2013555\u2212{tail}", "\u200e{}\ufeff"]
)
async def test_a_number_with_marks_and_blanks_of_a_web_page_is_read(ringful: Ringful, own: Own, template: str) -> None:
    written = template.format(people.BUSY, tail=people.BUSY[-4:])
    for verb in ("GET", "POST"):
        call = await ringful.ask("Call", verb=verb, callee=written)
        assert call.status == 200, call
        assert (await own.call(call.text))["call"]["callee"] == people.BUSY


async def test_a_character_that_no_url_has_is_named(ringful: Ringful) -> None:
    answer = await ringful.ask("Call", callee=people.BUSY, callbackUrl="http://host/a\u202ab")
    assert answer.status == 400 and "callbackUrl" in answer.text and "U+202A" in answer.text, answer


@pytest.mark.parametrize("name", ["callbackUrl", "seq", "callee"])
async def test_bytes_that_are_not_utf_8_are_refused_and_not_altered(
    system: System, account: Account, name: str
) -> None:
    host, port = system.api.removeprefix("http://").split(":")
    path, pair = f"/Call/apikey/{account.apikey}", f"callee={people.BUSY}&{name}=http://h/a%FFb"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for raw in (request("GET", f"{path}?{pair}"), request("POST", path, body=pair.encode(), **form)):
        answer = await ask(host, int(port), raw)
        assert answer.status == 400 and name in answer.text and "0xFF" in answer.text, answer


@pytest.mark.parametrize(
    ("task", "where"),
    [
        ({"kind": "say", "text": "Hello", "voise": "Anna"}, "`voise` - at `$.tasks[0]`"),
        ({"kind": "dial", "to": people.BUSY, "before_bridge": [{"kind": "say", "text": "Hi", "pitch": 1}]},
         "`pitch` - at `$.tasks[0].before_bridge[0]`"),
    ],
)  # fmt: skip
async def test_an_unknown_field_inside_a_task_is_refused_and_named(own: Own, task: dict[str, Any], where: str) -> None:
    status, body = await own.ask("POST", "calls", json={"callee": people.BUSY, "tasks": [task]})
    assert status == 400 and where in body["error"], body
    status, body = await own.ask("POST", "calls/nobody/queue", json={"tasks": [task]})
    assert status == 400 and where in body["error"], body


async def test_a_custom_header_arrives_as_it_was_sent_or_is_refused(customer: Customer) -> None:
    call = await customer.callout("ttsCallout", HELLO | {"enableDice": True}, headers={"X-CB-Name": "Zo\xeb \u4f60"})
    event = await customer.server.until("dice", call)
    assert {name.lower(): value for name, value in event.headers.items()}["x-cb-name"] == "Zo\xeb \u4f60"


async def test_a_custom_header_that_cannot_be_carried_is_named(customer: Customer, system: System) -> None:
    host, port = system.api.removeprefix("http://").split(":")
    body = json.dumps(CALLOUT).encode()
    for name, value in (("X-CB-Name", "Zo\xeb"), ("X-CB-Long", "v" * 129), ("X-CB-" + "n" * 40, "v")):
        headers = customer.bare.basic() | {name: value}
        answer = await ask(host, int(port), request("POST", "/calling/v1/callouts", body=body, **headers))
        error = json.loads(answer.body)
        assert (answer.status, error["errorCode"]) == (400, 40001) and name[:32] in error["message"], error
    _, calls = await customer.own.ask("GET", "calls")
    assert calls["calls"] == []


async def test_a_range_that_is_not_valid_is_as_if_there_were_none(
    http: aiohttp.ClientSession, ringful: Ringful, sink: Sink
) -> None:
    call = await ringful.call(callee=people.LISTENS, callbackUrl=sink.url())
    await ringful.ask("Record", callId=call, callbackUrl=sink.url())
    await ringful.ask("Play", callId=call, announcement=sink.tone(500, 0.3))
    await ringful.ask("RecordStop", callId=call, immediate="false")
    link = (await sink.until("RecordComplete", callId=call)).form["recordFile"]
    async with http.get(link) as answer:
        assert answer.status == 200
        whole = await answer.read()
    for given in ("bytes=abc", "bytes=0-1,4-5", "bytes=9-5", "items=0-3", "bytes=", "bytes=-", f"bytes=0-{'9' * 4301}"):
        async with http.get(link, headers={"Range": given}) as answer:
            assert (answer.status, await answer.read()) == (200, whole), given
    parts = (("bytes=0-3", 206, b"RIFF"), ("bytes=-4", 206, whole[-4:]), ("bytes=99999999-", 416, None))
    for given, status, part in parts:
        async with http.get(link, headers={"Range": given}) as answer:
            assert answer.status == status and (part is None or await answer.read() == part), given
