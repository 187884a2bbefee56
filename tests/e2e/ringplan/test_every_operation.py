"""Every operation of RingPlan's document is asked of the running system, and answers as the document says."""

import csv
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.lab import Lab
from tests.clients.ringplan.client import RingPlan
from tests.clients.ringplan.live import Live
from tests.e2e.conftest import worker
from tests.e2e.fax.test_faxes import WITHIN, drawn
from tests.e2e.ringplan.conftest import Company
from tests.e2e.ringplan.test_faxes import IN, LATER, OUT, settled, upload
from tests.e2e.ringplan.test_texting import CONVERSATIONS, texting_number
from tests.support import people
from tests.support.carillon import Admin
from tests.support.lab_numbers import unused
from tests.support.scenario import until
from tests.support.system import System

LIST = Path(__file__).parents[2] / "documents" / "endpoints.tsv"


def documented() -> Iterator[tuple[str, str]]:
    """The operations of the document: method and path, with names in braces."""
    with LIST.open(newline="") as file:
        for vendor, kind, method, path in csv.reader(file, delimiter="\t"):
            if (vendor, kind) == ("ringplan", "rest"):
                yield method, path


@dataclass
class Asked:
    """A company's API, and which of the document's operations were asked of it."""

    api: RingPlan
    seen: set[tuple[str, str]] = field(default_factory=set)

    async def ok(self, verb: str, path: str, body: Any = None, status: int = 200, **query: Any) -> Any:
        """Ask; the answer must have this status. Several operations may fit a path: the first one counts."""
        answer = await self.api.ok(verb, path, body, status, **query)
        fits = ((method, each) for method, each in documented() if method == verb and _is(path, each))
        if found := next(fits, None):
            self.seen.add(found)
        return answer

    def missing(self, *beginnings: str) -> set[tuple[str, str]]:
        """The operations below these paths that were not asked."""
        return {each for each in documented() if each[1].startswith(beginnings)} - self.seen


def _is(path: str, documented: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(documented))
    return re.fullmatch(pattern, path) is not None


async def test_the_company_s_contacts_locations_and_webhooks(company: Company) -> None:
    api = Asked(company.api)
    await api.ok("PATCH", "/company", {"name": "Acme Corp"})
    assert (await api.ok("GET", "/system/company"))["name"] == "Acme Corp"
    jane = await api.ok("POST", "/company/contacts", {"contacts": {"email": "jane@example.com"}}, status=201)
    changed = await api.ok("PATCH", f"/company/contacts/{jane['id']}", {"first_name": "Jane"})
    assert changed["first_name"] == "Jane"
    (found,) = await api.ok("GET", "/system/company/contacts", work_email="jane@example.com")
    assert found["id"] == jane["id"]
    assert (await api.ok("DELETE", f"/company/contacts/{jane['id']}"))["id"] == jane["id"]
    place = await api.ok("POST", "/company/locations", {"name": "Depot"}, status=201)
    assert (await api.ok("PATCH", f"/company/locations/{place['id']}", {"name": "Store"}))["name"] == "Store"
    assert {each["name"] for each in await api.ok("GET", "/company/locations")} == {"Main location", "Store"}
    await api.ok("DELETE", f"/company/locations/{place['id']}")
    (instance,) = await api.ok("GET", "/instances")
    assert instance["uuid"] == company.instance
    await api.ok("PUT", "/webhooks/callbacks/url", {"url": "https://example.com/hear"})
    assert (await api.ok("GET", "/webhooks/callbacks/url"))["url"] == "https://example.com/hear"
    event = await api.ok("POST", "/webhooks/callbacks", {"type": "call.action.hangup"}, status=201)
    assert [each["id"] for each in await api.ok("GET", "/webhooks/callbacks")] == [event["id"]]
    await api.ok("DELETE", f"/webhooks/callbacks/{event['id']}")
    missing = api.missing("/company", "/system/company", "/webhooks") | {("GET", "/instances")} - api.seen
    assert missing == set()


async def test_the_company_s_extensions_and_voicemail(company: Company) -> None:
    api, bulks = Asked(company.api), f"/instances/{company.instance}/bulks/extensions"
    user = await company.api.ok("POST", "/company/contacts", {"contacts": {"email": "anna@example.com"}}, status=201)
    assert await api.ok("POST", f"{bulks}/check", {"email": "anna@example.com", "id": 101}) == {"result": True}
    data = {"id": 101, "name": "Anna"}
    made = await api.ok("POST", bulks, {"data": data, "user": {"id": user["id"]}}, status=201)
    assert (await api.ok("PUT", f"{bulks}/{made['_id']}", {"data": {"name": "Anna Lee"}}))["data"]["name"] == "Anna Lee"
    for path in (bulks, f"/instances/{company.instance}/extensions", f"/account/{user['id']}/extensions"):
        assert [each["_id"] for each in await api.ok("GET", path)] == [made["_id"]]
    shown = await api.ok("GET", "/phones/qr-config/advanced", extension_id=made["_id"], instance_uuid=company.instance)
    assert shown["displayname"] == "Anna Lee"
    await api.ok("DELETE", f"{bulks}/{made['_id']}", status=204)
    assert await api.ok("GET", "/voicemail/messages") == []
    assert api.missing("/instances/", "/account/", "/phones/", "/voicemail/") == set()


async def test_the_company_s_texting_and_what_live_clients_see_of_it(
    company: Company, admin: Admin, system: System
) -> None:
    async with Live(system.api) as live:
        assert (await live.authenticate(company.api.token))[0] == "authenticated"
        await _texting(company, admin, live)


async def _texting(company: Company, admin: Admin, live: Live) -> None:
    api, ours, theirs = Asked(company.api), await texting_number(company, admin), unused()
    contact = await api.ok("POST", "/texting/contacts", {"number": f"+{theirs}"}, status=201)
    one = f"/texting/contacts/{contact['id']}"
    assert (await api.ok("PUT", one, {"first_name": "Jane"}))["first_name"] == "Jane"
    assert (await api.ok("GET", one))["id"] == contact["id"]
    assert [each["id"] for each in await api.ok("GET", "/texting/contacts")] == [contact["id"]]
    await api.ok("PUT", f"/texting/numbers/{ours}", [])
    assert len(await api.ok("GET", "/texting/numbers")) == 1
    opened = await api.ok("POST", CONVERSATIONS, {"contact_id": contact["id"], "from_number": ours}, status=201)
    messages = f"{CONVERSATIONS}/{opened['id']}/messages"
    sent = await api.ok("POST", f"{messages}/publish", {"text": "Hello world!"}, status=201)
    assert [each["id"] for each in await api.ok("GET", messages)] == [sent["id"]]
    assert [each["id"] for each in await api.ok("GET", CONVERSATIONS)] == [opened["id"]]
    assert [each["id"] for each in await api.ok("GET", f"{CONVERSATIONS}/search", text="hello")] == [opened["id"]]
    assert (await api.ok("PATCH", f"{messages}/{sent['id']}", {"is_read": True}))["is_read"]
    await api.ok("DELETE", messages, status=204, ids=sent["id"])
    assert (await live.until("texting.message.delete"))[1]["id"] == sent["id"]
    assert await api.ok("GET", messages) == []
    await api.ok("DELETE", f"{CONVERSATIONS}/{opened['id']}", status=204)
    assert (await live.until("texting.chat.delete"))[1]["id"] == opened["id"]
    assert api.missing("/texting/") == set()


async def test_the_company_s_faxes(company: Company, admin: Admin, network: Lab) -> None:
    api = Asked(company.api)
    box = await api.ok("POST", "/fax/destinations", {"emails": ["fax@example.com"]}, status=201)
    line = f"1415{worker():02d}{secrets.randbelow(10**5):05d}"
    await admin.ask("POST", "numbers", {"number": line, "account": company.account.name, "to": f"fax:{box['id']}"})
    assert await api.ok("GET", "/fax/numbers") == [line[1:]]
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)
    wanted = {"file": {"id": await upload(company, drawn(1)[0], "page.tif")}, "to": people.DECLINES}
    later = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    scheduled = await api.ok("POST", LATER, wanted | {"send_at": later}, status=201)
    assert (await api.ok("PUT", f"{LATER}/{scheduled['id']}", {"subject": "Offer"}))["subject"] == "Offer"
    assert [each["id"] for each in await api.ok("GET", LATER)] == [scheduled["id"]]
    await api.ok("DELETE", f"{LATER}/{scheduled['id']}", status=204)
    made = await api.ok("POST", OUT, wanted, status=201)
    one = f"{OUT}/{made['id']}"
    assert (await settled(company, made["id"]))["status"] == "failed"
    assert (await api.ok("PUT", one, {"subject": "Offer"}))["subject"] == "Offer"
    await api.ok("POST", f"{one}/retry", status=202)
    assert (await settled(company, made["id"]))["status"] == "failed"
    assert [each["id"] for each in await api.ok("GET", OUT)] == [made["id"]]
    await api.ok("DELETE", one, status=204)

    async def listed() -> list[Any]:
        return list(await api.ok("GET", IN))

    (fax,) = await until(listed, bool, WITHIN, "the fax is there")
    assert (await api.ok("PATCH", f"{IN}/{fax['id']}", {"is_read": True}))["is_read"]
    assert (await api.ok("GET", "/fax/statistics"))["inbound"] == 1
    await api.ok("DELETE", f"{IN}/{fax['id']}", status=204)
    assert api.missing("/fax/") == set()


async def test_the_company_s_meetings_and_calendars(company: Company) -> None:
    api = Asked(company.api)
    status, meeting = await company.own.ask("POST", "meetings", json={"name": "Sales"})
    assert status == 201
    link = await api.ok("GET", f"/meet/app/calendar/events/get-link/{meeting['id']}")
    assert link == {"full_link": meeting["link"]}
    await api.ok("GET", "/meet/app/calendar", status=404)
    for path in ("calendar", "outlook"):
        assert "state=" in (await api.ok("GET", f"/meet/app/{path}/get-auth-url"))["auth_url"]
    for who in ("google", "outlook"):
        assert await api.ok("POST", f"/meet/{who}/revoke", {"calendar": "none@example.com"}, status=400) == {
            "result": False
        }
    assert api.missing("/meet/") == set()


def test_these_tests_ask_every_operation_of_the_document() -> None:
    parts = ("/company", "/system/company", "/webhooks", "/instances", "/account/", "/phones/", "/voicemail/")
    parts += ("/texting/", "/fax/", "/meet/")
    assert len(list(documented())) == 61
    assert [each for each in documented() if not each[1].startswith(parts)] == []
