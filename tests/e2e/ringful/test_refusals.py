"""Bad requests get a clear error in Ringful's manner, and nothing happens."""

import hashlib
import io

import pytest

from tests.clients.ringful.client import Ringful
from tests.e2e.conftest import make_account
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.scenario import call_ended
from tests.support.sink import Sink


async def calls_of(own: Own) -> list[str]:
    """The ids of the account's calls so far."""
    status, body = await own.ask("GET", "calls")
    assert status == 200
    return [call["id"] for call in body["calls"]]


MISSING = [
    ("Call", {}, "callee"),
    ("Hangup", {}, "callId"),
    ("Play", {"callId": "x"}, "announcement"),
    ("Play", {"announcement": "http://host/a.wav"}, "callId"),
    ("Record", {}, "callId"),
    ("WaitForTone", {"callId": "x"}, "tone"),
    ("StartToneDetector", {"callId": "x"}, "callbackUrl"),
    ("ConfCall", {"attendees": people.LISTENS}, "moderator"),
    ("ConfCall", {"moderator": people.LISTENS}, "attendees"),
    ("StartConf", {}, "moderator"),
    ("JoinConf", {"confCallId": "x"}, "participantCallId"),
    ("JoinConf", {"participantCallId": "x"}, "confCallId"),
    ("LeaveConf", {"participantCallId": "x"}, "confCallId"),
    ("HangupConf", {}, "confCallId"),
    ("QueryConf", {}, "confCallId"),
]


@pytest.mark.parametrize(("operation", "fields", "missing"), MISSING)
async def test_a_missing_parameter_is_named(
    ringful: Ringful, operation: str, fields: dict[str, str], missing: str
) -> None:
    answer = await ringful.ask(operation, **fields)
    assert answer.status == 400 and missing in answer.text, answer
    assert answer.content_type == "text/plain"


WRONG = [
    ("Hangup", {"immediate": "maybe"}, "immediate"),
    ("Play", {"announcement": "gopher://host/a.wav"}, "announcement"),
    ("Play", {"announcement": "welcome.wav"}, "announcement"),
    ("WaitForTone", {"tone": "12"}, "tone"),
    ("WaitForTone", {"tone": "1,x"}, "tone"),
    ("Record", {"callbackUrl": "javascript:alert(1)"}, "callbackUrl"),
]


@pytest.mark.parametrize(("operation", "fields", "wrong"), WRONG)
async def test_a_wrong_value_is_named_and_the_call_goes_on(
    ringful: Ringful, own: Own, operation: str, fields: dict[str, str], wrong: str
) -> None:
    call = await ringful.call(callee=people.LISTENS)
    answer = await ringful.ask(operation, callId=call, **fields)
    assert answer.status == 400 and wrong in answer.text, answer
    assert (await own.queue(call)) == []
    assert (await own.call(call))["state"] != "ended"


@pytest.mark.parametrize(
    "callee",
    ["abc", "1201555&0100", "1201555@0100", "1201/5550100", "${EXTEN}", "12015550100;x=y", "1" * 40, "%00", ""],
)
async def test_what_is_no_number_is_refused_and_nothing_is_dialled(ringful: Ringful, own: Own, callee: str) -> None:
    before = await calls_of(own)
    answer = await ringful.ask("Call", callee=callee)
    assert answer.status == 400 and "callee" in answer.text, answer
    assert await calls_of(own) == before


@pytest.mark.parametrize("callee", ["12", "911", "112", "+442071838750", "19005551234", "12025550100"])
async def test_an_emergency_number_and_one_that_is_not_allowed_are_refused(
    ringful: Ringful, own: Own, callee: str
) -> None:
    before = await calls_of(own)
    answer = await ringful.ask("Call", callee=callee)
    assert answer.status in (400, 403) and len(answer.text) > 10, answer
    assert await calls_of(own) == before


async def test_a_caller_id_that_is_not_the_accounts_own_is_refused(ringful: Ringful) -> None:
    answer = await ringful.ask("Call", callee=people.LISTENS, callerId="14155550123")
    assert answer.status == 403 and "caller" in answer.text.lower(), answer


@pytest.mark.parametrize(
    ("operation", "fields"),
    [("Hangup", {}), ("Play", {"announcement": "http://host/a.wav"}), ("Record", {}), ("RecordStop", {}),
     ("WaitForTone", {"tone": "1"}), ("StartToneDetector", {"callbackUrl": "http://host/"}), ("StopToneDetector", {})],
)  # fmt: skip
async def test_an_unknown_call_and_another_accounts_call_are_the_same_404(
    ringful: Ringful, admin: Admin, own: Own, operation: str, fields: dict[str, str]
) -> None:
    other = Ringful(ringful.session, ringful.base, make_account(admin).apikey)
    theirs = await other.call(callee=people.LISTENS)
    try:
        answers = [await ringful.ask(operation, callId=one, **fields) for one in ("1234-5678-9012-3456", theirs)]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text and theirs not in answers[1].text, "not a hint"
    finally:
        await other.tidy()


async def test_another_accounts_conference_and_recording_are_not_there(
    ringful: Ringful, admin: Admin, sink: Sink
) -> None:
    other = Ringful(ringful.session, ringful.base, make_account(admin).apikey)
    conference = await other.start_conf(moderator=people.LISTENS, callbackUrl=sink.url())
    mine = await ringful.call(callee=people.LISTENS)
    try:
        for operation, fields in {
            "QueryConf": {}, "HangupConf": {}, "JoinConf": {"participantCallId": mine},
            "LeaveConf": {"participantCallId": mine}, "Play": {"announcement": sink.tone(500)},
        }.items():  # fmt: skip
            answer = await ringful.ask(operation, confCallId=conference, **fields)
            assert answer.status == 404, f"{operation}: {answer}"
        assert (await other.query_conf(confCallId=conference)).status == 200, "it is still there"
    finally:
        await other.tidy()


async def test_a_wrong_key_is_401(ringful: Ringful) -> None:
    for key in ("1234", "x" * 500, "none"):
        answer = await ringful.ask("Call", key=key, callee=people.LISTENS)
        assert answer.status == 401 and answer.text, answer


async def test_an_account_that_signs_is_let_in_by_its_signature_only(ringful: Ringful, admin: Admin) -> None:
    account = make_account(admin)
    await admin.ask("PATCH", f"accounts/{account.name}", {"dialect": {"sig": "kvmd5"}})
    signing = Ringful(ringful.session, ringful.base, account.apikey)

    def signed(**fields: str) -> dict[str, str]:
        text = "".join(f"{key}={fields[key]}" for key in sorted(fields)) + account.secret
        return {**fields, "sig": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}

    fields = {"callee": people.BUSY, "seq": "17", "callbackUrl": "http://host/a?c=d&e=%2F+x"}
    for verb in ("GET", "POST"):
        for bad in (fields, {**signed(**fields), "callee": people.LISTENS}, {**fields, "sig": "abcd"}):
            answer = await signing.ask("Call", verb=verb, **bad)
            assert answer.status == 401 and "sig" in answer.text, answer
        answer = await signing.ask("Call", verb=verb, **signed(**fields))
        assert answer.status == 200, answer


async def test_an_oversized_body_is_413(ringful: Ringful) -> None:
    url = f"{ringful.base}/Call/apikey/{ringful.key}"
    body = io.BytesIO(b"callee=12015550100&padding=" + b"x" * 2_000_000)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with ringful.session.post(url, data=body, headers=headers) as answer:
        assert answer.status == 413 and await answer.text()


async def test_a_body_that_is_no_form_is_415(ringful: Ringful) -> None:
    url = f"{ringful.base}/Call/apikey/{ringful.key}"
    async with ringful.session.post(url, json={"callee": people.LISTENS}) as answer:
        assert answer.status == 415 and await answer.text()


async def test_an_unknown_method_and_verb_are_told_in_text(ringful: Ringful) -> None:
    answer = await ringful.ask("Dial", callee=people.LISTENS)
    assert (answer.status, answer.content_type) == (404, "text/plain") and answer.text
    answer = await ringful.ask("Call", verb="DELETE", callee=people.LISTENS)
    assert (answer.status, answer.content_type) == (405, "text/plain") and answer.text


async def test_get_and_post_any_case_unknown_parameters_seq_and_sig_are_all_taken(
    ringful: Ringful, sink: Sink, own: Own
) -> None:
    for operation, verb in (("Call", "GET"), ("call", "POST"), ("CALL", "GET"), ("cAlL", "POST")):
        answer = await ringful.ask(
            operation, verb=verb, callee=people.BUSY, seq="1234", sig="abcd", flavour="sweet", callbackUrl=sink.url()
        )
        assert answer.status == 200 and answer.content_type == "text/plain", f"{verb} {operation}: {answer}"
        await sink.until("ServerHangup", callId=answer.text)
        assert (await call_ended(own, answer.text))["cause"] == "busy"


async def test_more_calls_at_once_than_the_limit_are_refused_and_free_again_afterwards(
    ringful: Ringful, admin: Admin, sink: Sink, own: Own
) -> None:
    account = make_account(admin)
    await admin.ask("PATCH", f"accounts/{account.name}/limits", {"max_calls": 2})
    small = Ringful(ringful.session, ringful.base, account.apikey)
    try:
        first = await small.call(callee=people.LISTENS, callbackUrl=sink.url())
        await small.call(callee=people.LISTENS, callbackUrl=sink.url())
        answer = await small.ask("Call", callee=people.LISTENS)
        assert answer.status == 429 and answer.text, answer
        await small.hangup(callId=first)
        await sink.until("ServerHangup", callId=first)
        await small.call(callee=people.LISTENS)
    finally:
        await small.tidy()


async def test_an_account_without_credit_places_no_call(ringful: Ringful, admin: Admin, rates: str) -> None:
    account = make_account(admin, currency=rates)
    await admin.ask("POST", f"accounts/{account.name}/credit", {"amount": "0"})
    poor = Ringful(ringful.session, ringful.base, account.apikey)
    answer = await poor.ask("Call", callee=people.BUSY)
    assert answer.status == 402 and answer.text, answer
