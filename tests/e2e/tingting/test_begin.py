"""TingTing's campaigns begin, in all of their modes: what the far ends hear and get, and what is reported of it."""

import asyncio
import io
import secrets
import zipfile
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp

from tests.clients.tingting.client import TingTing
from tests.e2e.conftest import make_account
from tests.e2e.tingting.conftest import Campaigns, customer_of
from tests.support import audio, people
from tests.support.carillon import Admin, Own
from tests.support.lab import RunningLab
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars
from tests.support.sink import Sink
from tests.support.sounds import wav
from tests.support.system import System

TONE = 620.0


async def test_each_number_hears_the_message_and_has_its_status(tingting: TingTing, campaigns: Campaigns) -> None:
    numbers = [people.LISTENS, people.BUSY, people.DOES_NOT_EXIST]
    campaign = await campaigns.add(numbers)
    begun = await campaigns.begin(campaign, message="hello, you have one message")
    assert begun["message"] == "Campaign is running!!"
    name = (await campaigns.shown(campaign))["name"]
    assert begun["data"] == {"hold amount": f"0 credits on hold for {name} campaign."}
    ended = await campaigns.ended(campaign)
    assert [each["status"] for each in ended] == ["completed", "unanswered", "failed"]
    assert ended[0]["playback"] == 100 and ended[0]["duration"] >= 1
    assert (await campaigns.heard(campaign, people.LISTENS)).level > -60

    summary = (await tingting.ok("GET", "/api/system/campaigns/report/summary/"))["data"]["summary"]
    (mine,) = (each for each in summary if each["id"] == campaign)
    assert (mine["name"], mine["total_numbers"]) == (name, 3)
    assert (mine["status"]["completed"], mine["status"]["unanswered"], mine["status"]["failed"]) == (1, 1, 1)
    status, kind, content = await tingting.fetch(f"/api/system/campaigns/report/download/?campaign_id={campaign}")
    assert status == 200 and kind.endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        text = "".join(book.read(each).decode() for each in book.namelist() if each.startswith("xl/"))
    assert all(number in text for number in numbers) and "completed" in text


async def test_a_campaign_is_begun_again_by_status_and_for_single_numbers(campaigns: Campaigns) -> None:
    campaign = await campaigns.add([people.BUSY, people.DOES_NOT_EXIST, people.LISTENS])
    await campaigns.begin(campaign, message="one")
    busy, gone, listens = await campaigns.ended(campaign)
    first = await calls(campaigns, campaign)
    again = await campaigns.begin(campaign, status=["failed, unanswered"])
    assert again["message"] == "Campaign is running"
    await campaigns.ended(campaign)
    second = await calls(campaigns, campaign)
    assert changed(first, second) == {busy["number"], gone["number"]}
    single = await campaigns.begin(campaign, message="two", individual=[listens["id"]])
    assert single["message"] == "Campaign is running!!"
    await campaigns.ended(campaign)
    assert changed(second, await calls(campaigns, campaign)) == {listens["number"]}


async def calls(campaigns: Campaigns, campaign: int) -> dict[int, str]:
    """The last call of each number."""
    return {int(each["number"].removeprefix("+")): each["call"] for each in await campaigns.contacts(campaign)}


def changed(before: dict[int, str], after: dict[int, str]) -> set[int]:
    """The numbers that were called meanwhile."""
    return {number for number, call in after.items() if before[number] != call}


async def test_an_audio_file_is_played_from_a_url_an_upload_and_the_request(
    tingting: TingTing, campaigns: Campaigns, own: Own, sink: Sink
) -> None:
    sound = wav(audio.sine(TONE, 1.5))
    name = f"a/{secrets.token_hex(4)}.wav"
    assert (await own.ask("PUT", f"prompts/{name}", data=sound))[0] == 201
    for given in (sink.tone(TONE, 1.5), name):
        campaign = await campaigns.add([people.LISTENS])
        await campaigns.begin(campaign, aud_file=given)
        await campaigns.ended(campaign)
        assert (await campaigns.heard(campaign, people.LISTENS)).has(TONE, 1.0)
    campaign = await campaigns.add([people.LISTENS])
    await tingting.ok("POST", f"/api/system/campaigns/{campaign}/begin/", data={"aud_file": io.BytesIO(sound)})
    await campaigns.ended(campaign)
    assert (await campaigns.heard(campaign, people.LISTENS)).has(TONE, 1.0)
    refused = await tingting.failed(
        "POST", f"/api/system/campaigns/{campaign}/begin/", 400, json={"aud_file": "path/containing/audio.mp3"}
    )
    assert "aud_file" in refused["message"]


async def test_a_schedule_begins_it_later_in_nepals_time(campaigns: Campaigns, tingting: TingTing) -> None:
    campaign = await campaigns.add([people.HANGS_UP])
    soon = datetime.now(ZoneInfo("Asia/Kathmandu")) + timedelta(seconds=4)
    await campaigns.begin(campaign, message="one", schedule_date=soon.strftime("%Y-%m-%dT%H:%M:%S"))
    assert await campaigns.state(campaign) == "scheduled"
    assert (await campaigns.ended(campaign))[0]["status"] in ("hungup", "completed")
    past = {"message": "one", "schedule_date": "2023-05-09T17:07"}
    refused = await tingting.failed("POST", f"/api/system/campaigns/{campaign}/begin/", 400, json=past)
    assert "schedule_date" in refused["message"]


async def test_the_length_factor_makes_the_message_longer(campaigns: Campaigns) -> None:
    text = "नमस्कार, टिङ्टिंगमा हजुरलाई स्वागत छ"
    seconds = []
    for factor in ("1.0", "1.8"):
        campaign = await campaigns.add([people.LISTENS])
        await campaigns.begin(campaign, message=text, length_factor=factor, voice_input="np_binod")
        await campaigns.ended(campaign)
        assert (await campaigns.heard(campaign, people.LISTENS)).level > -60
        (contact,) = await campaigns.contacts(campaign)
        seconds.append(contact["seconds"])
    assert 1.4 < seconds[1] / seconds[0] < 2.0, seconds


async def test_tags_are_said_to_each_number_and_a_text_campaign_sends_texts(
    tingting: TingTing, campaigns: Campaigns, texts: LabTexts, ours: str, theirs: str
) -> None:
    campaign = await campaigns.add([theirs], services="SMS")
    other = f"1201555{secrets.randbelow(10**7):07}"
    tagged = {"number": int(other), "available_tags": {"tags_name": "Sita"}}
    (first,) = await campaigns.numbers(campaign)
    changed = {"available_tags": {"tags_name": "Ram"}}
    await tingting.ok("PUT", f"/api/system/number/{first['id']}", json=changed)
    await tingting.ok("POST", f"/api/system/campaigns/number/{campaign}/", json=tagged)
    await campaigns.begin(campaign, message="Namaste {tags_name}")
    assert [text.text for text in await texts.until(theirs)] == ["Namaste Ram"]
    assert [text.text for text in await texts.until(other)] == ["Namaste Sita"]
    assert {each["status"] for each in await campaigns.ended(campaign)} == {"completed"}
    unknown = {"message": "Namaste {tags_town}", "status": ["completed"]}
    refused = await tingting.failed("POST", f"/api/system/campaigns/{campaign}/begin/", 400, json=unknown)
    assert "tags_town" in refused["message"]


async def test_of_two_begins_at_once_one_runs_and_it_is_not_deleted_meanwhile(
    tingting: TingTing, campaigns: Campaigns
) -> None:
    campaign = await campaigns.add([people.ANSWERS_AFTER_8_SECONDS])
    path = f"/api/system/campaigns/{campaign}"
    begun = await asyncio.gather(*(tingting.ask("POST", f"{path}/begin/", json={"message": "one"}) for _ in range(5)))
    assert sorted(status for status, _ in begun) == [200, 409, 409, 409, 409]
    await tingting.failed("DELETE", f"{path}/delete/", 409)
    await tingting.failed("PUT", f"{path}/update/", 409, json={"name": "new"})
    (number,) = await campaigns.numbers(campaign)
    await tingting.failed("DELETE", f"/api/system/campaigns/number/{number['id']}/delete/", 409)
    await campaigns.ended(campaign)
    assert [each["attempts"] for each in await campaigns.contacts(campaign)] == [1]


async def test_nothing_to_say_and_nobody_to_call_are_refused(tingting: TingTing, campaigns: Campaigns) -> None:
    campaign = await campaigns.add([people.HANGS_UP])
    path = f"/api/system/campaigns/{campaign}/begin/"
    await tingting.failed("POST", path, 400, json={})
    await tingting.failed("POST", path, 404, json={"message": "one", "individual": [999999999]})
    await tingting.failed("POST", path, 400, json={"message": "one", "individual": [0]})
    for given in ({"status": ["lost"]}, {"individual": ["x"]}, {"voice_input": "np_nobody"}, {"length_factor": "9"}):
        await tingting.failed("POST", path, 400, json={"message": "one", **given})
    assert (await campaigns.numbers(campaign))[0]["status"] == "not started"


async def test_credits_are_held_before_the_call_and_charged_after_it(
    admin: Admin, http: aiohttp.ClientSession, system: System, rates: str
) -> None:
    account = make_account(admin, currency=rates)
    await admin.ask("PATCH", f"accounts/{account.name}", {"dialect": {"tingting.credit": "0.01"}})
    customer = await customer_of(admin, http, system, account)
    mine = Own(http, system, account)
    paying = Campaigns(customer, mine, LabEars(mine, RunningLab.of_environment()))
    campaign = await paying.add([people.LISTENS])
    tomorrow = datetime.now(ZoneInfo("Asia/Kathmandu")) + timedelta(days=1)
    begun = await paying.begin(campaign, message="one", schedule_date=tomorrow.strftime("%Y-%m-%dT%H:%M"))
    (waiting,) = await paying.numbers(campaign)
    assert waiting["status"] == "not started" and waiting["credit_consumed"] > 0
    name = (await paying.shown(campaign))["name"]
    assert begun["data"]["hold amount"] == f"{waiting['credit_consumed']} credits on hold for {name} campaign."
    stopped = await customer.ask("POST", f"/api/v1/campaign/emergency-stop/{campaign}/", token=customer.token)
    assert stopped[0] == 200, stopped
    assert (await paying.numbers(campaign))[0]["credit_consumed"] == 0, "nothing is held any more"
    await paying.begin(campaign, message="one", individual=[waiting["id"]])
    (ended,) = await paying.ended(campaign)
    assert 0 < ended["credit_consumed"] <= waiting["credit_consumed"]
    (row,) = (await customer.ok("GET", "/api/system/campaigns/report/summary/"))["data"]["summary"]
    assert (row["credit_consumed"], row["credit_on_hold"]) == (ended["credit_consumed"], 0)
