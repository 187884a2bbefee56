"""One company from its first phone to its faxes: the command line makes its account, REST and phones do the rest."""

import io
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
import pytest_asyncio
import soundfile

from api.lab import Lab
from tests.clients.ringful.client import Ringful
from tests.clients.ringplan.client import RingPlan
from tests.clients.ringplan.live import Live
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.conftest import worker
from tests.e2e.fax.test_faxes import WITHIN, arrived, drawn, pages_of
from tests.e2e.ringplan.conftest import Company
from tests.e2e.ringplan.test_extensions import Office, voicemails
from tests.e2e.ringplan.test_faxes import IN, OUT, settled, upload
from tests.e2e.ringplan.test_texting import CONVERSATIONS
from tests.e2e.transfers.story import TONES, from_now, talk
from tests.e2e.voicemail.test_leaving import PHRASE, is_recorded, talking
from tests.support import audio, people
from tests.support.browser_phone import MICROPHONE_RATE, BrowserPhone
from tests.support.carillon import Account, Admin, Command, Own
from tests.support.far_end import Sound, assert_hears
from tests.support.lab_numbers import unused
from tests.support.lab_texts import LabTexts
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import System

OWNER = "olga@example.com"
DESK, BROWSER, THIRD = 101, 102, 103
ANNA, BEN, CLEO, _ = TONES
RINGS_SECONDS = 8
"""How long the third phone rings before the voicemail takes a call."""
NEW = "texting.message.new"


@dataclass(frozen=True)
class Opened:
    """What `carillon accounts create` printed, and what REST says a softphone is set up with, by extensions."""

    made: dict[str, Any]
    settings: dict[int, Any]

    def company(self, http: aiohttp.ClientSession, system: System) -> Company:
        """The company, asked by a session."""
        return company_at(self.made, http, system)

    def digits(self, field: str) -> str:
        """A number that the account bought: texting_number or fax_number."""
        return str(self.made[field]).removeprefix("+")


def company_at(made: dict[str, Any], http: aiohttp.ClientSession, system: System) -> Company:
    """The company whose keys were printed."""
    account, shown = Account.of(made), made["ringplan"]
    api, own = RingPlan(http, system.api, shown["token"]), Own(http, system, account)
    ringful = Ringful(http, system.api, account.apikey)
    return Company(api, shown["company"], shown["instance"], account, own, ringful)


async def staffed(made: dict[str, Any], system: System) -> dict[int, Any]:
    """Add the extensions by REST; returns what a softphone of each is set up with."""
    voicemail = {"voicemail_enable": "yes", "voicemail_vmpwd": "8261", "ringtimer": f"{RINGS_SECONDS}"}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        office = Office(company_at(made, http, system))
        return {
            DESK: await office.settings(await office.add(DESK)),
            BROWSER: await office.settings(await office.add(BROWSER, purpose="softphone")),
            THIRD: await office.settings(await office.add(THIRD, data=voicemail)),
        }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(admin: Admin, carillon: Command, system: System) -> AsyncIterator[Opened]:
    """The company of these tests, with its phones' extensions. It gives its numbers back."""
    name = f"e2e-{worker()}-{secrets.token_hex(4)}"
    options = ("--email", OWNER, "--texting-number", "--fax-number")
    made = await carillon.json("accounts", "create", name, *options)
    yield Opened(made, await staffed(made, system))
    for field in ("texting_number", "fax_number"):
        await admin.ask("DELETE", f"numbers/{made[field].removeprefix('+')}")


@pytest.fixture
async def company(opened: Opened, http: aiohttp.ClientSession, system: System) -> AsyncIterator[Company]:
    """The same company in every test. Calls that a test leaves up are ended with it."""
    found = opened.company(http, system)
    yield found
    await found.ringful.tidy()


class Phones:
    """The company's softphones, each set up by what REST says; they end with the test."""

    def __init__(self, settings: dict[int, Any], stack: AsyncExitStack) -> None:
        self._settings, self._stack = settings, stack

    async def desk(self, extension: int, microphone: np.ndarray | None = None) -> Phone:
        """A baresip."""
        shown = self._settings[extension]
        one = Phone(
            shown["user"],
            shown["password"],
            shown["server"],
            number=f"{extension}",
            microphone=np.zeros(0, dtype=np.float32) if microphone is None else microphone,
            trace=True,
        )
        return await self._stack.enter_async_context(one)

    async def browser(self, extension: int, microphone: np.ndarray) -> BrowserPhone:
        """JsSIP in a Chromium."""
        shown = self._settings[extension]
        one = BrowserPhone(
            user=shown["browser"]["user"],
            password=shown["password"],
            socket=shown["browser"]["url"],
            host=shown["server"].rpartition(":")[0],
            number=f"{extension}",
            microphone=microphone,
        )
        return await self._stack.enter_async_context(one)


@pytest.fixture
async def phones(opened: Opened) -> AsyncIterator[Phones]:
    """Softphones of the company."""
    async with AsyncExitStack() as stack:
        yield Phones(opened.settings, stack)


async def test_a_new_company_has_a_primary_user_a_location_an_instance_and_its_numbers(
    company: Company, opened: Opened
) -> None:
    made, api = opened.made, company.api
    assert (made["owner"]["email"], made["owner"]["role"]) == (OWNER, "owner")
    (contact,) = await api.ok("GET", "/company/contacts")
    assert (contact["id"], contact["contacts"]["email"]) == (made["owner"]["id"], OWNER)
    (place,) = await api.ok("GET", "/company/locations")
    (instance,) = await api.ok("GET", "/instances")
    assert place["name"] == "Main location" and place["pbx_id"] == instance["uuid"] == made["ringplan"]["instance"]
    (texting,) = await api.ok("GET", "/texting/numbers", numformat="international")
    assert texting["number"] == made["texting_number"]
    assert await api.ok("GET", "/fax/numbers") == [opened.digits("fax_number")[1:]]


async def test_a_desk_phone_and_a_browser_call_each_other_and_the_call_is_transferred_to_a_third_phone(
    phones: Phones,
) -> None:
    anna, cleo = await phones.desk(DESK, audio.sine(ANNA, 90)), await phones.desk(THIRD, audio.sine(CLEO, 90))
    ben = await phones.browser(BROWSER, audio.sine(BEN, 20, MICROPHONE_RATE))
    await ben.ring(anna.number)
    await anna.pick_up()
    await ben.until("established")
    await ben.audible(2.0)
    await audible(anna, 2.0)
    await ben.hang_up()
    await anna.closed()
    assert_hears(await ben.heard(), [ANNA], [BEN])
    assert_hears(heard_by(anna), [BEN], [ANNA])

    await anna.ring(ben.number)
    assert await ben.pick_up() == anna.number
    await anna.until("CALL_ESTABLISHED")
    await from_now(anna)
    assert (await from_now(anna)).has(BEN)
    await ben.audible(2.0)
    assert_hears(await ben.heard(), [ANNA], [BEN])
    await ben.transfer(cleo.number)
    await cleo.pick_up()
    assert await ben.until("transferred") == "200"
    await ben.until("ended")
    await talk((anna, ANNA), (cleo, CLEO), strangers=[BEN])
    await cleo.hang_up()
    await anna.closed()


async def test_a_call_that_is_not_answered_leaves_a_voicemail_whose_link_has_its_audio(
    company: Company, phones: Phones
) -> None:
    office = Office(company)
    assert await voicemails(office) == []
    anna, cleo = await phones.desk(DESK, talking()), await phones.desk(THIRD)
    await anna.ring(cleo.number)
    await cleo.until("CALL_INCOMING")
    await anna.until("CALL_ESTABLISHED")
    await cleo.closed()
    await audible(anna, 3.0)
    await is_recorded(company.own, anna.number)
    await audible(anna, heard_by(anna).seconds + 5)
    await anna.hang_up()
    (message,) = await until(lambda: voicemails(office), bool, 30, "the message is there")
    assert (message["extension_source"], message["extension_destination"]) == (DESK, THIRD)
    assert message["voicemail_file"]["duration"] >= 2
    async with company.api.session.get(message["voicemail_file"]["link"]) as answer:
        assert answer.status == 200, await answer.text()
        samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="float32")
    assert Sound(samples, rate, "the voicemail").says(PHRASE)


async def test_a_text_goes_out_and_one_comes_in_and_a_live_client_sees_both(
    company: Company, opened: Opened, carillon: Command, system: System
) -> None:
    api, ours, theirs = company.api, opened.digits("texting_number"), unused()
    async with Live(system.api) as live, LabTexts.of(system) as texts:
        name, primary = await live.authenticate(api.token)
        assert (name, primary["user_id"]) == ("authenticated", opened.made["owner"]["id"])
        contact = await api.ok("POST", "/texting/contacts", {"number": f"+{theirs}", "first_name": "Jane"}, status=201)
        opening = {"contact_id": contact["id"], "from_number": ours}
        conversation = await api.ok("POST", CONVERSATIONS, opening, status=201)
        messages = f"{CONVERSATIONS}/{conversation['id']}/messages"
        sent = await api.ok("POST", f"{messages}/publish", {"text": "Hello world!"}, status=201)
        _, seen = await live.until(NEW)
        assert (seen["id"], seen["direction"], seen["text"]) == (sent["id"], "outbound", "Hello world!")
        (arrival,) = await texts.until(theirs)
        assert (arrival.sender, arrival.text) == (ours, "Hello world!")
        before = len(live.received)
        await carillon("lab", "text", ours, "Hello back", "--as", theirs)
        _, seen = await live.until(NEW, after=before)
        assert (seen["direction"], seen["frm"], seen["text"]) == ("inbound", f"+{theirs}", "Hello back")
        assert (seen["conversation_id"], seen["contact"]["first_name"]) == (conversation["id"], "Jane")
        assert [each["text"] for each in await api.ok("GET", messages)] == ["Hello back", "Hello world!"]


async def test_a_fax_is_sent_and_its_page_arrives_dot_by_dot(company: Company) -> None:
    document, (page,) = drawn(1)
    wanted = {"file": {"id": await upload(company, document, "page.tif")}, "to": people.TAKES_FAXES, "to_name": "Bob"}
    made = await company.api.ok("POST", OUT, wanted, status=201)
    done = await settled(company, made["id"])
    assert (done["status"], done["pages"], done["to_name"]) == ("sent", 1, "Bob"), done
    _, fax = await company.own.ask("GET", f"faxes/{made['id']}")
    (got,) = await arrived(company.own, fax)
    assert got.crop((0, got.height - 500, 1728, got.height)).tobytes() == page.crop((0, 100, 1728, 600)).tobytes()


async def test_a_fax_comes_in_at_the_company_s_fax_number_with_both_of_its_pages(
    company: Company, opened: Opened, carillon: Command, network: Lab, tmp_path: Path
) -> None:
    line = opened.digits("fax_number")
    await network.dial(line, as_=people.SENDS_A_FAX, seconds=90)

    async def listed() -> list[Any]:
        return list(await company.api.ok("GET", IN, number=people.SENDS_A_FAX))

    (fax,) = await until(listed, bool, WITHIN, "the fax is there")
    assert (fax["pages"], fax["from"], fax["to"]) == (2, people.SENDS_A_FAX[1:], line[1:])
    headers = {"Authorization": f"Bearer {company.api.token}", "X-User-Id": "primary"}
    url = f"{company.api.base}/files/{fax['file']['id']}/content"
    async with company.api.session.get(url, headers=headers) as answer:
        assert answer.status == 200 and (await answer.read()).startswith(b"%PDF")
    saved = tmp_path / "in.tif"
    await carillon("fax", "fetch", fax["id"], str(saved), "--account", company.account.name)
    got = pages_of(saved)
    assert len(got) == 2
    for count, page in enumerate(got, 1):
        bars = [page.getpixel((800, 100 + 120 * bar + 30)) == 0 for bar in range(3)]
        assert bars == [bar < count for bar in range(3)]
