"""Texts with files at our own API: links that need no key, to uploads and to what was at a URL."""

import asyncio
import re
from typing import Any

import pytest

from engine.features.files.model import NewFile
from engine.features.files.service import FileService
from engine.features.messaging.attachments import MOST_AT_ONCE
from tests.api.own.installation import Installation
from tests.api.own.test_messages import OWN, SMSC, US, Program
from tests.support.sink import File, Sink

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)
LINK = re.compile(r"^http://127\.0\.0\.1:8080(/f/\S+) \(30 days\)$", re.MULTILINE)


@pytest.fixture
async def acme(installation: Installation) -> Program:
    """The program of an account that may reach private addresses, with a number for texts and an SMSC."""
    made = await installation.account("acme", allow_private=True)
    number = {"number": OWN, "account": "acme", "capability": "sms", "unassigned": True}
    for path, body in (("/smscs", SMSC), ("/numbers", number)):
        assert (await installation.admin("POST", path, body))[0] == 201
    return Program(installation, made)


async def kept(program: Program, name: str, kind: str, content: bytes) -> str:
    """Keep a file of the account; returns its id."""
    files = program.installation.services.features[FileService]
    return (await files.put(program.account, NewFile(uploaded_name=name, media_type=kind), content)).id


async def opened(program: Program, path: str) -> tuple[int, bytes, Any]:
    """Follow a link, without a key."""
    url = program.installation.public_server.make_url(path)
    async with program.installation.session.get(url) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_a_link_in_a_text_leads_to_the_file_until_it_is_deleted(acme: Program) -> None:
    file = await kept(acme, "cat é.png", "image/png", PICTURE)
    status, sent = await acme.send(text="Look!", files=[file])
    assert (status, sent["files"]) == (201, [file]) and sent["text"].startswith("Look!\n")
    (path,) = LINK.findall(sent["text"])
    status, content, headers = await opened(acme, path)
    assert (status, content, headers["Content-Type"]) == (200, PICTURE, "image/png")
    assert headers["Content-Disposition"] == "inline; filename*=UTF-8''cat%20%C3%A9.png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await opened(acme, path[:-1]))[0] == (await opened(acme, "/f/none"))[0] == 404
    assert (await acme.ask("DELETE", f"/files/{file}"))[0] == 204
    assert (await opened(acme, path))[:2] == (404, b"The file was deleted.")
    assert (await acme.ask("GET", f"/messages/{sent['id']}"))[1]["message"]["files"] == [file]


async def test_a_file_that_could_bring_a_script_is_saved_and_not_shown(acme: Program) -> None:
    for kind in ("text/html", "image/svg+xml", "application/pdf"):
        _, sent = await acme.send(files=[await kept(acme, "page", kind, b"<script>1</script>")])
        _, _, headers = await opened(acme, LINK.findall(sent["text"])[0])
        assert headers["Content-Type"] == "application/octet-stream", kind
        assert headers["Content-Disposition"].startswith("attachment")


async def test_what_is_at_a_url_becomes_a_file_of_the_account(acme: Program) -> None:
    async with Sink() as sink:
        url = sink.file("cat.png", File(PICTURE, "image/png"))
        status, sent = await acme.ask("POST", "/messages", {"to": US, "files": [url]})
        assert status == 201, sent
    (file,) = (await acme.ask("GET", "/files"))[1]["files"]
    assert (sent["files"], file["media_type"], file["bytes"]) == ([file["id"]], "image/png", len(PICTURE))
    (path,) = LINK.findall(sent["text"])
    assert (await opened(acme, path))[1] == PICTURE


async def test_what_was_fetched_for_a_text_that_is_refused_is_not_kept(acme: Program) -> None:
    async with Sink() as sink:
        good, missing = sink.file("cat.png", File(PICTURE, "image/png")), sink.file("gone.png", File(b"", status=404))
        status, answer = await acme.send(files=[good, missing])
        assert (status, answer["code"]) == (400, "text_refused") and "its server has no such file" in answer["error"]
        fetched = sink.fetches(good)
        assert (await acme.send(to="+442079460000", files=[good]))[0] == 403
        assert sink.fetches(good) == fetched, "a number that is not allowed is known before"
    assert (await acme.ask("GET", "/files"))[1]["files"] == []


async def test_a_private_address_is_fetched_for_those_alone_who_may_reach_it(
    acme: Program, installation: Installation
) -> None:
    assert (await installation.admin("PATCH", "/accounts/acme", {"allow_private": False}))[0] == 200
    async with Sink() as sink:
        url = sink.file("cat.png", File(PICTURE, "image/png"))
        status, answer = await acme.send(files=[url])
        assert status == 400 and "may not reach private addresses" in answer["error"]
        assert sink.fetches(url) == 0


async def test_a_request_that_is_sent_again_with_its_key_fetches_its_files_once(acme: Program) -> None:
    async with Sink() as sink:
        url = sink.file("cat.png", File(PICTURE, "image/png"))
        address = acme.installation.public_server.make_url("/carillon/v1/messages")
        headers = {"Authorization": f"Bearer {acme.token}", "Idempotency-Key": "one"}
        answers = []
        for _ in range(2):
            async with acme.installation.session.post(
                address, json={"to": US, "files": [url]}, headers=headers
            ) as answer:
                assert answer.status == 201
                answers.append(await answer.json())
        assert answers[0] == answers[1] and sink.fetches(url) == 1


async def test_the_same_request_twice_at_once_keeps_the_files_of_the_one_that_counts(acme: Program) -> None:
    address = acme.installation.public_server.make_url("/carillon/v1/messages")
    headers = {"Authorization": f"Bearer {acme.token}", "Idempotency-Key": "one"}
    async with Sink() as sink:
        url = sink.file("cat.png", File(PICTURE, "image/png"))

        async def send() -> Any:
            body = {"to": US, "files": [url]}
            async with acme.installation.session.post(address, json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        first, second = await asyncio.gather(send(), send())
    assert first == second and first[0] == 201
    assert [file["id"] for file in (await acme.ask("GET", "/files"))[1]["files"]] == first[1]["files"]


async def test_a_link_of_a_disabled_account_leads_nowhere(acme: Program, installation: Installation) -> None:
    _, sent = await acme.send(files=[await kept(acme, "cat.png", "image/png", PICTURE)])
    (path,) = LINK.findall(sent["text"])
    assert (await installation.admin("PATCH", "/accounts/acme", {"disabled": True}))[0] == 200
    assert (await opened(acme, path))[0] == 404


async def test_files_of_few_texts_are_fetched_at_once(acme: Program) -> None:
    async with Sink() as sink:
        hanging = sink.file("slow.png", File(PICTURE, "image/png", delay=5.0))
        sending = [asyncio.create_task(acme.send(files=[hanging])) for _ in range(MOST_AT_ONCE + 1)]
        done, _ = await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
        status, answer = done.pop().result()
        assert status == 429 and "being fetched" in answer["error"]
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)


async def test_another_account_s_file_reads_as_one_that_is_not_there(acme: Program, installation: Installation) -> None:
    other = Program(installation, await installation.account("other"))
    file = await kept(other, "cat.png", "image/png", PICTURE)
    refused = [await acme.send(files=[id]) for id in (file, "file-none")]
    assert [status for status, _ in refused] == [400, 400]
    assert refused[0][1]["error"].replace(file, "file-none") == refused[1][1]["error"]
