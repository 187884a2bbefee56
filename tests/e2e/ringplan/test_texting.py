"""Texting by the lab's SMSC: a conversation is opened by REST, texts go both ways, whatever API sends them."""

import re
import secrets
from typing import Any

from tests.e2e.ringplan.conftest import Company
from tests.e2e.ringplan.test_faxes import upload
from tests.support.carillon import Admin, Command
from tests.support.lab_numbers import unused
from tests.support.lab_texts import LabTexts
from tests.support.scenario import until
from tests.support.sink import File, Sink
from tests.support.system import System

CONVERSATIONS = "/texting/conversations"
LINK = re.compile(r"^(https?://\S+) \(30 days\)$", re.MULTILINE)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


async def texting_number(company: Company, admin: Admin) -> str:
    """A number of the company that takes texts; returns its digits."""
    number = f"1646{secrets.randbelow(10**7):07}"
    wanted = {"number": number, "account": company.account.name, "capability": "sms", "unassigned": True}
    await admin.ask("POST", "numbers", wanted)
    return number


async def test_a_company_texts_both_ways_in_one_conversation(
    company: Company, admin: Admin, carillon: Command, system: System
) -> None:
    api, ours = company.api, await texting_number(company, admin)
    theirs = unused()
    contact = await api.ok("POST", "/texting/contacts", {"number": f"+{theirs}", "first_name": "Jane"}, status=201)
    opened = await api.ok("POST", CONVERSATIONS, {"contact_id": contact["id"], "from_number": ours}, status=201)
    messages = f"{CONVERSATIONS}/{opened['id']}/messages"
    sent = await api.ok("POST", f"{messages}/publish", {"text": "Hello world!"}, status=201)
    assert (sent["direction"], sent["frm"], sent["to"], sent["is_read"]) == ("outbound", f"+{ours}", f"+{theirs}", True)
    async with LabTexts.of(system) as texts:
        (arrived,) = await texts.until(theirs)
        assert (arrived.sender, arrived.text) == (ours, "Hello world!")
    await carillon("lab", "text", ours, "Hello back", "--as", theirs)

    async def conversation() -> dict[str, Any]:
        (found,) = await api.ok("GET", CONVERSATIONS)
        return dict(found)

    shown = await until(conversation, lambda one: bool(one["countunreadmessages"] == 1), 20, "the answer is there")
    assert (shown["id"], shown["contactinfo"]["first_name"]) == (opened["id"], "Jane")
    assert shown["lastmessage"]["text"] == "Hello back"
    answer, _ = await api.ok("GET", messages)
    await api.ok("PATCH", f"{messages}/{answer['id']}", {"is_read": True})
    assert (await conversation())["unread_msg_count"] == 0
    (found,) = await api.ok("GET", f"{CONVERSATIONS}/search", text="hello BACK")
    assert found["id"] == opened["id"]


async def test_a_text_that_another_api_sends_is_in_the_conversation_of_its_numbers(
    company: Company, admin: Admin
) -> None:
    ours, theirs = await texting_number(company, admin), unused()
    status, sent = await company.own.ask("POST", "messages", json={"to": theirs, "text": "by another", "sender": ours})
    assert status == 201, sent

    async def conversations() -> list[Any]:
        return list(await company.api.ok("GET", CONVERSATIONS))

    (found,) = await until(conversations, bool, 20, "the conversation is there")
    assert found["lastmessage"]["text"] == "by another" and found["countunreadmessages"] == 0
    assert found["contactinfo"]["number"] == f"+{theirs}"


async def test_a_number_that_may_not_be_texted_is_refused_in_the_document_s_form(
    company: Company, admin: Admin
) -> None:
    await texting_number(company, admin)
    contact = await company.api.ok("POST", "/texting/contacts", {"number": "+442079460000"}, status=201)
    opened = await company.api.ok("POST", CONVERSATIONS, {"contact_id": contact["id"]}, status=201)
    path = f"{CONVERSATIONS}/{opened['id']}/messages"
    await company.api.failed("POST", f"{path}/publish", 403, {"text": "Hello"})
    assert await company.api.ok("GET", path) == []


async def test_a_message_s_files_arrive_as_links_that_need_no_key_until_they_are_deleted(
    company: Company, admin: Admin, system: System, sink: Sink
) -> None:
    api, ours, theirs = company.api, await texting_number(company, admin), unused()
    contact = await api.ok("POST", "/texting/contacts", {"number": f"+{theirs}"}, status=201)
    opened = await api.ok("POST", CONVERSATIONS, {"contact_id": contact["id"], "from_number": ours}, status=201)
    messages = f"{CONVERSATIONS}/{opened['id']}/messages"
    file, url = await upload(company, PICTURE, "cat.png"), sink.file("dog.png", File(PICTURE[::-1], "image/png"))
    sent = await api.ok("POST", f"{messages}/publish", {"text": "Look!", "files": [{"id": file}, url]}, status=201)
    assert [each["uploaded_name"] for each in sent["files"]] == ["cat.png", "dog.png"]
    async with LabTexts.of(system) as texts:
        (arrived,) = await texts.until(theirs)
    assert (arrived.sender, arrived.text) == (ours, sent["text"]) and arrived.text.startswith("Look!\n")
    links = LINK.findall(arrived.text)
    for link, content in zip(links, (PICTURE, PICTURE[::-1]), strict=True):
        async with api.session.get(link) as answer:
            assert (answer.status, await answer.read()) == (200, content)
    await api.ok("DELETE", f"/files/{file}", status=204)
    async with api.session.get(links[0]) as answer:
        assert answer.status == 404
    (shown,) = await api.ok("GET", messages)
    assert [each["id"] for each in shown["files"]] == [sent["files"][1]["id"]]
