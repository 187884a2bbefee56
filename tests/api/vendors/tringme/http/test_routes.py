"""TringMe's one path: keys, signatures, cookies, operations, and errors with the status 200."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from api.accounts import KeyHolder
from api.guess_throttle import Guesses
from api.vendors.tringme.auth import kvmd5
from api.vendors.tringme.http import resources
from api.vendors.tringme.http.authenticated import AuthenticatedRequest
from api.vendors.tringme.http.routes import Routes
from api.vendors.tringme.http.users import Users
from api.vendors.tringme.ids import cookie_of
from engine.commands import LimitReached
from engine.features.accounts import Account
from engine.features.errors import NotThere
from engine.features.users.model import User
from engine.features.users.role import Role

SECRET = "secret"


class Known:
    """Two accounts: of the keys `plain` and `signed`."""

    async def by_key(self, dialect: str, key: str) -> KeyHolder | None:
        settings = {"tringme": {"sig": "kvmd5"}} if key == "signed" else {}
        account = Account(id=f"account-{key}", name=key, created=0.0, settings=settings)
        return KeyHolder(account, SECRET) if key in ("plain", "signed") else None


class People:
    """The users of every account, from the first one on; the last one is disabled."""

    async def list_all(self, account: str) -> list[User]:
        return [
            User(
                id=f"user-{n}", account=account, email=f"{n}@host", name="", role=Role.OWNER, created=n, disabled=n == 3
            )
            for n in (2, 1, 3)
        ]


async def who(request: AuthenticatedRequest) -> web.Response:
    return resources.done(f"user {request.user}".strip())


async def echo(request: AuthenticatedRequest) -> web.Response:
    return resources.done(request.parameters.text("id"))


async def busy(request: AuthenticatedRequest) -> web.Response:
    raise LimitReached("Too many calls.")


async def missing(request: AuthenticatedRequest) -> web.Response:
    raise NotThere("There is none.")


@pytest.fixture
async def client() -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    known: Any = Known()
    people: Any = People()
    users = Users(people, people)
    operations = {"echo": echo, "busy": busy, "missing": missing, "who": who}
    app.add_routes(Routes(known, operations, Guesses(), users).routes())
    async with TestClient(TestServer(app)) as made:
        yield made


async def ask(client: TestClient[Any, Any], verb: str = "GET", **fields: str) -> str:
    sent: dict[str, Any] = {"params": fields} if verb == "GET" else {"data": fields}
    async with client.request(verb, "/api.php", **sent) as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
        return await answer.text()


@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_an_operation_is_found_in_any_case_by_get_and_post(client: TestClient[Any, Any], verb: str) -> None:
    for op in ("echo", "ECHO"):
        assert await ask(client, verb, op=op, apikey="plain", sig="whatever", id="1") == "OK 1"


async def test_a_query_and_a_form_are_read_together_and_the_query_counts(client: TestClient[Any, Any]) -> None:
    url = "/api.php?op=echo&id=query"
    async with client.post(url, data={"apikey": "plain", "id": "form"}) as answer:
        assert await answer.text() == "OK query"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "The parameter apikey is missing."),
        ({"apikey": "other", "op": "echo"}, "The parameter apikey is unknown."),
        ({"apikey": "plain"}, "The parameter op is missing."),
        ({"apikey": "plain", "op": "dial"}, "The parameter op is no operation (got 'dial')."),
        ({"apikey": "plain", "op": "echo", "cookie": "1" * 31}, "The parameter cookie is unknown."),
        ({"apikey": "plain", "op": "busy"}, "Too many calls."),
        ({"apikey": "plain", "op": "missing"}, "There is none."),
        ({"apikey": "signed", "op": "echo", "id": "1"}, "The parameter sig is missing"),
        ({"apikey": "signed", "op": "echo", "id": "1", "sig": "f" * 32}, "The parameter sig does not match"),
    ],
)
async def test_a_failure_is_a_sentence_behind_failed(
    client: TestClient[Any, Any], fields: dict[str, str], said: str
) -> None:
    assert (await ask(client, **fields)).startswith(f"FAILED {said}")


async def test_a_signature_covers_every_parameter_decoded(client: TestClient[Any, Any]) -> None:
    fields = {"op": "echo", "apikey": "signed", "id": "a b&c"}
    given = kvmd5(tuple(fields.items()), SECRET)
    for sig in (given, given.upper()):
        assert await ask(client, "POST", **fields, sig=sig) == "OK a b&c"
    assert (await ask(client, **fields | {"id": "a b&d"}, sig=given)).startswith("FAILED The parameter sig")


async def test_each_user_is_known_by_its_own_cookie_and_the_first_one_without_one(client: TestClient[Any, Any]) -> None:
    async def named(**fields: str) -> str:
        return await ask(client, op="who", apikey="plain", **fields)

    for first in ({}, {"cookie": cookie_of(SECRET)}, {"cookie": cookie_of(SECRET, "user-1")}):
        assert await named(**first) == "OK user"
    assert await named(cookie=cookie_of(SECRET, "user-2")) == "OK user user-2"
    for other in (cookie_of(SECRET, "user-3"), cookie_of(SECRET, "user-4"), cookie_of("another", "user-2")):
        assert await named(cookie=other) == "FAILED The parameter cookie is unknown."
