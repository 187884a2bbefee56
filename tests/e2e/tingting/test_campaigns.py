"""TingTing's campaigns and their numbers: added from lists and files, listed, changed, deleted."""

import io
import secrets
from typing import Any

import aiohttp
import pytest
import xlsxwriter

from tests.clients.tingting.client import TingTing
from tests.e2e.tingting.conftest import Campaigns
from tests.support import people
from tests.support.carillon import Own
from tests.support.sink import File, Sink


def table(*rows: tuple[Any, ...]) -> bytes:
    """An .xlsx file with these rows."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for index, row in enumerate(rows):
            sheet.write_row(index, 0, row)
    return made.getvalue()


ROWS = (("number", "tags_name", "tags_age"), (12015550100, "Sita", 25), ("+1 201-555-0110", "Ram", 31))


async def detail(tingting: TingTing, campaign: int) -> dict[str, Any]:
    answer = await tingting.ok("GET", f"/api/system/campaigns/{campaign}/details")
    assert answer["data"]["messages"] == "Details Retrived successfully"
    (found,) = answer["data"]["details"]
    return dict(found)


async def test_an_individual_campaign_is_added_listed_changed_and_deleted(tingting: TingTing) -> None:
    name = f"sample {secrets.token_hex(4)}"
    wanted = {"name": name, "services": "PHONE", "individual_number": [12015550100, "+1 201 555 0110"]}
    answer = await tingting.ok("POST", "/api/system/campaigns", json=wanted | {"description": "an IPO"})
    assert answer["message"] == "Campaign Created Successfully" and answer["status"] == 201
    (made,) = answer["data"]["details"]
    assert made == {
        "id": made["id"], "name": name, "user_phone": [], "services": "PHONE", "description": "an IPO"
    }  # fmt: skip
    assert await detail(tingting, made["id"]) == made | {"usable_tags": []}

    status, listed = await tingting.ask("GET", "/api/system/campaigns/?page_size=1")
    assert status == 200 and list(listed) == ["pagination", "result"]
    assert listed["result"]["messages"] == "Campaign Successfully Retrieved"
    assert listed["result"]["campaign-lists"] == [made | {"usable_tags": []}], "the newest one is the first"
    assert listed["pagination"]["page_number"] == 1 and listed["pagination"]["has_previous"] is False
    assert listed["pagination"]["total_items"] == listed["pagination"]["total_pages"]

    change = {"name": "new campaign name", "services": "SMS", "description": "Election campaign for 2023"}
    changed = await tingting.ok("PUT", f"/api/system/campaigns/{made['id']}/update/", json=change)
    assert changed["message"] == "Campaign details successfully updated."
    assert changed["data"]["details"] == [made | change]
    only = await tingting.ok("PUT", f"/api/system/campaigns/{made['id']}/update", json={"description": "alone"})
    assert only["data"]["details"] == [made | change | {"description": "alone"}]

    deleted = await tingting.ok("DELETE", f"/api/system/campaigns/{made['id']}/delete")
    assert (deleted["message"], deleted["data"]) == (None, {"camaign": "Campaign Deleted Succesfully"})
    await tingting.failed("GET", f"/api/system/campaigns/{made['id']}/details/", 404)


async def test_a_bulk_campaign_has_the_numbers_and_tags_of_its_file(tingting: TingTing, campaigns: Campaigns) -> None:
    form = aiohttp.FormData({"name": "bulk", "services": "SMS"})
    form.add_field("send_to_number_file", table(*ROWS), filename="numbers.xlsx")
    answer = await tingting.ok("POST", "/api/system/campaigns/", data=form)
    campaign = answer["data"]["details"][0]["id"]
    assert answer["errors"] == []
    assert (await detail(tingting, campaign))["usable_tags"] == ["tags_name", "tags_age"]
    assert [(each["number"], each["available_tags"]) for each in await campaigns.numbers(campaign)] == [
        (12015550100, {"tags_name": "Sita", "tags_age": "25"}),
        (12015550110, {"tags_name": "Ram", "tags_age": "31"}),
    ]


async def test_a_files_name_is_that_of_an_upload_or_a_url(
    tingting: TingTing, campaigns: Campaigns, own: Own, sink: Sink
) -> None:
    name = f"numbers-{secrets.token_hex(4)}.xlsx"
    assert (await own.ask("PUT", f"prompts/{name}", data=table(*ROWS)))[0] == 201
    for given in (name, f"upload:{name}", sink.file("numbers.xlsx", File(table(*ROWS)))):
        wanted = {"name": "bulk", "services": "SMS", "send_to_number_file": given}
        answer = await tingting.ok("POST", "/api/system/campaigns/", json=wanted)
        assert len(await campaigns.numbers(answer["data"]["details"][0]["id"])) == 2
    for given in ("numbers.xlsx", "../numbers.xlsx", "http://127.0.0.1:1/numbers.xlsx"):
        wanted = {"name": "bulk", "services": "SMS", "send_to_number_file": given}
        refused = await tingting.failed("POST", "/api/system/campaigns/", 400, json=wanted)
        assert "send_to_number_file" in refused["message"]


async def test_the_faulty_lines_of_a_file_are_named_and_the_others_added(
    tingting: TingTing, campaigns: Campaigns
) -> None:
    rows = (*ROWS, ("not a number", "Hari", 3), (12015550100, "Sita", 25))
    form = aiohttp.FormData({"name": "bulk", "services": "SMS"})
    form.add_field("send_to_number_file", table(*rows), filename="numbers.xlsx")
    answer = await tingting.ok("POST", "/api/system/campaigns/", data=form)
    assert len(await campaigns.numbers(answer["data"]["details"][0]["id"])) == 2
    assert any("line 4" in fault for fault in answer["errors"])


async def test_the_numbers_of_a_campaign(tingting: TingTing, campaigns: Campaigns) -> None:
    campaign = await campaigns.add([people.LISTENS])
    name = (await detail(tingting, campaign))["name"]
    path = f"/api/system/campaigns/number/{campaign}"
    added = await tingting.ok("POST", f"{path}/", json={"number": 12015550110})
    second = added["data"]["details"]
    listed = await tingting.ok("GET", path)
    assert listed["data"]["messages"] == f"Number related to {name} campaign Retrived successfully"
    assert [each["number"] for each in listed["data"]["number-lists"]] == [12015550110, 12015550100]
    assert second == listed["data"]["number-lists"][0] == {
        "id": second["id"], "number": 12015550110, "campaing": name, "available_tags": {},
        "status": "not started", "duration": None, "playback": None, "credit_consumed": 0,
    }  # fmt: skip
    await tingting.failed("POST", path, 409, json={"number": "+1 201 555 0110"})

    one = f"/api/system/number/{second['id']}"
    shown = await tingting.ok("GET", f"{one}/")
    assert shown["data"] == {"messages": "12015550110 details retrieved successfully!!", "number-detail": second}
    tags = {"tags_name": "name", "tags_age": 25}
    changed = await tingting.ok("PUT", f"{one}/", json={"number": 12015550114, "available_tags": tags})
    assert changed["message"] == "Action details successfully updated."
    assert changed["data"]["details"]["number"] == 12015550114
    assert changed["data"]["details"]["available_tags"] == {"tags_name": "name", "tags_age": "25"}
    partly = await tingting.ok("PUT", one, json={"available_tags": {"tags_age": "26"}})
    assert partly["data"]["details"]["number"] == 12015550114
    assert partly["data"]["details"]["available_tags"] == {"tags_name": "name", "tags_age": "26"}
    tagged = {"number": 12015550115, "available_tags": tags}
    await tingting.ok("POST", path, json=tagged)
    unknown = {"number": 12015550116, "available_tags": {"tags_town": "Pokhara"}}
    assert "tags_town" in (await tingting.failed("POST", path, 400, json=unknown))["message"]

    deleted = await tingting.ok("DELETE", f"/api/system/campaigns/number/{second['id']}/delete/")
    assert deleted["data"] == {"campaign-details": f"12015550114 of campaign {name} deleted Successfully!!"}
    await tingting.failed("GET", one, 404)
    assert {each["number"] for each in await campaigns.numbers(campaign)} == {12015550100, 12015550115}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "name"),
        ({"name": "a"}, "services"),
        ({"name": "a", "services": "FAX", "individual_number": [12015550100]}, "services"),
        ({"name": "a", "services": "PHONE"}, "individual_number"),
        ({"name": "a", "services": "PHONE", "individual_number": []}, "individual_number"),
        ({"name": "a", "services": "PHONE", "individual_number": [12015550100, 12]}, "entry 2"),
        ({"name": "a", "services": "PHONE", "individual_number": ["call me"]}, "entry 1"),
        ({"name": ["a"], "services": "PHONE", "individual_number": [12015550100]}, "name"),
    ],
)
async def test_a_campaign_that_cannot_be_is_refused(tingting: TingTing, wanted: Any, said: str) -> None:
    before = (await tingting.ask("GET", "/api/system/campaigns"))[1]["pagination"]["total_items"]
    refused = await tingting.failed("POST", "/api/system/campaigns/", 400, json=wanted)
    assert said in " ".join([refused["message"], *refused["errors"]])
    assert (await tingting.ask("GET", "/api/system/campaigns"))[1]["pagination"]["total_items"] == before
