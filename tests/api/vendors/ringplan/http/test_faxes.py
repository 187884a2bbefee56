"""Faxes and files as the document has them: uploaded, sent, scheduled, changed, listed by every filter."""

import base64
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image
from sqlalchemy import Connection

from engine.features.fax import store
from engine.features.fax.model import Fax, State, Way
from engine.features.fax.pages import queue
from engine.platform.folder import Folder
from engine.store import calls, numbers
from engine.store.numbers import Number
from tests.api.vendors.ringplan.conftest import OURS, THEIRS, Served
from tests.clients.ringplan.client import RingPlan
from tests.engine.store.samples import a_call

OUT, IN, LATER = "/fax/messages/outbound", "/fax/messages/inbound", "/fax/messages/scheduled"
MESSAGE = {"id", "company", "created_at", "file", "from", "from_name", "is_read", "pages", "subject", "to", "to_name"}
FILE = {
    "id", "company_id", "description", "mimetype", "name", "preview", "size", "uploaded_at", "uploaded_name", "user_id",
}  # fmt: skip
DAY = 86_400.0
SOON = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=30)
FIRST = 1_800_000_000.0
"""2027-01-15 08:00 UTC."""


async def upload(
    client: RingPlan, content: bytes = b"An offer\fand its terms", status: int = 201, **fields: str
) -> Any:
    """Send a file as a form; returns the answer."""
    form = aiohttp.FormData(fields)
    form.add_field("file", content, filename="offer.txt", content_type="text/plain")
    headers = {"Authorization": f"Bearer {client.token}", "X-User-Id": "primary"}
    async with client.session.post(client.base + "/files", data=form, headers=headers) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


async def send(client: RingPlan, **fields: Any) -> Any:
    """Send a fax; returns the message."""
    file = await upload(client)
    named = {"from_name": "Alice", "to_name": "Bob", "subject": "Terms"}
    wanted = {"file": {"id": file["id"]}, "to": "8584375000", **named}
    return await client.ok("POST", OUT, wanted | fields, status=201)


async def keep(served: Served, *faxes: Fax) -> None:
    """Let faxes be there."""

    def unit(conn: Connection) -> None:
        for fax in faxes:
            store.insert(conn, fax)

    await served.platform.writer.write(unit)


def came(served: Served, count: int, **fields: Any) -> Fax:
    """A fax that came in."""
    at = FIRST + count * DAY
    given = {
        "id": f"fax-00{count}", "account": served.id, "way": Way.IN, "state": State.RECEIVED, "number": THEIRS,
        "own": OURS, "created": at, "at": at, "pages": count, "ended": at, "from_name": f"Sender {count}",
        "subject": f"Payment {count}",
        "kept": f"fax-0{count}.tif",
    }  # fmt: skip
    return Fax(**(given | fields))


async def test_a_file_is_uploaded_and_shown_with_its_first_page(served: Served) -> None:
    made = await upload(served.acme, name="My offer", description="For Bob")
    assert set(made) == FILE
    assert (made["name"], made["uploaded_name"], made["mimetype"], made["size"]) == (
        "My offer", "offer.txt", "text/plain", 22,
    )  # fmt: skip
    assert (made["company_id"], made["description"], made["user_id"]) == (served.id, "For Bob", served.id)
    with Image.open(io.BytesIO(base64.b64decode(made["preview"]["base64"]))) as preview:
        assert preview.format == "PNG"
    assert (made["preview"]["filename"], made["preview"]["mimetype"]) == ("offer_preview.png", "image/png")
    assert await served.acme.ok("GET", f"/files/{made['id']}") == made
    headers = {"Authorization": f"Bearer {served.acme.token}", "X-User-Id": "primary"}
    async with served.acme.session.get(f"{served.acme.base}/files/{made['id']}/content", headers=headers) as answer:
        assert await answer.read() == b"An offer\fand its terms"
    for path in ("", "/content"):
        await served.other.failed("GET", f"/files/{made['id']}{path}", 404)
    assert (await upload(served.acme, b"\0\1"))["preview"] is None


async def test_a_file_s_name_that_is_no_utf8_is_shown_as_it_can_be_read(served: Served) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="caf\xe9.txt"\r\n\r\nAn offer\r\n--x--\r\n'
    headers = {
        "Authorization": f"Bearer {served.acme.token}",
        "X-User-Id": "primary",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    async with served.acme.session.post(served.acme.base + "/files", data=head, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        assert (await answer.json())["uploaded_name"] == "caf\ufffd.txt"


async def test_what_is_no_upload_is_refused(served: Served) -> None:
    acme = served.acme
    assert "multipart/form-data" in await acme.failed("POST", "/files", 400, {"file": "x"})
    headers = {"Authorization": f"Bearer {acme.token}", "X-User-Id": "primary"}
    form = aiohttp.FormData({"name": "nothing"})
    form.add_field("other", "", content_type="text/plain")
    async with acme.session.post(acme.base + "/files", data=form, headers=headers) as answer:
        assert answer.status == 400 and "file is missing" in (await answer.json())["detail"]
    broken = {**headers, "Content-Type": "multipart/form-data; boundary=x"}
    async with acme.session.post(acme.base + "/files", data=b"not parts", headers=broken) as answer:
        assert answer.status == 400, await answer.text()
    assert "is empty" in (await upload(acme, b"", status=400))["detail"]


async def test_a_fax_is_sent_as_in_the_document_and_shown_with_every_field(served: Served) -> None:
    made = await send(served.acme, emails="bob@example.com")
    assert set(made) >= MESSAGE
    assert (made["to"], made["to_name"], made["from_name"], made["subject"]) == ("8584375000", "Bob", "Alice", "Terms")
    assert (made["pages"], made["company"], made["emails"]) == (2, served.id, ["bob@example.com"])
    assert isinstance(made["file"]["internal_id"], int) and made["created_at"].endswith("Z")
    (listed,) = await served.acme.ok("GET", OUT)
    assert listed == made and await served.acme.ok("GET", LATER) == []
    assert (served.acme.headers or {})["X-Pagination-Total-Count"] == "0"
    assert await served.other.ok("GET", OUT) == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"to": None}, "to is missing"),
        ({"to": "nobody"}, "number"),
        ({"file": None}, "file is missing"),
        ({"file": {"id": "file-none"}}, "file must be a file of the company"),
        ({"file": "file-\0"}, "no NUL"),
        ({"file": 5}, "file must be an object"),
        ({"emails": ["x"]}, "e-mail address"),
        ({"emails": {"a": 1}}, "emails must be an array"),
        ({"subject": ["x"]}, "subject must be a string"),
        ({"subject": "x" * 201}, "at most 200"),
        ({"cover": "a\tb"}, "cover must be printable characters and newlines"),
        ({"cover": "x" * 4001}, "at most 4,000 characters"),
    ],
)
async def test_what_cannot_be_sent_is_refused(served: Served, fields: dict[str, Any], says: str) -> None:
    file = await upload(served.acme)
    wanted = {"file": {"id": file["id"]}, "to": "8584375000"} | fields
    assert says in await served.acme.failed("POST", OUT, 400, wanted)
    assert await served.acme.ok("GET", OUT) == []


async def test_a_fax_is_scheduled_changed_and_taken_back(served: Served) -> None:
    acme, file = served.acme, await upload(served.acme)
    wanted = {"file": {"id": file["id"]}, "to": "8584375000", "subject": "Remember"}
    assert "send_at is missing" in await acme.failed("POST", LATER, 400, wanted)
    for past in ("2021-11-15T09:00:00", "2099-01-01", "9999-12-31"):
        says = await acme.failed("POST", LATER, 400, wanted | {"send_at": past})
        assert "send_at must be a time to come" in says
    assert "send_at must be a date" in await acme.failed("POST", LATER, 400, wanted | {"send_at": "soon"})
    made = await acme.ok("POST", LATER, wanted | {"send_at": f"{SOON:%Y-%m-%dT%H:%M:%S}"}, status=201)
    assert made["send_at"] == f"{SOON:%Y-%m-%d}T09:00:00.000000Z" and made["status"] == "queued"
    assert await acme.ok("GET", OUT) == [] and await acme.ok("GET", LATER) == [made]
    path = f"{LATER}/{made['id']}"
    for verb in ("PUT", "PATCH"):
        changed = await acme.ok(verb, path, {"subject": "Important", "to": "8584375001"})
        assert (changed["subject"], changed["to"], changed["send_at"]) == ("Important", "8584375001", made["send_at"])
    later = f"{SOON + timedelta(days=1):%Y-%m-%d}"
    changed = await acme.ok("PUT", path, {"send_at": later})
    assert changed["send_at"] == f"{later}T00:00:00.000000Z" and changed["created_at"] == made["created_at"]
    assert "file must be a file" in await acme.failed("PUT", path, 400, {"file": {"id": "file-none"}})
    for verb in ("PUT", "DELETE"):
        await served.other.failed(verb, path, 404, {"subject": "x"})
    await acme.failed("PUT", f"{OUT}/{made['id']}", 406, {"subject": "x"})
    await acme.ok("DELETE", path, status=204)
    await acme.failed("DELETE", path, 404)


async def test_a_fax_has_a_cover_page_which_is_made_anew_when_its_subject_changes(served: Served) -> None:
    acme, file = served.acme, await upload(served.acme)
    wanted = {"file": {"id": file["id"]}, "to": "8584375000", "cover": "Dear Bob,\nplease read it."}
    made = await acme.ok("POST", OUT, wanted, status=201)
    assert (made["pages"], made["cover"]) == (3, "Dear Bob,\nplease read it.")
    later = await acme.ok("POST", LATER, wanted | {"send_at": f"{SOON:%Y-%m-%dT%H:%M:%S}"}, status=201)
    path = f"{LATER}/{later['id']}"
    for fields, pages in (({"subject": "Order"}, 3), ({"cover": "Hello"}, 3), ({"cover": None}, 2)):
        changed = await acme.ok("PUT", path, fields)
        assert (changed["pages"], changed["send_at"]) == (pages, later["send_at"])
    assert (changed["cover"], changed["subject"]) == (None, "Order")
    assert "printable characters" in await acme.failed("PUT", path, 400, {"cover": "a\tb"})
    await acme.ok("PUT", path, {"cover": "Hello"})
    await acme.ok("DELETE", f"/files/{file['id']}", status=204)
    assert "was deleted" in await acme.failed("PUT", path, 400, {"subject": "Offer"})
    assert (await acme.ok("PUT", path, {"emails": ["a@example.com"]}))["pages"] == 3


async def test_a_file_is_taken_without_its_picture_while_too_many_wait_to_be_converted(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_OF_ACCOUNT", 0)
    assert (await upload(served.acme))["preview"] is None


async def test_only_what_has_failed_is_changed_and_sent_again(served: Served) -> None:
    acme, made = served.acme, await send(served.acme)
    path = f"{OUT}/{made['id']}"
    for verb, end in (("PUT", ""), ("POST", "/retry")):
        assert "failed" in await acme.failed(verb, path + end, 406, {"to": "8584375001"})
    await acme.failed("PUT", f"{LATER}/{made['id']}", 404, {"subject": "x"})
    failed = {"state": State.FAILED, "detail": "Nobody answered.", "ended": FIRST, "call": "call-1"}
    await served.platform.writer.write(lambda conn: store.change(conn, made["id"], **failed))
    changed = await acme.ok("PUT", path, {"to": "8584375001"})
    assert (changed["to"], changed["status"], changed["error"]) == ("8584375001", "failed", "Nobody answered.")
    again = await acme.ok("POST", f"{path}/retry", status=202)
    assert (again["status"], again["error"]) == ("queued", None)
    assert await acme.ok("GET", OUT) == [again] and await acme.ok("GET", LATER) == [], "it was sent before"
    call = a_call(id="call-1", account=served.id)

    def unit(conn: Connection) -> None:
        store.change(conn, made["id"], state=State.SENDING)
        calls.insert(conn, call)

    await served.platform.writer.write(unit)
    assert "is being sent" in await acme.failed("DELETE", path, 406)
    await served.platform.writer.write(lambda conn: store.change(conn, made["id"], state=State.SENT))
    await acme.ok("DELETE", path, status=204)
    for verb, end in (("DELETE", ""), ("PUT", ""), ("POST", "/retry")):
        await acme.failed(verb, path + end, 404)


async def test_inbound_faxes_are_listed_by_every_filter(served: Served) -> None:
    await keep(
        served,
        *(came(served, count) for count in (1, 2, 3)),
        came(served, 4, number="", from_name="", read=True),
        came(served, 5, hidden=True),
        came(served, 6, account=served.others_id),
    )

    async def ids(**query: Any) -> str:
        return "".join(each["id"][-1] for each in await served.acme.ok("GET", IN, **query))

    assert await ids() == "4321"
    assert await ids(sort="pages") == "1234" and await ids(sort="-created_at") == "4321"
    assert await ids(page=2, per_page=3) == "1"
    assert (served.acme.headers or {})["X-Pagination-Page-Count"] == "2"
    assert await ids(start_date="2027-01-17", end_date="2027-01-18") == "32"
    assert await ids(start_date="2027-01-18", end_date="2027-01-17") == "32", "as in the document's samples"
    assert await ids(number="+1 415 555 2671") == await ids(number="4155552671") == "321"
    assert await ids(number="nobody") == ""
    assert await ids(name="sender 2") == await ids(subject="payment 2") == await ids(search="Payment 2") == "2"
    assert await ids(is_read="true") == "4" and await ids(is_read="false") == "321"
    assert await ids(undefined="false") == "321" and await ids(undefined="true") == "4321"
    for query in ({"sort": "colour"}, {"sort": "send_at"}, {"is_read": "maybe"}, {"page": "0"}, {"start_date": "x"},
                  {"end_date": "9999-12-31"}, {"name": "a\0"}):  # fmt: skip
        await served.acme.failed("GET", IN, 400, **query)
    await served.acme.failed("GET", "/files/a%00", 400)


async def test_an_inbound_fax_is_changed_counted_fetched_and_deleted(served: Served, tmp_path: Path) -> None:
    await keep(served, came(served, 1, id="fax-01"), came(served, 2, id="fax-02"))
    await Folder(tmp_path / "faxes").write("fax-01.tif", pages())
    acme = served.acme
    changed = await acme.ok("PATCH", f"{IN}/fax-01", {"to_name": "Alice", "is_read": True})
    assert (changed["to_name"], changed["is_read"], changed["from"], changed["to"]) == (
        "Alice", True, "4155552671", "9513360234",
    )  # fmt: skip
    assert "is_read must be true or false" in await acme.failed("PATCH", f"{IN}/fax-01", 400, {"is_read": "x"})
    await acme.ok("PUT", f"{IN}/fax-02", {"is_hidden": True})
    assert [each["id"] for each in await acme.ok("GET", IN)] == ["fax-01"]
    assert await acme.ok("GET", "/fax/statistics") == {"inbound": 2, "inbound_hidden": 1, "outbound": 0}
    file = await acme.ok("GET", f"/files/{changed['file']['id']}")
    assert set(file) == FILE and file["mimetype"] == "application/pdf" and file["preview"]
    await served.other.failed("GET", "/files/fax-01", 404)
    await served.other.failed("PATCH", f"{IN}/fax-01", 404, {"subject": "x"})
    await served.other.failed("DELETE", f"{IN}/fax-01", 404)
    await acme.ok("DELETE", f"{IN}/fax-01", status=204)
    await acme.failed("DELETE", f"{IN}/fax-01", 404)
    await acme.failed("DELETE", f"{OUT}/fax-02", 404)


def pages() -> bytes:
    """The pages of a fax."""
    made = Image.new("1", (1728, 400), 1)
    out = io.BytesIO()
    made.save(out, "TIFF", compression="group4", dpi=(204, 98))
    return out.getvalue()


async def test_a_destination_is_added_once(served: Served) -> None:
    acme = served.acme
    made = await acme.ok("POST", "/fax/destinations", {"emails": ["B@example.com", "a@example.com"]}, status=201)
    assert made == {
        "id": made["id"], "company": served.id, "emails": ["b@example.com", "a@example.com"],
        "reprname": "b@example.com, a@example.com",
    }  # fmt: skip
    assert await acme.ok("POST", "/fax/destinations", {"emails": "a@example.com,b@example.com"}) == made
    await served.other.ok("POST", "/fax/destinations", {"emails": ["a@example.com", "b@example.com"]}, status=201)
    for emails in (None, [], ["x"], "nobody"):
        await acme.failed("POST", "/fax/destinations", 400, {"emails": emails})


async def test_numbers_that_lead_to_fax_are_listed(served: Served) -> None:
    def unit(conn: Connection) -> None:
        for number, destination in (("19513360234", "fax:"), ("19513360235", "extension:1")):
            numbers.assign(conn, Number(number=number, account=served.id, destination=destination))

    await served.platform.writer.write(unit)
    await served.platform.refresh()
    assert await served.acme.ok("GET", "/fax/numbers") == ["9513360234"]
    assert await served.other.ok("GET", "/system/fax/numbers/") == []


async def test_inbound_faxes_are_sorted_by_who_sent_them(served: Served) -> None:
    await keep(
        served,
        came(served, 1, number="14155552673", own="19513360234"),
        came(served, 2, number="14155552672", own="19513360235"),
    )
    for sort, order in (("from", "21"), ("-from", "12"), ("to", "12"), ("to desc", "21")):
        assert "".join(each["id"][-1] for each in await served.acme.ok("GET", IN, sort=sort)) == order


async def test_what_is_shown_can_be_sent_back_and_is_the_same_number(served: Served) -> None:
    made = await send(served.acme, to="+44 20 7946 0958")
    assert made["to"] == "+442079460958"
    failed = {"state": State.FAILED, "ended": FIRST}
    await served.platform.writer.write(lambda conn: store.change(conn, made["id"], **failed))
    again = {name: value for name, value in made.items() if name not in ("send_at", "error")}
    assert (await served.acme.ok("PUT", f"{OUT}/{made['id']}", again))["to"] == "+442079460958"
    assert [each["id"] for each in await served.acme.ok("GET", OUT, number=made["to"])] == [made["id"]]


async def test_a_file_is_deleted_and_faxes_of_it_keep_their_pages(served: Served) -> None:
    made = await send(served.acme)
    await served.other.failed("DELETE", f"/files/{made['file']['id']}", 404)
    await served.acme.ok("DELETE", f"/files/{made['file']['id']}", status=204)
    for verb, end in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        says = await served.acme.failed(verb, f"/files/{made['file']['id']}{end}", 404)
        assert says == f"The company has no such file: {made['file']['id']}."
    assert await served.acme.ok("GET", OUT) == [made]
    for end in ("", "/content"):
        await served.acme.failed("GET", f"/files/{made['id']}{end}", 404)
