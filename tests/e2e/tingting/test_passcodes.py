"""TingTing's one-time codes, as they arrive."""

import re

import pytest

from tests.clients.tingting.client import TingTing
from tests.support import people
from tests.support.carillon import Own
from tests.support.digits import stands_in
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars, until

PATH = "/api/system/send/otp/"


async def test_an_own_code_arrives_by_text(tingting: TingTing, texts: LabTexts, ours: str, theirs: str) -> None:
    wanted = {
        "number": theirs,
        "message": "Hi your OTP is {otp}",
        "sms_send_options": "text",
        "otp_options": "personnel",
        "otp": "12345",
    }
    answer = await tingting.ok("POST", PATH, json=wanted)
    assert answer["message"] == "OTP Sent Successfully."
    assert answer["data"]["details"] == {
        "number": theirs,
        "otp_options": "personnel",
        "message": "Hi your OTP is 1 2 3 4 5",
        "otp": "12345",
        "sms_send_options": "text",
    }
    (text,) = await texts.until(theirs)
    assert text.text == "Hi your OTP is 12345"


async def test_a_generated_code_is_spoken(tingting: TingTing, own: Own, lab: LabEars) -> None:
    number = people.speakers(5)[4][0]
    wanted = {
        "number": number,
        "message": "Hi your OTP is {otp}",
        "sms_send_option": "voice",
        "otp_options": "generated",
        "otp_length": "4",
    }
    details = (await tingting.ok("POST", PATH, json=wanted))["data"]["details"]
    assert re.fullmatch(r"\d{4}", details["otp"]) and details["sms_send_options"] == "voice"
    assert details["message"] == f"Hi your OTP is {' '.join(details['otp'])}"

    async def found() -> list[str]:
        _, listed = await own.ask("GET", "calls?limit=100")
        return [each["id"] for each in listed["calls"] if str(each["callee"]).removeprefix("+") == number]

    calls = await until(found, bool, what="the call")
    assert (await lab.of(calls[0])).heard.level > -60


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": None}, "number"),
        ({"number": "12"}, "number"),
        ({"message": "no code"}, "message"),
        ({"message": None}, "message"),
        ({"sms_send_options": "fax"}, "sms_send_options"),
        ({"otp_options": "mine"}, "otp_options"),
        ({"otp": None}, "otp"),
        ({"otp": "12"}, "otp"),
        ({"otp": "abcd"}, "otp"),
        ({"otp_options": "generated", "otp_length": "3"}, "otp_length"),
    ],
)
async def test_a_code_that_cannot_be_sent_is_refused(
    tingting: TingTing, changed: dict[str, str | None], said: str, theirs: str
) -> None:
    wanted = {
        "number": theirs, "message": "It is {otp}", "sms_send_options": "text", "otp_options": "personnel",
        "otp": "12345",
    }  # fmt: skip
    given = {name: value for name, value in (wanted | changed).items() if value is not None}
    refused = await tingting.failed("POST", PATH, 400, json=given)
    assert said in refused["message"] and not stands_in("12345", refused["message"])
