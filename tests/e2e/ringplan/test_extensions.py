"""A company set up by REST alone: its phones register, call each other, and leave voicemail."""

import io
import secrets
from contextlib import AsyncExitStack
from typing import Any

import soundfile

from api.lab import Lab
from tests.e2e.calls.test_inbound import audible, heard_by
from tests.e2e.ringplan.conftest import Company
from tests.support import audio, people
from tests.support.browser_phone import MICROPHONE_RATE, BrowserPhone
from tests.support.carillon import Admin
from tests.support.far_end import Sound, assert_hears
from tests.support.phone import Phone
from tests.support.scenario import until
from tests.support.system import System
from tests.support.texter import Texter

DESK, BROWSER = 440.0, 820.0


class Office:
    """A company's extensions."""

    def __init__(self, company: Company) -> None:
        self.api = company.api
        self.instance = company.instance
        self.path = f"/instances/{company.instance}/bulks/extensions"

    async def add(self, number: int, **more: Any) -> Any:
        """Add an extension."""
        data = {"id": number, "name": f"Phone {number}"} | more.pop("data", {})
        return await self.api.ok("POST", self.path, {"data": data, **more}, status=201)

    async def settings(self, made: Any) -> Any:
        """What a softphone is set up with."""
        query = {"extension_id": made["_id"], "instance_uuid": self.instance}
        return await self.api.ok("GET", "/phones/qr-config/advanced", **query)


async def test_a_desk_phone_and_a_browser_that_rest_set_up_call_each_other(company: Company, system: System) -> None:
    office = Office(company)
    desk = await office.settings(await office.add(101))
    shown = await office.settings(await office.add(102, purpose="softphone"))
    async with AsyncExitStack() as stack:
        anna = Phone(desk["user"], desk["password"], desk["server"], number="101", microphone=audio.sine(DESK, 60))
        await stack.enter_async_context(anna)
        ben = BrowserPhone(
            user=shown["browser"]["user"],
            password=shown["password"],
            socket=shown["browser"]["url"],
            host=shown["server"].rpartition(":")[0],
            number="102",
            microphone=audio.sine(BROWSER, 20, MICROPHONE_RATE),
        )
        await stack.enter_async_context(ben)
        await anna.ring("102")
        assert await ben.pick_up() == "101"
        await anna.until("CALL_ESTABLISHED")
        await ben.audible(2.0)
        await audible(anna, 2.0)
        assert_hears(await ben.heard(), [DESK], [BROWSER])
        assert_hears(heard_by(anna), [BROWSER], [DESK])
        await ben.hang_up()
        await anna.closed()


async def test_a_changed_secret_and_a_removal_act_on_a_phone_at_once(company: Company, system: System) -> None:
    office = Office(company)
    made = await office.add(101)
    host, _, port = system.sip.partition(":")
    async with AsyncExitStack() as stack:

        async def phone(secret: str) -> Texter:
            return await stack.enter_async_context(Texter(made["data"]["user"], secret, host, int(port)))

        assert await (await phone(made["data"]["secret"])).register() == 200
        await office.api.ok("PUT", f"{office.path}/{made['_id']}", {"data": {"secret": "another-secret"}})
        assert await (await phone(made["data"]["secret"])).register() == 401
        assert await (await phone("another-secret")).register() == 200
        await office.api.ok("DELETE", f"{office.path}/{made['_id']}", status=204)
        assert await (await phone("another-secret")).register() in (401, 403)


async def test_a_number_leads_to_an_extension_and_on_to_the_voicemail_of_another_one(
    company: Company, admin: Admin, network: Lab
) -> None:
    office = Office(company)
    made = await office.add(102, data={"voicemail_enable": "yes", "voicemail_vmpwd": "8261"})
    await office.add(101, data={"chanunavail_dest": "from-did-direct,102,1"})
    number = f"1646{secrets.randbelow(10**7):07}"
    await admin.ask("POST", "numbers", {"number": number, "account": company.account.name, "to": "extension:101"})
    try:
        await network.dial(number, people.SAYS_ITS_NAME, seconds=60)
        (message,) = await until(lambda: voicemails(office), bool, 60, "the message is there")
    finally:
        await admin.ask("DELETE", f"numbers/{number}")
    assert message["extension_destination"] == 102 and message["voicemail_file"]["duration"] >= 2
    async with office.api.session.get(message["voicemail_file"]["link"]) as answer:
        samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="float32")
    assert Sound(samples, rate, "the voicemail").says("my name is")
    await office.api.ok("DELETE", f"{office.path}/{made['_id']}", status=204)
    assert await voicemails(office) == []


async def voicemails(office: Office) -> list[Any]:
    """The company's voicemails."""
    return list(await office.api.ok("GET", "/voicemail/messages"))


async def test_the_fields_of_recording_and_the_codecs_of_a_phone_are_obeyed(company: Company, system: System) -> None:
    office = Office(company)
    one = await office.settings(await office.add(101))
    two = await office.settings(await office.add(102, data={"recording_in_internal": "force", "allow": "alaw&ulaw"}))
    async with AsyncExitStack() as stack:

        async def phone(shown: Any, number: str, tone: float) -> Phone:
            made = Phone(
                shown["user"], shown["password"], shown["server"], number=number, microphone=audio.sine(tone, 60),
                trace=True,
            )  # fmt: skip
            return await stack.enter_async_context(made)

        anna, ben = await phone(one, "101", DESK), await phone(two, "102", BROWSER)
        await anna.ring("102")
        await ben.pick_up()
        await anna.until("CALL_ESTABLISHED")
        await audible(anna, 2.0)
        await anna.hang_up()
        assert ben.offered()[0].split()[3:5] == ["8", "0"], ben.offered()

    async def recordings() -> list[Any]:
        return list((await company.own.ask("GET", "recordings?limit=10"))[1]["recordings"])

    (recording,) = await until(
        recordings, lambda seen: bool(seen) and all(each["bytes"] for each in seen), what="the call is recorded"
    )
    async with office.api.session.get(recording["url"]) as answer:
        samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="float32")
    assert_hears(Sound(samples, rate, "the recording"), [DESK, BROWSER], [])
