"""TringMe's voicemails: a caller leaves one, the customer's server hears of it, and it is listed and deleted."""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.clients.tringme.client import TringMe, fields_of
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.tringme.conftest import Notified
from tests.e2e.voicemail.test_leaving import is_recorded
from tests.support import audio
from tests.support.carillon import Account, Admin, Own
from tests.support.phone import Phone


@pytest.fixture
async def line(own: Own, admin: Admin, account: Account) -> AsyncIterator[str]:
    """A number that leads to a box of the account, which belongs to no user."""
    async with number_of_a_box(own, admin, account) as number:
        yield number


@asynccontextmanager
async def number_of_a_box(own: Own, admin: Admin, account: Account, **fields: str) -> AsyncIterator[str]:
    """A number that leads to a box."""
    box, number = "8" + str(secrets.randbelow(10**8)).rjust(8, "0"), f"44{secrets.randbelow(10**9):09}"
    status, made = await own.ask("POST", "voicemail-boxes", json={"number": box, **fields})
    assert status == 201, made
    await admin.ask("POST", "numbers", {"number": number, "account": account.name, "to": f"voicemail:{box}"})
    yield number
    await admin.ask("DELETE", f"numbers/{number}")
    await own.ask("DELETE", f"voicemail-boxes/{box}")


async def left(phone: MakePhone, own: Own, line: str) -> Phone:
    """Leave a message; returns who left it."""
    caller = await phone(audio.sine(573, 60))
    await caller.dial(line)
    await is_recorded(own, caller.number)
    await audible(caller, heard_by(caller).seconds + 4.0)  # of the message
    await caller.press("#")
    return caller


async def noticed(notified: Notified) -> dict[str, str]:
    """Wait for a notice of a voicemail; returns its fields."""
    came = await notified.sink.until_any(lambda one: "VOICEMAIL" in one.path and notified.path in one.path)
    return fields_of(came.path, came.form)


async def test_a_voicemail_is_noticed_listed_and_deleted(
    tringme: TringMe, notified: Notified, phone: MakePhone, line: str, own: Own
) -> None:
    caller = await left(phone, own, line)
    notice = await noticed(notified)
    assert {name: notice[name] for name in ("f", "status", "tag", "srcphone")} == {
        "f": "tm", "status": "VOICEMAIL", "tag": "TRINGME", "srcphone": caller.number
    }  # fmt: skip
    for op in ("getvoicemal", "getvoicemail"):
        listed = json.loads(await tringme.ok(op, cookie=tringme.cookie, json="1"))
        (found,) = (each for each in listed if each["voicemail"] == notice["id"])
        assert set(found) == {"voicemail", "srcphone", "recvtime"} and found["srcphone"] == caller.number
        assert 0 <= int(found["recvtime"]) < 120
    assert await tringme.ok("deletevoicemail", cookie=tringme.cookie, id=notice["id"]) == ""
    assert "id" in await tringme.failed("deletevoicemail", id=notice["id"])
    assert notice["id"] not in await tringme.ok("getvoicemail")
    status, shown = await own.ask("GET", f"voicemails/{notice['id']}")
    assert (status, shown["folder"]) == (200, "trash")


async def test_a_voicemail_of_another_user_is_noticed_at_its_own_url_and_listed_by_its_own_cookie(
    tringme: TringMe, notified: Notified, phone: MakePhone, own: Own, admin: Admin, account: Account
) -> None:
    users = []
    for name in ("first", "other"):  # the second one is not the account's first user, whoever that is
        body = {"email": f"{name}-{secrets.token_hex(4)}@example.com", "role": "member"}
        users.append((await own.ask("POST", "users", json=body))[1])
    shown = await admin.ask("GET", f"accounts/{account.name}/credentials")
    cookie = shown["tringme"]["users"][users[1]["email"]]["cookie"]
    theirs = Notified(notified.sink, f"tringme-{secrets.token_hex(4)}")
    await tringme.ok("setnotifyurl", cookie=cookie, url=theirs.url)
    try:
        async with number_of_a_box(own, admin, account, user=users[1]["id"]) as line:
            await left(phone, own, line)
            notice = await noticed(theirs)
            assert notice["id"] in await tringme.ok("getvoicemail", cookie=cookie)
            assert notice["id"] not in await tringme.ok("getvoicemail")
            assert notified.of(notice["id"]) == [], "the first user is not told"
            assert "id" in await tringme.failed("deletevoicemail", id=notice["id"])
            assert await tringme.ok("deletevoicemail", cookie=cookie, id=notice["id"]) == ""
    finally:
        for user in users:
            await own.ask("DELETE", f"users/{user['id']}")
