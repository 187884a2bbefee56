"""Who asks: the company's key with the id of a contact, or a user's own token."""

from typing import Any

import pytest

from api.vendors.ringplan.auth import token_of
from engine.features.users.model import NewUser
from engine.features.users.role import Role
from engine.features.users.service import UserService
from engine.platform.audit import SYSTEM
from tests.api.vendors.ringplan.conftest import Served
from tests.clients.ringplan.client import RingPlan


async def _contact(served: Served, email: str = "jane@example.com") -> dict[str, Any]:
    made: dict[str, Any] = await served.acme.ok("POST", "/company/contacts", {"contacts": {"email": email}}, status=201)
    return made


async def test_the_primary_user_is_the_oldest_owner_and_the_company_itself_before(served: Served) -> None:
    (itself,) = await served.acme.ok("GET", "/company/contacts")
    assert itself["id"] == served.id == (await served.acme.acting(served.id).ok("GET", "/company"))["id"]
    users = served.features[UserService]
    owner = (await users.add(SYSTEM, served.id, NewUser(email="owner@example.com", role=Role.OWNER))).user
    (shown,) = await served.acme.ok("GET", "/company/contacts")
    assert shown["id"] == owner.id
    await served.acme.ok("PATCH", f"/company/contacts/{owner.id}", {"title": "Dr"})
    assert (await served.acme.failed("PATCH", f"/company/contacts/{served.id}", 404, {})).startswith("The account has")


async def test_every_contact_may_act_and_nobody_else(served: Served) -> None:
    jane = await _contact(served)
    await served.acme.acting(jane["id"]).ok("GET", "/company")
    for user in (None, "", "nobody", "jane@example.org", served.others_id):
        detail = await served.acme.acting(user).failed("GET", "/company", 401)
        assert "X-User-Id must be the id of one of the company's contacts" in detail
    await served.acme.ok("PATCH", f"/company/contacts/{jane['id']}", {"activated": False})
    assert "not activated" in await served.acme.acting(jane["id"]).failed("GET", "/company", 401)


@pytest.mark.parametrize("token", ["", "nothing", "key.secret", "\u00e9"])
async def test_a_wrong_key_is_401_on_every_path(served: Served, token: str) -> None:
    client = RingPlan(served.acme.session, served.acme.base, token)
    for path in ("/company", "/system/company/contacts", "/instances", "/webhooks/callbacks/"):
        await client.failed("GET", path, 401)


async def test_a_user_s_own_token_acts_for_it_without_its_id_and_without_bearer(served: Served) -> None:
    jane = await _contact(served)
    made = await served.features[UserService].add_token(SYSTEM, served.id, jane["id"], "web")
    headers = {"Authorization": made.token}
    async with served.acme.session.get(f"{served.acme.base}/system/instances", headers=headers) as answer:
        assert answer.status == 200
    body = {"title": "Ms"}
    for path, status in ((f"/company/contacts/{jane['id']}", 200), ("/company", 403)):
        async with served.acme.session.patch(served.acme.base + path, headers=headers, json=body) as answer:
            assert answer.status == status


@pytest.mark.parametrize(
    ("header", "token"), [("Bearer a.b", "a.b"), ("bearer  a.b ", "a.b"), ("a.b", "a.b"), ("", ""), ("Bearer", "")]
)
def test_a_token_is_read_with_and_without_bearer(header: str, token: str) -> None:
    assert token_of(header) == token
