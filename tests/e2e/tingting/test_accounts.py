"""TingTing's login, user details and refresh: of the account itself, and of the platform's users."""

import base64
import json
import secrets
from typing import Any

import aiohttp
import pytest

from tests.clients.tingting.client import TingTing
from tests.e2e.tingting.conftest import customer_of
from tests.support.carillon import Account, Admin, Command
from tests.support.system import System

PASSWORD = "a password of twelve"
LOGIN, DETAILS, REFRESH = "/api/accounts/login/", "/api/accounts/user_details/", "/api/accounts/token/refresh/"


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


@pytest.fixture
async def user(admin: Admin, http: aiohttp.ClientSession, system: System, account: Account) -> TingTing:
    """A user of the account, not signed in."""
    email = f"adwait-{secrets.token_hex(4)}@example.com"
    wanted = {"email": email, "name": "Adwait Upadhyaya", "role": "owner", "password": PASSWORD}
    await admin.ask("POST", f"accounts/{account.name}/users", wanted)
    return TingTing(http, system.api, email, PASSWORD)


async def test_creating_an_account_prints_what_it_signs_in_with(
    carillon: Command, http: aiohttp.ClientSession, system: System
) -> None:
    made = await carillon.json("accounts", "create", f"e2e-{secrets.token_hex(4)}")
    assert set(made["tingting"]) == {"email", "password", "token"}
    customer = TingTing(http, system.api, **made["tingting"])
    assert (await customer.login())["user_data"]["email"] == customer.email
    shown = await customer.ok("GET", DETAILS)
    assert shown["data"]["user_details"]["username"] == made["name"]
    status, profile = await customer.ask("GET", "/api/v1/auths/user-profile/", token=customer.token)
    assert status == 200 and profile["user"]["email"] == customer.email


async def test_a_user_signs_in_sees_its_details_and_refreshes(user: TingTing) -> None:
    data = await user.login()
    assert data["user_data"] == {"first_name": "Adwait", "last_name": "Upadhyaya", "email": user.email}
    assert (claims(user.access)["token_type"], claims(user.refresh)["token_type"]) == ("access", "refresh")
    details = (await user.ok("GET", "/api/accounts/user_details"))["data"]["user_details"]
    assert list(details) == [
        *("first_name", "last_name", "email", "username", "is_verified_email"),
        *("contact_number", "is_verified_phone", "address"),
    ]
    assert details["username"] == user.email.partition("@")[0]
    status, answer = await user.ask("POST", REFRESH, json={"refresh": user.refresh}, token="")
    assert (status, list(answer)) == (200, ["access"])
    user.access = answer["access"]
    await user.ok("GET", DETAILS)
    assert (await user.ask("POST", REFRESH, json={"refresh": user.refresh}, token=""))[0] == 200


async def test_a_change_of_the_password_ends_both_tokens(user: TingTing, admin: Admin, account: Account) -> None:
    await user.login()
    await admin.ask("PATCH", f"accounts/{account.name}/users/{user.email}", {"password": PASSWORD + "!"})
    await user.failed("GET", DETAILS, 401)
    await user.failed("POST", REFRESH, 401, json={"refresh": user.refresh}, token="")
    await user.failed("POST", LOGIN, 401, json={"email": user.email, "password": PASSWORD}, token="")
    user.password += "!"
    await user.login()


async def test_a_sign_in_is_revoked_by_its_jti(user: TingTing, admin: Admin, account: Account) -> None:
    await user.login()
    path = f"accounts/{account.name}/users/{user.email}/tokens/{claims(user.refresh)['jti']}"
    await admin.ask("DELETE", path)
    await user.failed("POST", REFRESH, 401, json={"refresh": user.refresh}, token="")
    await user.failed("GET", DETAILS, 401)


async def test_renewing_the_accounts_key_ends_its_tokens(
    carillon: Command, http: aiohttp.ClientSession, system: System
) -> None:
    made = await carillon.json("accounts", "create", f"e2e-{secrets.token_hex(4)}")
    customer = TingTing(http, system.api, **made["tingting"])
    await customer.login()
    renewed = await carillon.json("accounts", "rotate", made["name"], "--dialect", "tingting")
    assert renewed["tingting"]["password"] != customer.password
    await customer.failed("GET", DETAILS, 401)
    await customer.failed("POST", REFRESH, 401, json={"refresh": customer.refresh}, token="")


async def test_a_user_of_one_account_sees_nothing_of_another(
    admin: Admin, http: aiohttp.ClientSession, system: System, carillon: Command, tingting: TingTing
) -> None:
    made = await carillon.json("accounts", "create", f"e2e-{secrets.token_hex(4)}")
    other = await customer_of(admin, http, system, Account.of(made))
    wanted = {"name": "mine", "services": "PHONE", "individual_number": [12015550100]}
    mine = (await tingting.ok("POST", "/api/system/campaigns/", json=wanted))["data"]["details"][0]["id"]
    assert (await other.ask("GET", "/api/system/campaigns"))[1]["result"]["campaign-lists"] == []
    await other.failed("GET", f"/api/system/campaigns/{mine}/details", 404)
    await other.failed("DELETE", f"/api/system/campaigns/{mine}/delete", 404)
    await other.failed("POST", f"/api/system/campaigns/{mine}/begin/", 404, json={"message": "no"})


async def test_a_member_only_reads(user: TingTing, admin: Admin, account: Account) -> None:
    await admin.ask("PATCH", f"accounts/{account.name}/users/{user.email}", {"role": "member"})
    await user.login()
    await user.ok("GET", "/api/system/owned/phone_numbers")
    wanted = {"name": "no", "services": "PHONE", "individual_number": [12015550100]}
    await user.failed("POST", "/api/system/campaigns/", 403, json=wanted)
