"""Bad requests and bad answers to Sinch's dialect: the vendor's own errors, and no call without an end."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.lab import Lab
from tests.clients.sinch.client import Answer
from tests.clients.sinch.customer import Customer
from tests.clients.sinch.fixtures import MakeCustomer
from tests.clients.sinch.script import HANG_UP, ending, menu, play, run_menu, say, svaml
from tests.clients.sinch.server import Reply, SinchServer
from tests.clients.sinch.signing import signed
from tests.support import people
from tests.support.far_end import assert_melody
from tests.support.sink import Sink

CALLOUTS = "/calling/v1/callouts"
UNKNOWN = "4398599d1ba84ef3bde0a82dfb61abed"
HELLO: dict[str, Any] = {"destination": {"type": "number", "endpoint": f"+{people.BUSY}"}, "text": "Hello."}


def refused(answer: Answer, *codes: int) -> None:
    """Fail unless this is an error in the vendor's manner with one of these codes."""
    assert answer.code in codes, answer
    assert answer.status == answer.code // 100, "the code's first three digits"
    assert answer.body["message"] and set(answer.body) == {"errorCode", "message", "reference"}, answer


async def placed(customer: Customer) -> list[str]:
    """The customer's calls so far."""
    _, body = await customer.own.ask("GET", "calls")
    return [call["id"] for call in body["calls"]]


# -- who asks


def past(minutes: int) -> str:
    """A time as signatures hold it."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_each_fault_of_a_signature_has_its_code_and_places_no_call(customer: Customer) -> None:
    body = json.dumps({"method": "ttsCallout", "ttsCallout": HELLO}).encode()
    key, secret = customer.credentials.key, customer.credentials.secret

    def headers(**changed: str) -> dict[str, str]:
        made = signed(key, secret, "POST", CALLOUTS, body)
        return {name: value for name, value in (made | changed).items() if value}

    basic = base64.b64encode(f"{key}:wrong".encode()).decode()
    stale = signed(key, secret, "POST", CALLOUTS, body, time=past(20))
    faults: list[tuple[dict[str, str], int]] = [
        (headers(Authorization=""), 40100),
        (headers(Authorization="Application"), 40100),
        (headers(Authorization="Bearer abcdef"), 40301),
        (headers(**{"x-timestamp": ""}), 40101),
        (headers(**{"x-timestamp": "yesterday"}), 40101),
        (stale, 40101),
        (headers(Authorization=f"Application {key}:c2lnbmF0dXJl"), 40102),
        (headers(**{"x-timestamp": past(1)}), 40102),
        (signed("11983f76-12c8-1111-9515-4785c7b49ca8", secret, "POST", CALLOUTS, body), 40108),
        (headers(Authorization=f"Basic {basic}"), 40108),
    ]
    for sent, code in faults:
        refused(await customer.bare.send("POST", CALLOUTS, body, sent), code)
    other = signed(key, secret, "POST", CALLOUTS, body + b" ")
    refused(await customer.bare.send("POST", CALLOUTS, body, other), 40102)
    assert await placed(customer) == []


async def test_basic_is_taken_in_both_spellings(customer: Customer) -> None:
    key, secret = customer.credentials.key, customer.credentials.secret
    for scheme, user in (("Basic", key), ("basic", f"application\\{key}")):
        secret_of = base64.b64encode(f"{user}:{secret}".encode()).decode()
        headers = {"Authorization": f"{scheme} {secret_of}"}
        answer = await customer.bare.send("GET", "/v1/configuration/numbers/", b"", headers)
        assert answer.status == 200, answer


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "application/json", ""])
async def test_what_real_clients_sign_is_let_in(customer: Customer, content_type: str) -> None:
    path = f"/calling/v1/calls/id/{UNKNOWN}"
    for time in ("", datetime.now(UTC).isoformat(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")):
        answer = await customer.ask("GET", path, content_type=content_type, time=time)
        assert answer.code == 40400, "let in, and not found"


# -- what is asked

WRONG = {
    "no JSON": (b"{", 40003),
    "not UTF-8": (b'{"method":"tts\xff"}', 40003),
    "a list": (b"[]", 40003),
    "nothing": (b"", 40003),
    "deep": (b'{"a":' * 5000 + b"1" + b"}" * 5000, 40003),
    "no method": ({"ttsCallout": HELLO}, 40002),
    "an unknown method": ({"method": "singCallout", "singCallout": HELLO}, 40001),
    "no body of the method": ({"method": "ttsCallout"}, 40002),
    "no destination": ({"method": "ttsCallout", "ttsCallout": {"text": "x"}}, 40002),
    "nothing to say": ({"method": "ttsCallout", "ttsCallout": {**HELLO, "text": ""}}, 40002),
    "a number that is none": (
        {"method": "ttsCallout", "ttsCallout": {**HELLO, "destination": {"type": "number", "endpoint": "abc"}}}, 40001,
    ),
    "a type that is none": (
        {"method": "ttsCallout", "ttsCallout": {**HELLO, "destination": {"type": "pigeon", "endpoint": "1"}}}, 40001,
    ),
    "text of another type": ({"method": "ttsCallout", "ttsCallout": {**HELLO, "text": ["seventeen"]}}, 40001),
    "601 characters": ({"method": "ttsCallout", "ttsCallout": {**HELLO, "text": "x" * 601}}, 40001),
    "dtmf": ({"method": "ttsCallout", "ttsCallout": {**HELLO, "dtmf": "12x"}}, 40001),
    "no conference": ({"method": "conferenceCallout", "conferenceCallout": HELLO}, 40002),
    "a conference of 65": (
        {"method": "conferenceCallout", "conferenceCallout": {**HELLO, "conferenceId": "x" * 65}}, 40001,
    ),
    "ice that is no script": (
        {"method": "customCallout", "customCallout": {"ice": '{"action":{"name":"fly"}}'}}, 40001,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "code"), WRONG.values(), ids=WRONG)
async def test_a_bad_callout_is_refused_and_nothing_is_dialled(customer: Customer, body: Any, code: int) -> None:
    refused(await customer.ask("POST", CALLOUTS, body), code)
    assert await placed(customer) == []


@pytest.mark.parametrize("number", ["+911", "+112", "+442071838750", "+19005551234"])
async def test_an_emergency_number_and_one_that_is_not_allowed_are_forbidden(customer: Customer, number: str) -> None:
    wanted = {"method": "ttsCallout", "ttsCallout": {**HELLO, "destination": {"type": "number", "endpoint": number}}}
    refused(await customer.ask("POST", CALLOUTS, wanted), 40300, 40001)
    assert await placed(customer) == []


async def test_a_cli_that_is_not_the_customers_is_forbidden(customer: Customer) -> None:
    wanted = {"method": "ttsCallout", "ttsCallout": {**HELLO, "cli": "+14155550123"}}
    refused(await customer.ask("POST", CALLOUTS, wanted), 40300)


SCRIPTS = {
    "no JSON": b"{",
    "empty": {},
    "an unknown action": svaml(action={"name": "fly"}),
    "an unknown instruction": svaml({"name": "sing"}),
    "101 instructions": svaml(*[say("x")] * 101, action=HANG_UP),
    "another type": {"instructions": "say"},
    "an action of ICE": svaml(action={"name": "connectPstn", "number": f"+{people.LISTENS}"}),
    "a menu for ever": svaml(action=run_menu(menu(options=[("1", "menu(main)")]))),
    "a menu that is not there": svaml(action=run_menu(menu(options=[("1", "menu(two)")]))),
    "a prompt without its bracket": svaml(play("#tts[hello")),
    "a prompt of another scheme": svaml(play("file:///etc/passwd")),
    "a bad digit": svaml({"name": "sendDtmf", "value": "12x"}),
    "cookies of 2 kB": svaml({"name": "setCookie", "key": "a", "value": "x" * 2000}),
}


async def test_a_bad_patch_is_refused_and_the_call_goes_on(customer: Customer, sink: Sink) -> None:
    call = await customer.tts(people.LISTENS, prompts=sink.tone(500, 4))
    for name, script in SCRIPTS.items():
        answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", script)
        assert answer.code == 40003 and answer.status == 400, f"{name}: {answer}"
    many = svaml(*[say("x")] * 10_000, action=HANG_UP)
    refused(await customer.ask("PATCH", f"/calling/v1/calls/id/{call}", many), 40003, 41300)
    for leg in ("everybody", "%00"):
        answer = await customer.ask("PATCH", f"/calling/v1/calls/id/{call}/leg/{leg}", svaml(say("x")))
        assert 400 <= answer.status < 500, answer
    assert_melody((await customer.far(call)).heard, 500)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/calling/v1/calls/id/{}"), ("GET", "/calling/v1/nothing"), ("PUT", "/calling/v1/callouts"),
        ("GET", "/v1/calls/id/" + "x" * 500), ("GET", "/v1/calls/id/%00"), ("GET", "/v1/conferences/id/" + "x" * 65),
        ("GET", "/v1/calling/query/number/abc"),
        ("GET", "/v1/configuration/callbacks/applications/11983f76-12c8-1111-9515-4785c7b49ca8"),
    ],
)  # fmt: skip
async def test_what_is_not_there_is_a_client_error_in_the_vendors_manner(
    customer: Customer, verb: str, path: str
) -> None:
    answer = await customer.ask(verb, path)
    assert 400 <= answer.status < 500 and answer.code // 100 == answer.status, answer


async def test_a_request_of_half_a_megabyte_is_too_large(customer: Customer) -> None:
    wanted = {"method": "ttsCallout", "ttsCallout": {**HELLO, "custom": "x" * 500_000}}
    answer = await customer.ask("POST", CALLOUTS, wanted)
    refused(answer, 41300)


async def test_another_customers_numbers_and_urls_are_not_to_be_had(
    customer: Customer, make_customer: MakeCustomer
) -> None:
    other = await make_customer()
    key = other.credentials.key
    path = f"/v1/configuration/callbacks/applications/{key}"
    refused(await customer.ask("GET", path), 40003)
    refused(await customer.ask("POST", path, {"url": {"primary": "http://127.0.0.1:9/"}}), 40003)
    theirs = {"numbers": [other.credentials.number]}
    refused(await customer.ask("POST", "/v1/configuration/numbers/", theirs), 40001)
    refused(await customer.ask("DELETE", "/v1/configuration/numbers/", {"number": other.credentials.number}), 40001)
    seen = await other.vendors(lambda voice: voice.applications.get_callback_urls(key))
    assert seen.primary == other.server.url()
    numbers = await other.vendors(lambda voice: voice.applications.get_numbers())
    assert [one.applicationkey for one in numbers.numbers] == [key]


# -- what is answered

ODD = {
    "html": Reply.html(),
    "10 MB": Reply.huge(),
    "not UTF-8": Reply.garbled(),
    "half of it": Reply(b'{"instructions":['),
    "empty": Reply(b""),
    "a list": Reply(b"[]"),
    "deep": Reply(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "10,000 instructions": Reply.of(svaml(*[say("x")] * 10_000, action=HANG_UP)),
}


@pytest.mark.parametrize("reply", ODD.values(), ids=ODD)
async def test_an_answer_that_is_no_script_ends_the_call(customer: Customer, network: Lab, reply: Reply) -> None:
    customer.server.answers(ice=reply)
    await network.dial(customer.number, people.LISTENS, seconds=20)
    dice = await customer.server.until("dice")
    assert dice["reason"] == "CALLBACKERROR"


async def test_a_redirect_is_not_followed(customer: Customer, network: Lab, sink: Sink) -> None:
    async with SinchServer(customer.server.secrets, "127.0.0.8") as elsewhere:
        elsewhere.answers(ice=ending(play(sink.tone(500, 0.5))))
        customer.server.answers(ice=Reply.elsewhere(elsewhere.url()))
        await network.dial(customer.number, people.LISTENS, seconds=20)
        dice = await customer.server.until("dice")
        assert dice["reason"] == "CALLBACKERROR"
        assert elsewhere.received == []


async def test_a_private_address_is_not_asked_where_the_account_may_not(
    make_customer: MakeCustomer, network: Lab
) -> None:
    customer = await make_customer(allow_private=False)
    customer.server.answers(ice=ending(say("My name is Carillon.")))
    dialled = await network.dial(customer.number, people.LISTENS, seconds=20)
    call = await customer.over(dialled.call_id)
    assert call["state"] == "ended"
    assert customer.server.received == []


async def test_a_prompt_that_cannot_be_played_is_left_out_and_the_rest_is_heard(
    customer: Customer, network: Lab, sink: Sink
) -> None:
    steps = play(sink.bad("html"), sink.tone(500, 0.5), sink.bad("missing"), "no-such-file", sink.tone(700, 0.5))
    customer.server.answers(ice=ending(steps))
    await network.dial(customer.number, people.LISTENS, seconds=20)
    dice = await customer.server.until("dice")
    assert_melody((await customer.far(dice.call)).heard, 500, 700)
