"""Texting: numbers and their owners, contacts, conversations and their messages, as the document has them."""

from typing import Any

import pytest

from engine.features.users.model import NewUser
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform.audit import SYSTEM
from tests.api.vendors.ringplan.conftest import OURS, SPARE, THEIRS, Served
from tests.api.vendors.ringplan.texting import CONVERSATION, MESSAGE, came

CONTACTS, CONVERSATIONS = "/texting/contacts", "/texting/conversations"


async def test_texting_numbers_are_shown_to_their_owners_and_unowned_ones_to_everybody(texting: Served) -> None:
    api, users = texting.acme, texting.features[UserService]
    jane = (await users.add(SYSTEM, texting.id, NewUser(email="janedoe@example.com", role=Role.MEMBER))).user
    john = (await users.add(SYSTEM, texting.id, NewUser(email="john@example.com", role=Role.MEMBER))).user
    owned = await api.ok("PUT", "/texting/numbers/9513360234", ["JaneDoe@example.com", "janedoe@example.com"])
    assert owned == {
        "id": OURS, "company_id": texting.id, "number": "9513360234", "ownership": ["janedoe@example.com"],
    }  # fmt: skip
    for user, shown in (("primary", [SPARE, OURS]), (jane.id, [SPARE, OURS]), (john.id, [SPARE])):
        found = await api.acting(user).ok("GET", "/texting/numbers", numformat="international")
        assert [each["number"] for each in found] == [f"+{number}" for number in shown]
    assert "has no texting number" in await api.failed("PUT", "/texting/numbers/2125550199", 404, [])
    assert "array of strings" in await api.failed("PUT", f"/texting/numbers/{OURS}", 400, {"a": 1})
    assert "email must be" in await api.failed("PUT", f"/texting/numbers/{OURS}", 400, ["jane"])
    assert "numformat must be" in await api.failed("GET", "/texting/numbers", 400, numformat="x")


async def test_texting_contacts_are_made_once_found_and_changed(texting: Served) -> None:
    api = texting.acme
    made = await api.ok("POST", CONTACTS, {"number": "+12340009999", "first_name": "Jane"}, status=201)
    assert set(made) == {"id", "company_id", "first_name", "last_name", "number"} and made["number"] == "+12340009999"
    assert await api.ok("POST", CONTACTS, {"number": "234 000 9999", "last_name": "Doe"}, status=200) == made
    assert await api.ok("GET", CONTACTS, search="jane") == [made]
    assert await api.ok("GET", CONTACTS, search="nobody") == []
    changed = await api.ok("PUT", f"{CONTACTS}/{made['id']}", {"number": "11235554321", "company_id": "mine"})
    assert (changed["number"], changed["first_name"], changed["company_id"]) == ("+11235554321", "Jane", texting.id)
    assert await api.ok("GET", f"{CONTACTS}/{made['id']}") == changed
    await texting.other.failed("GET", f"{CONTACTS}/{made['id']}", 404)
    assert "number is missing" in await api.failed("POST", CONTACTS, 400, {})
    assert "telephone number" in await api.failed("POST", CONTACTS, 400, {"number": "nobody"})


async def test_a_conversation_is_opened_once_for_a_pair_of_numbers(texting: Served) -> None:
    api = texting.acme
    contact = await api.ok("POST", CONTACTS, {"number": f"+{THEIRS}"}, status=201)
    body = {"contact_id": contact["id"], "from_number": "9513360234"}
    made = await api.ok("POST", CONVERSATIONS, body, status=201)
    assert set(made) >= CONVERSATION and made["contactinfo"] == contact and made["recipients"] == [contact["id"]]
    assert (made["from_number"], made["lastmessage"], made["unread_msg_count"]) == ("9513360234", None, 0)
    assert (await api.ok("POST", CONVERSATIONS, body, status=200))["id"] == made["id"]
    spare = await api.ok("POST", CONVERSATIONS, {"recipients": [contact["id"]]}, status=201)
    assert spare["from_number"] == "9513301234", "the first number, where none is named"
    for wrong, named in (
        ({"from_number": OURS}, "contact_id is missing"),
        ({"contact_id": "nobody"}, "contact_id must be a texting contact's"),
        ({"contact_id": contact["id"], "from_number": "2125550199"}, "from_number cannot be used"),
    ):
        assert named in await api.failed("POST", CONVERSATIONS, 400, wrong)
    assert len(await api.ok("GET", CONVERSATIONS)) == 2


async def test_conversations_are_listed_with_their_last_message_and_what_is_unread(texting: Served) -> None:
    api = texting.acme
    thread = await came(texting, "Hello", at=1000.0)
    await came(texting, "Are you there?", at=1001.0)
    await came(texting, "Your parcel", sender="BANK", at=1002.0)
    bank, known = await api.ok("GET", CONVERSATIONS, per_page="10", page="1")
    assert api.headers and api.headers["X-Pagination-Total-Count"] == "2"
    assert (bank["contactinfo"], bank["lastmessage"]["frm"]) == (None, "BANK")
    assert (known["id"], known["countunreadmessages"], known["lastmessage"]["text"]) == (thread, 2, "Are you there?")
    assert known["contactinfo"]["number"] == f"+{THEIRS}", "it has a texting contact from now on"
    (found,) = await api.ok("GET", f"{CONVERSATIONS}/search", text="are YOU")
    assert found["id"] == thread and await texting.other.ok("GET", f"{CONVERSATIONS}/search", text="are") == []
    assert "text is missing" in await api.failed("GET", f"{CONVERSATIONS}/search", 400)


async def test_messages_are_paged_marked_and_removed(texting: Served) -> None:
    api = texting.acme
    for number in range(3):
        thread = await came(texting, f"text {number}", at=1000.0 + number)
    path = f"{CONVERSATIONS}/{thread}/messages"
    newest, second = await api.ok("GET", path, per_page="2", page="1")
    assert set(newest) >= MESSAGE and (newest["text"], second["text"]) == ("text 2", "text 1")
    assert (newest["frm"], newest["to"], newest["direction"]) == (f"+{THEIRS}", f"+{OURS}", "inbound")
    assert api.headers and api.headers["X-Pagination-Page-Count"] == "2"
    marked = await api.ok("PATCH", f"{path}/{newest['id']}", {"is_read": True})
    assert marked["is_read"] is True and not second["is_read"]
    assert "is_read must be" in await api.failed("PATCH", f"{path}/{newest['id']}", 400, {"is_read": "yes"})
    await api.failed("PATCH", f"{path}/nothing", 404, {"is_read": True})
    await api.ok("DELETE", path, status=204)
    assert len(await api.ok("GET", path)) == 3, "without ids nothing is removed"
    await api.failed("DELETE", path, 404, ids="nothing")
    await api.ok("DELETE", path, status=204, ids=f"{newest['id']},{second['id']}")
    assert [each["text"] for each in await api.ok("GET", path)] == ["text 0"]
    for verb, of in (("GET", path), ("DELETE", path), ("DELETE", f"{CONVERSATIONS}/{thread}")):
        await texting.other.failed(verb, of, 404)
    await api.ok("DELETE", f"{CONVERSATIONS}/{thread}", status=204)
    await api.failed("GET", path, 404)
    assert await api.ok("GET", CONVERSATIONS) == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "text is missing"),
        ({"text": "x" * 1601}, "at most 1600 characters"),
        ({"text": "x", "files": [{"id": "1"}]}, "files must be ids of files"),
        ({"text": {"a": 1}}, "text must be a string"),
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(texting: Served, body: Any, named: str) -> None:
    path = f"{CONVERSATIONS}/{await came(texting, 'Hello')}/messages/publish"
    assert named in await texting.acme.failed("POST", path, 400, body)
    await texting.other.failed("POST", path, 404, {"text": "Hello"})


async def test_why_the_engine_refuses_a_text_is_told(texting: Served) -> None:
    path = f"{CONVERSATIONS}/{await came(texting, 'Hello')}/messages/publish"
    assert "may not" in await texting.acme.failed("POST", path, 403, {"text": "Hello"})
