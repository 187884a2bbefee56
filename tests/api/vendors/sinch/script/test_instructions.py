"""SVAML. Rules: «Callback API» of Sinch's documents (docs/voice/voice-rest-api/voice-rest-api-callback-api.md)."""

import json
from typing import Any

import pytest

from api.vendors.sinch.script import svaml as a
from api.vendors.sinch.script.actions import ALLOWED, ScriptEvent
from api.vendors.sinch.script.instructions import merged, read
from api.vendors.sinch.script.svaml import IllegalSvaml, Svaml
from engine.tasks.pause import Pause
from engine.tasks.play import Play
from engine.tasks.say import Say
from engine.tasks.secret import Secret
from engine.tasks.send_dtmf import SendDtmf
from engine.tasks.stop import StopBackground

HANGUP = {"name": "hangup"}


def script(value: Any, event: ScriptEvent = ScriptEvent.ICE) -> Svaml:
    found = read(json.dumps(value).encode(), event, "US")
    assert isinstance(found, Svaml), found
    return found


def steps(*instructions: dict[str, Any], event: ScriptEvent = ScriptEvent.ICE) -> tuple[Any, ...]:
    return script({"instructions": instructions, "action": HANGUP}, event).steps


def then(event: ScriptEvent = ScriptEvent.ICE, **action: Any) -> Any:
    return script({"action": action}, event).then


def refused(value: Any, event: ScriptEvent = ScriptEvent.ICE) -> str:
    found = read(value if isinstance(value, bytes) else json.dumps(value).encode(), event, "US")
    assert isinstance(found, IllegalSvaml), found
    return found.reason


# «{ "name": "playFiles", "ids": ["welcome"], "locale": "en-US" }» (PlayFiles): «either a URL or a local file»,
# «played in the order they are specified».
def test_play_files_plays_names_urls_and_prompts_in_order() -> None:
    ids = ["welcome", "http://h/a.mp3", "#tts[Hello; world];#href[https://h/b.wav]", "#ssml[<p>Hi</p>]"]
    assert steps({"name": "playFiles", "ids": ids, "locale": "sv-SE"}) == (
        Play(source="upload:welcome"),
        Play(source="http://h/a.mp3"),
        Say(text="Hello; world", locale="sv-SE"),
        Play(source="https://h/b.wav"),
        Say(text="<speak><p>Hi</p></speak>", locale="sv-SE", ssml=True),
    )


# «{ "name" : "Say", "text" : "…", "locale" : "en-US" }» (Say): the documents write say and Say.
@pytest.mark.parametrize("name", ["say", "Say", "SAY"])
def test_names_in_any_case(name: str) -> None:
    assert steps({"Name": name, "TEXT": "Hello"}) == (Say(text="Hello", locale="en-US"),)
    assert script({"Instructions": [], "Action": {"name": "ConnectPSTN"}}).then == a.SvamlConnect(locale="en-US")
    assert script({"action": {"name": "connect_pstn"}}).then == a.SvamlConnect(locale="en-US")
    assert steps({"name": "send_dtmf", "value": "1"}) == (SendDtmf(digits="1"),)


# «The default maximum length is 600 characters.» (Say, text)
def test_a_text_has_600_characters_at_most() -> None:
    assert steps({"name": "say", "text": "x" * 600})
    assert "600" in refused({"instructions": [{"name": "say", "text": "x" * 601}], "action": HANGUP})
    assert "600" in refused({"instructions": [{"name": "playFiles", "ids": [f"#tts[{'x' * 601}]"]}], "action": HANGUP})


def test_an_unknown_locale_is_spoken_by_the_default_voice_with_a_warning() -> None:
    found = script({"instructions": [{"name": "say", "text": "Hi", "locale": "xx-YY"}], "action": HANGUP})
    assert found.steps == (Say(text="Hi", locale="en-US"),)
    assert "xx-YY" in found.warnings[0]
    # «zn-CN: Chinese, China» is a slip of the Calling document.
    assert steps({"name": "say", "text": "Hi", "locale": "zn-CN"}) == (Say(text="Hi", locale="zh-CN"),)


# «"ww1234#w#" will render a 1s pause, the DTMF tones "1", "2", "3", "4" and "#" followed by a 0.5s pause and finally
# the DTMF tone for "#"» (SendDtmf)
def test_send_dtmf() -> None:
    assert steps({"name": "sendDtmf", "value": "ww1234#w#"}) == (
        Pause(seconds=1.0),
        SendDtmf(digits="1234#"),
        Pause(seconds=0.5),
        SendDtmf(digits="#"),
    )
    for wrong in ("12*", "abc", "1 2", "1" * 129):
        assert "value" in refused({"instructions": [{"name": "sendDtmf", "value": wrong}], "action": HANGUP})


# «The total size of cookie data (keys and values) may not exceed 1024 bytes.» (SetCookie)
def test_cookies() -> None:
    found = script({"instructions": [{"name": "SetCookie", "key": "k", "value": "v"}], "action": HANGUP})
    assert found.cookies == (("k", "v"),)
    assert found.steps == ()
    verbatim = script({"instructions": [{"name": "setCookie", "key": "k", "value": " v\n"}], "action": HANGUP})
    assert verbatim.cookies == (("k", " v\n"),)
    cookie = {"name": "setCookie", "key": "k", "value": "å" * 512}
    assert "1024" in refused({"instructions": [cookie], "action": HANGUP})
    assert merged((("a", "1"), ("b", "2")), (("a", "3"),)) == (("a", "3"), ("b", "2"))
    assert isinstance(merged((("a", "x" * 600),), (("b", "y" * 600),)), IllegalSvaml)


# «by adding the "answer" instruction, you can force the incoming call to be answered» (Answer)
def test_answer() -> None:
    assert steps({"name": "Answer"}) == (a.SvamlAnswer(),)
    assert steps({"name": "answer"}, event=ScriptEvent.ACE) == ()


# «[RecordingOptions] destinationUrl, credentials, format, notificationEvents» (Recording calls), defaults «mp3», «true»
def test_recording() -> None:
    options = {"destinationUrl": "s3://bucket", "credentials": "key:secret:eu", "notificationEvents": False}
    started, stopped = steps({"name": "StartRecording", "options": options}, {"name": "StopRecording"})
    assert started == a.SvamlRecord(
        destination="s3://bucket", credentials=Secret("key:secret:eu"), format="mp3", notify=False
    )
    assert stopped == StopBackground(stops="record")
    assert "secret" not in repr(started).replace("Secret", "")
    # The older name in the example of StartRecording.
    assert steps({"name": "startRecording", "options": {**options, "destination": "s3://other"}})[0].destination
    # Calling API, Manage Call, «Example start-recording»: `"record": true` and no options.
    assert then(ScriptEvent.PATCH, name="continue", record=True) == a.SvamlContinue(record=a.SvamlRecord(format="mp3"))
    assert then(ScriptEvent.PATCH, name="stopRecording") == a.SvamlStopRecording()
    assert then(ScriptEvent.ACE, name="continue") == a.SvamlContinue()


# Calling API, Manage Call, «Example IVR», and ConferenceCallout, «Example ACE response»: copied.
def test_the_documents_own_examples() -> None:
    ivr = {"instructions": [{"name": "playFiles", "ids": ["welcome"], "locale": "en-US"}], "action": HANGUP}
    assert script(ivr, ScriptEvent.PATCH) == Svaml(
        steps=(Play(source="upload:welcome"),), then=a.SvamlHangUp(), leg=a.Leg.CALLER
    )
    room = {"instructions": [], "action": {"name": "connectConf", "conferenceId": "myConference"}}
    assert script(room, ScriptEvent.ACE).then == a.SvamlConnectConf(conference="myConference", digits="ignore")
    sip = {
        "name": "connectSIP",
        "destination": {"endpoint": "46708000000@sip.foo.com"},
        "maxDuration": 3000,
        "cli": "private",
        "transport": "tls",
        "suppressCallbacks": False,
    }
    assert script({"action": sip}).then == a.SvamlConnect(
        to=a.PartyAddress(kind_of="sip", written="46708000000@sip.foo.com", dialled="46708000000@sip.foo.com"),
        domain="sip",
        private=True,
        max_seconds=3000.0,
        transport="tls",
    )


# «ConnectPstn», its example and its fields.
def test_connect_pstn() -> None:
    found = then(
        name="ConnectPstn",
        number="+46 (0)123-456 78 90",
        maxDuration=3000,
        dialTimeout="30",
        cli="+12015550100",
        suppressCallbacks=True,
        dtmf="w1#",
        indications="SE",
        amd={"enabled": True, "async": True},
    )
    assert (found.to.dialled, found.to.written) == ("461234567890", "+46 (0)123-456 78 90")
    assert (found.max_seconds, found.ring_seconds, found.caller) == (3000.0, 30.0, "12015550100")
    assert found.silent and found.ringback == "se" and found.detect == a.SvamlAmd(beside=True)
    assert found.dtmf == (Pause(seconds=0.5), SendDtmf(digits="1#"))
    # «max 14400 seconds»; «If not specified, the extension that the client has called is used.»
    assert then(name="connectPstn", maxDuration=99999).max_seconds == 14400.0
    assert then(name="connectPstn").to is None


# «the value of call headers is 1024 bytes»; they become SIP headers, so no line may end in one.
def test_call_headers() -> None:
    found = then(name="connectMXP", destination={"type": "username", "endpoint": "johndoe"}, callHeaders=[
        {"key": "foo", "value": "bar"}
    ])  # fmt: skip
    assert found.headers == (("foo", "bar"),) and found.domain == "mxp" and found.to.dialled == "johndoe"
    for key, value in (("a b", "x"), ("a", "x\r\nEvil: 1"), ("a", "x" * 1024)):
        assert refused({"action": {"name": "connectMxp", "callHeaders": [{"key": key, "value": value}]}})


def test_a_data_client_is_named_by_its_username_alone_too() -> None:
    for destination in ({"username": "anna"}, {"type": "username", "endpoint": "anna"}, {"endpoint": "anna"}):
        found = then(name="connectMxp", destination=destination)
        assert found.to == a.PartyAddress(kind_of="username", written="anna", dialled="anna"), destination
    assert "endpoint" in refused({"action": {"name": "connectMxp", "destination": {"username": " "}}})


# «moh … "ring", "music1", "music2", "music3"»; «It should not exceed 64 characters» (ConnectConf)
def test_connect_conf() -> None:
    options = {"mode": "detect", "max_digits": 4, "timeoutMills": 2000}
    found = then(name="connectConf", conferenceId="room", moh="music2", conferenceDtmfOptions=options)
    assert found == a.SvamlConnectConf(
        conference="room", music="music2", digits="detect", most_digits=4, silence_seconds=2.0
    )
    assert then(name="connectConf", conferenceId="x" * 64)
    assert "64" in refused({"action": {"name": "connectConf", "conferenceId": "x" * 65}})


# «The maxDuration value can be set to maximum 600 seconds» (Park)
def test_park() -> None:
    found = then(name="Park", introPrompt="tts#[Welcome]", holdPrompt="#tts[Wait];music", maxDuration=9000)
    assert found.intro == (Say(text="Welcome", locale="en-US"),)
    assert found.hold == (Say(text="Wait", locale="en-US"), Play(source="upload:music"))
    assert found.max_seconds == 600.0


def test_a_stream() -> None:
    found = then(name="connectStream", destination={"type": "Websocket", "endpoint": "wss://h/x"})
    assert found == a.SvamlConnectStream(url="wss://h/x")
    assert refused({"action": {"name": "connectStream", "destination": {"endpoint": "http://h"}}})


# «Not all Actions are supported by all events.»
@pytest.mark.parametrize("event", list(ScriptEvent))
def test_each_event_takes_its_actions_only(event: ScriptEvent) -> None:
    for name, events in ALLOWED.items():
        found = read(json.dumps({"action": {"name": name}}).encode(), event, "US")
        kept_out = isinstance(found, IllegalSvaml) and "is not allowed here" in found.reason
        assert kept_out is (event not in events)


# endpoints: «DiCE … instruction ReportCallStatus allowed»
def test_report_call_status() -> None:
    report = {"name": "ReportCallStatus", "value": "Success", "details": "x" * 70}
    found = script({"instructions": [report]}, ScriptEvent.DICE)
    assert found.report == a.Report(success=True, details="x" * 64) and found.warnings
    assert "not allowed" in refused({"instructions": [report], "action": HANGUP}, ScriptEvent.ACE)
    assert script({}, ScriptEvent.DICE).report is None


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"action":"\\ud800"}', "not JSON"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b"1e999", "not JSON"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "nested"),
        (b'{"instructions":[' + b'{"name":"answer"},' * 9999 + b'{"name":"answer"}]}', "at most 100 entries"),
        (b" " * 10_000_000, "bytes"),
        ({}, "an instruction or an action"),
        ({"instructions": []}, "an instruction or an action"),
        ({"instructions": [{"name": "answer"}]}, "action is missing"),
        ({"action": "hangup"}, "must be an object"),
        ({"action": {}}, "name is missing"),
        ({"action": {"name": "route"}}, "no action 'route'"),
        ({"action": {"name": 7}}, "no action '7'"),
        ({"action": HANGUP, "instructions": ["say"]}, "list of objects"),
        ({"action": HANGUP, "instructions": [{"name": "dance"}]}, "no instruction 'dance'"),
        ({"action": HANGUP, "instructions": [{"name": "say"}]}, "instructions[0].text is missing"),
        ({"action": HANGUP, "instructions": [{"name": "playFiles", "ids": []}]}, "ids is missing"),
        ({"action": HANGUP, "instructions": [{"name": "playFiles", "ids": ["#tts[open"]}]}, "closing bracket"),
        ({"action": HANGUP, "instructions": [{"name": "playFiles", "ids": ["../../etc/passwd"]}]}, "not a file name"),
        ({"action": HANGUP, "instructions": [{"name": "playFiles", "ids": ["file:///etc/passwd"]}]}, "http"),
        ({"action": HANGUP, "instructions": [{"name": "playFiles", "ids": ["#ssml[<p>]"]}]}, "well-formed"),
        ({"action": {"name": "connectPstn", "number": "call me"}}, "telephone number"),
        ({"action": {"name": "connectPstn", "maxDuration": -1}}, "at least 0"),
        ({"action": {"name": "connectPstn", "maxDuration": 1.5}}, "whole number"),
        ({"action": {"name": "connectPstn", "suppressCallbacks": "perhaps"}}, "true or false"),
        ({"action": {"name": "connectSip", "destination": {"endpoint": "a@b\r\nVia: x"}}}, "SIP address"),
        ({"action": {"name": "connectSip"}}, "destination is missing"),
    ],
)
def test_an_illegal_script_has_a_sentence(value: Any, sentence: str) -> None:
    assert sentence in refused(value)


# «optionally hangs up the call» (Calling API, Manage Call): after an answer the action may be left out.
def test_a_patch_may_only_play() -> None:
    assert script({"instructions": [{"name": "say", "text": "Hi"}]}, ScriptEvent.PATCH).then == a.SvamlContinue()


def test_ssml_keeps_the_tags_that_are_read() -> None:
    text = '#ssml[<speak>A &amp; <break time="1s"/><audio src="x">no</audio><v:x xmlns:v="u">yes</v:x></speak>]'
    found = script({"instructions": [{"name": "playFiles", "ids": [text]}], "action": HANGUP})
    assert found.steps == (Say(text='<speak>A &amp; <break time="1s"></break>yes</speak>', locale="en-US", ssml=True),)
    assert len(found.warnings) == 2
    bomb = '#ssml[<!DOCTYPE x [<!ENTITY a "aaaa">]><speak>&a;</speak>]'
    assert refused({"instructions": [{"name": "playFiles", "ids": [bomb]}], "action": HANGUP})


@pytest.mark.parametrize(("text", "said"), [
    ("<speak>Tom & Jerry</speak>", "<speak>Tom &amp; Jerry</speak>"),
    ("<speak>Fish&nbsp;chips</speak>", "<speak>Fish\u00a0chips</speak>"),
    ("<speak>I <3 you</speak>", "<speak>I &lt;3 you</speak>"),
])  # fmt: skip
def test_ssml_with_a_lone_ampersand_or_less_sign_is_spoken_and_remarked(text: str, said: str) -> None:
    found = script({"instructions": [{"name": "playFiles", "ids": [f"#ssml[{text}]"]}], "action": HANGUP})
    assert found.steps == (Say(text=said, locale="en-US", ssml=True),)
    assert len(found.warnings) == 1 and "not well-formed" in found.warnings[0]


def test_the_lines_of_a_text_stay_lines_so_that_items_are_told_from_keys() -> None:
    found = script({"instructions": [{"name": "say", "text": "# Menu \r\n\n * eggs\x00\n\t* milk "}], "action": HANGUP})
    assert found.steps == (Say(text="# Menu\n* eggs\n* milk", locale="en-US"),)
