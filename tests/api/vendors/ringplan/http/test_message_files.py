"""Files of messages: uploads and what is at URLs go out as links, and are shown as the document's objects."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.vendors.ringplan.events.live import CompanyEvents
from api.vendors.ringplan.http.conversation_shapes import ConversationShapes
from engine.features.accounts.model import Change
from engine.features.accounts.service import AccountService
from engine.features.files.model import NewFile
from engine.features.files.service import FileService
from engine.features.messaging.configuration.smscs import Smscs
from engine.features.messaging.model import Smsc
from engine.features.messaging.threads.events import ThreadTextAdded
from engine.features.messaging.threads.service import ThreadService
from engine.features.phonebook.service import Phonebook
from engine.platform.audit import SYSTEM
from tests.api.vendors.ringplan.conftest import OURS, THEIRS, Served
from tests.api.vendors.ringplan.texting import came
from tests.support.sink import File, Sink

CONVERSATIONS = "/texting/conversations"
FILE = {
    "id", "company_id", "description", "mimetype", "name", "preview", "size", "uploaded_at", "uploaded_name", "user_id",
}  # fmt: skip
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)
LINK = re.compile(r"^http://127\.0\.0\.1:8080/f/(\S+) \(30 days\)$", re.MULTILINE)


@pytest.fixture
async def sending(texting: Served) -> AsyncIterator[Served]:
    """A company that may text the other number, and reach private addresses; no carrier takes its texts."""
    await texting.platform.prompts.start()
    accounts = texting.features[AccountService]
    await accounts.allow(SYSTEM, "acme", f"+{THEIRS}")
    await accounts.change(SYSTEM, "acme", Change(allow_private=True))
    smsc = Smsc(name="one", host="127.0.0.1", port=9, system_id="x", password="x", disabled=True)
    await texting.features[Smscs].add(SYSTEM, smsc, [""])
    yield texting
    await texting.platform.prompts.close()


async def kept(served: Served, name: str = "cat.png", account: str = "") -> str:
    """Keep a file of a company; returns its id."""
    wanted = NewFile(uploaded_name=name, media_type="image/png")
    return (await served.features[FileService].put(account or served.id, wanted, PICTURE)).id


async def test_a_message_goes_out_with_links_and_shows_its_files_everywhere(sending: Served) -> None:
    api, thread = sending.acme, await came(sending, "Hello")
    path = f"{CONVERSATIONS}/{thread}/messages"
    first, second = await kept(sending), await kept(sending, "dog.png")
    body = {"text": "Look!", "files": [first, {"id": second}]}
    sent = await api.ok("POST", f"{path}/publish", body, status=201)
    assert [each["id"] for each in sent["files"]] == [first, second]
    assert all(set(each) == FILE and each["mimetype"] == "image/png" for each in sent["files"])
    assert (sent["files"][0]["name"], sent["files"][0]["size"]) == ("cat.png", len(PICTURE))
    assert sent["text"].startswith("Look!\n") and len(LINK.findall(sent["text"])) == 2
    linked = [await sending.features[FileService].linked(token) for token in LINK.findall(sent["text"])]
    assert [found.file.id for found in linked] == [first, second]
    assert (await api.ok("GET", path))[0] == sent
    (conversation,) = await api.ok("GET", CONVERSATIONS)
    assert conversation["lastmessage"]["files"] == sent["files"]
    assert (await live(sending, thread, sent["id"]))["files"] == sent["files"]
    await api.ok("DELETE", f"/files/{first}", status=204)
    assert [each["id"] for each in (await api.ok("GET", path))[0]["files"]] == [second], "a deleted one is left out"


async def live(served: Served, thread: str, message: str) -> Any:
    """What live sockets receive of a text."""
    threads, phonebook = served.features[ThreadService], served.features[Phonebook]
    shapes = ConversationShapes(threads, phonebook, served.features[FileService])
    event = ThreadTextAdded(
        id="event-1", account=served.id, subject=thread, root=thread, at=1.0, ours=OURS, theirs=THEIRS, message=message
    )
    (emitted,) = await CompanyEvents(threads, shapes).emitted(event)
    return emitted.data


@pytest.mark.parametrize("written", [str, lambda url: {"url": url}])
async def test_a_message_may_have_only_files_and_what_is_at_a_url_is_kept(sending: Served, written: Any) -> None:
    path = f"{CONVERSATIONS}/{await came(sending, 'Hello')}/messages/publish"
    async with Sink() as sink:
        url = sink.file("cat.png", File(PICTURE, "image/png"))
        sent = await sending.acme.ok("POST", path, {"files": [written(url)]}, status=201)
    (file,) = sent["files"]
    assert (file["uploaded_name"], file["mimetype"], file["user_id"]) == ("cat.png", "image/png", sending.id)
    assert LINK.fullmatch(sent["text"])
    shown = await sending.acme.ok("GET", f"/files/{file['id']}")
    assert shown | {"preview": None} == file


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ("file-1", "files must be an array"),
        ({"id": "file-1"}, "files must be an array"),
        ([1], "files must have the id of a file"),
        ([{}], "files must have the id of a file"),
        ([{"id": {"a": 1}}], "files must have the id of a file"),
        ([{"url": "ftp://example.com/a"}], "must begin with http:// or https://"),
        ([{"id": "file-none"}], "files must be ids of files of the account"),
        ([f"file-{number}" for number in range(11)], "at most 10 files"),
    ],
)
async def test_files_that_cannot_be_sent_are_refused(sending: Served, files: Any, named: str) -> None:
    path = f"{CONVERSATIONS}/{await came(sending, 'Hello')}/messages"
    assert named in await sending.acme.failed("POST", f"{path}/publish", 400, {"text": "x", "files": files})
    assert len(await sending.acme.ok("GET", path)) == 1


async def test_another_company_s_file_and_conversation_are_not_there(sending: Served) -> None:
    path = f"{CONVERSATIONS}/{await came(sending, 'Hello')}/messages/publish"
    theirs = await kept(sending, account=sending.others_id)
    detail = await sending.acme.failed("POST", path, 400, {"text": "x", "files": [theirs]})
    missing = await sending.acme.failed("POST", path, 400, {"text": "x", "files": ["file-none"]})
    assert detail.replace(theirs, "file-none") == missing
    await sending.other.failed("POST", path, 404, {"text": "x", "files": [theirs]})
