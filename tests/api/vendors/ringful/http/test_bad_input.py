"""What a wrong request gets: a status and a sentence, and nothing lost."""

import asyncio
import io
import re

import pytest

from api.vendors.ringful.auth import kvmd5
from engine import commands
from engine.store import accounts
from tests.api.conftest import KEY, SECRET, Stack

REQUIRED = [
    ("Call", "callee", {}),
    ("Hangup", "callId", {}),
    ("Play", "callId", {"announcement": "http://host/a.wav"}),
    ("Play", "announcement", {"callId": "1234"}),
    ("Record", "callId", {}),
    ("StopRecord", "callId", {}),
    ("WaitForTone", "callId", {"tone": "1"}),
    ("WaitForTone", "tone", {"callId": "1234"}),
    ("StartToneDetector", "callId", {"callbackUrl": "http://host/"}),
    ("StartToneDetector", "callbackUrl", {"callId": "1234"}),
    ("StopToneDetector", "callId", {}),
    ("ConfCall", "moderator", {"attendees": "12015550121"}),
    ("ConfCall", "attendees", {"moderator": "12015550120"}),
    ("ConfCall", "attendees", {"moderator": "12015550120", "attendees": " , ,"}),
    ("StartConf", "moderator", {}),
    ("JoinConf", "confCallId", {"participantCallId": "1234"}),
    ("JoinConf", "participantCallId", {"confCallId": "1234"}),
    ("LeaveConf", "confCallId", {"participantCallId": "1234"}),
    ("LeaveConf", "participantCallId", {"confCallId": "1234"}),
    ("HangupConf", "confCallId", {}),
    ("QueryConf", "confCallId", {}),
]


@pytest.mark.parametrize(("method", "name", "parameters"), REQUIRED)
async def test_a_missing_parameter_is_named(stack: Stack, method: str, name: str, parameters: dict[str, str]) -> None:
    for given in (parameters, {name: " ", **parameters}):
        status, text = await stack.ask(method, **given)
        assert status == 400
        assert text.startswith(f"The parameter {name} is missing")
    assert stack.engine.commands == []


NO_NUMBERS = [
    "5125551234&PJSIP/100",
    "1512@evil",
    "1/2345678",
    "${EXTEN}5551234",
    "call me",
    "+123",
    "١٢٣٤٥٦٧٨",
    "1" * 16,
    "1" * 41,
    "+",
    "12345678+",
    "tel:15125551234",
    "15125551234;ext=1",
    "sip:bob@host",
]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize("name", ["callee", "callerId", "moderator", "attendees"])
async def test_what_is_no_number_is_refused(stack: Stack, number: str, name: str) -> None:
    good = "12015550100"
    if name in ("callee", "callerId"):
        status, text = await stack.ask("Call", **{"callee": good, name: number})
    else:
        status, text = await stack.ask("ConfCall", **{"moderator": good, "attendees": good, name: number})
    assert status == 400
    assert text.startswith(f"The parameter {name} is not a phone number.")
    assert stack.engine.commands == []


@pytest.mark.parametrize(
    "number", ["\u202a+12015550104\u202c", "+1\u00a0201\u2007555\u202f0104", "1\u2011201\u2013555\u22120104\ufeff"]
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_a_number_as_web_pages_have_it_is_read(stack: Stack, number: str, verb: str) -> None:
    given = {"params": {"callee": number}} if verb == "GET" else {"data": {"callee": number}}
    async with stack.client.request(verb, f"/Call/apikey/{KEY}", **given) as response:
        assert response.status == 200, await response.text()
    assert stack.engine.commands[-1].callee == "12015550104"


@pytest.mark.parametrize(
    ("character", "named"),
    [
        ("\u202a", r"U\+202A \(LEFT-TO-RIGHT EMBEDDING\)"),
        ("\u00a0", r"U\+00A0 \(NO-BREAK SPACE\)"),
        ("\x01", r"U\+0001 \(a control character\)"),
    ],
)
async def test_a_character_that_cannot_be_there_is_named(stack: Stack, character: str, named: str) -> None:
    for name in ("announcement", "callbackUrl", "callId"):
        parameters = {"callId": "1", "announcement": "http://host/a.wav", name: f"http://host/a{character}b"}
        status, text = await stack.ask("Play", **parameters)
        assert status == 400 and re.search(rf"The parameter {name} must not contain {named}", text), text


@pytest.mark.parametrize(
    ("method", "parameters", "name"),
    [
        ("Hangup", {"callId": "1", "immediate": "yes"}, "immediate"),
        ("Play", {"callId": "1", "announcement": "http://host/a.wav", "waitComplete": "1"}, "waitComplete"),
        ("Play", {"callId": "1", "announcement": "sound:tt-monkeys"}, "announcement"),
        ("Play", {"callId": "1", "announcement": "ftp://host/a.wav"}, "announcement"),
        ("Play", {"callId": "1", "announcement": "http://[::1/a.wav"}, "announcement"),
        ("Play", {"callId": "1", "announcement": "http://host/" + "a" * 5000}, "announcement"),
        ("Play", {"callId": "1", "announcement": "http://host/a\r\n.wav"}, "announcement"),
        ("WaitForTone", {"callId": "1", "tone": "12"}, "tone"),
        ("WaitForTone", {"callId": "1", "tone": "1,,2"}, "tone"),
        ("WaitForTone", {"callId": "1", "tone": "E"}, "tone"),
        ("StartToneDetector", {"callId": "1", "callbackUrl": "javascript:alert(1)"}, "callbackUrl"),
        ("Call", {"callee": "12015550100", "callbackUrl": "host/notify"}, "callbackUrl"),
        ("Call", {"callee": "12015550100", "callbackUrl": "http://"}, "callbackUrl"),
        ("Call", {"callee": "12015550100", "callbackUrl": "http://host:99999/"}, "callbackUrl"),
        ("Call", {"callee": "12015550100", "callbackUrl": "http://ho st/"}, "callbackUrl"),
        ("StartConf", {"moderator": "12015550100", "waitForParticipant": "maybe"}, "waitForParticipant"),
        ("JoinConf", {"confCallId": "1", "participantCallId": "1", "joinModerator": "2"}, "joinModerator"),
        ("ConfCall", {"moderator": "12015550100", "attendees": "12015550100", "expectedTone": "x"}, "expectedTone"),
        ("ConfCall", {"moderator": "12015550100", "attendees": ",".join(["12015550100"] * 101)}, "attendees"),
    ],
)
async def test_an_impossible_value_is_named(stack: Stack, method: str, parameters: dict[str, str], name: str) -> None:
    status, text = await stack.ask(method, **parameters)
    assert status == 400
    assert f"The parameter {name}" in text
    assert stack.engine.commands == []


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("Hangup", {}),
        ("Hangup", {"immediate": "false"}),
        ("Play", {"announcement": "http://host/a.wav"}),
        ("Record", {}),
        ("StopRecord", {}),
        ("StopRecord", {"immediate": "false"}),
        ("WaitForTone", {"tone": "1"}),
        ("StartToneDetector", {"callbackUrl": "http://host/"}),
        ("StopToneDetector", {}),
    ],
)
async def test_a_foreign_call_is_as_unknown_as_one_that_never_was(
    stack: Stack, method: str, parameters: dict[str, str]
) -> None:
    foreign = await stack.ok("Call", callee="12015550100")
    for id in (foreign, "1234-5678-9012-3456"):
        status, text = await stack.ask(method, callId=id, key="key-of-bob", **parameters)
        assert (status, text) == (404, f"There is no live call or conference {id}.")
    assert stack.engine.queues[foreign].everything == []


async def test_an_ended_call_takes_no_more_tasks(stack: Stack) -> None:
    call = await stack.ok("Call", callee="12015550100")
    await stack.engine.end(call)
    status, _ = await stack.ask("Play", callId=call, announcement="http://host/a.wav")
    assert status == 404


async def test_callid_and_confcallid_together_are_ambiguous(stack: Stack) -> None:
    status, text = await stack.ask("Record", callId="call-1", confCallId="conf-1")
    assert (status, text) == (400, "Give callId or confCallId, not both.")


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (commands.NumberRefused("You may not call 1900."), 403),
        (commands.CallerRefused("That caller id is not yours."), 403),
        (commands.LimitReached("Too many calls at once."), 429),
        (commands.CreditSpent("The balance is spent."), 402),
        (commands.EngineUnavailable("Try again in a moment."), 503),
        (commands.NoSuchTask(), 404),
        (commands.CommandRefused("No."), 400),
    ],
)
async def test_the_engines_refusals_keep_their_sentence(
    stack: Stack, refusal: commands.CommandRefused, status: int
) -> None:
    stack.engine.error = refusal
    got, text = await stack.ask("Call", callee="12015550100")
    assert got == status
    assert text == str(refusal) or text == commands.NoSuchTask.__doc__


async def test_an_accident_is_a_500_with_a_reference_and_no_details(stack: Stack) -> None:
    stack.engine.error = RuntimeError("a secret of ours")
    status, text = await stack.ask("Call", callee="12015550100")
    assert status == 500
    assert re.search(r"reference [0-9a-f]{12}\.", text)
    assert "secret" not in text


async def test_a_wrong_key_is_unauthorized_before_anything_else(stack: Stack) -> None:
    assert await stack.ask("Call", key="nobodys") == (401, "The API key is unknown.")


async def test_a_disabled_accounts_key_is_unknown(stack: Stack) -> None:
    await stack.writer.write(lambda conn: accounts.update(conn, "account-ann", disabled=True))
    assert (await stack.ask("Call", callee="12015550100"))[0] == 401


class TestSignature:
    """The account asks for kvmd5."""

    @pytest.fixture(autouse=True)
    async def signing(self, stack: Stack) -> None:
        settings = {"ringful": {"sig": "kvmd5"}}
        await stack.writer.write(lambda conn: accounts.update(conn, "account-ann", settings=settings))

    async def test_a_right_one_passes_in_either_case_of_hex(self, stack: Stack) -> None:
        pairs = [("seq", "1234"), ("callee", "+1 201-555-0100"), ("callbackUrl", "http://host/ä?x=1&y=2")]
        sig = kvmd5(pairs, SECRET)
        assert sig == kvmd5(sorted(pairs), SECRET)
        for spelled in (sig, sig.upper()):
            await stack.ok("Call", **dict(pairs), sig=spelled)

    async def test_it_covers_query_and_form_alike(self, stack: Stack) -> None:
        sig = kvmd5([("callee", "12015550100"), ("seq", "7")], SECRET)
        path = f"/Call/apikey/{KEY}?seq=7&sig={sig}"
        async with stack.client.post(path, data={"callee": "12015550100"}) as response:
            assert response.status == 200
        async with stack.client.post(path, data={"callee": "12015550109"}) as response:
            assert response.status == 401

    @pytest.mark.parametrize("sig", ["", "abcd", "ä", "0" * 32])
    async def test_a_wrong_or_missing_one_does_not(self, stack: Stack, sig: str) -> None:
        status, text = await stack.ask("Call", callee="12015550100", **({"sig": sig} if sig else {}))
        assert status == 401
        assert "sig" in text
        assert stack.engine.commands == []

    async def test_it_is_the_documented_md5(self) -> None:
        # md5 of "callee=15125551234seq=1secret", by coreutils' md5sum.
        pairs = [("seq", "1"), ("sig", "whatever"), ("callee", "15125551234")]
        assert kvmd5(pairs, "secret") == "a58faed9699985214e84daba912f4f9c"


class TestRequests:
    """How parameters may come."""

    async def test_post_and_get_in_any_case_of_the_method(self, stack: Stack) -> None:
        for path in ("/Call", "/call", "/CALL", "/cALL"):
            async with stack.client.post(f"{path}/apikey/{KEY}", data={"callee": "12015550100"}) as response:
                assert response.status == 200
            async with stack.client.get(f"{path}/apikey/{KEY}?callee=12015550100&unknown=1") as response:
                assert response.status == 200

    async def test_the_first_of_two_counts_and_the_query_before_the_form(self, stack: Stack) -> None:
        path = f"/Call/apikey/{KEY}?callee=12015550101&callee=12015550102"
        async with stack.client.post(path, data={"callee": "12015550103"}) as response:
            assert response.status == 200
        assert stack.engine.commands[-1].callee == "12015550101"

    async def test_other_bodies_are_refused(self, stack: Stack) -> None:
        async with stack.client.post(f"/Call/apikey/{KEY}", json={"callee": "12015550100"}) as response:
            assert response.status == 415
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        async with stack.client.post(f"/Call/apikey/{KEY}", data=b"callee=\xff", headers=form) as response:
            assert (response.status, await response.text()) == (400, "The body must be UTF-8.")

    async def test_too_many_parameters_are_refused(self, stack: Stack) -> None:
        many = {f"p{number}": "1" for number in range(101)}
        assert (await stack.ask("Call", **many))[0] == 400
        async with stack.client.post(f"/Call/apikey/{KEY}", data=many) as response:
            assert response.status == 400

    async def test_an_oversized_body_is_a_413_in_words(self, stack: Stack) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = io.BytesIO(b"callee=" + b"1" * 1_100_000)
        async with stack.client.post(f"/Call/apikey/{KEY}", data=body, headers=form) as response:
            assert (response.status, await response.text()) == (413, "The request must have at most 1 MB.")
        await stack.ok("Call", callee="12015550100")

    async def test_an_unknown_method_is_a_404_and_a_wrong_verb_a_405(self, stack: Stack) -> None:
        async with stack.client.get(f"/Fly/apikey/{KEY}") as response:
            assert (response.status, await response.text()) == (404, "There is nothing at this address.")
        for verb in ("PUT", "DELETE", "HEAD"):
            async with stack.client.request(verb, f"/Call/apikey/{KEY}?callee=12015550100") as response:
                assert response.status == 405
                assert response.headers["Allow"] == "GET,POST"
        assert stack.engine.commands == []

    async def test_many_requests_at_once_are_each_answered(self, stack: Stack) -> None:
        ids = await asyncio.gather(*(stack.ok("Call", callee="12015550100") for _ in range(50)))
        assert len(set(ids)) == 50
