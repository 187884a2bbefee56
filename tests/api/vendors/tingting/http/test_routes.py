"""TingTing's paths: with and without a slash, by every method, authenticated, with errors in the envelope."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from api.guess_throttle import Guesses
from api.vendors.tingting.auth import Requester
from api.vendors.tingting.errors import Invalid, TingTingUnauthorized
from api.vendors.tingting.http import resources
from api.vendors.tingting.http.authenticated import AuthenticatedRequest
from api.vendors.tingting.http.routes import PATHS, Routes
from engine.commands import CreditSpent, LimitReached
from engine.features.accounts import Account
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere, StillUsed, StoreError
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.media.errors import TooLong

ACCOUNT = Account(id="account-1", name="ann", created=0.0)


def user(role: Role) -> User:
    return User(id="user-1", account=ACCOUNT.id, email="a@b.c", name="", role=role, created=0.0)


class Known:
    """Two tokens: an owner's and a member's."""

    async def authenticate(self, token: str) -> Requester:
        if token not in ("owner", "member"):
            raise TingTingUnauthorized("no")
        return Requester(ACCOUNT, user(Role(token)), "")


async def echo(request: AuthenticatedRequest) -> web.Response:
    return resources.envelope({"campaign": request.number("campaign"), "text": request.fields.text_or_none("text")})


FAULTS: dict[str, Exception] = {
    "invalid": Invalid("no", ["one", "two"]),
    "missing": NotThere("no"),
    "there": AlreadyThere("no"),
    "used": StillUsed("no"),
    "setting": InvalidSetting("no"),
    "limit": LimitReached("no"),
    "credit": CreditSpent("no"),
    "prompt": TooLong("no"),
    "store": StoreError("secret of the store"),
}
STATUSES = {
    "invalid": 400, "missing": 404, "there": 409, "used": 409, "setting": 400, "limit": 429, "credit": 402,
    "prompt": 400, "store": 503,
}  # fmt: skip


async def fail(request: AuthenticatedRequest) -> web.Response:
    raise FAULTS[request.fields.text("fault")]


@pytest.fixture
async def client() -> AsyncIterator[TestClient[Any, Any]]:
    operations = {f"{verb} /api/system/campaigns/{{campaign}}/x": echo for verb in ("GET", "POST", "PUT", "DELETE")}
    known: Any = Known()
    routes = Routes(known, {**operations, "POST /api/system/fail": fail}, {}, Guesses())
    app = web.Application()
    app.add_routes(routes.routes())
    async with TestClient(TestServer(app)) as made:
        yield made


async def ask(client: TestClient[Any, Any], verb: str, path: str, token: str = "owner", **sent: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    async with client.request(verb, path, headers=headers, allow_redirects=False, **sent) as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_slash_at_the_end_changes_nothing(client: TestClient[Any, Any], verb: str, slash: str) -> None:
    path, sent = f"/api/system/campaigns/7/x{slash}", {"json": {"text": "a"}}
    status, answer = await ask(client, verb, path + ("?text=a" if verb == "GET" else ""), **sent)
    assert (status, answer) == (
        200,
        {"status": 200, "success": True, "message": None, "errors": [], "data": {"campaign": 7, "text": "a"}},
    )


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_refused_is_said_in_the_envelope(client: TestClient[Any, Any], fault: str) -> None:
    status, answer = await ask(client, "POST", "/api/system/fail", json={"fault": fault})
    assert (status, answer["status"], answer["success"], answer["data"]) == (
        STATUSES[fault],
        STATUSES[fault],
        False,
        {},
    )
    assert "secret" not in answer["message"]
    assert answer["errors"] == (["one", "two"] if fault == "invalid" else [answer["message"]])


async def test_without_a_token_nothing_is_read(client: TestClient[Any, Any]) -> None:
    status, answer = await ask(client, "POST", "/api/system/fail", token="other", data=b"{")
    assert (status, answer["success"]) == (401, False)


async def test_a_member_reads_only(client: TestClient[Any, Any]) -> None:
    assert (await ask(client, "GET", "/api/system/campaigns/7/x", token="member"))[0] == 200
    for verb in ("POST", "PUT", "DELETE"):
        assert (await ask(client, verb, "/api/system/campaigns/7/x", token="member"))[0] == 403


@pytest.mark.parametrize("path", ["/api/accounts/login/", "/api/system", "/api/system/x", "/api/v1/x"])
def test_its_paths_are_its_own(path: str) -> None:
    assert PATHS.match(path)


@pytest.mark.parametrize("path", ["/api.php", "/api", "/api/systems", "/carillon/v1/calls"])
def test_other_paths_are_not(path: str) -> None:
    assert not PATHS.match(path)
