"""TringMe's caller ids: a code that a text or a call brings proves a number, which is then shown."""

import re
import secrets

import aiohttp
import pytest

from tests.clients.tringme.client import TringMe
from tests.e2e.conftest import make_account
from tests.e2e.tringme.conftest import customer_of
from tests.support import people
from tests.support.carillon import Account, Admin, Own
from tests.support.lab_texts import LabTexts
from tests.support.scenario import LabEars, call_ended
from tests.support.system import System

MESSAGE = "setcallerid operation is successful with authenticaion code %TRINGMEAUTHCODE%"


@pytest.fixture
def mine(admin: Admin) -> Account:
    """An account of the test's own, which has no caller id."""
    made = make_account(admin)
    number = f"1646{secrets.randbelow(10**7):07}"
    admin.now("POST", "numbers", {"number": number, "account": made.name, "capability": "sms", "unassigned": True})
    return made


@pytest.fixture
async def customer(admin: Admin, http: aiohttp.ClientSession, system: System, mine: Account) -> TringMe:
    """Its API."""
    return await customer_of(admin, http, system, mine)


@pytest.fixture
def calls(http: aiohttp.ClientSession, system: System, mine: Account) -> Own:
    """Its own view."""
    return Own(http, system, mine)


@pytest.mark.parametrize("message", [MESSAGE, MESSAGE.replace("%", "%25"), ""])
async def test_a_number_is_proved_by_a_text_shown_by_default_and_forgotten(
    customer: TringMe, calls: Own, texts: LabTexts, theirs: str, message: str
) -> None:
    fields = {"message": message} if message else {}
    assert await customer.ok("setcallerid", cookie=customer.cookie, callerid=theirs, **fields) == ""
    (arrived,) = await texts.until(theirs)
    code = re.search(r"\b\d{6}\b", arrived.text)
    assert code and "TRINGMEAUTHCODE" not in arrived.text
    assert not message or arrived.text == MESSAGE.replace("%TRINGMEAUTHCODE%", code[0])
    wrong = "0" * 6 if code[0] != "0" * 6 else "1" * 6
    assert "code" in await customer.failed("verifycallerid", cookie=customer.cookie, code=wrong)
    assert "caller id" in await customer.failed("call", src=people.LISTENS, dest=people.BUSY, callerid=theirs)
    assert await customer.ok("verifycallerid", cookie=customer.cookie, code=code[0]) == ""
    call = await customer.ok("call", src=people.HANGS_UP, greeting="male:Please leave a message after the tone")
    assert (await call_ended(calls, call))["caller"] == theirs
    assert await customer.ok("deletecallerid", callerid=theirs) == ""
    assert "callerid" in await customer.failed("deletecallerid", callerid=theirs)


async def test_a_code_is_spoken_where_the_flag_says_so(customer: TringMe, lab: LabEars, calls: Own) -> None:
    await customer.ok("resetauthphone", callerid=people.LISTENS, flag="1")
    (call,) = (await calls.ask("GET", "calls"))[1]["calls"]
    await call_ended(calls, call["id"], within=60)
    heard = await lab.of(call["id"], calls)
    assert heard.heard.seconds > 5 and heard.heard.level > -50
    assert "code" in await customer.failed("confirmauthphone", code="000000", callerid=people.LISTENS)
