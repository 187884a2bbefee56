"""A user is invited by a real mail server, chooses a password at the link's page, and signs in with it."""

from dataclasses import replace
from typing import Any

from tests.e2e.conftest import make_account
from tests.fakes.mail_box import MailBox
from tests.support.carillon import Admin, Command, Own
from tests.support.invitations import link_in
from tests.support.mails import mails
from tests.support.scenario import until
from tests.support.system import System

__all__ = ["mails"]
PASSWORD = "correct horse battery"


async def _page(own: Own, link: str, **form: str) -> tuple[int, str]:
    """Open the page of a link, or send its form."""
    async with own.session.request("POST" if form else "GET", link, data=form or None) as answer:
        return answer.status, await answer.text()


async def _signed_in(own: Own, email: str) -> Own:
    """Sign in with the password, without any key."""
    nobody = Own(own.session, own.system, replace(own.account, token=""))
    credentials = {"account": own.account.name, "email": email, "password": PASSWORD}
    status, made = await nobody.ask("POST", "sign-in", json=credentials)
    assert status == 201, made
    return Own(own.session, own.system, replace(own.account, token=made["token"]))


async def test_an_invited_user_chooses_a_password_at_the_mails_link_and_signs_in(
    own: Own, admin: Admin, carillon: Command, system: System, mails: MailBox
) -> None:
    own = Own(own.session, system, make_account(admin))
    name = own.account.name
    email = f"ann@{name}.example.com"
    mails.to, mails.refusals = email, ["451 try later"]
    added = await carillon.json("users", "add", email, "--account", name, "--name", "Ann Lee")
    mail = await mails.next()

    async def invitation() -> dict[str, Any]:
        return dict((await own.ask("GET", f"users/{added['id']}/invitation"))[1])

    await until(invitation, lambda found: found["state"] == "sent", what="it is stored that the mail was taken")
    assert added["invited"] and (mail["To"], mail["Subject"]) == (email, f"Invitation to {name}")
    link = link_in(mail)
    status, shown = await _page(own, link)
    assert status == 200 and email in shown
    status, refused = await _page(own, link, password="short", again="short")
    assert status == 422 and "12 to 256 characters" in refused
    status, done = await _page(own, link, password=PASSWORD, again=PASSWORD)
    assert status == 200 and "is set" in done
    ann = await _signed_in(own, email)
    status, account = await ann.ask("GET", "account")
    assert (status, account["user"]["email"]) == (200, email)
    status, gone = await _page(own, link)
    assert status == 404 and "not valid any more" in gone
    assert (await invitation())["state"] == "accepted"


async def test_a_member_sets_its_own_status_and_no_other_s(own: Own, admin: Admin) -> None:
    own = Own(own.session, own.system, make_account(admin))
    for role in ("owner", "member"):
        user = {"email": f"{role}@example.com", "role": role, "password": PASSWORD}
        await admin.ask("POST", f"accounts/{own.account.name}/users", user)
    member = await _signed_in(own, "member@example.com")
    status, shown = await member.ask("PUT", "users/member@example.com/status", json={"status": "away"})
    assert status == 200 and (shown["status"]["status"], shown["status"]["set_by"]) == ("away", "manual")
    assert await own.ask("GET", "users/member@example.com/status") == (200, shown)
    assert (await member.ask("PUT", "users/owner@example.com/status", json={"status": "away"}))[0] == 403
    assert await own.ask("GET", "users/owner@example.com/status") == (200, {"status": None})
    assert (await member.ask("GET", "calendars")) == (200, {"calendars": []})
    assert await member.ask("DELETE", "users/member@example.com/status") == (200, {"status": None})
