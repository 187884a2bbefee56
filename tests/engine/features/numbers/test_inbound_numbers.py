"""Which of our numbers a call by a trunk is for, however the carrier writes it, and never a wrong one."""

import pytest
from sqlalchemy import Connection

from engine.calls.called import HEADERS, Called, user_of
from engine.calls.directory import Answering, Unmatched
from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.numbers.directory import Directory
from engine.features.numbers.inbound_numbers import DialledNumber, dialled
from engine.platform.settings_cache import SettingsCache
from engine.store import applications, numbers, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.numbers import Number
from engine.store.trunk_groups import Numbering
from engine.store.trunks import Trunk
from engine.store.writer import Writer
from engine.tasks.hang_up import HangUp
from tests.support.features import standard

OURS = "12015552005"
FORMS = (
    "12015552005",
    "+12015552005",
    "+12015552005;npdi;rn=+12015550000",
    "+12015552005;npdi",
    "12015552005;npdi=yes;rn=12015550000;cic=+1288",
    "+12015552005;ext=7",
    "+12015552005;phone-context=+1",
    "2015552005;phone-context=+1",
    "201-555-2005;phone-context=+1",
    "+12015552005;tgrp=tg55;trunk-context=+1",
    "+1.201.555.2005",
    "+1(201)555-2005",
    "%2B1-201-555-2005",
    "+1%20201%20555%202005",
    "0012015552005",
    "01112015552005",
    "2015552005",
    "201.555.2005",
    "+12015552005:secret",
)
ITSP = Trunk(name="itsp", host="192.0.2.10", username="repuser", password="x", register=True)


class Installation:
    """An installation whose accounts own numbers; each leads to an application named as the number."""

    def __init__(self, writer: Writer, cache: SettingsCache) -> None:
        self._writer, self._cache = writer, cache

    async def owns(self, country: str, *owned: str) -> None:
        """An account of its own in this country owns numbers."""

        def unit(conn: Connection) -> None:
            owner, _ = account_settings.create(conn, NewAccount(name=f"of-{country}", country=country), ["own"])
            for number in owned:
                application = Application(id=f"app-{number}", account=owner.id, name=number, tasks=[HangUp()])
                applications.create(conn, application)
                numbers.assign(conn, Number(number=number, account=owner.id, application=application.id))

        await self._writer.write(unit)
        await self._cache.load()

    async def has(self, trunk: Trunk) -> None:
        """There is this trunk."""
        await self._writer.write(lambda conn: trunks.add(conn, trunk))
        await self._cache.load()

    async def asked(self, user: str, trunk: str) -> Answering | Unmatched:
        """What a call leads to before a header of it was read."""
        called = Called(user=user, uri=f"sip:{user}@192.0.2.1:5060")
        return await Directory(self._cache, standard(self._cache)).from_trunk(called, trunk)

    async def reached(self, user: str, *headers: str, trunk: str = "", more: dict[str, str] | None = None) -> str:
        """The number that a call reaches, or the reason why it reaches none."""
        plain = user.partition(";")[0]
        read = {**dict(zip(HEADERS, headers, strict=False)), **(more or {})} or None
        called = Called(user=plain, uri=f"sip:{user}@192.0.2.1:5060;user=phone", headers=read)
        found = await Directory(self._cache, standard(self._cache)).from_trunk(called, trunk)
        if not isinstance(found, Answering):
            return str(found.reason)
        return found.callee or plain.removeprefix("+")


@pytest.fixture
async def system(writer: Writer, cache: SettingsCache, account: Account) -> Installation:
    return Installation(writer, cache)


async def test_a_number_is_reached_however_the_carrier_writes_it(system: Installation) -> None:
    await system.owns("US", OURS, "500")
    assert {written: await system.reached(written) for written in FORMS} == dict.fromkeys(FORMS, OURS)


async def test_a_number_is_reached_in_the_forms_of_its_owners_country(system: Installation) -> None:
    await system.owns("GB", "442079460123")
    await system.owns("IT", "390612345678")
    for written in ("+442079460123", "00442079460123", "02079460123", "(020)79460123"):
        assert await system.reached(written) == "442079460123", written
    assert await system.reached("0612345678") == "390612345678"


async def test_a_number_stored_in_its_national_form_is_reached_by_its_international_one(system: Installation) -> None:
    await system.owns("US", "2015552005")
    await system.owns("GB", "02079460123")
    for written in ("+12015552005", "12015552005", "0012015552005", "2015552005"):
        assert await system.reached(written) == "2015552005", written
    for written in ("+442079460123", "02079460123", "442079460123"):
        assert await system.reached(written) == "02079460123", written


async def test_a_call_for_another_country_reaches_nobody_here(system: Installation) -> None:
    """+20 15552005 is in Egypt, +49 201 5552005 in Essen."""
    await system.owns("US", OURS)
    for written in ("+2015552005", "+492015552005", "2015552005;phone-context=+49", "02015552005"):
        assert await system.reached(written) == "no_number", written


@pytest.mark.parametrize("stored", ["12015552005", "2015552005"])
async def test_a_national_number_behind_011_or_00_is_reached(system: Installation, stored: str) -> None:
    await system.owns("US", stored)
    for written in ("0112015552005", "002015552005"):
        assert await system.reached(written) == stored, written


async def test_a_national_number_behind_011_is_not_read_so_where_it_is_another_country_s_number_of_ours(
    system: Installation,
) -> None:
    await system.owns("US", OURS)
    await system.owns("EG", "2015552005")
    assert await system.reached("0112015552005") == "no_number", "an owner in Egypt is not called by the prefix 011"
    assert await system.reached("002015552005") == "2015552005"


async def test_where_two_numbers_fit_neither_gets_the_call_unless_the_trunk_has_a_country(
    system: Installation,
) -> None:
    await system.owns("US", "12025550143")
    await system.owns("FR", "33202555014")
    await system.owns("DE", "492025550143")
    assert await system.reached("2025550143") == "ambiguous"
    await system.has(Trunk(name="washington", host="192.0.2.11", country="US"))
    await system.has(Trunk(name="wuppertal", host="192.0.2.12", country="DE"))
    assert await system.reached("2025550143", trunk="washington") == "12025550143"
    assert await system.reached("02025550143", trunk="wuppertal") == "492025550143"


async def test_the_exact_number_comes_before_every_reading(system: Installation) -> None:
    await system.owns("US", OURS, "2015552005")
    assert await system.reached("2015552005") == "2015552005"
    assert await system.reached("+12015552005") == OURS


async def test_short_numbers_are_never_read_otherwise(system: Installation) -> None:
    await system.owns("US", "500", "15005")
    assert await system.reached("500") == "500"
    for written in ("+1500", "00500", "0500", "5005", "50"):
        assert await system.reached(written) == "no_number", written


async def test_what_is_not_a_number_reaches_nobody(system: Installation) -> None:
    await system.owns("US", OURS, "12")
    for user in ("", "alice", "repuser", "+", "12a", "--", "h", ";npdi", "1" * 200):
        assert await system.reached(user, "") == "no_number", user


async def test_a_call_to_the_registered_contact_is_for_the_number_in_a_header(system: Installation) -> None:
    await system.owns("US", OURS, "12015552006")
    await system.has(ITSP)
    party, to = f"<sip:+{OURS}@ims.example>", '"Shop" <sip:+12015552006@itsp.example;user=phone>;tag=1'
    assert await system.reached("repuser", "", to, trunk="itsp") == "12015552006"
    assert await system.reached("repuser", party, to, trunk="itsp") == OURS
    assert await system.reached("repuser", "<tel:+1-201-555-2005>", "", trunk="itsp") == OURS
    assert await system.reached("", "", to, trunk="itsp") == "12015552006"
    assert await system.reached("repuser", "", "<sip:repuser@itsp.example>", trunk="itsp") == "no_number"


async def test_a_header_does_not_send_a_call_for_one_number_to_another(system: Installation) -> None:
    """To is what was dialled at first: a call that was diverted to us still has the old number there."""
    await system.owns("US", OURS)
    await system.has(ITSP)
    assert await system.reached("12015559999", "", f"<sip:+{OURS}@x.example>", trunk="itsp") == "no_number"
    assert await system.reached("alice", "", f"<sip:+{OURS}@x.example>", trunk="itsp") == "no_number"


def test_user_parts_are_read_from_every_kind_of_uri() -> None:
    assert user_of("sip:+1201@h;user=phone") == "+1201"
    assert user_of('"a" <sips:b:secret@h>') == "b:secret"
    assert user_of("tel:+1201;ext=7") == "+1201;ext=7"
    assert user_of("sip:192.0.2.1:5060") == ""
    assert dialled("caf%E9") is None
    assert dialled("+1-201;phone-context=+1.9") == DialledNumber("1201", True, "19")


async def test_a_trunk_whose_calls_name_their_number_elsewhere_is_read_there_first(system: Installation) -> None:
    await system.owns("US", "12015552005", "12015552006")
    await system.has(Trunk(name="to", host="192.0.2.1", numbering=Numbering(called_in="to")))
    await system.has(Trunk(name="own", host="192.0.2.2", numbering=Numbering(called_in="X-Called")))
    asked = await system.asked("12015552005", "to")
    assert isinstance(asked, Unmatched) and asked.look_further[0] == "To", "the header is asked for"
    to = {"P-Called-Party-ID": "", "To": "<sip:+12015552006@carrier.example>"}
    assert await system.reached("12015552005", trunk="to", more=to) == "12015552006"
    assert await system.reached("12015552005", trunk="own", more={"X-Called": "+1-201-555-2006"}) == "12015552006"
    assert await system.reached("12015552005", trunk="own", more={"X-Called": "<tel:+12015552006>"}) == "12015552006"


async def test_a_header_that_is_not_there_or_names_nobody_leaves_the_request_uri(system: Installation) -> None:
    await system.owns("US", "12015552005")
    await system.has(Trunk(name="own", host="192.0.2.2", numbering=Numbering(called_in="X-Called")))
    for value in ("", "nobody", "+442070313000"):
        assert await system.reached("12015552005", trunk="own", more={"X-Called": value}) == "12015552005"
