"""Users at both APIs: made by the administrator, signed in with a token, and what each role may do."""

import time
from typing import Any

import pytest
from sqlalchemy import Connection, update

from api.guess_throttle import BURST
from api.request_limit import RequestLimit
from engine.commands import PlaceCall
from engine.features.users.tokens import digest_of
from engine.store import tasks
from engine.store.tables import credentials
from engine.tasks.results import Completed, Digits
from engine.tasks.secret import MASK
from engine.tasks.task import TaskState
from engine.tasks.wait_for_digits import WaitForDigits
from tests.api.own.installation import Installation

PASSWORD = "correct horse battery"


class Person:
    """Somebody with a token."""

    def __init__(self, installation: Installation, token: str) -> None:
        self._installation, self.token = installation, token

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        server = self._installation.public_server
        return await self._installation.ask(server, method, f"/carillon/v1{path}", self.token, body, **more)


async def _person(installation: Installation, role: str, account: str = "acme") -> Person:
    body = {"email": f"{role}@example.com", "role": role, "password": PASSWORD}
    status, answer = await installation.admin("POST", f"/accounts/{account}/users", body)
    assert status == 201, answer
    path = f"/accounts/{account}/users/{role}@example.com/tokens"
    status, made = await installation.admin("POST", path, {"name": "test"})
    assert status == 201, made
    return Person(installation, made["token"])


@pytest.fixture
async def acme(installation: Installation) -> Person:
    """The account's own key."""
    return Person(installation, (await installation.account("acme"))["carillon"]["token"])


async def test_a_user_is_added_shown_changed_and_removed(installation: Installation, acme: Person) -> None:
    users = "/accounts/acme/users"
    status, made = await installation.admin("POST", users, {"email": "Ann@example.com", "role": "owner"})
    assert status == 201 and made.pop("password") and made["email"] == "ann@example.com"
    assert set(made) == {"id", "email", "name", "role", "disabled", "created"}
    assert await installation.admin("GET", users) == (200, {"users": [made]})
    _, changed = await installation.admin("PATCH", f"{users}/ann@example.com", {"name": "Ann", "new_password": True})
    assert changed.pop("password") and changed == made | {"name": "Ann"}
    assert await installation.admin("GET", f"{users}/{made['id']}") == (200, changed)
    assert (await installation.admin("DELETE", f"{users}/{made['id']}"))[1]["code"] == "last_owner"
    await installation.admin("POST", users, {"email": "bob@example.com", "role": "owner"})
    assert (await installation.admin("DELETE", f"{users}/{made['id']}"))[0] == 204
    assert (await installation.admin("GET", f"{users}/{made['id']}"))[0] == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "ann"}, 400, "invalid_setting"), ({}, 400, "bad_request"),
        ({"email": "ann@example.com", "role": "king"}, 400, "bad_request"),
        ({"email": "ann@example.com", "password": "short"}, 400, "invalid_setting"),
        ({"email": "ann@example.com", "passwort": "x"}, 400, "bad_request"),
        ({"email": "MEMBER@example.com"}, 409, "already_exists"),
    ],
)  # fmt: skip
async def test_a_user_that_is_not_well_formed_is_refused(
    installation: Installation, acme: Person, body: dict[str, str], status: int, code: str
) -> None:
    await _person(installation, "member")
    answered, answer = await installation.admin("POST", "/accounts/acme/users", body)
    assert (answered, answer["code"]) == (status, code), answer


async def test_each_role_may_do_what_it_may(installation: Installation, acme: Person) -> None:
    call = {"callee": "12015550114"}
    for role, status in (("owner", 201), ("admin", 201), ("member", 403)):
        person = await _person(installation, role)
        assert (await person.ask("GET", "/calls"))[0] == 200
        assert (await person.ask("GET", "/account"))[1]["user"]["role"] == role
        placed = len(installation.engine.commands)
        answered, answer = await person.ask("POST", "/calls", call)
        assert answered == status, answer
        assert len(installation.engine.commands) == placed + (status == 201)
    assert answer["code"] == "forbidden" and "may only read" in answer["error"]
    assert (await acme.ask("GET", "/account"))[1]["user"] is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/calls", {"callee": "12015550114"}), ("DELETE", "/calls/call-1", None),
        ("POST", "/calls/call-1/queue", {"tasks": []}), ("DELETE", "/calls/call-1/queue/task-1", None),
        ("POST", "/calls/call-1/stop", {"kind": "record"}), ("PUT", "/prompts/hello", None),
        ("DELETE", "/prompts/hello", None), ("POST", "/users", {"email": "x@example.com"}),
        ("PATCH", "/users/member@example.com", {"role": "owner"}), ("DELETE", "/users/member@example.com", None),
        ("POST", "/users/member@example.com/tokens", {}),
    ],
)  # fmt: skip
async def test_a_member_changes_nothing(
    installation: Installation, acme: Person, method: str, path: str, body: Any
) -> None:
    member = await _person(installation, "member")
    status, answer = await member.ask(method, path, body)
    assert (status, answer["code"]) == (403, "forbidden")
    assert not [each for each in installation.engine.commands if isinstance(each, PlaceCall)]


async def test_a_member_reads_and_sets_its_own_status_and_no_other_s(installation: Installation, acme: Person) -> None:
    member, other = await _person(installation, "member"), await _person(installation, "owner")
    _, users = await member.ask("GET", "/users")
    (own,) = [user["id"] for user in users["users"] if user["role"] == "member"]
    for named in (own, "member@example.com", "Member@Example.com"):
        status, shown = await member.ask("PUT", f"/users/{named}/status", {"status": "away"})
        assert status == 200 and shown["status"]["user"] == own, shown
        assert await member.ask("GET", f"/users/{named}/status") == (200, shown)
        assert await other.ask("GET", f"/users/{named}/status") == (200, shown)
        assert await member.ask("DELETE", f"/users/{named}/status") == (200, {"status": None})
    for method, body in (("PUT", {"status": "away"}), ("DELETE", None)):
        status, answer = await member.ask(method, "/users/owner@example.com/status", body)
        assert (status, answer["code"]) == (403, "forbidden")
    assert await other.ask("GET", "/users/owner@example.com/status") == (200, {"status": None})


async def test_a_member_may_connect_and_revoke_its_own_calendars(installation: Installation, acme: Person) -> None:
    member = await _person(installation, "member")
    assert await member.ask("GET", "/calendars") == (200, {"calendars": []})
    status, answer = await member.ask("POST", "/calendars/google")
    assert (status, answer["code"]) == (409, "not_set_up"), "the installation has no client at Google"
    assert (await member.ask("DELETE", "/calendars/google/member@example.com"))[0] == 404


async def test_what_a_user_does_is_kept_under_its_name(installation: Installation, acme: Person) -> None:
    admin = await _person(installation, "admin")
    _, call = await admin.ask("POST", "/calls", {"callee": "12015550114"})
    assert (await admin.ask("POST", f"/calls/{call['id']}/queue", {"tasks": [{"kind": "hang_up"}]}))[0] == 201
    assert (await admin.ask("DELETE", f"/calls/{call['id']}"))[0] == 204
    assert (await admin.ask("POST", "/users", {"email": "new@example.com"}))[0] == 201
    assert (await acme.ask("POST", "/calls", {"callee": "12015550114"}))[0] == 201
    _, history = await admin.ask("GET", "/audit?limit=4")
    assert [(each["what"], each["subject"], each["by"]["name"]) for each in history["audit"]] == [
        ("user.added", "new@example.com", "admin@example.com"),
        ("call.hung_up", call["id"], "admin@example.com"),
        ("tasks.queued", call["id"], "admin@example.com"),
        ("call.placed", call["id"], "admin@example.com"),
    ]
    assert history["audit"][2]["after"] == {"tasks": ["hang_up"]}
    assert (await installation.admin("GET", "/accounts/acme/audit?limit=4"))[1] == history


async def test_an_account_s_key_changes_users_too_and_no_other_account_s(
    installation: Installation, acme: Person
) -> None:
    other = Person(installation, (await installation.account("other"))["carillon"]["token"])
    status, made = await acme.ask("POST", "/users", {"email": "ann@example.com", "role": "owner"})
    assert status == 201
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert (await other.ask(method, f"/users/{made['id']}", body))[0] == 404
    assert (await other.ask("GET", "/users"))[1] == {"users": []}
    _, history = await acme.ask("GET", "/audit?limit=1")
    assert history["audit"][0]["by"]["kind"] == "account" and history["audit"][0]["by"]["name"] == "acme"
    assert all(each["subject"] != "ann@example.com" for each in (await other.ask("GET", "/audit"))[1]["audit"])


async def test_a_token_is_worth_nothing_in_any_other_form(installation: Installation, acme: Person) -> None:
    owner = await _person(installation, "owner")
    id, _, secret = owner.token.partition(".")
    for token in (id, f"{id}.", f"{id}.{digest_of(secret)}", f"{id}.{secret}x", secret, f"x{id}.{secret}"):
        assert (await Person(installation, token).ask("GET", "/account"))[0] == 401, token


async def test_a_token_ends_at_once(installation: Installation, acme: Person) -> None:
    for method, path, body in (
        ("DELETE", "", None), ("PATCH", "", {"disabled": True}), ("PATCH", "", {"new_password": True}),
    ):  # fmt: skip
        person = await _person(installation, "member")
        assert (await person.ask("GET", "/account"))[0] == 200
        status, answer = await installation.admin(method, f"/accounts/acme/users/member@example.com{path}", body)
        assert status in (200, 204), answer
        assert (await person.ask("GET", "/account"))[0] == 401
        await installation.admin("DELETE", "/accounts/acme/users/member@example.com")
    person = await _person(installation, "member")
    tokens = "/accounts/acme/users/member@example.com/tokens"
    (entry,) = (await installation.admin("GET", tokens))[1]["tokens"]
    assert entry["id"] == person.token.partition(".")[0] and (entry["name"], entry["expires"]) == ("test", None)
    assert (await installation.admin("DELETE", f"{tokens}/{entry['id']}"))[0] == 204
    assert (await person.ask("GET", "/account"))[0] == 401


async def test_a_token_is_refused_after_its_time(installation: Installation, acme: Person) -> None:
    person, services = await _person(installation, "owner"), installation.services
    for seconds, status in ((60, 200), (0, 401)):
        later = update(credentials).where(credentials.c.kind == "token").values(expires=time.time() + seconds)
        await installation.writer.write(lambda conn, later=later: conn.execute(later).rowcount)  # type: ignore[misc]
        services.accounts.forget()
        assert (await person.ask("GET", "/account"))[0] == status


async def test_a_role_that_changes_counts_at_once(installation: Installation, acme: Person) -> None:
    person = await _person(installation, "member")
    assert (await person.ask("POST", "/calls", {"callee": "12015550114"}))[0] == 403
    await installation.admin("PATCH", "/accounts/acme/users/member@example.com", {"role": "admin"})
    assert (await person.ask("POST", "/calls", {"callee": "12015550114"}))[0] == 201


async def test_a_password_is_exchanged_for_a_token_that_expires(installation: Installation, acme: Person) -> None:
    await _person(installation, "member")
    nobody = Person(installation, "")
    body = {"account": "acme", "email": "Member@example.com", "password": PASSWORD}
    status, made = await nobody.ask("POST", "/sign-in", body)
    assert status == 201 and made["user"]["email"] == "member@example.com" and made["expires"]
    person = Person(installation, made["token"])
    assert (await person.ask("GET", "/account"))[1]["user"] == made["user"]
    assert (await person.ask("DELETE", "/sign-in"))[0] == 204
    assert (await person.ask("GET", "/account"))[0] == 401
    assert (await nobody.ask("POST", "/sign-in", body | {"password": "wrong horse battery"}))[0] == 401
    assert (await acme.ask("DELETE", "/sign-in"))[0] == 400


async def test_a_member_changes_its_own_password(installation: Installation, acme: Person) -> None:
    member = await _person(installation, "member")
    new = {"password": PASSWORD, "new_password": "another password"}
    assert (await member.ask("PUT", "/password", new | {"password": "wrong horse battery"}))[0] == 401
    assert (await member.ask("PUT", "/password", new))[0] == 204
    assert (await member.ask("GET", "/account"))[0] == 401
    body = {"account": "acme", "email": "member@example.com", "password": "another password"}
    assert (await member.ask("POST", "/sign-in", body))[0] == 201
    assert (await acme.ask("PUT", "/password", new))[0] == 400


async def test_who_guesses_passwords_has_to_wait(installation: Installation, acme: Person) -> None:
    await _person(installation, "member")
    body = {"account": "acme", "email": "member@example.com"}
    nobody = Person(installation, "")
    for number in range(3 * BURST):  # one a second is allowed beside the first BURST
        status, _ = await nobody.ask("POST", "/sign-in", body | {"password": f"guess number {number}"})
        assert status == 401 or (status == 429 and number >= BURST)
        if status == 429:
            break
    assert status == 429


async def test_digits_that_a_task_hides_are_shown_to_the_account_s_key_and_not_to_its_users(
    installation: Installation, acme: Person
) -> None:
    owner = await _person(installation, "owner")
    _, call = await owner.ask("POST", "/calls", {"callee": "12015550114"})

    def pressed(conn: Connection) -> None:
        (row,) = tasks.append(conn, call["id"], [WaitForDigits(count=4, secret=True)], 1000.0)
        outcome = Completed(result=Digits(digits="4711", secret=True))
        tasks.end(conn, row.id, TaskState.COMPLETED, outcome, 1001.0)

    await installation.writer.write(pressed)
    path = f"/calls/{call['id']}/queue"
    assert (await acme.ask("GET", path))[1]["tasks"][0]["outcome"]["result"]["digits"] == "4711"
    assert (await owner.ask("GET", path))[1]["tasks"][0]["outcome"]["result"]["digits"] == MASK


async def test_a_key_that_asks_too_often_is_told_when_to_ask_again_and_another_one_is_not(
    installation: Installation, acme: Person
) -> None:
    member = await _person(installation, "member")
    installation.services.guesses.limit = RequestLimit(0.1)
    assert (await acme.ask("GET", "/account"))[0] == 200
    status, refused = await acme.ask("GET", "/account")
    assert status == 429 and "more than 0.1 requests a second; try again in" in str(refused)
    assert (await member.ask("GET", "/account"))[0] == 200
    assert all([(await installation.admin("GET", "/accounts"))[0] == 200 for _ in range(3)])
