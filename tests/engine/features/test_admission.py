"""Who may call what, how much at once, and what it costs.

Over 300 lines: its stories share one set of helpers, and each is short.
"""

import pytest

from engine.commands import CallerRefused, EngineUnavailable, LimitReached, NumberRefused
from engine.features.admission import Admission
from engine.features.billing.call_rates import CallRates
from engine.platform.settings_cache import SettingsCache
from engine.redis.errors import RedisUnavailable
from engine.store import accounts, applications, extensions, numbers, trunks
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.numbers import Number
from engine.store.trunks import Trunk
from engine.store.writer import Writer
from tests.support.counters import CountersInMemory

LAB_NUMBER = "12015550114"


@pytest.fixture
def counters() -> CountersInMemory:
    return CountersInMemory()


@pytest.fixture
def admission(database: Database, cache: SettingsCache, call_rates: CallRates, counters: CountersInMemory) -> Admission:
    return Admission(database, cache, call_rates, counters)


async def test_a_new_account_may_call_the_lab(admission: Admission, account: Account) -> None:
    admitted = await admission.admit(account.id, "call-1", "+1 (201) 555-0114", None, max_seconds=14400)
    assert admitted.digits == LAB_NUMBER
    assert [route.trunk for route in admitted.routes] == ["lab"]
    assert admitted.routes[0].endpoint.startswith(f"PJSIP/trunk-lab/sip:{LAB_NUMBER}@")
    assert (admitted.caller, admitted.max_seconds, admitted.wait) == (None, 14400, 0)


@pytest.mark.parametrize(
    ("callee", "why"),
    [
        ("442079460000", "no allowed prefix"),
        ("911", "Emergency"),
        ("+911", "Emergency"),
        ("9110000", "emergency number 911"),
        ("0112 1234567", "emergency number 112"),
        ("500&PJSIP/x", "only digits"),
        ("12015550114@evil", "only digits"),
        ("${EXTEN}", "only digits"),
        ("100", "7 to 15"),
        ("", "only digits"),
    ],
)
async def test_what_may_not_be_called_is_refused_and_takes_no_place(
    admission: Admission, account: Account, counters: CountersInMemory, callee: str, why: str
) -> None:
    with pytest.raises(NumberRefused, match=why):
        await admission.admit(account.id, "call-1", callee, None, max_seconds=60)
    with pytest.raises(NumberRefused, match=why):
        admission.check(account.id, callee, None)
    assert not counters.places.get(account.id)


async def test_an_allowed_prefix_opens_its_numbers(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.allow(conn, account.id, "44"))
    await cache.load()
    assert (
        await admission.admit(account.id, "call-1", "00442079460000", None, max_seconds=60)
    ).digits == "442079460000"


async def test_what_everything_does_not_open_is_refused_to_calls_and_to_those_whom_a_conference_invites(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.allow(conn, account.id, ""))
    await cache.load()
    for callee, why in (("+88213312345", "range of high risk"), ("9110000", "emergency number 911")):
        with pytest.raises(NumberRefused, match=why):
            await admission.admit(account.id, "call-1", callee, None, max_seconds=60)
        with pytest.raises(NumberRefused, match=why):
            admission.check(account.id, callee, None)
    await writer.write(lambda conn: accounts.allow(conn, account.id, "882"))
    await cache.load()
    assert (await admission.admit(account.id, "call-1", "+88213312345", None, max_seconds=60)).digits == "88213312345"


async def test_an_extension_may_be_named_like_an_emergency_number(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    own = Extension(number="9110000", sip_user="9110000", account=account.id, name="", password="x" * 10)
    await writer.write(lambda conn: extensions.add(conn, own))
    await cache.load()
    assert (await admission.admit(account.id, "call-1", "9110000", None, max_seconds=60)).digits == "9110000"


async def test_an_extension_does_not_call_itself_and_others_do_call_it(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache, counters: CountersInMemory
) -> None:
    for number in ("100", "101"):
        extension = Extension(account=account.id, number=number, name="x", password="p", sip_user=f"u{number}")
        await writer.write(lambda conn, extension=extension: extensions.add(conn, extension))  # type: ignore[misc]
    await cache.load()
    with pytest.raises(NumberRefused, match="An extension cannot call itself"):
        await admission.admit(account.id, "call-1", "100", None, max_seconds=60, party="100")
    assert not counters.places.get(account.id)
    assert (await admission.admit(account.id, "call-1", "100", None, max_seconds=60, party="101")).digits == "100"
    pbx = {"party": "100", "party_by_trunk": True}
    by_trunk = await admission.admit(account.id, "call-3", "100", None, max_seconds=60, **pbx)  # type: ignore[arg-type]
    assert (by_trunk.digits, by_trunk.caller) == ("100", "100"), "a PBX behind a trunk has an extension 100 too"
    assert (await admission.admit(account.id, "call-2", "100", None, max_seconds=60)).digits == "100"


async def test_an_account_s_own_limit_of_attempts_counts_before_that_of_the_installation(
    database: Database, cache: SettingsCache, call_rates: CallRates, writer: Writer, account: Account
) -> None:
    admission = Admission(database, cache, call_rates, CountersInMemory(), max_attempts=4)
    assert (await admission.admit(account.id, "call-1", LAB_NUMBER, None, max_seconds=60)).max_attempts == 4
    await writer.write(lambda conn: accounts.update(conn, account.id, max_attempts=2))
    await cache.load()
    assert (await admission.admit(account.id, "call-2", LAB_NUMBER, None, max_seconds=60)).max_attempts == 2


async def test_an_own_extension_is_rung_and_another_account_s_is_not(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    other = Account(id="account-2", name="other", created=0)
    await writer.write(lambda conn: accounts.create(conn, other))
    await writer.write(
        lambda conn: extensions.add(
            conn, Extension(number="100", sip_user="100-abc", account=account.id, name="A", password="x" * 10)
        )
    )
    await cache.load()
    admitted = await admission.admit(account.id, "call-1", "100", None, max_seconds=60)
    assert [(route.endpoint, route.trunk) for route in admitted.routes] == [("PJSIP/100-abc", None)]
    with pytest.raises(NumberRefused):
        await admission.admit(other.id, "call-2", "100", None, max_seconds=60)


async def test_several_trunks_are_there_to_fail_over(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: trunks.add(conn, Trunk(name="b", host="192.0.2.2", prefix="1201", priority=2)))
    await writer.write(lambda conn: trunks.add(conn, Trunk(name="a", host="192.0.2.1", prefix="1201", priority=1)))
    await cache.load()
    assert [route.trunk for route in admission.routes(account.id, LAB_NUMBER)] == ["lab", "a", "b"]


async def test_a_number_without_a_trunk_is_refused(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: trunks.remove(conn, "lab"))
    await cache.load()
    with pytest.raises(NumberRefused, match="No trunk"):
        await admission.admit(account.id, "call-1", LAB_NUMBER, None, max_seconds=60)


async def test_a_disabled_or_unknown_account_calls_nobody(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.update(conn, account.id, disabled=True))
    await cache.load()
    for who in (account.id, "account-none"):
        with pytest.raises(NumberRefused, match="disabled"):
            await admission.admit(who, "call-1", LAB_NUMBER, None, max_seconds=60)


async def test_a_caller_id_is_shown_only_if_owned_or_verified(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    application = Application(id="app-1", account=account.id, name="main", tasks=[])
    await writer.write(lambda conn: applications.create(conn, application))
    for number in ("12015559999", "500"):
        await writer.write(
            lambda conn, number=number: numbers.assign(
                conn, Number(number=number, account=account.id, application="app-1")
            )
        )
    await writer.write(lambda conn: accounts.add_caller_id(conn, account.id, "442079460000"))
    await cache.load()

    async def shown(caller: str | None, call: str) -> str | None:
        return (await admission.admit(account.id, call, LAB_NUMBER, caller, max_seconds=60)).caller

    assert await shown("+44 20 7946 0000", "call-1") == "442079460000"
    assert await shown("+1 (201) 555-9999", "call-2") == "12015559999"
    assert await shown(None, "call-3") == "442079460000"
    for foreign in ("12015550000", "500", "anonymous", "442079460000;x", "911"):
        with pytest.raises(CallerRefused):
            await shown(foreign, "call-4")


async def test_an_extension_s_number_is_shown_inside_only(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    for number in ("100", "101"):
        extension = Extension(number=number, sip_user=number, account=account.id, name="", password="x" * 10)
        await writer.write(lambda conn, extension=extension: extensions.add(conn, extension))
    await cache.load()
    assert (await admission.admit(account.id, "a", "101", "100", max_seconds=60)).caller == "100"
    assert (await admission.admit(account.id, "b", LAB_NUMBER, "100", max_seconds=60)).caller is None
    assert (await admission.admit(account.id, "c", LAB_NUMBER, None, max_seconds=60, party="100")).caller is None


async def test_the_other_leg_s_number_may_be_shown_unless_it_is_no_number(
    admission: Admission, account: Account
) -> None:
    async def shown(party: str, call: str) -> str | None:
        return (await admission.admit(account.id, call, LAB_NUMBER, None, max_seconds=60, party=party)).caller

    assert await shown("+442079460000", "a") == "442079460000"
    assert await shown("anonymous", "b") is None
    assert await shown("1" * 30, "c") is None


async def test_calls_at_once_are_limited_and_a_released_place_is_free_again(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache
) -> None:
    await writer.write(lambda conn: accounts.update(conn, account.id, max_calls=2))
    await cache.load()
    for call in ("a", "b", "a"):
        await admission.admit(account.id, call, LAB_NUMBER, None, max_seconds=60)
    with pytest.raises(LimitReached, match="2 calls at once"):
        await admission.admit(account.id, "c", LAB_NUMBER, None, max_seconds=60)
    await admission.release(account.id, "a")
    await admission.release(account.id, "a")
    await admission.admit(account.id, "c", LAB_NUMBER, None, max_seconds=60)


async def test_over_the_pace_a_call_waits_and_over_thirty_seconds_it_is_refused(
    admission: Admission, account: Account, counters: CountersInMemory
) -> None:
    counters.wait = 12.5
    assert (await admission.admit(account.id, "a", LAB_NUMBER, None, max_seconds=60)).wait == 12.5
    counters.wait = 31
    with pytest.raises(LimitReached, match="10 calls a second"):
        await admission.admit(account.id, "b", LAB_NUMBER, None, max_seconds=60)
    assert counters.places[account.id] == {"a"}


async def test_without_redis_new_calls_are_not_taken(
    admission: Admission, account: Account, counters: CountersInMemory
) -> None:
    counters.lost = True
    with pytest.raises(EngineUnavailable, match="Redis"):
        await admission.admit(account.id, "a", LAB_NUMBER, None, max_seconds=60)


async def test_a_redis_that_fails_between_place_and_turn_keeps_no_place(
    admission: Admission, account: Account, counters: CountersInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pace(account: str, per_second: float, longest: float) -> float:
        raise RedisUnavailable

    monkeypatch.setattr(counters, "pace", pace)
    with pytest.raises(EngineUnavailable):
        await admission.admit(account.id, "call-1", LAB_NUMBER, None, max_seconds=60)
    assert counters.places == {account.id: set()}
