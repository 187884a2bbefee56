"""carillon users"""

import io

import pytest

from engine.platform.post import Post
from tests.api.cli.running import Run
from tests.api.own.installation import Installation
from tests.fakes.post import FakePost

PASSWORD = "correct horse battery"


async def test_a_user_is_added_and_its_password_is_printed_once(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    added = await carillon("users", "add", "Ann@example.com", "--role", "owner", "--name", "Ann")
    assert added.status == 0 and "The password is not shown again." in added.output
    fields = dict(line.split(maxsplit=1) for line in added.output.splitlines()[:-1] if len(line.split()) > 1)
    assert (fields["email"], fields["role"]) == ("ann@example.com", "owner") and len(fields["password"]) >= 16
    listed = await carillon("users", "list")
    assert "ann@example.com" in listed.output and fields["password"] not in listed.output
    (shown,) = (await carillon("users", "list", "--json")).json
    assert set(shown) == {"id", "email", "name", "role", "disabled", "created"}


async def test_a_password_is_read_from_standard_input(
    carillon: Run, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carillon("accounts", "create", "acme")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\nsomething else\n"))
    added = await carillon("users", "add", "ann@example.com", "--role", "owner", "--password-stdin")
    assert added.status == 0 and "password" not in added.output
    body = {"account": "acme", "email": "ann@example.com", "password": PASSWORD}
    server, path = installation.public_server, "/carillon/v1/sign-in"
    assert (await installation.ask(server, "POST", path, None, body))[0] == 201
    monkeypatch.setattr("sys.stdin", io.StringIO("another password\n"))
    assert (await carillon("users", "set", "ann@example.com", "--password-stdin")).status == 0
    assert (await installation.ask(server, "POST", path, None, body))[0] == 401
    assert (await installation.ask(server, "POST", path, None, body | {"password": "another password"}))[0] == 201


async def test_a_user_is_changed_and_removed_and_the_last_owner_stays(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("users", "add", "ann@example.com", "--role", "owner")
    await carillon("users", "add", "bob@example.com")
    assert (await carillon("users", "set", "bob@example.com", "--role", "admin", "--json")).json["role"] == "admin"
    assert (await carillon("users", "set", "bob@example.com", "--disabled", "--json")).json["disabled"] is True
    changed = await carillon("users", "set", "bob@example.com", "--no-disabled", "--new-password", "--json")
    assert changed.json["disabled"] is False and changed.json["password"]
    refused = await carillon("users", "remove", "ann@example.com", "--yes")
    assert refused.status == 1 and "ann@example.com is the last owner of the account" in refused.errors
    assert (await carillon("users", "remove", "bob@example.com", "--yes")).status == 0
    assert [each["email"] for each in (await carillon("users", "list", "--json")).json] == ["ann@example.com"]
    history = (await carillon("accounts", "history", "acme")).output
    assert "role: member → admin" in history and "user.removed" in history


async def test_a_token_is_made_shown_once_and_revoked(carillon: Run, installation: Installation) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("users", "add", "ann@example.com", "--role", "owner")
    made = (await carillon("users", "token", "ann@example.com", "--name", "laptop", "--days", "30", "--json")).json
    server, path = installation.public_server, "/carillon/v1/account"
    assert (await installation.ask(server, "GET", path, made["token"]))[0] == 200
    listed = await carillon("users", "tokens", "ann@example.com")
    assert "laptop" in listed.output and made["token"].partition(".")[2] not in listed.output
    assert (await carillon("users", "revoke", "ann@example.com", made["id"])).status == 0
    assert (await installation.ask(server, "GET", path, made["token"]))[0] == 401


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "ann"), "email must be an e-mail address, such as ann@example.com (got 'ann')."),
        (("set", "bob@example.com", "--role", "admin"), "The account has no user bob@example.com."),
        (("set", "ann@example.com"), "Nothing to change: give --role, --name, --email, --disabled or a password."),
        (("revoke", "ann@example.com", "x"), "ann@example.com has no token x."),
        (("add", "b@example.com", "--role", "king"), "king"),
        (("add", "b@example.com", "--account", "nobody"), "There is no account nobody."),
    ],
)
async def test_errors_are_one_sentence(carillon: Run, arguments: tuple[str, ...], sentence: str) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("users", "add", "ann@example.com")
    ran = await carillon("users", *arguments)
    assert ran.status == 1 and sentence in ran.errors and "Traceback" not in ran.errors


async def test_a_new_account_s_numbers_and_owner_are_shown_and_what_it_has_not_is_said(carillon: Run) -> None:
    options = ("--texting-number", "--fax-number", "--email", "olga@example.com")
    made = (await carillon("accounts", "create", "acme", *options, "--json")).json
    assert (made["texting_number"], made["fax_number"]) == ("+12015552001", "+12015552002")
    assert made["owner"]["email"] == "olga@example.com" and made["owner"]["password"]
    for name in ("b", "c"):
        shown = (await carillon("accounts", "create", name, *options)).output
        assert "owner email: olga@example.com" in shown and "The owner's password is not shown again." in shown
        assert "texting_number: +1201555200" in shown and "has no" not in shown
    shown = (await carillon("accounts", "create", "d", *options)).output
    assert "It has no texting number: the pool CARILLON_NUMBER_POOL has no number left." in shown
    assert "It has no fax number: the pool CARILLON_NUMBER_POOL has no number left." in shown


class TestWithAMailServer:
    """An installation that sends mails."""

    @pytest.fixture
    def post(self) -> Post:
        return FakePost()

    async def test_a_user_is_invited_unless_that_is_not_wanted(self, carillon: Run) -> None:
        await carillon("accounts", "create", "acme")
        added = await carillon("users", "add", "ann@example.com")
        assert added.status == 0 and "An invitation is sent to ann@example.com." in added.output
        left_out = await carillon("users", "add", "ben@example.com", "--no-invitation")
        assert left_out.status == 0 and "invitation is sent" not in left_out.output
        again = await carillon("users", "invite", "ben@example.com", "--json")
        assert (again.json["email"], again.json["state"]) == ("ben@example.com", "waiting")


async def test_without_a_mail_server_an_invitation_is_refused(carillon: Run) -> None:
    await carillon("accounts", "create", "acme")
    await carillon("users", "add", "ann@example.com")
    refused = await carillon("users", "invite", "ann@example.com")
    assert refused.status and "CARILLON_SMTP_URL" in refused.errors
