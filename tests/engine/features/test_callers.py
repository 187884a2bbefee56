"""What an extension's calls show outside, and which of its calls are recorded, as admission says."""

import pytest

from engine.commands import CallerRefused
from engine.features.admission import Admission
from engine.features.billing.call_rates import CallRates
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, extensions
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.extensions import Extension, Records
from engine.store.writer import Writer
from tests.support.counters import CountersInMemory

LAB_NUMBER = "12015550114"
FIRST, ITS_OWN = "12015559990", "442079460000"


@pytest.fixture
def admission(database: Database, cache: SettingsCache, call_rates: CallRates) -> Admission:
    """Admission without anything set."""
    return Admission(database, cache, call_rates, CountersInMemory())


async def extension(writer: Writer, account: Account, number: str, **fields: object) -> None:
    """Add an extension to the store."""
    wanted = {"number": number, "sip_user": number, "account": account.id, "password": "x" * 10, **fields}
    await writer.write(lambda conn: extensions.add(conn, Extension(**wanted)))  # type: ignore[arg-type]


@pytest.fixture
async def office(writer: Writer, cache: SettingsCache, account: Account) -> None:
    """101 shows a number of its own; 102 what the account shows. The account may show two numbers."""
    for number in (FIRST, ITS_OWN):
        await writer.write(lambda conn, number=number: accounts.add_caller_id(conn, account.id, number))  # type: ignore[misc]
    await extension(writer, account, "101", outbound_caller=ITS_OWN)
    await extension(writer, account, "102")
    await cache.load()


@pytest.mark.usefixtures("office")
async def test_an_extension_shows_its_own_number_outside_and_its_digits_inside(
    admission: Admission, account: Account
) -> None:
    async def shown(callee: str, **fields: object) -> str | None:
        fields = {"caller": None, "max_seconds": 60, **fields}
        return (await admission.admit(account.id, "call-1", callee, **fields)).caller  # type: ignore[arg-type]

    assert await shown(LAB_NUMBER, party="101") == ITS_OWN
    assert await shown(LAB_NUMBER, caller="101") == ITS_OWN
    assert await shown(LAB_NUMBER, party="102") == FIRST
    assert await shown("102", party="101") == "101"
    assert await shown(LAB_NUMBER, party="101", caller=FIRST) == FIRST, "who asks for a number gets that"
    assert await shown(LAB_NUMBER, party="101", party_by_trunk=True) == FIRST, "a PBX's 101 is none of ours"
    assert await shown(LAB_NUMBER, party="12125550100") == "12125550100"
    with pytest.raises(CallerRefused):
        await shown(LAB_NUMBER, caller="12125550100")


@pytest.mark.usefixtures("office")
async def test_a_number_that_was_taken_from_the_account_is_not_shown_any_more(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.remove_caller_id(conn, account.id, ITS_OWN))
    await cache.load()
    admitted = await admission.admit(account.id, "call-1", LAB_NUMBER, None, max_seconds=60, party="101")
    assert admitted.caller == FIRST


@pytest.mark.parametrize(
    ("external", "internal", "recorded"),
    [
        (Records.NEVER, Records.NEVER, set()),
        (Records.OUT, Records.NEVER, {"out"}),
        (Records.IN, Records.NEVER, {"in", "in by a PBX", "in without a number"}),
        (Records.BOTH, Records.NEVER, {"in", "in by a PBX", "in without a number", "out"}),
        (Records.NEVER, Records.OUT, {"to 102"}),
        (Records.NEVER, Records.IN, {"of 102"}),
        (Records.NEVER, Records.BOTH, {"to 102", "of 102"}),
    ],
)
async def test_an_extension_s_calls_are_recorded_as_it_says(
    admission: Admission,
    account: Account,
    writer: Writer,
    cache: SettingsCache,
    external: Records,
    internal: Records,
    recorded: set[str],
) -> None:
    await extension(writer, account, "101", record_external=external, record_internal=internal)
    await extension(writer, account, "102")
    await cache.load()
    calls = {
        "in": ("101", LAB_NUMBER, False),
        "in by a PBX": ("101", "102", True),
        "in without a number": ("101", "", False),
        "out": (LAB_NUMBER, "101", False),
        "to 102": ("102", "101", False),
        "of 102": ("101", "102", False),
        "by a program": ("101", None, False),
        "to outside of 102": (LAB_NUMBER, "102", False),
    }
    found = set()
    for name, (callee, party, by_trunk) in calls.items():
        admitted = await admission.admit(
            account.id, f"call {name}", callee, None, max_seconds=60, party=party, party_by_trunk=by_trunk
        )
        if admitted.is_recorded:
            found.add(name)
    assert found == recorded
