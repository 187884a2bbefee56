"""Faxes and files in our own API: uploaded, sent, listed, fetched; boxes that numbers lead to."""

import io
from typing import Any

import pytest

from engine.features.fax.pages import queue
from tests.api.own.installation import Installation


class Office:
    """An account that asks."""

    def __init__(self, installation: Installation, made: dict[str, Any]) -> None:
        self.installation, self.id, self.token = installation, str(made["account"]), made["carillon"]["token"]

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """Ask our own API."""
        server = self.installation.public_server
        return await self.installation.ask(server, method, f"/carillon/v1{path}", self.token, body, **more)

    async def upload(self, content: bytes = b"one\ftwo", name: str = "offer.txt") -> str:
        """Upload a file; returns its id."""
        status, file = await self.ask("POST", f"/files?name={name}", data=content)
        assert status == 201, file
        return str(file["id"])


@pytest.fixture
async def acme(installation: Installation) -> Office:
    made = await installation.account("acme")
    assert (await installation.admin("POST", "/accounts/acme/prefixes", {"prefix": "+1"}))[0] == 200
    return Office(installation, made)


async def test_a_file_is_uploaded_listed_fetched_and_deleted(acme: Office) -> None:
    id = await acme.upload(b"\x00\xffbytes", "a%20b%22.bin")
    status, file = await acme.ask("GET", f"/files/{id}")
    assert (status, file["name"], file["bytes"], file["media_type"]) == (200, 'a b".bin', 7, "application/octet-stream")
    assert [each["id"] for each in (await acme.ask("GET", "/files"))[1]["files"]] == [id]
    url = acme.installation.public_server.make_url(f"/carillon/v1/files/{id}/content")
    async with acme.installation.session.get(url, headers={"Authorization": f"Bearer {acme.token}"}) as answer:
        assert await answer.read() == b"\x00\xffbytes"
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20b%22.bin"
    other = Office(acme.installation, await acme.installation.account("other"))
    for path in ("", "/content"):
        assert (await other.ask("GET", f"/files/{id}{path}"))[0] == 404
    assert (await other.ask("DELETE", f"/files/{id}"))[0] == 404
    assert (await acme.ask("DELETE", f"/files/{id}"))[0] == 204
    assert (await acme.ask("GET", f"/files/{id}"))[0] == 404
    assert (await acme.ask("POST", "/files", data=b""))[0] == 400
    assert (await acme.ask("POST", "/files", data=io.BytesIO(bytes(20_000_001))))[0] == 413


async def test_a_fax_is_sent_shown_fetched_and_deleted(acme: Office) -> None:
    file = await acme.upload()
    wanted = {"to": "+1 201 555 0170", "file": file, "subject": "Offer", "at": "2099-01-01T00:00:00Z"}
    status, problem = await acme.ask("POST", "/faxes", wanted)
    assert (status, problem["code"]) == (400, "invalid_setting"), "too far ahead"
    status, fax = await acme.ask("POST", "/faxes", wanted | {"at": None})
    assert status == 202, fax
    assert (fax["state"], fax["number"], fax["pages"], fax["subject"]) == ("queued", "12015550170", 2, "Offer")
    path = f"/faxes/{fax['id']}"
    status, shown = await acme.ask("GET", path)
    assert status == 200 and shown["calls"] == [] and shown["file"] == file
    assert [each["id"] for each in (await acme.ask("GET", "/faxes?way=out&state=queued"))[1]["faxes"]] == [fax["id"]]
    assert (await acme.ask("GET", "/faxes?way=in"))[1] == {"faxes": []}
    for form, begins in (("pdf", b"%PDF-"), ("tiff", b"II*\0"), ("png", b"\x89PNG"), ("", b"%PDF-")):
        url = acme.installation.public_server.make_url(f"/carillon/v1{path}/document" + (form and f"?format={form}"))
        async with acme.installation.session.get(url, headers={"Authorization": f"Bearer {acme.token}"}) as answer:
            assert answer.status == 200 and (await answer.read()).startswith(begins)
    other = Office(acme.installation, await acme.installation.account("other"))
    for method, end in (("GET", ""), ("GET", "/document"), ("POST", "/retry"), ("DELETE", "")):
        assert (await other.ask(method, path + end))[0] == 404
    status, problem = await acme.ask("POST", f"{path}/retry")
    assert (status, problem["code"]) == (409, "fax_state")
    assert (await acme.ask("DELETE", path))[0] == 204
    assert (await acme.ask("GET", path))[0] == 404


async def test_a_fax_has_a_cover_page_which_its_pages_count(acme: Office) -> None:
    wanted = {"to": "+12015550170", "file": await acme.upload(), "cover": "Dear Bob,\n\nplease read it."}
    status, fax = await acme.ask("POST", "/faxes", wanted)
    assert (status, fax["pages"], fax["cover"]) == (202, 3, "Dear Bob,\n\nplease read it."), fax
    assert (await acme.ask("GET", f"/faxes/{fax['id']}"))[1]["cover"] == fax["cover"]
    status, fax = await acme.ask("POST", "/faxes", wanted | {"cover": ""})
    assert (status, fax["pages"], fax["cover"]) == (202, 2, ""), fax


@pytest.mark.parametrize(
    ("fields", "status", "code", "says"),
    [
        ({"to": "nobody"}, 400, "invalid_number", ""),
        ({"to": "+49 30 1234567"}, 403, "number_refused", ""),
        ({"file": "file-none"}, 404, "not_found", "no file file-none"),
        ({"retries": 99}, 400, "invalid_setting", "retries must be 0 to 20"),
        ({"emails": ["x"]}, 400, "invalid_setting", "e-mail address"),
        ({"cover": "x" * 4001}, 400, "invalid_setting", "cover must be at most 4,000 characters (got 4,001)"),
        ({"cover": "a\tb"}, 400, "invalid_setting", r"cover must be printable characters and newlines (got '\t')"),
        ({"cover": 5}, 400, "bad_request", "cover"),
        ({"at": "tomorrow"}, 400, "bad_request", "at must be"),
        ({"paper": "A3"}, 400, "bad_request", "paper"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    acme: Office, fields: dict[str, Any], status: int, code: str, says: str
) -> None:
    wanted = {"to": "+12015550170", "file": await acme.upload()} | fields
    answered, problem = await acme.ask("POST", "/faxes", wanted)
    assert (answered, problem["code"]) == (status, code), problem
    assert says in problem["error"]


async def test_a_document_that_is_none_is_refused_with_its_code(acme: Office) -> None:
    file = await acme.upload(b"\0\1\2")
    status, problem = await acme.ask("POST", "/faxes", {"to": "+12015550170", "file": file})
    assert (status, problem["code"]) == (400, "document_refused") and "must be a PDF" in problem["error"]
    for query in ("/faxes?way=up", "/faxes?state=x", "/faxes?limit=0"):
        assert (await acme.ask("GET", query))[0] == 400


async def test_too_many_documents_of_an_account_are_429_and_too_many_of_all_503_and_nothing_is_kept(
    acme: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_OF_ACCOUNT", 0)
    wanted = {"to": "+12015550170", "file": await acme.upload()}
    status, problem = await acme.ask("POST", "/faxes", wanted)
    assert (status, problem["code"]) == (429, "limit_reached"), problem
    monkeypatch.undo()
    monkeypatch.setattr(queue, "MOST_WAITING", 0)
    status, problem = await acme.ask("POST", "/faxes", wanted)
    assert (status, problem["code"]) == (503, "engine_unavailable"), problem
    assert (await acme.ask("GET", "/faxes"))[1] == {"faxes": []}
    monkeypatch.undo()
    assert (await acme.ask("POST", "/faxes", wanted))[0] == 202


async def test_a_number_leads_to_a_box_which_stays_while_it_does(acme: Office, installation: Installation) -> None:
    status, box = await acme.ask("POST", "/fax-boxes", {"name": "office", "emails": ["Ann@example.com"]})
    assert (status, box["emails"]) == (201, ["ann@example.com"])
    status, number = await installation.admin(
        "POST", "/numbers", {"number": "12015550199", "account": "acme", "to": "fax:office"}
    )
    assert status == 201 and number["leads_to"]["text"] == "fax:office", number
    status, problem = await acme.ask("DELETE", "/fax-boxes/office")
    assert status == 409 and "12015550199" in problem["error"]
    assert (await acme.ask("PATCH", "/fax-boxes/office", {"name": "desk", "emails": []}))[1]["name"] == "desk"
    assert [each["name"] for each in (await acme.ask("GET", "/fax-boxes"))[1]["boxes"]] == ["desk"]
    assert (await installation.admin("DELETE", "/numbers/12015550199"))[0] == 204
    assert (await acme.ask("DELETE", f"/fax-boxes/{box['id']}"))[0] == 204
    assert (await acme.ask("GET", "/fax-boxes/desk"))[0] == 404


async def test_a_number_says_where_its_faxes_go_and_the_box_stays_while_it_does(acme: Office) -> None:
    admin = acme.installation.admin
    box = (await acme.ask("POST", "/fax-boxes", {"name": "office"}))[1]["id"]
    wanted = {"number": "500", "account": "acme", "to": "hangup:busy"}
    status, refused = await admin("POST", "/numbers", wanted | {"fax_to": "hangup"})
    assert (status, refused["code"]) == (400, "invalid_setting") and "such as fax or fax:office" in refused["error"]
    assert (await admin("POST", "/numbers", wanted | {"fax_to": "fax:none"}))[0] == 404
    status, made = await admin("POST", "/numbers", wanted | {"fax_to": "fax:office"})
    assert (status, made["fax_to"]) == (201, {"kind": "fax", "text": "fax:office", "target": "office"})
    status, used = await acme.ask("DELETE", f"/fax-boxes/{box}")
    assert (status, used["error"]) == (
        409, "The fax box office is still used: the number 500 for faxes leads to it. Let that lead elsewhere first.",
    )  # fmt: skip
    assert (await admin("PATCH", "/numbers/500", {}))[0] == 400
    status, moved = await admin("PATCH", "/numbers/500", {"to": "hangup:rejected"})
    assert (status, moved["leads_to"]["text"], moved["fax_to"]["text"]) == (200, "hangup:rejected", "fax:office")
    status, refused = await admin("PATCH", "/numbers/500", {"application": "asking"})
    assert status == 400 and "the application asking must have no fax_to" in refused["error"]
    status, both = await admin("PATCH", "/numbers/500", {"application": "asking", "fax_to": None})
    assert (status, both["leads_to"]["text"], both["fax_to"]) == (200, "application:asking", None)
    assert (await admin("PATCH", "/numbers/500", {"fax_to": "fax"}))[0] == 400
    listed = (await admin("GET", "/numbers"))[1]["numbers"]
    assert {each["number"]: each["fax_to"] for each in listed}["500"] is None
    assert (await acme.ask("DELETE", f"/fax-boxes/{box}"))[0] == 204
