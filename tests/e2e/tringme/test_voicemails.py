"""TringMe's voicemails: a caller leaves one, the customer's server hears of it, and it is listed and deleted."""

import json
import secrets
from collections.abc import AsyncIterator

import pytest

from tests.clients.tringme.client import TringMe, fields_of
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import MakePhone
from tests.e2e.tringme.conftest import Notified
from tests.e2e.voicemail.test_leaving import is_recorded
from tests.support import audio
from tests.support.carillon import Account, Admin, Own


@pytest.fixture
async def line(own: Own, admin: Admin, account: Account) -> AsyncIterator[str]:
    """A number that leads to a box of the account."""
    box, number = "8" + str(secrets.randbelow(10**8)).rjust(8, "0"), f"44{secrets.randbelow(10**9):09}"
    status, made = await own.ask("POST", "voicemail-boxes", json={"number": box})
    assert status == 201, made
    await admin.ask("POST", "numbers", {"number": number, "account": account.name, "to": f"voicemail:{box}"})
    yield number
    await admin.ask("DELETE", f"numbers/{number}")
    await own.ask("DELETE", f"voicemail-boxes/{box}")


async def test_a_voicemail_is_noticed_listed_and_deleted(
    tringme: TringMe, notified: Notified, phone: MakePhone, line: str, own: Own
) -> None:
    caller = await phone(audio.sine(573, 60))
    await caller.dial(line)
    await is_recorded(own, caller.number)
    await audible(caller, heard_by(caller).seconds + 4.0)  # of the message
    await caller.press("#")
    came = await notified.sink.until_any(lambda one: "VOICEMAIL" in one.path and notified.path in one.path)
    notice = fields_of(came.path, came.form)
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
