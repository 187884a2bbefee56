"""What is held for calls: what an account may spend, how holds grow, and what a refusal says."""

import pytest
from sqlalchemy import Connection

from engine.calls.admission_protocol import Held, Uncovered
from engine.commands import CreditSpent
from engine.features.admission import Admission
from engine.features.billing import store as rates
from engine.features.billing.call_rates import CallRates
from engine.features.billing.store import Rate
from engine.platform import holds, ledger, money
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts, extensions
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.extensions import Extension
from engine.store.writer import Writer
from tests.engine.store.samples import a_call
from tests.support.counters import CountersInMemory

LAB_NUMBER = "12015550114"
NOON = 20_000 * 86400.0 + 43200
LONG = 14400.0


class Paying:
    """An account with money, and a rate of 0.60 a minute by whole minutes unless another is loaded."""

    def __init__(
        self, admission: Admission, account: Account, writer: Writer, cache: SettingsCache, call_rates: CallRates
    ) -> None:
        self._admission, self.account, self._writer, self._cache = admission, account.id, writer, cache
        self._rates = call_rates
        self.now = NOON

    async def has(self, balance: int | None = None, daily: int | None = None, *table: Rate) -> None:
        loaded = table or (Rate(prefix="1201555", currency="USD", per_minute=600_000),)
        await self._writer.write(lambda conn: accounts.update(conn, self.account, balance=balance, daily_spend=daily))
        await self._writer.write(lambda conn: rates.replace_all(conn, loaded))
        await self._cache.load()
        await self._rates.load()

    async def places(self, call: str, seconds: float = LONG, callee: str = LAB_NUMBER) -> Held:
        """Admit a call and hold its money; raises CreditSpent."""
        admitted = await self._admission.admit(self.account, call, callee, None, max_seconds=seconds)
        if admitted.cover is None:
            return Held()
        cover = admitted.cover
        held = await self._writer.write(lambda conn: cover.take(conn, self.now))
        if isinstance(held, Uncovered):
            raise CreditSpent(held.why)
        cover.held = held
        return held

    async def grows(self, call: str, used: float, seconds: float = LONG) -> Held:
        """Grow a call's hold as a controller does that was restarted meanwhile."""
        found = a_call(call, account=self.account, callee=LAB_NUMBER, max_seconds=seconds, answered=self.now)
        cover = await self._admission.cover_of(found)
        assert cover
        return await self._writer.write(lambda conn: cover.grow(conn, used, self.now + used))

    async def ends(self, call: str, price: int) -> None:
        """A call ends and is charged."""
        found = a_call(call, account=self.account, callee=LAB_NUMBER, answered=self.now)
        cover = await self._admission.cover_of(found)
        priced = a_call(call, account=self.account, callee=LAB_NUMBER, price=price)
        await self._writer.write(lambda conn: self._admission.settle(conn, priced, cover, self.now))
        await self._admission.release(self.account, call)

    async def holding(self) -> dict[str, int]:
        """What is held, by call."""
        return {hold.id: hold.amount for hold in await self._writer.write(lambda conn: holds.list(conn, self.account))}


@pytest.fixture
def admission(database: Database, cache: SettingsCache, call_rates: CallRates) -> Admission:
    return Admission(database, cache, call_rates, CountersInMemory(), lambda: NOON)


@pytest.fixture
def paying(
    admission: Admission, account: Account, writer: Writer, cache: SettingsCache, call_rates: CallRates
) -> Paying:
    return Paying(admission, account, writer, cache, call_rates)


async def test_an_unlimited_call_holds_a_few_minutes_and_leaves_money_for_the_next(paying: Paying) -> None:
    await paying.has(5_200_000, None, Rate(prefix="1201555", currency="USD", per_minute=500_000))
    for call in ("a", "b", "c"):
        assert await paying.places(call) == Held(amount=1_500_000, seconds=180)
    assert await paying.places("d") == Held(amount=500_000, seconds=60, short=True)
    with pytest.raises(CreditSpent):
        await paying.places("e")


async def test_a_refusal_says_what_is_held_by_what(paying: Paying) -> None:
    await paying.has(2_000_000, None)
    await paying.places("call-a", 60)
    await paying.places("call-b", 120)
    with pytest.raises(CreditSpent) as refused:
        await paying.places("call-c")
    assert str(refused.value) == (
        "The balance of 2.00 USD does not cover this call: 1.80 is held for what goes on,"
        " 1.20 by the call to 12015550114 (call-b), 0.60 by the call to 12015550114 (call-a);"
        " 0.20 is left, and the first 60 s cost 0.60."
    )


async def test_of_many_holds_the_largest_are_named(paying: Paying) -> None:
    await paying.has(4_900_000, None)
    for call in range(6):
        await paying.places(f"call-{call}", 60 if call else 180)
    with pytest.raises(CreditSpent) as refused:
        await paying.places("call-6")
    assert "1.80 by the call to 12015550114 (call-0)" in str(refused.value)
    assert "(call-2) and 1.80 by 3 more; 0.10 is left" in str(refused.value)


async def test_a_short_call_holds_what_it_may_cost_and_no_more(paying: Paying) -> None:
    await paying.has(2_000_000, None)
    assert await paying.places("a", 59) == Held(amount=600_000, seconds=60)
    await paying.ends("a", 600_000)
    assert await paying.places("b") == Held(amount=1_200_000, seconds=120, short=True)


async def test_what_an_ended_call_did_not_use_is_free_again(paying: Paying) -> None:
    await paying.has(2_000_000, None)
    await paying.places("a", 120)
    await paying.ends("a", 0)
    assert await paying.holding() == {}
    assert (await paying.places("b")).seconds == 180


async def test_the_daily_spend_counts_what_was_charged_today_and_what_is_held(paying: Paying, writer: Writer) -> None:
    await paying.has(None, 1_900_000)
    for at in (NOON - 86400, NOON):
        await writer.write(
            lambda conn, at=at: ledger.charge(conn, paying.account, ledger.for_call(f"old-{at}"), 600_000, at=at)
        )
    assert await paying.places("a") == Held(amount=1_200_000, seconds=120, short=True)
    with pytest.raises(CreditSpent, match=r"The daily spend of 1\.90 USD, 0\.60 of it spent today \(UTC\), does not"):
        await paying.places("b")


async def test_a_payment_is_not_spent_and_a_correction_is_not_either(paying: Paying, writer: Writer) -> None:
    await paying.has(1_000_000, 1_000_000)
    for amount in (500_000, -300_000):
        await writer.write(lambda conn, amount=amount: ledger.credit(conn, paying.account, amount))
    funds = await writer.write(lambda conn: holds.funds(conn, paying.account, NOON))
    assert funds and (funds.balance, funds.spent, funds.left) == (1_200_000, 0, 1_000_000)


async def test_a_daily_spend_that_is_set_at_noon_counts_the_morning(paying: Paying, writer: Writer) -> None:
    morning = ledger.for_call("morning")
    await writer.write(lambda conn: ledger.charge(conn, paying.account, morning, 700_000, at=NOON - 3600))
    await writer.write(lambda conn: ledger.recount(conn, paying.account, NOON))
    await paying.has(None, 1_000_000)
    funds = await writer.write(lambda conn: holds.funds(conn, paying.account, NOON))
    assert funds and funds.left == 300_000


async def test_a_hold_grows_with_its_call_until_the_money_is_spent(paying: Paying) -> None:
    await paying.has(3_000_000, None)
    await paying.places("a")
    assert await paying.grows("a", 90) == Held(amount=3_000_000, seconds=300)
    assert await paying.grows("a", 200) == Held(amount=3_000_000, seconds=300, short=True)
    assert await paying.holding() == {"a": 3_000_000}


async def test_a_hold_grows_no_further_than_its_call_may_last(paying: Paying) -> None:
    await paying.has(9_000_000, None)
    await paying.places("a", 240)
    assert await paying.grows("a", 120, 240) == Held(amount=2_400_000, seconds=240)


async def test_two_growing_calls_share_what_there_is(paying: Paying) -> None:
    await paying.has(4_200_000, None)
    await paying.places("a")
    await paying.places("b")
    assert (await paying.grows("a", 120)).amount == 2_400_000
    assert (await paying.grows("b", 120)).amount == 1_800_000
    await paying.ends("a", 600_000)
    assert await paying.grows("b", 120) == Held(amount=3_000_000, seconds=300)


async def test_increments_that_are_not_paid_for_are_not_held(paying: Paying) -> None:
    await paying.has(1_000_000, None, Rate(prefix="1", currency="USD", per_minute=600_000, first=30, next=6))
    assert await paying.places("a") == Held(amount=960_000, seconds=96, short=True)


async def test_a_call_keeps_the_rate_that_it_was_placed_with(paying: Paying, admission: Admission) -> None:
    await paying.has(10_000_000, None)
    await paying.places("a")
    await paying.has(10_000_000, None, Rate(prefix="1201555", currency="USD", per_minute=6_000_000))
    cover = await admission.cover_of(a_call("a", account=paying.account, callee=LAB_NUMBER))
    assert cover and cover.price(90).amount == 1_200_000
    assert (await paying.grows("a", 170)).amount == 3_600_000


async def test_a_call_of_a_version_without_holds_gets_one_after_the_restart(paying: Paying) -> None:
    await paying.has(2_000_000, None)
    assert await paying.grows("old", 70) == Held(amount=1_800_000, seconds=180, short=True)
    await paying.has(0, None)
    assert await paying.grows("older", 70) == Held(amount=1_200_000, seconds=120, short=True)


async def test_without_a_rate_a_call_is_free_but_a_spent_balance_stops_it(paying: Paying) -> None:
    await paying.has(1, None, Rate(prefix="44", currency="USD", per_minute=1))
    assert (await paying.places("a")).amount == 0
    await paying.has(0, None, Rate(prefix="44", currency="USD", per_minute=1))
    with pytest.raises(CreditSpent, match=r"^The balance of 0\.00 USD is used up\.$"):
        await paying.places("b")


async def test_a_spent_balance_does_not_stop_calls_between_own_extensions(paying: Paying, writer: Writer) -> None:
    own = Extension(number="100", sip_user="100", account=paying.account, name="", password="x" * 10)
    await writer.write(lambda conn: extensions.add(conn, own))
    await paying.has(0, None)
    assert (await paying.places("a", callee="100")).amount == 0


async def test_an_account_without_limits_holds_nothing(paying: Paying, admission: Admission) -> None:
    await paying.has(None, None)
    admitted = await admission.admit(paying.account, "a", LAB_NUMBER, None, max_seconds=60)
    assert admitted.cover is None
    assert await admission.cover_of(a_call("a", account=paying.account, callee=LAB_NUMBER)) is None


async def test_a_leg_is_priced_by_its_digits_and_an_extension_is_free(
    paying: Paying, admission: Admission, writer: Writer
) -> None:
    own = Extension(number="1201555", sip_user="1201555", account=paying.account, name="", password="x" * 10)
    await writer.write(lambda conn: extensions.add(conn, own))
    await paying.has(None, None)
    assert admission.price(paying.account, LAB_NUMBER, 61).amount == 1_200_000
    assert admission.price(paying.account, "1201555", 61).amount == 0


async def test_an_account_s_own_rates_come_before_those_of_all(paying: Paying, admission: Admission) -> None:
    dear = Rate(prefix="120155501", currency="USD", per_minute=9_000_000)
    own = Rate(prefix="1", currency="USD", per_minute=60_000, account=paying.account)
    foreign = Rate(prefix="1201", currency="USD", per_minute=7, account="acct-other")
    await paying.has(None, None, dear, own, foreign)
    assert admission.price(paying.account, LAB_NUMBER, 60).amount == 60_000
    assert admission.price(paying.account, "442079460000", 60).amount == 0


CAMPAIGN = ledger.Purpose("campaign", "cmp-1")


@pytest.fixture
def backed(database: Database, account: Account, writer: Writer, cache: SettingsCache, call_rates: CallRates) -> Paying:
    """An account whose calls are parts of a campaign, but for those called alone."""

    def backing(conn: Connection, purpose: ledger.Purpose) -> ledger.Purpose | None:
        return None if purpose.id == "alone" else CAMPAIGN

    admission = Admission(database, cache, call_rates, CountersInMemory(), lambda: NOON, backings=[backing])
    return Paying(admission, account, writer, cache, call_rates)


async def hold_for_the_campaign(paying: Paying, writer: Writer, amount: int) -> None:
    await writer.write(lambda conn: money.put(conn, paying.account, CAMPAIGN, amount, NOON))


async def test_a_call_begins_with_the_money_of_its_campaign_if_nothing_else_is_left(
    backed: Paying, writer: Writer
) -> None:
    await backed.has(2_000_000, None)
    await hold_for_the_campaign(backed, writer, 1_800_000)
    with pytest.raises(CreditSpent):
        await backed.places("alone")
    assert await backed.places("a") == Held(amount=600_000, seconds=60, short=True)
    assert await backed.holding() == {"cmp-1": 1_400_000, "a": 600_000}


async def test_a_call_outgrows_its_money_by_that_of_its_campaign_when_its_end_is_near(
    backed: Paying, writer: Writer
) -> None:
    await backed.has(2_400_000, None)
    await hold_for_the_campaign(backed, writer, 1_800_000)
    await backed.places("a")
    assert (await backed.grows("a", 30)).seconds == 60, "it does not take what it may not need"
    assert await backed.grows("a", 50) == Held(amount=1_200_000, seconds=120, short=True)
    assert await backed.holding() == {"cmp-1": 1_200_000, "a": 1_200_000}
    assert (await backed.grows("a", 110)).seconds == 180
    assert (await backed.grows("a", 170)).seconds == 240
    assert await backed.holding() == {"a": 2_400_000}
    assert (await backed.grows("a", 230)).seconds == 240, "neither has more"
