"""What TringMe refuses: HTTP 200, a text that does not begin with OK and names the parameter, and nothing done."""

import io

import aiohttp
import numpy as np
import pytest

from tests.clients.tringme.client import TringMe
from tests.e2e.conftest import make_account
from tests.e2e.tringme.conftest import customer_of
from tests.support import people
from tests.support.carillon import Admin, Own
from tests.support.sink import File, Sink
from tests.support.sounds import wav
from tests.support.system import System

MALE = "male:Welcome to XYZ Bank"
MANY = ",".join(str(12015550100 + number) for number in range(101))


@pytest.mark.parametrize(
    ("op", "fields", "named"),
    [
        ("call", {}, "src"),
        ("call", {"src": "abc", "dest": people.LISTENS}, "src"),
        ("call", {"src": people.LISTENS}, "dest"),
        ("call", {"src": people.LISTENS, "dest": "x"}, "dest"),
        ("call", {"src": MANY, "greeting": MALE}, "src"),
        ("call", {"src": f"{people.LISTENS},{people.BUSY}", "dest": people.LISTENS, "greeting": MALE}, "dest"),
        ("call", {"src": people.LISTENS, "greeting": "robot:hello"}, "greeting"),
        ("call", {"src": people.LISTENS, "greeting": "male: "}, "greeting"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "thankyou": "ftp://host/x.wav"}, "thankyou"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "reprompt": "nothing"}, "reprompt"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "notify": "4"}, "notify"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "dtmf": "0"}, "dtmf"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "pin": "12a"}, "pin"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "tag": "a b"}, "tag"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "schedule": "-5"}, "schedule"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "at": "2020-01-01T00:00:00Z"}, "at"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "time": "tomorrow"}, "time"),
        ("call", {"src": people.LISTENS, "greeting": MALE, "cookie": "1" * 31}, "cookie"),
        ("call", {"src": "911", "greeting": MALE}, "src"),
        ("call", {"src": f"{people.LISTENS},911", "greeting": MALE}, "src"),
        ("call", {"src": people.LISTENS, "dest": "911"}, "dest"),
        ("call", {"src": people.LISTENS, "dest": "911", "bye": MALE}, "dest"),
        ("call", {"src": people.LISTENS, "dest": people.LISTENS}, "dest"),
        ("call", {"src": people.LISTENS, "dest": people.BUSY, "callerid": "18585559999"}, "callerid"),
        ("call", {"src": people.LISTENS, "dest": people.BUSY, "time": "99999999"}, "time"),
        ("sms", {"dest": "911", "msg": "hi"}, "dest"),
        ("sms", {"dest": people.LISTENS, "msg": "hi", "callerid": "18585559999"}, "callerid"),
        ("sms", {"dest": people.LISTENS, "msg": "hi", "at": "99999999"}, "at"),
        ("sms", {"dest": people.LISTENS}, "msg"),
        ("sms", {"msg": "hi"}, "dest"),
        ("sms", {"dest": people.LISTENS, "msg": "hi", "schedule": "1000000000"}, "schedule"),
        ("cancel", {}, "id"),
        ("cancel", {"id": "nothing"}, "id"),
        ("cancel", {"id": "call-0.of9999"}, "id"),
        ("getvoicemail", {"cookie": "1" * 31}, "cookie"),
        ("deletevoicemail", {}, "id"),
        ("createconference", {"apin": "41234"}, "pin"),
        ("createconference", {"pin": "12345"}, "apin"),
        ("createconference", {"pin": "12345", "apin": "12345"}, "apin"),
        ("createconference", {"pin": "1", "apin": "41234"}, "pin"),
        ("setcallerid", {"cookie": "1" * 31, "callerid": "18585551234"}, "cookie"),
        ("setcallerid", {"callerid": "18585551234", "flag": "9"}, "flag"),
        ("verifycallerid", {}, "code"),
        ("verifycallerid", {"code": "4kjq1ew5"}, "code"),
        ("deletecallerid", {"callerid": "18585551234"}, "callerid"),
        ("setnotifyurl", {}, "url"),
        ("setnotifyurl", {"url": "nowhere"}, "url"),
        ("login", {}, "op"),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_a_parameter_that_is_missing_or_impossible_is_named(
    tringme: TringMe, op: str, fields: dict[str, str], named: str, verb: str
) -> None:
    answer = await tringme.failed(op, verb=verb, **fields)
    assert f"parameter {named} " in answer


async def test_no_caller_id_of_others_is_shown(tringme: TringMe, own: Own) -> None:
    before = (await own.ask("GET", "calls"))[1]["calls"]
    assert "caller id" in await tringme.failed("call", src=people.LISTENS, greeting=MALE, callerid="12015550199")
    assert (await own.ask("GET", "calls"))[1]["calls"] == before


async def test_a_greeting_of_ten_megabytes_is_refused_and_nobody_is_called(
    tringme: TringMe, sink: Sink, own: Own
) -> None:
    before = (await own.ask("GET", "calls"))[1]["calls"]
    url = sink.file("long.wav", File(wav(np.zeros(5_200_000, dtype=np.float32))))
    assert "parameter greeting " in await tringme.failed("call", src=people.LISTENS, greeting=url)
    form = f"op=call&apikey={tringme.apikey}&src={people.LISTENS}&greeting=male:".encode() + b"long+" * 2_000_000
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with tringme.session.post(f"{tringme.base}/api.php", data=io.BytesIO(form), headers=headers) as answer:
        assert answer.status == 200
        text = await answer.text()
    assert text.startswith("FAILED ") and "1 MB" in text
    assert "parameter greeting " in await tringme.failed(
        "call", verb="POST", src=people.LISTENS, greeting="male:" + "long " * 2000
    )
    assert (await own.ask("GET", "calls"))[1]["calls"] == before


async def test_what_is_another_accounts_reads_like_what_is_not_there(
    tringme: TringMe, admin: Admin, http: aiohttp.ClientSession, system: System
) -> None:
    other = await customer_of(admin, http, system, make_account(admin))
    call = await other.ok("call", src=people.LISTENS, greeting=MALE, schedule="3600")
    room = await other.ok("createconference", pin="53719", apin="53718")
    nothing = await tringme.failed("cancel", id="call-0")
    for id in (call, room):
        assert await tringme.failed("cancel", id=id) == nothing
        assert await other.ok("cancel", id=id) == ""
    assert await tringme.failed("getvoicemail", cookie=other.cookie) == await tringme.failed(
        "getvoicemail", cookie="9" * 31
    )


async def test_a_wrong_key_and_a_wrong_method_fail_in_the_same_manner(tringme: TringMe) -> None:
    assert "apikey" in await tringme.failed("getvoicemail", apikey="b12345678901234567890123456789012345")
    async with tringme.session.put(f"{tringme.base}/api.php") as answer:
        assert answer.status == 200 and (await answer.text()).startswith("FAILED ")
