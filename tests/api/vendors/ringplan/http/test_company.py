"""A company, its contacts, its locations and its instance, as the document has them."""

from typing import Any

import pytest

from api.vendors.ringplan.ids import instance_of
from engine.features.users.invitations import Invitations
from engine.platform.audit import ADMIN
from engine.platform.post import Refused
from tests.api.vendors.ringplan.conftest import Served
from tests.support.invitations import send, token_in

COMPANY = {
    "id", "address", "affiliate", "billing_email", "created", "description", "email", "emergency_contact_number",
    "employees", "fax", "name", "onboarding", "partner_id", "phone", "revenue", "status", "updated", "website",
}  # fmt: skip
CONTACT = {
    "id", "activated", "address", "birthdate", "company_id", "contacts", "created", "description", "extension",
    "first_name", "invitation", "last_enter", "last_name", "primary_agent", "timezone", "title", "updated",
}  # fmt: skip
LOCATION = {
    "id", "address2", "building", "callerid", "city", "company_id", "country", "e911_provisioned", "email", "fax",
    "latitude", "longitude", "name", "pbx_id", "phone", "state", "street", "zip",
}  # fmt: skip
INSTANCE = {
    "_id", "uuid", "accountcode", "channel_driver", "company_id", "company_name", "external_domain", "fqdn",
    "hostname", "internal_domain", "ip", "proxy_ip",
}  # fmt: skip
JANE = {"first_name": "Jane", "contacts": {"email": "janedoe@example.com"}}


async def _jane(served: Served) -> dict[str, Any]:
    made: dict[str, Any] = await served.acme.ok("POST", "/company/contacts", JANE, status=201)
    return made


async def test_a_company_has_every_documented_field_and_keeps_those_that_it_was_given(served: Served) -> None:
    company = await served.acme.ok("GET", "/system/company")
    assert set(company) == COMPANY and company["name"] == "acme" and company["id"] == served.id
    assert set(company["address"]) == {"address2", "city", "country", "number", "state", "street", "zip"}
    body = {"name": "New Company", "email": "new@example.net", "address": {"city": "San Diego"}, "color": "red"}
    changed = await served.acme.ok("PATCH", "/company", body)
    assert (changed["name"], changed["email"], changed["color"]) == ("New Company", "new@example.net", "red")
    assert changed["address"]["city"] == "San Diego" and changed["address"]["zip"] is None
    again = await served.acme.ok("PUT", "/system/company/", {"id": "mine", "status": "x", "address": {"zip": "12345"}})
    assert again["address"]["city"] == "San Diego" and again["address"]["zip"] == "12345"
    assert (again["id"], again["status"]) == (served.id, "active")
    assert (await served.other.ok("GET", "/company"))["name"] == "other"


async def test_only_the_owner_changes_the_company_its_contacts_and_its_locations(served: Served) -> None:
    jane = await _jane(served)
    (place,) = await served.acme.ok("GET", "/company/locations")
    member = served.acme.acting(jane["id"])
    for verb, path in (
        ("PATCH", "/company"),
        ("POST", "/company/contacts"),
        ("PATCH", f"/company/contacts/{served.id}"),
        ("DELETE", f"/company/contacts/{jane['id']}"),
        ("POST", "/company/locations"),
        ("PATCH", f"/company/locations/{place['id']}"),
        ("DELETE", f"/company/locations/{place['id']}"),
        ("PUT", "/webhooks/callbacks/url"),
        ("POST", "/webhooks/callbacks"),
        ("DELETE", "/webhooks/callbacks/none"),
        ("PUT", "/texting/numbers/12015550123"),
    ):
        assert "owner" in await member.failed(verb, path, 403, {"name": "x"} if verb != "DELETE" else None)


async def test_a_contact_is_added_changed_by_itself_and_removed(served: Served) -> None:
    jane = await _jane(served)
    assert set(jane) == CONTACT and (jane["first_name"], jane["contacts"]["email"]) == ("Jane", "janedoe@example.com")
    assert (jane["activated"], jane["company_id"]) == (True, served.id)
    body = {"emergency_contact_number": "15554441234", "last_name": "Smith", "contacts": {"phones": {"work": "1"}}}
    changed = await served.acme.acting(jane["id"]).ok("PATCH", f"/company/contacts/{jane['id']}", body)
    assert (changed["first_name"], changed["last_name"]) == ("Jane", "Smith")
    assert changed["emergency_contact_number"] == "15554441234"
    assert changed["contacts"]["phones"] == {"home": None, "mobile": None, "other": None, "work": "1"}
    assert changed["contacts"]["email"] == "janedoe@example.com"
    member = served.acme.acting(jane["id"])
    assert "activate" in await member.failed("PATCH", f"/company/contacts/{jane['id']}", 403, {"activated": False})
    gone = await served.acme.ok("DELETE", f"/company/contacts/{jane['id']}")
    assert gone["last_name"] == "Smith"
    await served.acme.failed("GET", f"/company/contacts/{jane['id']}", 404)
    again = await _jane(served)
    assert again["last_name"] == "", "another contact has nothing of the one before"


async def test_a_contact_is_invited_by_the_company_and_accepts(served: Served) -> None:
    await served.acme.ok("PATCH", "/company", {"name": "Acme Corp"})
    jane, invitations = await _jane(served), served.features[Invitations]
    path = f"/company/contacts/{jane['id']}"
    asked = jane["invitation"]
    assert (asked["status"], asked["accepted_at"]) == ("pending", None) and asked["issued_at"] < asked["expired_at"]
    await send(served.platform, invitations, jane["id"])
    (mail,) = served.post.mails
    assert (mail["To"], mail["Subject"]) == ("janedoe@example.com", "Invitation to Acme Corp")
    assert mail.get_content().startswith("Hello Jane,\n") and "invited to Acme Corp by acme" in mail.get_content()
    await served.acme.ok("PATCH", path, {"invitation": {"status": "mine"}, "title": "Ms"})
    assert (await served.acme.ok("GET", path))["invitation"]["status"] == "pending"
    await invitations.accept(token_in(mail), "correct horse battery")
    shown = await served.acme.ok("GET", path)
    assert shown["invitation"]["status"] == "accepted" and shown["invitation"]["accepted_at"] and shown["activated"]
    assert shown in await served.acme.ok("GET", "/company/contacts")
    primary = await served.acme.ok("GET", f"/company/contacts/{served.id}")
    assert set(primary["invitation"].values()) == {None}, "the company itself was never invited"


async def test_a_contact_whose_mail_was_refused_or_whose_link_was_closed_is_shown_so(served: Served) -> None:
    jane, invitations = await _jane(served), served.features[Invitations]
    path = f"/company/contacts/{jane['id']}"
    served.post.failures = [Refused("550 no such user")]
    await send(served.platform, invitations, jane["id"])
    assert (await served.acme.ok("GET", path))["invitation"]["status"] == "failed"
    await invitations.send_again(ADMIN, served.id, jane["id"])
    await send(served.platform, invitations, jane["id"])
    await served.acme.ok("PATCH", path, {"contacts": {"email": "jane@example.com"}})
    assert (await served.acme.ok("GET", path))["invitation"]["status"] == "expired"


async def test_contacts_are_filtered_and_paged_and_none_is_a_204(served: Served) -> None:
    for name in ("Ann", "Bob", "Jane"):
        body = {"first_name": name, "contacts": {"email": f"{name}@example.com"}}
        await served.acme.ok("POST", "/company/contacts", body, status=201)
    query = {"work_email": "BOB@example.com"}
    (bob,) = await served.acme.ok("GET", "/system/company/contacts", **query)
    assert bob["first_name"] == "Bob"
    (jane,) = await served.acme.ok("GET", "/company/contacts", first_name="jane")
    assert jane["first_name"] == "Jane"
    assert await served.acme.ok("GET", "/company/contacts", status=204, work_email="nobody@example.com") is None
    page = await served.acme.ok("GET", "/company/contacts", items_per_page="2", page="2")
    assert [each["first_name"] for each in page] == ["Bob", "Jane"]
    assert served.acme.headers and served.acme.headers["X-Pagination-Total-Count"] == "4"
    assert served.acme.headers["X-Pagination-Page-Count"] == "2"
    for name, wrong in (("page", "0"), ("page", "x"), ("items_per_page", "1001"), ("items_per_page", "-1")):
        assert name in await served.acme.failed("GET", "/company/contacts", 400, **{name: wrong})


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "contacts.email is missing"),
        ({"contacts": "jane"}, "contacts must be an object"),
        ({"contacts": {"email": "jane"}}, "email must be an e-mail address"),
        ({"contacts": {"email": "j@example.com"}, "first_name": ["x"]}, "first_name must be a string"),
        ({"contacts": {"email": "j@example.com"}, "first_name": "x" * 101}, "at most 100 characters"),
        ({"contacts": {"email": "j@example.com"}, "address": "Foo Lane"}, "address must be an object"),
        ({"contacts": {"email": "janedoe@example.com"}}, "already has a user"),
        ({"contacts": {"email": "j@example.com"}, "note": "x" * 70_000}, "at most 65536 bytes"),
        ([], "must be a JSON object"),
    ],
)
async def test_a_contact_that_cannot_be_is_refused_with_what_is_wrong_and_is_not_there(
    served: Served, body: Any, named: str
) -> None:
    await _jane(served)
    assert named in await served.acme.failed("POST", "/company/contacts", 400, body)
    assert len(await served.acme.ok("GET", "/company/contacts")) == 2


async def test_locations_are_the_company_s_own(served: Served) -> None:
    (main,) = await served.acme.ok("GET", "/company/locations")
    assert set(main) == LOCATION and main["pbx_id"] == instance_of(served.id)
    body = {
        "name": "Second Location", "country": "United States", "state": "California", "city": "Carlsbad",
        "zip": "92008", "company_id": served.others_id,
    }  # fmt: skip
    second = await served.acme.ok("POST", "/company/locations", body, status=201)
    assert (second["city"], second["company_id"]) == ("Carlsbad", served.id)
    path = f"/company/locations/{second['id']}"
    renamed = await served.acme.ok("PATCH", path, {"name": "Old Location", "building": {"value": "42"}})
    assert (renamed["name"], renamed["city"]) == ("Old Location", "Carlsbad")
    assert renamed["building"] == {"type": None, "value": "42"}
    for verb in ("GET", "PATCH", "DELETE"):
        await served.other.failed(verb, path, 404, None if verb == "GET" else {})
    assert (await served.acme.ok("DELETE", path))["id"] == second["id"]
    assert "at least one location" in await served.acme.failed("DELETE", f"/company/locations/{main['id']}", 403)
    assert "name is missing" in await served.acme.failed("POST", "/company/locations", 400, {"city": "Carlsbad"})


async def test_a_company_has_one_instance_at_which_its_phones_register(served: Served) -> None:
    await served.acme.ok("PATCH", "/company", {"name": "Acme Inc"})
    (instance,) = await served.acme.ok("GET", "/instances")
    assert set(instance) >= INSTANCE
    assert (instance["uuid"], instance["company_name"]) == (instance_of(served.id), "Acme Inc")
    assert {instance[name] for name in ("fqdn", "ip", "proxy_ip")} == {"192.0.2.5"}
    assert (await served.other.ok("GET", "/instances"))[0]["uuid"] != instance["uuid"]
