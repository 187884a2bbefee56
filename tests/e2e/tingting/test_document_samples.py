"""The document's sample inputs, sent as they are printed; host, credentials and ids are replaced, numbers by the lab's
where they are called."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.clients.tingting.client import TingTing
from tests.e2e.tingting.conftest import Campaigns
from tests.support.carillon import Account, Admin
from tests.support.lab_texts import LabTexts

NAMASTE = "नमस्कार, टिङ्टिंगमा हजुरलाई स्वागत छ "
INDIVIDUAL = """{
"name": "sample individual campaign",
"services": "PHONE",
"individual_number": [9876543210, 98675432123]
}"""
DESCRIBED = """{
"name": "sample individual campaign",
"services": "PHONE",
"individual_number": [9876543210, 98675432123],
"description": "This campaign is to notify users that an IPO has been opened"
}"""
BULK = """{
"name": "sample bulk campaign",
"services": "SMS",
"send_to_number_file": "numbers.xlsx"
}"""
UPDATE = """{
"name":"new campaign name",
"services": "SMS",
"description": "Election campaign for 2023"
}"""
TAGS = '{"number": 9832123432, "available_tags":{"tags_name": "name","tags_age": 25}}'
BEGINS = (
    f'{{"message" : "{NAMASTE}"}}',
    '{"length_factor": "1.4"}',
    '{"message": "Message to Convey", "voice_input": "np_prasanna"}',
    '{"message": "Here you send your message you want to convey", "status": ["failed, hungup"]}',
)
JSON = {"Content-Type": "application/json"}


async def printed(tingting: TingTing, verb: str, path: str, text: str) -> tuple[int, Any]:
    """Send a body as it is printed."""
    headers = {"Authorization": f"Bearer {tingting.access}", **JSON}
    async with tingting.session.request(verb, tingting.base + path, data=text.encode(), headers=headers) as answer:
        return answer.status, await answer.json()


@pytest.fixture
async def every_number_allowed(admin: Admin, account: Account) -> AsyncIterator[None]:
    """The samples have numbers of many countries; the account is other tests' too."""
    path = f"accounts/{account.name}/prefixes"
    await admin.ask("POST", path, {"prefix": "*"})
    yield
    await admin.ask("POST", path, {"prefix": "*", "allowed": False})


@pytest.mark.usefixtures("every_number_allowed")
async def test_adding_updating_and_filling_a_campaign(tingting: TingTing) -> None:
    for sample in (INDIVIDUAL, DESCRIBED):
        status, answer = await printed(tingting, "POST", "/api/system/campaigns/", sample)
        assert (status, answer["message"]) == (201, "Campaign Created Successfully")
    (made,) = answer["data"]["details"]
    assert made["description"] == "This campaign is to notify users that an IPO has been opened"
    status, answer = await printed(tingting, "PUT", f"/api/system/campaigns/{made['id']}/update/", UPDATE)
    assert (status, answer["message"]) == (200, "Campaign details successfully updated.")
    status, answer = await printed(
        tingting, "POST", f"/api/system/campaigns/number/{made['id']}/", '{"number": 9843812344}'
    )
    assert status == 201
    number = answer["data"]["details"]["id"]
    status, answer = await printed(tingting, "PUT", f"/api/system/number/{number}/", TAGS)
    assert (status, answer["message"]) == (200, "Action details successfully updated.")
    assert answer["data"]["details"]["available_tags"] == {"tags_name": "name", "tags_age": "25"}
    status, answer = await printed(tingting, "POST", "/api/system/campaigns/", BULK)
    assert status == 400 and "numbers.xlsx" in answer["message"], "the account has no upload of that name"


async def test_beginning_a_campaign(tingting: TingTing, campaigns: Campaigns, theirs: str) -> None:
    number = "12015550107"  # does not exist: the call fails at once
    campaign = await campaigns.add([number])
    path = f"/api/system/campaigns/{campaign}/begin/"
    for place, sample in enumerate(BEGINS):
        status, answer = await printed(tingting, "POST", path, sample)
        if place in (0, 3):
            assert status == 200 and "credits on hold for" in answer["data"]["hold amount"], answer
            await campaigns.ended(campaign)
        else:
            assert status == 400, "every number was called, and no status says which ones are to be again"
    individual = f'{{"message" : "{NAMASTE}", "individual": [{(await campaigns.numbers(campaign))[0]["id"]}]}}'
    status, answer = await printed(tingting, "POST", path, individual)
    assert (status, answer["message"]) == (200, "Campaign is running!!")
    await campaigns.ended(campaign)
    everything = (
        '{"priority": "audio", "voice_input": "np_prasanna", "schedule_date": "2023-05-09T17:07",'
        ' "status": ["failed","hungup"]}'
    )
    status, answer = await printed(tingting, "POST", path, everything)
    assert status == 400 and "schedule_date" in answer["message"], "the sample's date has passed"


async def test_one_time_codes(tingting: TingTing, texts: LabTexts, ours: str, theirs: str) -> None:
    sample = """{
"number": "9851023212",
"message": "Hi your OTP is {otp}",
"sms_send_options": "text",
"otp_options": "personnel",
"otp": "12345"
}""".replace("9851023212", theirs)
    status, answer = await printed(tingting, "POST", "/api/system/send/otp/", sample)
    assert (status, answer["message"]) == (200, "OTP Sent Successfully.")
    assert answer["data"]["details"]["message"] == "Hi your OTP is 1 2 3 4 5"
    assert [text.text for text in await texts.until(theirs)] == ["Hi your OTP is 12345"]
