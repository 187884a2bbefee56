"""What numbers, extensions and groups lead to, by the administrator's API."""

import json

import pytest

from engine.store import numbers
from tests.api.own.installation import Installation

TASKS = [{"kind": "say", "text": "Hello"}, {"kind": "hang_up"}]


@pytest.fixture
async def acme(installation: Installation) -> Installation:
    """An installation with an account and two extensions."""
    await installation.account("acme")
    for number in ("101", "102"):
        await installation.admin("POST", "/extensions", {"number": number, "account": "acme"})
    return installation


async def test_a_number_leads_to_a_destination_and_the_list_shows_it(acme: Installation) -> None:
    body = {"number": "600", "account": "acme", "to": "extension:101"}
    status, added = await acme.admin("POST", "/numbers", body)
    assert (status, added["application"]) == (201, None)
    assert added["leads_to"] == {"kind": "extension", "target": "101", "text": "extension:101"}
    _, changed = await acme.admin("PATCH", "/numbers/600", {"to": {"tasks": TASKS}})
    assert [task["kind"] for task in changed["leads_to"]["tasks"]] == ["say", "hang_up"]
    _, listed = await acme.admin("GET", "/numbers")
    shown = {each["number"]: each["leads_to"] for each in listed["numbers"]}
    assert shown["600"] == changed["leads_to"]
    assert shown["12015552000"]["text"] == "application:asking"
    _, nobody = await acme.admin("PATCH", "/numbers/600", {"to": None})
    assert nobody["leads_to"] is None
    assert (await acme.admin("PATCH", "/numbers/600", {}))[0] == 400
    assert (await acme.admin("PATCH", "/numbers/600", {"to": "room:a", "application": None}))[0] == 400


async def test_a_number_that_is_there_says_where_it_leads_when_it_is_added_again(acme: Installation) -> None:
    body = {"number": "600", "account": "acme", "to": "room:lobby"}
    await acme.admin("POST", "/numbers", body)
    status, answer = await acme.admin("POST", "/numbers", body)
    assert status == 409 and "answered by room:lobby" in answer["error"]
    assert (await acme.admin("POST", "/numbers", body | {"to": "hangup", "replace": True}))[0] == 201


async def test_an_extension_shows_where_the_calls_go_that_it_does_not_take(acme: Installation) -> None:
    wanted = {"no_answer": "extension:102", "ring_seconds": 12}
    status, changed = await acme.admin("PATCH", "/extensions/101", wanted)
    assert status == 200 and changed["no_answer"]["text"] == "extension:102"
    _, listed = await acme.admin("GET", "/extensions")
    shown = next(each for each in listed["extensions"] if each["number"] == "101")
    assert (shown["no_answer"]["target"], shown["busy"], shown["ring_seconds"]) == ("102", None, 12)
    _, changed = await acme.admin("PATCH", "/extensions/101", {"no_answer": None, "ring_seconds": None})
    assert (changed["no_answer"], changed["ring_seconds"]) == (None, None)
    assert (await acme.admin("PATCH", "/extensions/109", {"busy": None}))[0] == 404
    status, answer = await acme.admin("PATCH", "/extensions/101", {"busy": "extension:101"})
    assert status == 400 and "would lead to itself" in answer["error"]
    assert (await acme.admin("PATCH", "/extensions/101", {"ring_seconds": -1}))[0] == 400


async def test_groups_are_an_account_s_own(acme: Installation) -> None:
    await acme.account("other")
    await acme.admin("POST", "/extensions", {"number": "201", "account": "other"})
    for account, member in (("acme", "101"), ("other", "201")):
        body = {"name": "sales", "account": account, "members": [member], "otherwise": "hangup:busy"}
        status, made = await acme.admin("POST", "/groups", body)
        assert (status, made["members"], made["otherwise"]["text"]) == (201, [member], "hangup:busy")
    assert (await acme.admin("POST", "/groups", body))[0] == 409
    _, changed = await acme.admin("PATCH", "/groups/sales", {"account": "acme", "seconds": 15, "otherwise": None})
    assert (changed["seconds"], changed["otherwise"], changed["members"]) == (15, None, ["101"])
    _, listed = await acme.admin("GET", "/groups")
    assert [(each["account"], each["seconds"]) for each in listed["groups"]] == [("acme", 15), ("other", 60)]
    assert (await acme.admin("DELETE", "/groups/sales?account=acme"))[0] == 204
    assert (await acme.admin("DELETE", "/groups/sales?account=acme"))[0] == 404
    _, listed = await acme.admin("GET", "/groups")
    assert [each["account"] for each in listed["groups"]] == ["other"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": []},
        {"members": ["109"]},
        {"strategy": "random"},
        {"seconds": 0},
        {"name": "a/b"},
        {"otherwise": "x"},
    ],
)
async def test_a_group_that_cannot_be_is_refused(acme: Installation, wrong: dict[str, object]) -> None:
    status, answer = await acme.admin("POST", "/groups", {"name": "g", "account": "acme", "members": ["101"]} | wrong)
    assert status == 400 and answer["error"]


async def test_an_application_that_an_extension_leads_to_is_not_removed(acme: Installation) -> None:
    _, made = await acme.admin("POST", "/applications", {"account": "acme", "name": "desk", "tasks": TASKS})
    await acme.admin("PATCH", "/extensions/101", {"no_answer": "application:desk"})
    status, answer = await acme.admin("DELETE", f"/applications/{made['id']}")
    assert status == 409 and "An extension or a ring group still leads to this application" in answer["error"]
    await acme.admin("PATCH", "/extensions/101", {"no_answer": None})
    assert (await acme.admin("DELETE", f"/applications/{made['id']}"))[0] == 204


async def test_an_account_s_groups_go_with_it(acme: Installation) -> None:
    await acme.admin("POST", "/groups", {"name": "sales", "account": "acme", "members": ["101"]})
    assert (await acme.admin("DELETE", "/accounts/acme"))[0] in (200, 204)
    assert (await acme.admin("GET", "/groups"))[1] == {"groups": []}


async def test_a_customer_rings_a_group_and_goes_to_a_destination_by_tasks(acme: Installation) -> None:
    tasks = [{"kind": "ring", "members": ["101", "+12015550114"], "otherwise": "room:lobby"}]
    status, _ = await acme.admin("POST", "/accounts/acme/calls", {"callee": "101", "tasks": tasks})
    assert status == 201
    (ring,) = acme.engine.commands[-1].tasks
    assert (ring.members, ring.otherwise) == (("101", "12015550114"), "room:lobby")
    tasks = [{"kind": "go_to", "destination": "The lobby"}]
    status, answer = await acme.admin("POST", "/accounts/acme/calls", {"callee": "101", "tasks": tasks})
    assert status == 400 and "such as extension:101" in answer["error"]


async def test_a_list_of_tasks_that_is_written_as_text_is_read_as_any_other(acme: Installation) -> None:
    record = {"kind": "record", "destination": "s3://mine/a", "credentials": "key:the-secret:eu-north-1"}
    written = "tasks:" + json.dumps([{"kind": "dial", "to": "(201) 555-0114"}, record])
    status, added = await acme.admin("POST", "/numbers", {"number": "600", "account": "acme", "to": written})
    assert status == 201
    dial, _ = added["leads_to"]["tasks"]
    assert dial["to"] == "12015550114" and "the-secret" not in str(added)
    (stored,) = await acme.db.read(lambda conn: numbers.of(conn, "600"))
    assert stored.destination and json.loads(stored.destination.removeprefix("tasks:"))[0]["to"] == "12015550114"
    tagged = 'tasks:[{"kind":"answer","tag":"mine"}]'
    for wrong in (tagged, "tasks:[{}]", "tasks:nothing", "tasks:[]", 'tasks:[{"kind":"say","txt":"x"}]'):
        status, answer = await acme.admin("PATCH", "/numbers/600", {"to": wrong})
        assert status == 400 and "tasks" in answer["error"]


async def test_a_number_goes_though_an_extension_leads_to_the_application_that_was_made_for_it(
    acme: Installation,
) -> None:
    await acme.admin("POST", "/numbers", {"number": "600", "account": "acme", "tasks": TASKS})
    await acme.admin("PATCH", "/extensions/101", {"no_answer": "application:600"})
    assert (await acme.admin("DELETE", "/numbers/600"))[0] == 204
    _, listed = await acme.admin("GET", "/applications")
    assert "600" in [each["name"] for each in listed["applications"]]
    _, changed = await acme.admin("GET", "/extensions")
    shown = next(each for each in changed["extensions"] if each["number"] == "101")
    assert shown["no_answer"]["text"] == "application:600"
