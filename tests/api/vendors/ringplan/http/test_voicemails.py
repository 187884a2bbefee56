"""Voicemails as the document lists them, with links to their sounds."""

from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from api.vendors.ringplan.http import voicemails
from api.vendors.ringplan.ids import instance_of
from engine.features.voicemail.model import BoxFields, Message
from engine.features.voicemail.service import VoicemailService
from engine.features.voicemail.store import messages
from engine.platform.audit import SYSTEM
from engine.store import extensions
from engine.store.extensions import Extension
from tests.api.vendors.ringplan.conftest import Served
from tests.support import sounds

PATH = "/voicemail/messages"
FIRST = 1_800_000_000.0
"""2027-01-15 08:00 UTC."""
DAY = 86_400.0
MAIL = "ann@example.com"


async def leave(served: Served, box: str, id: int, caller: str, received: float) -> None:
    message = Message(
        id=f"voicemail-{id}", account=served.id, box=box, caller=caller, withheld=not caller, called="101",
        call="call-1", received=received, arrived=received, seconds=0.2, bytes=3244, format="wav", file=f"vm-{id}",
    )  # fmt: skip
    await served.platform.writer.write(lambda conn: messages.add(conn, message))
    sound = sounds.wav(np.zeros(800, np.float32))
    served.platform.files.path(message.file, "wav").write_bytes(sound)


@pytest.fixture
async def boxes(served: Served) -> Served:
    """Two boxes with four messages: 1001's from 1002, from outside, from nobody known; 1002's from outside."""

    def unit(conn: Connection) -> None:
        for number, name in (("1001", "Ann"), ("1002", "John Doe")):
            extensions.add(
                conn,
                Extension(
                    number=number, sip_user=f"{number}-x", account=served.id, name=name, password="a password"
                ),
            )  # fmt: skip

    await served.platform.writer.write(unit)
    await served.platform.refresh()
    service = served.features[VoicemailService]
    first, second = [
        (await service.create_box(SYSTEM, served.id, number, BoxFields(extension=number, email=MAIL))).box
        for number in ("1001", "1002")
    ]
    for id, (box, caller) in enumerate(
        ((first, "1002"), (first, "14155552671"), (first, ""), (second, "14155552671"))
    ):  # fmt: skip
        await leave(served, box.id, id, caller, FIRST + id * DAY)
    return served


async def ids(served: Served, **query: Any) -> list[int]:
    return [int(each["_id"].removeprefix("voicemail-")) for each in await served.acme.ok("GET", PATH, **query)]


async def test_a_voicemail_has_the_documented_fields(boxes: Served) -> None:
    *_, oldest = await boxes.acme.ok("GET", f"{PATH}/")
    assert oldest == {
        "_id": "voicemail-0",
        "id": "voicemail-0",
        "company_id": boxes.id,
        "extension_destination": 1001,
        "extension_destination_id": "1001",
        "extension_source": 1002,
        "pbx": instance_of(boxes.id),
        "source_representation_name": "John Doe",
        "time_received": "2027-01-15T08:00:00.000000Z",
        "voicemail_email": "ann@example.com",
        "voicemail_file": {
            "id": "voicemail-0", "duration": 0.2, "link": oldest["voicemail_file"]["link"], "name": "vm-0.wav",
            "size": 3244,
        },
    }  # fmt: skip
    names = [each["source_representation_name"] for each in await boxes.acme.ok("GET", PATH)]
    assert names == ["14155552671", None, "14155552671", "John Doe"]
    assert await boxes.other.ok("GET", PATH) == []


async def test_voicemails_are_filtered_sorted_and_paged(boxes: Served) -> None:
    assert await ids(boxes) == [3, 2, 1, 0]
    assert await ids(boxes, extension_destination="1001") == [2, 1, 0]
    assert await ids(boxes, extension_source="1002") == [0]
    assert await ids(boxes, extension_source="1002", extension_destination="1002") == []
    assert await ids(boxes, from_date="2027-01-16") == [3, 2, 1]
    assert await ids(boxes, to_date="2027-01-16") == [1, 0]
    assert await ids(boxes, from_date="2027-01-16T09:00:00+01:00", to_date="2027-01-17T08:00:01Z") == [2, 1]
    assert await ids(boxes, from_date="2027-02-01", to_date="2027-01-01") == []
    assert await ids(boxes, sort="time_received") == [0, 1, 2, 3]
    assert await ids(boxes, sort="extension_destination,-time_received") == [2, 1, 0, 3]
    assert await ids(boxes, sort="extension_source") == [0, 3, 2, 1]
    assert await ids(boxes, page="2", per_page="3") == [0]
    assert boxes.acme.headers and boxes.acme.headers["X-Pagination-Total-Count"] == "4"


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("from_date", "yesterday", "from_date must be a date"),
        ("sort", "size", "sort must be of the fields _id, "),
        ("extension_source", "abc", "extension_source must be the number"),
        ("page", "0", "page must be 1 or more"),
        ("per_page", "x", "per_page must be a whole number"),
    ],
)
async def test_a_parameter_that_cannot_be_is_refused(boxes: Served, name: str, value: str, named: str) -> None:
    assert named in await boxes.acme.failed("GET", PATH, 400, **{name: value})


async def test_a_link_leads_to_the_sound_without_a_key_until_it_expires(
    boxes: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = (await boxes.acme.ok("GET", PATH))[0]["voicemail_file"]["link"]
    async with boxes.acme.session.get(boxes.acme.base + link) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/wav")
        assert (await answer.read())[:4] == b"RIFF"
    async with boxes.acme.session.get(boxes.acme.base + link.replace("audio/", "audio/x")) as answer:
        assert answer.status == 404 and "not one of ours" in (await answer.json())["detail"]
    monkeypatch.setattr(voicemails, "LINK_SECONDS", -1.0)
    old = (await boxes.acme.ok("GET", PATH))[0]["voicemail_file"]["link"]
    async with boxes.acme.session.get(boxes.acme.base + old) as answer:
        assert answer.status == 404 and "expired" in (await answer.json())["detail"]
