"""The newer API as the published client (tingting 1.0.1) speaks it, unchanged; it is the judge."""

import asyncio
import io
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
import requests
import tingting as published

from tests.clients.tingting.client import TingTing
from tests.e2e.tingting.conftest import Campaigns
from tests.support import people

R = TypeVar("R")
CSV = b"number,name\n12015550100,Sita\n+1 201-555-0110,Ram\n"


@pytest.fixture
def client(tingting: TingTing) -> published.TingTingClient:
    """The client, as its page has it."""
    return published.TingTingClient(tingting.base, tingting.token)


async def off(call: Callable[..., R], *given: Any, **named: Any) -> R:
    """Run what blocks beside the loop."""
    return await asyncio.to_thread(lambda: call(*given, **named))


async def made(client: published.TingTingClient, **fields: Any) -> published.Campaign:
    """A campaign, as its page makes one."""
    voices = await off(client.get_voices)
    wanted = {
        "name": f"Phone Campaign {secrets.token_hex(4)}",
        "services": published.Services.PHONE,
        "category": published.Category.TEXT,
        "message": "This is the phone message to be said",
        "voice": voices[0],
        "lengthFactor": 1,
    }
    campaign = published.Campaign(client=client, **(wanted | fields))
    return await off(campaign.create)


async def test_the_user_the_dialers_and_the_voices(client: published.TingTingClient, tingting: TingTing) -> None:
    user = await off(client.get_user)
    assert user.email == tingting.email and isinstance(user.id, int)
    voices = await off(client.get_voices)
    assert [voice.internalName for voice in voices] == ["np_rija", "np_prasanna", "np_binod"]
    assert (await off(client.get_voice_by_name, "binod")).id == voices[2].id
    dialers = await off(client.get_dialers)
    assert dialers and (await off(client.get_dialer_by_id, dialers[0].id)).phoneNumber == dialers[0].phoneNumber


async def test_the_example_of_its_page_calls_everybody(client: published.TingTingClient, campaigns: Campaigns) -> None:
    dialers = await off(client.get_dialers)
    campaign = await made(client, dialers=dialers[:1])
    numbers = [people.LISTENS, people.SPEAKS_440]
    for age, number in enumerate(numbers):
        contact = published.Contact(client=client, phoneNumber=number, attributes={"name": "John", "age": 100 + age})
        added = await off(campaign.add_contact, contact)
        assert added.id and added.attributes == {"name": "John", "age": str(100 + age)}
        assert added.status is published.ContactStatus.NOT_STARTED
    await off(campaign.run)
    assert {each["status"] for each in await campaigns.ended(campaign.id)} <= {"completed", "hungup"}
    assert (await campaigns.heard(campaign.id, people.LISTENS)).level > -60
    shown = await off(client.get_campaign, campaign.id)
    assert (shown.status, shown.contactCount, shown.progressPercent) == (published.CampaignStatus.COMPLETED, 2, 100)
    await off(client.get_campaign_report, campaign)


async def test_campaigns_are_listed_searched_changed_and_deleted(
    client: published.TingTingClient, tingting: TingTing
) -> None:
    campaign = await made(client)
    assert campaign.services is published.Services.PHONE and campaign.lengthFactor == 1
    assert campaign.id in [each.id for each in await off(client.get_campaigns)]
    assert [each.id for each in await off(client.get_campaigns_by_name, campaign.name)] == [campaign.id]
    started = published.CampaignStatus.RUNNING
    assert campaign.id not in [each.id for each in await off(client.get_campaigns_with_filter, status=started)]
    new = published.CampaignStatus.NOT_STARTED
    found = await off(client.get_campaigns_with_filter, name=campaign.name, status=new, draft=True)
    assert [each.id for each in found] == [campaign.id]

    campaign.description, campaign.message = "changed", "another message"
    await off(client.update_campaign, campaign)
    shown = await off(client.get_campaign, campaign.id)
    assert (shown.description, shown.message, shown.voiceId) == ("changed", "another message", 1)
    await off(client.delete_campaign, campaign)
    shown = await off(client.get_campaign, campaign.id)
    assert shown.id == campaign.id, "the client deletes as it updates: by POST, which deletes nothing"
    headers = {"Authorization": f"Bearer {tingting.token}"}
    gone = await off(requests.delete, f"{tingting.base}/api/v1/campaign/{campaign.id}/", headers=headers)
    assert gone.status_code == 204
    with pytest.raises(requests.HTTPError, match="404"):
        await off(client.get_campaign, campaign.id)


async def test_contacts_of_a_file_are_listed_changed_and_deleted(
    client: published.TingTingClient, campaigns: Campaigns
) -> None:
    campaign = await made(client)
    await off(campaign.add_contact_from_file, io.BytesIO(CSV))
    await off(client.get_contacts, campaign)
    sita, ram = await campaigns.numbers(campaign.id)
    assert (sita["available_tags"], ram["available_tags"]) == ({"name": "Sita"}, {"name": "Ram"})
    contact = published.Contact(client=client, id=sita["id"], phoneNumber=people.SAYS_ITS_NAME, attributes={"name": 1})
    await off(client.update_contact, contact)
    await off(client.get_contact_attribute, contact)
    changed, _ = await campaigns.numbers(campaign.id)
    assert (changed["number"], changed["available_tags"]) == (int(people.SAYS_ITS_NAME), {"name": "Sita"})
    await off(contact.delete)
    assert [each["id"] for each in await campaigns.numbers(campaign.id)] == [ram["id"]]


async def test_a_campaign_with_a_schedule_starts_at_that_time(
    client: published.TingTingClient, tingting: TingTing
) -> None:
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    campaign = await made(client, schedule=at)
    assert campaign.schedule == at and campaign.status is published.CampaignStatus.NOT_STARTED
    later = at + timedelta(hours=1)
    campaign.schedule = later
    await off(client.update_campaign, campaign)
    await off(campaign.add_contact, published.Contact(client=client, phoneNumber=people.LISTENS))
    await off(campaign.run)
    shown = await off(client.get_campaign, campaign.id)
    assert (shown.status, shown.schedule) == (published.CampaignStatus.SCHEDULED, later)
    await off(client.stop_campaign, campaign)
    past = {"name": "past", "services": "PHONE", "message": "one", "schedule": "2023-05-09T17:07:00.000Z"}
    refused = await tingting.failed("POST", "/api/v1/campaign/create/", 400, token=tingting.token, json=past)
    assert "schedule must be a time to come" in refused["message"]


async def test_a_demo_call_calls_one_number(client: published.TingTingClient, campaigns: Campaigns) -> None:
    campaign = await made(client)
    first = await off(campaign.add_contact, published.Contact(client=client, phoneNumber=people.LISTENS))
    await off(campaign.add_contact, published.Contact(client=client, phoneNumber=people.SPEAKS_440))
    await off(first.test_call)
    called, waiting = await campaigns.ended(campaign.id)
    assert called["status"] == "completed" and waiting["status"] == "not started"


async def test_a_campaign_is_stopped_at_once(client: published.TingTingClient, campaigns: Campaigns) -> None:
    campaign = await made(client)
    await off(campaign.add_contact, published.Contact(client=client, phoneNumber=people.NEVER_ANSWERS))
    await off(campaign.run)
    await off(client.stop_campaign, campaign)
    shown = await off(client.get_campaign, campaign.id)
    assert shown.status is published.CampaignStatus.TERMINATED
    assert [each["status"] for each in await campaigns.numbers(campaign.id)] == ["terminated"]


async def test_a_voice_is_tested_by_a_link(client: published.TingTingClient) -> None:
    campaign = await made(client)
    url = await off(campaign.test_voice)
    answer = await off(requests.get, url)
    assert answer.status_code == 200 and answer.content.startswith(b"RIFF")


async def test_a_survey_is_not_served_and_says_so(client: published.TingTingClient, tingting: TingTing) -> None:
    with pytest.raises(requests.HTTPError, match="501"):
        await made(client, services=published.Services.SURVEY)
    for verb, path in (
        ("GET", "/api/v1/campaign/create/1/survey/"),
        ("POST", "/api/v1/run-survey/1/"),
        ("POST", "/api/v1/test-survey/1/"),
    ):
        refused = await tingting.failed(verb, path, 501, token=tingting.token)
        assert "Surveys" in refused["message"]
