"""A company set up by REST alone sends a fax, and receives one."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from api.lab import Lab
from tests.e2e.conftest import worker
from tests.e2e.fax.test_faxes import WITHIN, arrived, drawn
from tests.e2e.ringplan.conftest import Company
from tests.support import people
from tests.support.carillon import Admin
from tests.support.scenario import until

OUT, IN, LATER = "/fax/messages/outbound", "/fax/messages/inbound", "/fax/messages/scheduled"


async def upload(company: Company, content: bytes, name: str) -> str:
    """Upload a file; returns its id."""
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name)
    headers = {"Authorization": f"Bearer {company.api.token}", "X-User-Id": "primary"}
    async with company.api.session.post(f"{company.api.base}/files", data=form, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["id"])


async def settled(company: Company, id: str) -> Any:
    """A fax that goes out as soon as nothing more happens to it."""

    async def look() -> Any:
        return next(each for each in await company.api.ok("GET", OUT) if each["id"] == id)

    return await until(look, lambda fax: fax["status"] in ("sent", "failed"), WITHIN, "the fax is sent")


async def test_a_fax_is_sent_by_rest_and_another_one_again_once_it_was_put_right(company: Company) -> None:
    document, pages = drawn(1)
    file = await upload(company, document, "page.tif")
    wanted = {"file": {"id": file}, "to": people.BUSY, "from_name": "Alice", "subject": "Update", "to_name": "Bob"}
    later = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    made = await company.api.ok("POST", LATER, wanted | {"send_at": later}, status=201)
    assert [each["id"] for each in await company.api.ok("GET", LATER)] == [made["id"]]
    await company.api.ok("DELETE", f"{LATER}/{made['id']}", status=204)
    made = await company.api.ok("POST", OUT, wanted | {"to": people.DECLINES}, status=201)
    failed = await settled(company, made["id"])
    assert (failed["status"], failed["error"]) == ("failed", "The call was declined.")
    await company.api.ok("PUT", f"{OUT}/{made['id']}", {"to": people.TAKES_FAXES})
    await company.api.ok("POST", f"{OUT}/{made['id']}/retry", status=202)
    done = await settled(company, made["id"])
    assert (done["status"], done["pages"], done["to_name"]) == ("sent", 1, "Bob"), done
    own = await company.own.ask("GET", f"faxes/{made['id']}")
    (got,) = await arrived(company.own, own[1])
    assert got.crop((0, got.height - 500, 1728, got.height)).tobytes() == pages[0].crop((0, 100, 1728, 600)).tobytes()
    assert (await company.api.ok("GET", "/fax/statistics"))["outbound"] == 1


async def test_a_fax_comes_in_and_is_read_fetched_and_deleted(company: Company, admin: Admin, network: Lab) -> None:
    destination = await company.api.ok("POST", "/fax/destinations", {"emails": ["fax@example.com"]}, status=201)
    line = f"1415{worker():02d}{secrets.randbelow(10**5):05d}"
    wanted = {"number": line, "account": company.account.name, "to": f"fax:{destination['id']}"}
    await admin.ask("POST", "numbers", wanted)
    assert await company.api.ok("GET", "/fax/numbers") == [line[1:]]
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)

    async def listed() -> Any:
        return await company.api.ok("GET", IN, number=people.SENDS_A_FAX)

    (fax,) = await until(listed, lambda found: len(found) == 1, WITHIN, "the fax is there")
    assert (fax["pages"], fax["from"], fax["to"], fax["is_read"]) == (2, people.SENDS_A_FAX[1:], line[1:], False)
    file = await company.api.ok("GET", f"/files/{fax['file']['id']}")
    assert file["mimetype"] == "application/pdf" and file["preview"]["mimetype"] == "image/png"
    read = await company.api.ok("PATCH", f"{IN}/{fax['id']}", {"is_read": True, "to_name": "Alice"})
    assert (read["is_read"], read["to_name"]) == (True, "Alice")
    await company.api.ok("DELETE", f"{IN}/{fax['id']}", status=204)
    assert await company.api.ok("GET", IN) == []
    await admin.ask("DELETE", f"numbers/{line}")
