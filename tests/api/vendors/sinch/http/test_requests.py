"""What the operations take. Rules: the Calling API document, operation by operation."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.vendors.sinch.errors import SinchError
from api.vendors.sinch.http import callouts, requests
from api.vendors.sinch.http.requests import WrittenNumber
from api.vendors.sinch.script import svaml as a
from engine.tasks.play import Play
from engine.tasks.say import Say
from tests.api.vendors.sinch.conftest import VendorsClient


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def code_of(read: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(SinchError) as raised:
        read()
    return raised.value.code, raised.value.message


# Update Numbers, Example. «If empty, the application key that is used to sign the request will be used.»
def test_update_numbers() -> None:
    key = "11983f76-12c8-1111-9515-4785c7b67ca8"
    found = requests.update_numbers(body({"numbers": ["+14151112223333"], "applicationkey": key}), "US")
    assert found == requests.UpdateNumbers(
        numbers=(WrittenNumber(written="+14151112223333", digits="14151112223333"),),
        application=key,
        capability="voice",
    )
    assert code_of(lambda: requests.update_numbers(b"{}", "US"))[0] == 40001
    assert code_of(lambda: requests.update_numbers(body({"numbers": ["x"]}), "US"))[1].startswith(
        "Unable to update numbers: "
    )
    assert code_of(lambda: requests.update_numbers(b"x", "US")) == (
        40003,
        "Invalid request: The text is not JSON in UTF-8 (line 1, column 1: expecting value; it begins with 'x').",
    )


# Un-assign Number, Example: `applicationKey`, and a body on a DELETE.
def test_unassign_number() -> None:
    found = requests.unassign_number(
        body({"number": "+14151112223333", "applicationKey": "k", "capability": "sms"}), "US"
    )
    assert (found.number.digits, found.application, found.capability) == ("14151112223333", "k", "sms")
    assert code_of(lambda: requests.unassign_number(body({"number": "+14151112223333", "capability": "fax"}), "US"))


# Update Callbacks, Example.
def test_update_callbacks() -> None:
    found = requests.update_callbacks(
        "k", body({"url": {"primary": "http://primary.com", "fallback": "http://fallback.com"}})
    )
    assert (found.primary, found.fallback) == ("http://primary.com", "http://fallback.com")
    assert requests.update_callbacks("k", body({"url": {"primary": "", "fallback": None}})).primary is None
    assert code_of(lambda: requests.update_callbacks("k", body({"url": {"primary": "ftp://x"}})))[0] == 40001
    assert code_of(lambda: requests.update_callbacks("k", body({"url": {"primary": "http://a..b/"}})))[0] == 40001
    assert code_of(lambda: requests.update_callbacks("k", b"{}"))[0] == 40002


# Query Number, Example: `+46(0)73-017-0101`; «40001 - Invalid number specified».
def test_query_number() -> None:
    assert requests.query_number("+46(0)73-017-0101", "US").digits == "46730170101"
    assert requests.query_number("%2B46730170101", "US").digits == "46730170101"
    assert code_of(lambda: requests.query_number("nobody", "US"))[0] == 40001


# Manage Call: «played only on the caller side»; the public pages add /leg/{caller|callee|both}.
def test_manage_call() -> None:
    found = requests.manage_call("4398599d", body({"action": {"name": "hangup"}}), "US")
    assert (found.call, found.answer.then, found.answer.leg) == ("4398599d", a.SvamlHangUp(), a.Leg.CALLER)
    assert requests.manage_call("c", body({"action": {"name": "hangup"}}), "US", leg="Both").answer.leg is a.Leg.BOTH
    assert code_of(lambda: requests.manage_call("c", b"{}", "US"))[0] == 40003
    assert code_of(lambda: requests.manage_call("c", body({"action": {"name": "park"}}), "US"))[0] == 40003
    assert requests.manage_call("c", body({"action": {"name": "park"}}), "US", parked=True)
    # what only speaks would end the park and leave the caller in silence
    spoken = body({"instructions": [{"name": "say", "text": "Hi"}]})
    assert requests.manage_call("c", spoken, "US").answer.then == a.SvamlContinue()
    assert code_of(lambda: requests.manage_call("c", spoken, "US", parked=True))[0] == 40003
    assert code_of(lambda: requests.manage_call("no such/call", b"{}", "US")) == (40400, "Call not found")


# Mute/Unmute: «command can be either "mute" or "unmute"»; onhold, resume and moh are in the public reference.
def test_command_participant(client: VendorsClient) -> None:
    client.voice.conferences.manage_participant("call-1", "room", "onhold", "music1")
    found = requests.command_participant("room", "call-1", client.body())
    assert (found.command, found.music) == ("onhold", "music1")
    assert code_of(lambda: requests.command_participant("room", "c", b'{"command":"sing"}'))[0] == 40001
    assert code_of(lambda: requests.command_participant("x" * 65, "c", b"{}")) == (40400, "Conference not found")


def test_custom_headers_are_carried_as_they_were_sent() -> None:
    headers = [(f"X-CB-{n}", "Zo\xeb") for n in range(5)] + [("Accept", "*/*"), ("X-Other", "1\n2")]
    assert requests.custom_headers(headers) == {f"X-CB-{n}": "Zo\xeb" for n in range(5)}


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({f"X-CB-{n}": "v" for n in range(6)}, "at most 5"),
        ({"X-CB-" + "n" * 28: "v"}, "X-CB-nnn"),
        ({"x-cb-a": "v" * 129}, "x-cb-a"),
        ({"X-CB-B": "1\n2"}, "X-CB-B"),
        ({"X-CB-C": "Zo\udceb"}, "X-CB-C must be printable text in UTF-8"),
    ],
)
def test_a_custom_header_that_events_cannot_carry_is_refused_and_named(headers: dict[str, str], named: str) -> None:
    code, message = code_of(lambda: requests.custom_headers(headers))
    assert code == 40001 and named in message


# «Example of conference callout», copied: `domain` stands outside the documented table, after the destination.
def test_the_documents_conference_callout() -> None:
    found = callouts.read(
        body(
            {
                "method": "conferenceCallout",
                "conferenceCallout": {
                    "cli": "46000000000",
                    "destination": {"type": "number", "endpoint": "46000000001"},
                    "domain": "pstn",
                    "custom": "customData",
                    "locale": "en-US",
                    "greeting": "Welcome to my conference",
                    "conferenceId": "my_conference_room_id",
                    "enableAce": False,
                    "enableDice": False,
                },
            }
        ),
        "US",
    )
    assert isinstance(found, callouts.ConferenceCallout)
    assert found.callout.to == a.PartyAddress(kind_of="number", written="46000000001", dialled="46000000001")
    assert (found.callout.caller, found.callout.custom) == ("46000000000", "customData")
    assert found.greeting == (Say(text="Welcome to my conference", locale="en-US"),)
    assert found.conference.conference == "my_conference_room_id"
    assert not (found.enable_ace or found.enable_dice or found.enable_pie)


# «Example of text-to-speech callout», the second: `enabledice` in lower case, prompts with `;`.
def test_the_documents_tts_callout() -> None:
    found = callouts.read(
        body(
            {
                "method": "ttsCallout",
                "ttsCallout": {
                    "cli": "46000000000",
                    "destination": {"type": "number", "endpoint": "46000000001"},
                    "prompts": "#tts[Hello, this is a synthesized message];myprerecordedfile",
                    "enabledice": True,
                },
            }
        ),
        "US",
    )
    assert isinstance(found, callouts.TtsCallout)
    assert found.enable_dice and not found.enable_ace
    assert found.prompts[1] == Play(source="upload:myprerecordedfile")


# customCallout (public pages): each event is a URL, an escaped script, or left to the application's callback URL.
def test_a_custom_callout(client: VendorsClient) -> None:
    client.answer = lambda: (200, b'{"callId":"c"}')
    client.voice.callouts.custom(
        cli="12015550100",
        destination={"type": "number", "endpoint": "+12015550123"},
        custom="mine",
        ice='{"action":{"name":"connectPstn","number":"+12015550124"}}',
        ace="http://host/ace",
    )
    found = callouts.read(client.body(), "US")
    assert isinstance(found, callouts.CustomCallout)
    assert isinstance(found.ice, callouts.EventScript) and isinstance(found.ice.answer.then, a.SvamlConnect)
    assert found.ace == callouts.EventUrl(url="http://host/ace")
    assert found.pie is None and found.callout.custom == "mine"


def test_the_vendors_client_calls_out(client: VendorsClient) -> None:
    client.answer = lambda: (200, b'{"callId":"c"}')
    client.voice.callouts.conference(
        destination={"type": "username", "endpoint": "john"},
        conference_id="room",
        conference_dtmf_options={"mode": "detect", "max_digits": 3, "timeout_mills": 1500},
        moh_class="music3",
        max_duration=60,
        enable_pie=True,
    )
    found = callouts.read(client.body(), "US")
    assert isinstance(found, callouts.ConferenceCallout)
    assert found.callout.domain == "mxp" and found.callout.max_seconds == 60.0 and found.enable_pie
    assert found.conference == a.SvamlConnectConf(
        conference="room", music="music3", digits="detect", most_digits=3, silence_seconds=1.5
    )


# «If it is set to false, no PIE event will be sent»; where it is not set, a menu of an ACE's answer is asked about.
@pytest.mark.parametrize(
    ("given", "enabled"), [({}, False), ({"enableAce": True}, True), ({"enableAce": True, "enablePie": False}, False),
                           ({"enableAce": True, "enablePie": None}, True), ({"enablepie": True}, True)],
)  # fmt: skip
@pytest.mark.parametrize("method", ["ttsCallout", "conferenceCallout"])
def test_enable_pie(method: str, given: dict[str, Any], enabled: bool) -> None:
    fields = {"destination": {"endpoint": "+12015550123"}, "text": "Hi", "conferenceId": "room", **given}
    found = callouts.read(body({"method": method, method: fields}), "US")
    assert isinstance(found, callouts.TtsCallout | callouts.ConferenceCallout) and found.enable_pie is enabled


# «object - custom» in Get Call Result, a text everywhere else: given back as it came, its names untouched.
def test_custom_may_be_an_object() -> None:
    tts = {"destination": {"endpoint": "+12015550123"}, "text": "Hi", "custom": {"My_Key": [1, {"B": None}]}}
    found = callouts.read(body({"method": "ttsCallout", "ttsCallout": tts}), "US")
    assert found.callout.custom == '{"My_Key":[1,{"B":null}]}'


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, 40002),
        ({"method": "ttsCallout"}, 40002),
        ({"method": "smsCallout"}, 40001),
        ({"method": "ttsCallout", "ttsCallout": {"text": "x"}}, 40002),
        ({"method": "ttsCallout", "ttsCallout": {"destination": {"endpoint": "+12015550123"}}}, 40002),
        ({"method": "ttsCallout", "ttsCallout": {"destination": {"endpoint": "x"}, "text": "x"}}, 40001),
        (
            {"method": "ttsCallout", "ttsCallout": {"destination": {"endpoint": "+12015550123"}, "text": "x" * 601}},
            40001,
        ),
        ({"method": "conferenceCallout", "conferenceCallout": {"destination": {"endpoint": "+12015550123"}}}, 40002),
        ({"method": "customCallout", "customCallout": {"ice": "{"}}, 40001),
        ({"method": "customCallout", "customCallout": {"ice": '{"action":{"name":"dance"}}'}}, 40001),
        ({"method": "customCallout", "customCallout": {"ice": "call the customer"}}, 40001),
        ([], 40003),
    ],
)
def test_a_callout_that_cannot_be(value: Any, code: int) -> None:
    assert code_of(lambda: callouts.read(body(value), "US"))[0] == code
