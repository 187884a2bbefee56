"""Invitations at both APIs, and the page at which a user chooses a password."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest

from api.callbacks.mail import MailServer
from api.callbacks.mail_post import MailPost
from api.guess_throttle import BURST
from engine.features.users.invitations import Invitations
from engine.platform.post import Post
from tests.api.own.installation import Installation
from tests.api.own.test_subscriptions import Program, acme, program
from tests.fakes.mail_box import MailBox
from tests.support.invitations import send, token_in

__all__ = ["acme"]
PASSWORD = "correct horse battery"
USERS = "/accounts/acme/users"


@pytest.fixture
async def mail_box() -> AsyncIterator[MailBox]:
    """The installation's mail server."""
    async with MailBox() as box:
        yield box


@pytest.fixture
def post(mail_box: MailBox) -> Post:
    """What sends mails by it."""
    return MailPost(MailServer("127.0.0.1", mail_box.port, "carillon@example.org"))


async def _mailed(installation: Installation, mail_box: MailBox, user: str) -> EmailMessage:
    """Send the invitation of a user (its id); returns the mail as it arrives."""
    services = installation.services
    await send(services.platform, services.features[Invitations], user)
    return await mail_box.next()


async def _page(installation: Installation, token: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    """What the page of a link answers: to GET, or to its form."""
    url = installation.public_server.make_url(f"/invitations/{token}")
    method = "GET" if form is None else "POST"
    async with installation.session.request(method, url, data=form) as answer:
        return answer.status, await answer.text()


def _chosen(password: str, again: str | None = None) -> dict[str, str]:
    return {"password": password, "again": password if again is None else again}


async def _sign_in(installation: Installation, email: str, password: str) -> int:
    body = {"account": "acme", "email": email, "password": password}
    server = installation.public_server
    return (await installation.ask(server, "POST", "/carillon/v1/sign-in", None, body))[0]


async def test_an_invited_user_chooses_a_password_and_signs_in(
    installation: Installation, acme: Program, mail_box: MailBox
) -> None:
    status, added = await acme.ask("POST", "/users", {"email": "ann@example.com"})
    assert status == 201 and added["invited"] is True
    mail = await _mailed(installation, mail_box, added["id"])
    assert (mail["To"], mail["From"]) == ("ann@example.com", "carillon@example.org")
    assert "invited to acme by acme" in mail.get_content()
    token = token_in(mail)
    status, shown = await _page(installation, token)
    assert status == 200 and "Welcome to acme" in shown and 'value="ann@example.com"' in shown
    for form, problem in (
        (_chosen("short"), "password must have 12 to 256 characters (it has 5)"),
        (_chosen(PASSWORD, "another one of mine"), "not the same"),
        ({}, "password must have 12 to 256 characters (it has 0)"),
    ):
        status, refused = await _page(installation, token, form)
        assert status == 422 and problem in refused and "<form" in refused
    assert await _sign_in(installation, "ann@example.com", PASSWORD) == 401
    status, done = await _page(installation, token, _chosen(PASSWORD))
    assert status == 200 and "is set" in done and PASSWORD not in done
    assert await _sign_in(installation, "ann@example.com", PASSWORD) == 201
    _, invitation = await acme.ask("GET", f"/users/{added['id']}/invitation")
    assert invitation["state"] == "accepted" and invitation["accepted"] and invitation["sent"]


async def test_a_link_that_was_used_and_one_that_never_was_read_the_same(
    installation: Installation, acme: Program, mail_box: MailBox
) -> None:
    _, added = await acme.ask("POST", "/users", {"email": "ann@example.com"})
    token = token_in(await _mailed(installation, mail_box, added["id"]))
    assert (await _page(installation, token, _chosen(PASSWORD)))[0] == 200
    never = await _page(installation, "x" * 43)
    assert never[0] == 404 and "not valid any more" in never[1]
    assert await _page(installation, token) == never
    assert await _page(installation, token, _chosen("another good password")) == never
    assert await _sign_in(installation, "ann@example.com", PASSWORD) == 201


async def test_the_page_loads_nothing_and_is_not_kept(
    installation: Installation, acme: Program, mail_box: MailBox
) -> None:
    _, added = await acme.ask("POST", "/users", {"email": "ann@example.com"})
    token = token_in(await _mailed(installation, mail_box, added["id"]))
    async with installation.session.get(installation.public_server.make_url(f"/invitations/{token}")) as answer:
        policy, shown = answer.headers["Content-Security-Policy"], await answer.text()
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<(script|style|link|img)|https?://", shown) and token not in shown


async def test_a_name_is_text_on_the_page_and_nothing_else(installation: Installation, mail_box: MailBox) -> None:
    await installation.account("acme")
    _, added = await installation.admin("POST", USERS, {"email": "<b>'x'@example.com"})
    if "id" not in added:  # such an address is refused
        _, added = await installation.admin("POST", USERS, {"email": "a'b&c@example.com"})
    token = token_in(await _mailed(installation, mail_box, added["id"]))
    assert "a&#x27;b&amp;c@example.com" in (await _page(installation, token))[1]


async def test_an_invitation_is_sent_again_and_the_link_of_before_ends(
    installation: Installation, acme: Program, mail_box: MailBox
) -> None:
    _, added = await installation.admin("POST", USERS, {"email": "ann@example.com", "name": "Ann"})
    first = token_in(await _mailed(installation, mail_box, added["id"]))
    status, again = await acme.ask("POST", "/users/ann@example.com/invitation")
    assert status == 201 and again["state"] == "waiting" and again["invited_by"] == "acme"
    assert (await _page(installation, first))[0] == 404
    second = token_in(await _mailed(installation, mail_box, added["id"]))
    assert (await _page(installation, second))[0] == 200
    status, shown = await installation.admin("GET", f"{USERS}/ann@example.com/invitation")
    assert status == 200 and shown["state"] == "sent" and shown["email"] == "ann@example.com"
    other = await program(installation, "shop")
    for method in ("GET", "POST"):
        assert (await other.ask(method, f"/users/{added['id']}/invitation"))[0] == 404


async def test_who_wants_no_invitation_says_so(installation: Installation, acme: Program, mail_box: MailBox) -> None:
    for body in ({"email": "a@example.com", "invite": False}, {"email": "b@example.com", "password": PASSWORD}):
        status, added = await acme.ask("POST", "/users", body)
        assert status == 201 and "invited" not in added
        status, answer = await acme.ask("GET", f"/users/{added['id']}/invitation")
        assert (status, answer["code"]) == (404, "not_found")
    wanted = {"email": "c@example.com", "password": PASSWORD, "invite": True}
    assert (await acme.ask("POST", "/users", wanted))[1]["invited"] is True
    assert mail_box.mails == []


async def test_wrong_links_are_throttled_and_logged_nowhere(
    installation: Installation, acme: Program, mail_box: MailBox, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    _, added = await acme.ask("POST", "/users", {"email": "ann@example.com"})
    token = token_in(await _mailed(installation, mail_box, added["id"]))
    caplog.clear()  # the tests' mail server logs what it takes
    with caplog.at_level(logging.WARNING):  # as api.log sets it
        assert (await _page(installation, token))[0] == 200
        answers = await asyncio.gather(*(_page(installation, f"{token}{n}") for n in range(BURST + 20)))
    assert {status for status, _ in answers} == {404, 429}
    assert (await _page(installation, token))[0] == 200, "a link that was right from here is looked at"
    printed = capsys.readouterr()
    assert token not in caplog.text + printed.out + printed.err


class TestWithoutAMailServer:
    """An installation that sends no mails."""

    @pytest.fixture
    def post(self) -> Post | None:
        return None

    async def test_users_are_added_and_nobody_is_invited(self, installation: Installation, acme: Program) -> None:
        status, added = await acme.ask("POST", "/users", {"email": "ann@example.com"})
        assert status == 201 and "invited" not in added and added["password"]
        answers: list[tuple[int, Any]] = [
            await acme.ask("POST", "/users", {"email": "ben@example.com", "invite": True}),
            await acme.ask("POST", f"/users/{added['id']}/invitation"),
        ]
        for status, answer in answers:
            assert (status, answer["code"]) == (409, "not_set_up") and "CARILLON_SMTP_URL" in answer["error"]
        assert len((await acme.ask("GET", "/users"))[1]["users"]) == 1
