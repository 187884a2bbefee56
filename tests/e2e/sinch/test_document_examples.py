"""The examples of Sinch's Calling API document, sent as they are printed: host, key, ids and owned numbers replaced."""

import json

import pytest

from api.lab import Lab
from tests.clients.sinch.customer import Customer
from tests.support import audio, people
from tests.support.scenario import FarEnd

CALLER, CALLEE = "46000000000", "46000000001"

CONFERENCE = """
{
    "method" : "conferenceCallout",
    "conferenceCallout" :
    {
        "cli" : "46000000000",
        "destination" : { "type" : "number", "endpoint" : "46000000001" },
        "domain" : "pstn",
        "custom" : "customData",
        "locale" : "en-US",
        "greeting" : "Welcome to my conference",
        "conferenceId" : "my_conference_room_id",
        "enableAce": false,
        "enableDice" : false
    }
}
"""
TEXT = """
{
    "method" : "ttsCallout",
    "ttsCallout" :
    {
        "cli" : "46000000000",
        "destination" : { "type" : "number", "endpoint" : "46000000001" },
        "domain" : "pstn",
        "custom" : "customData",
        "locale" : "en-US",
        "text" : "Hello, this is a synthesized message."
    }
}
"""
PROMPTS = """
{
    "method" : "ttsCallout",
    "ttsCallout" :
    {
        "cli" : "46000000000",
        "destination" : { "type" : "number", "endpoint" : "46000000001" },
        "domain" : "pstn",
        "custom" : "customData",
        "locale" : "en-US",
        "prompts" : "#tts[Hello, this is a synthesized message];myprerecordedfile",
        "enabledice" : true
    }
}
"""
SAY = """
{
  "instructions": [
    {
      "name": "say",
      "text": "Hello, this is a text to speech message",
      "locale": "en-US"
    }
  ],
  "action": {
    "name": "hangup"
  }
}
"""
PLAY = """
{
  "instructions": [
    {
      "name": "playFiles",
      "ids": [
        "welcome"
      ],
      "locale": "en-US"
    }
  ],
  "action": {
    "name": "hangup"
  }
}
"""
RECORD = """
{
  "action": {
    "name": "continue",
    "record": true
  }
}
"""
ACE = """
{
  "instructions": [
    {
      "name": "playFiles",
      "ids": [
        "#tts[hello world]"
      ]
    }
  ],
  "action": {
    "name": "hangup"
  }
}
"""

HELLO, SPEECH = "hello this is a synthesized message", "hello this is a text to speech message"
WELCOME = "welcome to my conference"

pytestmark = pytest.mark.xdist_group("sinch-document")  # they share the document's numbers


@pytest.fixture
async def swede(customer: Customer, network: Lab) -> Customer:
    """A customer who may call the document's numbers from the document's own; a listener has the callee's."""
    await customer.may_call("+46000")
    await customer.admin.ask("POST", f"accounts/{customer.account.name}/callers", {"number": CALLER})
    await network.map(CALLEE, people.LISTENS)
    return customer


def sentence(far: FarEnd) -> str:
    """Which of the sentences the callee heard; "" for none of them."""
    return audio.said(far.heard.samples, far.heard.rate, (HELLO, SPEECH, WELCOME, "please hang up and try again"))


async def callout(customer: Customer, text: str) -> str:
    """Send one of them; returns callId."""
    answer = await customer.ask("POST", "/v1/callouts", text.encode())
    assert answer.status == 200, answer
    return str(answer.body["callId"])


async def test_a_text_to_speech_callout(swede: Customer) -> None:
    call = await callout(swede, TEXT)
    far = await swede.far(call)
    assert sentence(far) == HELLO
    result = await swede.result(call)
    assert (result["custom"], result["result"]) == ("customData", "ANSWERED")
    assert result["to"] == {"type": "number", "endpoint": CALLEE}, "as the customer spelled it"
    assert (await swede.own.call(call))["callbacks"] == []


async def test_a_callout_with_prompts_and_a_file_that_was_never_uploaded(swede: Customer) -> None:
    call = await callout(swede, PROMPTS)
    dice = await swede.server.until("dice", call)
    assert (dice["result"], dice["custom"], dice["from"]) == ("ANSWERED", "customData", CALLER)
    assert sentence(await swede.far(call)) == HELLO


async def test_an_answer_to_ace(swede: Customer) -> None:
    swede.server.answers(ace=json.loads(ACE))
    call = await callout(swede, TEXT.replace('"locale"', '"enableAce": true, "locale"'))
    await swede.server.until("ace", call)
    assert (await swede.far(call)).heard.level > -45


async def test_a_conference_callout_and_the_operations_of_conferences(swede: Customer) -> None:
    call = await callout(swede, CONFERENCE)
    room = "/v1/conferences/id/my_conference_room_id"
    await swede.gathered("my_conference_room_id", 1)
    answer = await swede.ask("GET", room)
    (anna,) = answer.body["participants"]
    assert (anna["cli"], anna["id"], anna["muted"]) == (CALLEE, call, False)
    assert (await swede.ask("PATCH", f"{room}/{call}", b'{\n    "command": "mute"\n}')).status in (200, 204)
    assert (await swede.ask("GET", room)).body["participants"][0]["muted"] is True
    assert (await swede.ask("DELETE", f"{room}/{call}")).status in (200, 204)
    assert sentence(await swede.far(call)) == WELCOME


@pytest.mark.parametrize("example", [SAY, PLAY], ids=("say", "playFiles"))
async def test_managing_a_call(swede: Customer, example: str) -> None:
    silent = CONFERENCE.replace("my_conference_room_id", "another_room").replace("Welcome to my conference", "")
    call = await callout(swede, silent)
    await swede.gathered("another_room", 1)
    answer = await swede.ask("PATCH", f"/v1/call/id/{call}", example.encode())
    assert answer.status in (200, 204), answer
    far = await swede.far(call)
    if example is SAY:
        assert sentence(far) == SPEECH
    assert (await swede.result(call))["reason"] == "MANAGERHANGUP"


async def test_starting_a_recording(swede: Customer) -> None:
    call = await callout(swede, CONFERENCE.replace("my_conference_room_id", "a_third_room"))
    await swede.gathered("a_third_room", 1)
    assert (await swede.ask("PATCH", f"/v1/call/id/{call}", RECORD.encode())).status in (200, 204)
    await swede.running(call, "record")
    assert (await swede.ask("PATCH", f"/v1/call/id/{call}", SAY.encode())).status in (200, 204)
    available = await swede.server.until("notify", call, type="recording_available")
    assert available["destination"]


async def test_the_configuration(swede: Customer) -> None:
    key, number = swede.credentials.key, swede.credentials.number
    answer = await swede.ask("GET", "/v1/configuration/numbers/")
    assert answer.body == {"numbers": [{"number": number, "applicationkey": key, "capability": "voice"}]}
    wanted = {"number": number, "applicationKey": key, "capability": "voice"}
    assert (await swede.ask("DELETE", "/v1/configuration/numbers/", wanted)).status in (200, 204)
    answer = await swede.ask("GET", "/v1/configuration/numbers/")
    assert answer.body == {"numbers": [{"number": number, "capability": "voice"}]}
    wanted = {"numbers": [number], "applicationkey": key}  # type: ignore[dict-item]
    assert (await swede.ask("POST", "/v1/configuration/numbers/", wanted)).status in (200, 204)
    path = f"/v1/configuration/callbacks/applications/{key}"
    urls = {"url": {"primary": "http://primary.com", "fallback": "http://fallback.com"}}
    assert (await swede.ask("POST", path, urls)).status in (200, 204)
    assert (await swede.ask("GET", path)).body == urls
