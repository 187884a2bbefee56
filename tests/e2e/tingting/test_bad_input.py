"""What TingTing's API refuses: tokens that are not valid, bodies that cannot be read, paths that are not there."""

import io
import json
from typing import Any

import pytest

from tests.clients.tingting.client import TingTing

DETAILS, CAMPAIGNS = "/api/accounts/user_details/", "/api/system/campaigns/"
PROTECTED = [
    ("GET", DETAILS), ("GET", "/api/system/owned/phone_numbers"), ("GET", "/api/system/phone_numbers"),
    ("POST", "/api/system/phone_numbers/"), ("DELETE", "/api/system/phone_numbers"), ("GET", CAMPAIGNS),
    ("POST", CAMPAIGNS), ("PUT", "/api/system/campaigns/1/update"), ("DELETE", "/api/system/campaigns/1/delete"),
    ("GET", "/api/system/campaigns/1/details"), ("GET", "/api/system/campaigns/report/download/?campaign_id=1"),
    ("GET", "/api/system/campaigns/report/summary/"), ("POST", "/api/system/test/voice/"),
    ("POST", "/api/system/campaigns/1/begin/"), ("GET", "/api/system/campaigns/number/1"),
    ("POST", "/api/system/campaigns/number/1/"), ("DELETE", "/api/system/campaigns/number/1/delete/"),
    ("GET", "/api/system/number/1/"), ("PUT", "/api/system/number/1/"), ("POST", "/api/system/send/otp/"),
    ("GET", "/api/v1/campaign/"), ("GET", "/api/v1/auths/user-profile/"), ("POST", "/api/v1/demo-call/1/"),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "path"), PROTECTED)
async def test_nothing_is_done_without_a_token(tingting: TingTing, verb: str, path: str) -> None:
    for shown in ("", "x.y.z", f"{tingting.access}x"):
        await tingting.failed(verb, path, 401, token=shown)


async def test_a_token_of_the_other_type_and_one_without_a_signature_are_refused(tingting: TingTing) -> None:
    await tingting.failed("GET", DETAILS, 401, token=tingting.refresh)
    await tingting.failed("POST", "/api/accounts/token/refresh/", 401, json={"refresh": tingting.access}, token="")
    head, claims, _ = tingting.access.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"  # {"alg":"none","typ":"JWT"}
    for forged in (f"{none}.{claims}.", f"{head}.{claims}."):
        await tingting.failed("GET", DETAILS, 401, token=forged)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": b"{", "headers": {"Content-Type": "application/json"}},
        {"data": b"[]", "headers": {"Content-Type": "application/json"}},
        {"data": b"\xff", "headers": {"Content-Type": "application/json"}},
        {"data": b"<a/>", "headers": {"Content-Type": "application/xml"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"[" * 100_000, "headers": {"Content-Type": "application/json"}},
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(tingting: TingTing, sent: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {tingting.access}", **sent["headers"]}
    async with tingting.session.post(tingting.base + CAMPAIGNS, data=sent["data"], headers=headers) as answer:
        body = json.loads(await answer.text())
        assert (answer.status, body["status"], body["success"]) == (400, 400, False)


async def test_what_is_too_large_is_refused(tingting: TingTing) -> None:
    large = io.BytesIO(b'{"name": "' + b"a" * 9_000_000 + b'"}')
    await tingting.failed("POST", CAMPAIGNS, 413, data=large)


async def test_what_is_not_there_is_said_in_the_envelope(tingting: TingTing) -> None:
    for verb, path in (
        ("GET", "/api/system/nothing"),
        ("GET", "/api/system/campaigns/x/details"),
        ("GET", "/api/system/campaigns/999999999/details"),
        ("GET", "/api/system/number/999999999"),
        ("POST", "/api/system/campaigns/999999999/begin"),
        ("GET", "/api/system/campaigns/report/download/?campaign_id=999999999"),
    ):
        await tingting.failed(verb, path, 404)
    await tingting.failed("PATCH", "/api/system/campaigns/1/details", 405)
    await tingting.failed("GET", "/api/system/campaigns/report/download/", 400)


@pytest.mark.parametrize(
    "given", [{}, {"email": "a@b.c"}, {"email": 5, "password": 6}, {"email": "a@b.c", "password": "x"}]
)
async def test_a_login_that_is_wrong_is_refused(tingting: TingTing, given: dict[str, Any]) -> None:
    status, answer = await tingting.ask("POST", "/api/accounts/login/", json=given, token="")
    assert status in (400, 401) and answer["success"] is False
