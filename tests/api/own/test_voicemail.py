"""Voicemail at both APIs: boxes, PINs, greetings, messages; another account's read like none."""

import io
from typing import Any

import numpy as np
import pytest

from engine.features.voicemail.model import Message
from engine.features.voicemail.store import messages
from tests.api.own.installation import Installation
from tests.support import sounds

TUNE = sounds.wav(sounds.notes_of([(500, 0.5)]))


class Program:
    """The program of an account."""

    def __init__(self, installation: Installation, made: dict[str, Any]) -> None:
        self.installation, self.account, self.token = installation, made["account"], made["carillon"]["token"]

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        server = self.installation.public_server
        return await self.installation.ask(server, method, f"/carillon/v1{path}", self.token, body, **more)

    async def made(self, number: str, **fields: Any) -> dict[str, Any]:
        status, box = await self.ask("POST", "/voicemail-boxes", {"number": number, **fields})
        assert status == 201, box
        return dict(box)

    async def leave(self, box: dict[str, Any], id: str, **fields: Any) -> str:
        """Put a message into a box, as a caller leaves it."""
        given: dict[str, Any] = {
            "caller": "12015550114", "withheld": False, "called": "12015550100", "call": "call-1", "seconds": 3.0,
            "bytes": 100, "format": "wav", "received": 1_800_000_000.0 + int(id),
        }  # fmt: skip
        given["arrived"] = given["received"]
        message = Message(id=f"voicemail-{id}", account=self.account, box=box["id"], file=f"vm-{id}", **given | fields)
        platform = self.installation.services.platform
        await platform.writer.write(lambda conn: messages.add(conn, message))
        sound = sounds.wav(np.zeros(8000, np.float32))
        platform.files.path(message.file, "wav").write_bytes(sound)
        return message.id

    async def ids(self, query: str = "") -> list[str]:
        status, found = await self.ask("GET", f"/voicemails{query}")
        assert status == 200, found
        return [each["id"] for each in found["voicemails"]]


@pytest.fixture
async def ann(installation: Installation) -> Program:
    """A customer."""
    return Program(installation, await installation.account("ann"))


@pytest.fixture
async def bob(installation: Installation) -> Program:
    """Another one."""
    return Program(installation, await installation.account("bob"))


async def test_a_box_is_added_shown_changed_listed_and_removed(ann: Program) -> None:
    made = await ann.made("101", name="Ann", zero="hangup:busy")
    assert len(made.pop("pin")) == 6
    assert (made["zero"]["text"], made["new"], made["old"]) == ("hangup:busy", 0, 0)
    assert (await ann.ask("GET", "/voicemail-boxes/101")) == (200, made)
    status, changed = await ann.ask("PATCH", "/voicemail-boxes/101", {"zero": None, "language": "de", "enabled": False})
    assert (status, changed["zero"], changed["language"], changed["enabled"]) == (200, None, "de", False)
    assert (await ann.ask("GET", "/voicemail-boxes"))[1] == {"boxes": [changed]}
    assert (await ann.ask("PUT", "/voicemail-boxes/101/pin", {"pin": "271828"}))[0] == 204
    assert (await ann.ask("DELETE", "/voicemail-boxes/101"))[0] == 204
    assert (await ann.ask("GET", "/voicemail-boxes/101"))[0] == 404


@pytest.mark.parametrize(
    ("fields", "status", "code", "sentence"),
    [
        ({"number": "101"}, 409, "already_exists", "The account has a voicemail box 101 already."),
        ({"number": "1x"}, 400, "invalid_setting", "number must be 2 to 10 digits, such as 101 (got '1x')."),
        ({"number": "102", "pin": "0000"}, 400, "pin_refused", "pin must not be one digit repeated"),
        ({"number": "102", "pin": "12"}, 400, "pin_refused", "pin must be 4 to 10 digits."),
        ({"number": "102", "language": "tlh"}, 400, "invalid_setting", "language must be one of en, de, es"),
        ({"number": "102", "zero": "extension:9"}, 404, "not_found", "The account has no extension 9"),
        ({"number": "102", "most_messages": 0}, 400, "invalid_setting", "most_messages must be 1 to 10000 (got 0)."),
        ({"number": "102", "colour": "red"}, 400, "bad_request", "colour"),
    ],
)
async def test_a_box_that_cannot_be_is_refused(
    ann: Program, fields: dict[str, Any], status: int, code: str, sentence: str
) -> None:
    await ann.made("101")
    answered, body = await ann.ask("POST", "/voicemail-boxes", fields)
    assert (answered, body["code"]) == (status, code)
    assert sentence in body["error"]


async def test_messages_are_listed_by_filters_fetched_changed_forwarded_and_deleted(ann: Program) -> None:
    one, two = await ann.made("101"), await ann.made("102")
    first = await ann.leave(one, "1")
    second = await ann.leave(one, "2", caller="", withheld=True)
    assert await ann.ids() == [second, first]
    assert await ann.ids("?caller=%2B12015550114") == [first]
    assert await ann.ids("?caller=withheld") == [second]
    assert await ann.ids("?box=102") == []
    assert await ann.ids("?limit=1") == [second] and await ann.ids(f"?before={second}") == [first]
    assert await ann.ids("?since=1800000002") == [second] and await ann.ids("?until=1800000002") == [first]
    status, read = await ann.ask("PATCH", f"/voicemails/{first}", {"read": True})
    assert (status, read["read"], read["box"]) == (200, True, "101")
    assert await ann.ids("?read=false") == [second]
    status, saved = await ann.ask("PATCH", f"/voicemails/{second}", {"folder": "saved"})
    assert (status, saved["folder"], saved["read"]) == (200, "saved", True)
    status, copy = await ann.ask("POST", f"/voicemails/{first}/forward", {"box": "102"})
    assert (status, copy["box"], copy["origin"]) == (201, "102", first)
    assert (await ann.ask("DELETE", f"/voicemails/{first}"))[0] == 204
    assert await ann.ids("?folder=trash") == [first]
    status, back = await ann.ask("POST", f"/voicemails/{first}/undelete")
    assert (status, back["folder"]) == (200, "inbox")
    for _ in range(2):  # a request that is sent again
        assert (await ann.ask("DELETE", f"/voicemails/{first}"))[0] == 204
    assert await ann.ids("?folder=trash") == [first]
    assert (await ann.ask("DELETE", f"/voicemails/{first}?purge=true"))[0] == 204
    assert (await ann.ask("GET", f"/voicemails/{first}"))[0] == 404
    assert (await ann.ask("GET", "/voicemail-boxes/101"))[1]["old"] == 1
    assert two["number"] == "102"


async def test_a_full_box_takes_no_forwarded_message(ann: Program) -> None:
    one = await ann.made("101", most_messages=1)
    first = await ann.leave(one, "1")
    status, body = await ann.ask("POST", f"/voicemails/{first}/forward", {"box": "101"})
    assert (status, body["code"]) == (409, "voicemail_full")


async def test_another_account_s_boxes_and_messages_read_like_none(ann: Program, bob: Program) -> None:
    message = await ann.leave(await ann.made("101"), "1")
    await bob.made("102")
    foreign, none = await bob.ask("GET", f"/voicemails/{message}"), await bob.ask("GET", "/voicemails/voicemail-9")
    assert foreign[0] == none[0] == 404
    assert foreign[1]["error"].replace(message, "ID") == none[1]["error"].replace("voicemail-9", "ID")
    for method, path, body in (
        ("GET", f"/voicemails/{message}/audio", None),
        ("PATCH", f"/voicemails/{message}", {"read": True}),
        ("DELETE", f"/voicemails/{message}", None),
        ("POST", f"/voicemails/{message}/forward", {"box": "102"}),
        ("GET", "/voicemail-boxes/101", None),
        ("PUT", "/voicemail-boxes/101/pin", {"pin": "271828"}),
        ("GET", "/voicemails?box=101", None),
    ):
        assert (await bob.ask(method, path, body))[0] == 404, path
    assert await ann.ids() == [message] and await bob.ids() == []


async def test_a_greeting_is_uploaded_fetched_and_spoken_again(ann: Program) -> None:
    await ann.made("101")
    path = "/voicemail-boxes/101/greetings/busy"
    assert (await ann.ask("GET", path))[0] == 404
    status, kept = await ann.ask("PUT", path, data=io.BytesIO(TUNE))
    assert (status, kept["kind"], kept["seconds"]) == (200, "busy", 0.5)
    assert (await ann.ask("GET", "/voicemail-boxes/101/greetings"))[1] == {"greetings": [kept]}
    status, refused = await ann.ask("PUT", path, data=io.BytesIO(b"<html>"))
    assert (status, refused["code"]) == (400, "not_audio")
    status, refused = await ann.ask("PUT", path, data=io.BytesIO(b"\0" * 10_000_001))
    assert (status, refused["code"]) == (413, "too_large")
    assert (await ann.ask("DELETE", path))[0] == 204
    assert (await ann.ask("PUT", "/voicemail-boxes/101/greetings/holiday", data=io.BytesIO(TUNE)))[0] == 404


async def test_the_administrator_sees_and_deletes_messages_of_any_account(ann: Program) -> None:
    message = await ann.leave(await ann.made("101"), "1")
    status, shown = await ann.installation.admin("GET", f"/voicemails/{message}")
    assert (status, shown["account"], shown["box"]) == (200, "ann", "101")
    assert (await ann.installation.admin("GET", "/accounts/ann/voicemails"))[1]["voicemails"][0]["id"] == message
    assert (await ann.installation.admin("DELETE", f"/voicemails/{message}"))[0] == 204
    assert await ann.ids() == []
