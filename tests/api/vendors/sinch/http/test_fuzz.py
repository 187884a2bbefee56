"""No JSON, and no text, makes a reader do anything but read or refuse."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.vendors.sinch.errors import SinchError
from api.vendors.sinch.http import callouts, requests
from api.vendors.sinch.script import plan
from api.vendors.sinch.script.actions import ALLOWED, ScriptEvent
from api.vendors.sinch.script.instructions import read
from api.vendors.sinch.script.svaml import IllegalSvaml, Leg, Svaml
from engine.model.call_data import CallData
from engine.tasks.kinds import decode_list, encode

NAMES = [
    *ALLOWED, "playFiles", "say", "sendDtmf", "setCookie", "answer", "startRecording", "reportCallStatus", "dance",
]  # fmt: skip
FIELDS = [
    "name", "instructions", "action", "ids", "text", "locale", "value", "key", "options", "destination", "type",
    "endpoint", "number", "cli", "maxDuration", "amd", "enabled", "menus", "id", "mainPrompt", "dtmf", "moh",
    "conferenceId", "conferenceDtmfOptions", "mode", "callHeaders", "record", "recordingOptions", "destinationUrl",
    "method", "ttsCallout", "conferenceCallout", "customCallout", "custom", "ice", "prompts", "url", "primary",
    "numbers", "command",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        [*NAMES, "main", "menu(main)", "return(x)", "#tts[hi]", "#ssml[<p/>]", "http://h/", "+12015550123"]
    )
    | st.sampled_from(["ttsCallout", "conferenceCallout", "customCallout", "mute", "1", "w1#", '{"action":{}}'])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=25,
)
NAMED = st.fixed_dictionaries({"name": st.sampled_from(NAMES)}).flatmap(
    lambda named: st.dictionaries(st.sampled_from(FIELDS[3:]), VALUES, max_size=6).map(lambda more: more | named)
)
SCRIPTS = st.fixed_dictionaries({"instructions": st.lists(NAMED, max_size=3) | VALUES, "action": NAMED | VALUES})
FAST = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def text_of(value: Any) -> bytes:
    return json.dumps(value).encode()


@FAST
@given(value=SCRIPTS | VALUES, event=st.sampled_from(ScriptEvent), leg=st.sampled_from(Leg))
def test_any_script_is_an_answer_or_illegal(value: Any, event: ScriptEvent, leg: Leg) -> None:
    found = read(text_of(value), event, "US", leg)
    assert isinstance(found, Svaml | IllegalSvaml)
    if isinstance(found, IllegalSvaml):
        assert found.reason.endswith(".") and len(found.reason) < 400


HEADERS = st.lists(st.fixed_dictionaries({"key": st.text(max_size=70), "value": st.text(max_size=600)}), max_size=25)
CONNECTIONS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["connectPstn", "connectMxp", "connectSip", "connectConf", "park", "runMenu"]),
        "destination": st.fixed_dictionaries({"endpoint": st.sampled_from(["a@b.c", "anna", "+12015550123"])}),
        "conferenceId": st.text(min_size=1, max_size=64),
        "holdPrompt": st.text(max_size=20),
        "menus": st.just([{"id": "main", "options": [{"dtmf": "1", "action": "return(x)"}]}]),
        "record": st.booleans(),
        "transport": st.sampled_from(["udp", "tls"]),
    },
    optional={
        "callHeaders": HEADERS,
        "amd": st.just({"enabled": True, "async": True}),
        "cli": st.text(max_size=5),
        "recordingOptions": st.fixed_dictionaries({"destinationUrl": st.text(max_size=9).map("s3://".__add__)}),
        "maxDuration": st.integers(0, 10**9),
        "dtmf": st.text(alphabet="0w#", max_size=130),
    },
)


@FAST
@given(action=CONNECTIONS, event=st.sampled_from(ScriptEvent), alone=st.booleans())
def test_any_script_that_is_read_is_done_or_refused(action: Any, event: ScriptEvent, alone: bool) -> None:
    found = read(text_of({"action": action}), event, "US")
    if isinstance(found, Svaml):
        try:
            tasks = plan.tasks(found, plan.ScriptLeg(alone=alone, dialled="1", data=CallData(dialect="sinch")))
        except plan.CannotBeDone as error:
            assert str(error).endswith(".")
        else:
            assert decode_list(f"[{','.join(encode(task) for task in tasks)}]") == list(tasks)


@FAST
@given(text=st.binary(max_size=100) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_an_answer_or_illegal(text: bytes) -> None:
    assert isinstance(read(text, ScriptEvent.ICE, "US"), Svaml | IllegalSvaml)


@FAST
@given(prompt=st.text(alphabet="#tshrefml[]; <>/&\\p\u0000\ud7ff", max_size=40))
def test_any_prompt_is_read_or_refused(prompt: str) -> None:
    value = {"instructions": [{"name": "playFiles", "ids": [prompt]}], "action": {"name": "hangup"}}
    assert isinstance(read(text_of(value), ScriptEvent.ICE, "US"), Svaml | IllegalSvaml)


@FAST
@given(value=VALUES, id=st.text(max_size=70))
def test_any_body_of_any_operation_is_read_or_refused(value: Any, id: str) -> None:
    body = text_of(value)
    for operation in (
        lambda: requests.update_numbers(body, "SE"),
        lambda: requests.unassign_number(body, "SE"),
        lambda: requests.update_callbacks(id, body),
        lambda: requests.query_number(id, "SE"),
        lambda: requests.manage_call(id, body, "SE", leg=id[:6] or "both"),
        lambda: requests.manage_call("call-1", body, "SE"),
        lambda: requests.command_participant(id, "call-1", body),
        lambda: callouts.read(body, "SE"),
    ):
        try:
            operation()
        except SinchError as error:
            assert 400 <= error.status < 500


@FAST
@given(method=st.sampled_from(["ttsCallout", "conferenceCallout", "customCallout"]), value=VALUES)
def test_any_callout_is_read_or_refused(method: str, value: Any) -> None:
    try:
        callouts.read(text_of({"method": method, method: value}), "US")
    except SinchError as error:
        assert error.code in (40001, 40002, 40003)
