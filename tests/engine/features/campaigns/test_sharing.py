"""Campaigns that share money, trunks and the pace of their account: who goes first, and who must wait."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.accounts import NewAccount
from engine.features.campaigns.claiming import SPENT
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import CampaignChange, Message, Options, Retry, TrunkLimit, Window
from engine.features.campaigns.store import campaigns, trunks
from engine.features.errors import StillUsed
from engine.model.money import Price
from engine.platform import holds, ledger
from engine.platform.audit import SYSTEM
from engine.store import accounts
from engine.store.accounts import Account
from tests.engine.features.campaigns.town import BUSY, MESSAGE_SECONDS, Person, Town

FIRST, SECOND, THIRD = "12015550101", "12015550102", "12015550103"
TEN = [f"120155501{place:02}" for place in range(10, 20)]
OTHER_TEN = [f"120155502{place:02}" for place in range(10, 20)]
QUICK = Options(per_second=100)


class Prices:
    """What calls cost, by number; the others cost 100."""

    def __init__(self, **dear: int) -> None:
        self.dear = {name.removeprefix("n"): amount for name, amount in dear.items()}

    def price(self, account: str, to: str, quantity: float) -> Price:
        return Price(amount=self.dear.get(to, 100), currency="USD")


def priced(town: Town, **dear: int) -> None:
    town.platform.prices.add("call", Prices(**dear))  # type: ignore[arg-type]


async def another_account(town: Town) -> Account:
    def unit(conn: Connection) -> Account:
        account, _ = account_settings.create(conn, NewAccount(name="other"), ["own"])
        accounts.allow(conn, account.id, "")
        return account

    account = await town.writer.write(unit)
    await town.platform.refresh()
    return account


# Money


async def test_contacts_that_cost_less_are_called_when_the_money_does_not_pay_for_the_dear_ones(town: Town) -> None:
    priced(town, **{"n" + FIRST: 500})
    await town.set_account(balance=1000)
    campaign = await town.campaign([FIRST, SECOND, THIRD], QUICK)
    await town.start(campaign)
    await town.set_account(balance=250)  # other calls were charged meanwhile
    await town.pass_seconds(30)
    assert sorted(town.network.numbers) == [SECOND, THIRD]
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.reason, found.attempts) == (Status.QUEUED, "credit_spent", 0)
    there = await town.campaigns.get(town.account.id, campaign.id)
    assert (there.state, there.reason) == ("paused", SPENT)


async def test_who_waited_for_money_is_called_as_soon_as_the_campaign_is_resumed_with_some(town: Town) -> None:
    town.network.people = {SECOND: BUSY}
    priced(town, **{"n" + FIRST: 500})
    await town.set_account(balance=1000)
    retries = (Retry(outcome=Status.BUSY, times=1, wait_seconds=5),)
    campaign = await town.campaign([FIRST, SECOND], Options(per_second=100, retries=retries))
    await town.start(campaign)
    await town.set_account(balance=100)
    await town.pass_seconds(60)
    assert await town.state(campaign) == "paused" and town.network.numbers == [SECOND, SECOND]
    await town.set_account(balance=1000)
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(10)
    assert town.network.numbers == [SECOND, SECOND, FIRST]
    await town.pass_seconds(10)
    assert await town.state(campaign) == "ended"


async def test_a_resumed_campaign_that_still_has_no_money_pauses_again(town: Town) -> None:
    priced(town)
    await town.set_account(balance=1000)
    campaign = await town.campaign([FIRST, SECOND], QUICK)
    await town.start(campaign)
    await town.set_account(balance=50)
    await town.pass_seconds(5)
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(5)
    assert await town.state(campaign) == "paused" and not town.network.dialled


async def test_what_is_held_for_a_campaign_pays_for_its_calls_too(town: Town) -> None:
    priced(town)
    await town.set_account(balance=300)
    campaign = await town.campaign([FIRST, SECOND, THIRD], Options(per_second=0.1))
    await town.start(campaign)
    await town.pass_seconds(1)
    (call,) = [one.call for one in town.network.dialled]

    def found(conn: Connection, id: str) -> list[ledger.Purpose | None]:
        return [backing(conn, ledger.for_call(id)) for backing in town.platform.backings]

    assert await town.database.read(lambda conn: found(conn, call)) == [campaigns.purpose(campaign.id)]
    assert await town.database.read(lambda conn: found(conn, "call-of-somebody")) == [None]


# Trunks


async def test_a_contact_behind_many_that_wait_for_a_full_trunk_is_called_at_once(town: Town) -> None:
    slow = [f"1201555{place}" for place in range(2000, 2250)]
    await town.writer.write(lambda conn: trunks.put(conn, TrunkLimit(trunk="slow", at_once=1)))
    town.trunks = dict.fromkeys(slow, "slow")
    campaign = await town.run([*slow, FIRST], Options(per_second=100, at_once=50))
    await town.pass_seconds(3)
    assert town.network.numbers == [slow[0], FIRST]
    await town.pass_seconds(2 * (2 + MESSAGE_SECONDS))
    assert town.network.numbers[2:4] == slow[1:3], "the others follow in their order"
    assert await town.state(campaign) == "running"


async def test_accounts_take_turns_at_a_full_trunk(town: Town) -> None:
    await town.writer.write(lambda conn: trunks.put(conn, TrunkLimit(trunk="slow", at_once=1)))
    town.trunks = dict.fromkeys([*TEN, *OTHER_TEN], "slow")
    mine, other = town.account, await another_account(town)
    await town.run(TEN, QUICK)
    await town.pass_seconds(1)
    town.account = other
    await town.run(OTHER_TEN, QUICK)
    await town.pass_seconds(10 * (2 + MESSAGE_SECONDS))
    town.account = mine
    called = [number in TEN for number in town.network.numbers]
    assert len(called) >= 9, "who waits is woken by the end of the other account's call"
    assert called[:9] == [True, *[True, False] * 4], "the first account waited for its second call already"


async def test_a_trunk_that_was_paced_takes_calls_of_all_accounts_in_turn(town: Town) -> None:
    await town.writer.write(lambda conn: trunks.put(conn, TrunkLimit(trunk="slow", per_second=0.5)))
    town.trunks = dict.fromkeys([*TEN, *OTHER_TEN], "slow")
    mine, other = town.account, await another_account(town)
    await town.run(TEN, QUICK)
    town.account = other
    await town.run(OTHER_TEN, QUICK)
    await town.pass_seconds(30)
    town.account = mine
    begun = [one.at for one in town.network.dialled]
    assert all(later - sooner >= 1.9 for sooner, later in pairwise(begun[1:])) and len(begun) >= 12
    called = [number in TEN for number in town.network.numbers]
    assert abs(sum(called) - len(called) / 2) <= 1


# The pace of the account


async def test_campaigns_of_an_account_keep_its_pace_together_and_share_it(town: Town) -> None:
    await town.set_account(calls_per_second=2.0)
    await town.run(TEN, Options(per_second=100, at_once=50))
    await town.run(OTHER_TEN, Options(per_second=100, at_once=50))
    await town.pass_seconds(8)
    begun = [one.at for one in town.network.dialled]
    assert len(begun) >= 12
    assert (len(begun) - 1) / (begun[-1] - begun[0]) <= 1.95
    called = [number in TEN for number in town.network.numbers]
    assert abs(sum(called) - len(called) / 2) <= 1.5


async def test_of_two_campaigns_the_higher_priority_gets_the_pace_of_the_account(town: Town) -> None:
    await town.set_account(calls_per_second=2.0)
    await town.run(TEN, Options(per_second=100, at_once=50, priority=3))
    await town.run(OTHER_TEN, Options(per_second=100, at_once=50, priority=8))
    await town.pass_seconds(20)
    first_ten = town.network.numbers[:12]
    assert sum(number in OTHER_TEN for number in first_ten) == len(OTHER_TEN)
    assert len(town.network.numbers) == 20


# Changes of a campaign that is paused


async def paused(town: Town, options: Options = QUICK) -> str:
    town.network.everybody = Person(rings=600)
    campaign = await town.run([FIRST, SECOND], options)
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    return campaign.id


async def test_the_options_of_a_paused_campaign_can_be_changed_and_count_from_then_on(town: Town) -> None:
    closed = Options(per_second=100, windows=(Window(days=(7,), start="03:00", end="03:01"),))
    campaign = await town.run([FIRST, SECOND], closed)
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    change = CampaignChange(options=QUICK, name="better")
    changed = await town.campaigns.update(SYSTEM, town.account.id, campaign.id, change)
    assert (changed.options, changed.name, changed.state) == (QUICK, "better", "paused")
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(30)
    assert sorted(town.network.numbers) == [FIRST, SECOND], "nobody waits for the hours of before"


async def test_a_quicker_pace_of_a_paused_campaign_counts_from_its_resumption(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND], Options(per_second=0.01))
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    await town.campaigns.update(SYSTEM, town.account.id, campaign.id, CampaignChange(options=QUICK))
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(5)
    assert sorted(town.network.numbers) == [FIRST, SECOND], "the second does not wait for a minute and more"


async def test_a_slow_pace_is_not_broken_by_a_pause(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND, THIRD], Options(per_second=0.1))
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(30)
    begun = [one.at for one in town.network.dialled]
    assert len(begun) == 3
    assert all(later - sooner >= 9.9 for sooner, later in pairwise(begun))


async def test_a_longer_time_for_keys_of_a_paused_campaign_costs_more_from_then_on(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND], Options(per_second=0.01, keys=True, key_seconds=5))
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    before = await town.campaigns.get(town.account.id, campaign.id)
    options = Options(per_second=0.01, keys=True, key_seconds=20)
    await town.campaigns.update(SYSTEM, town.account.id, campaign.id, CampaignChange(options=options))
    after = await town.campaigns.get(town.account.id, campaign.id)
    assert (before.call_seconds, after.call_seconds) == (pytest.approx(MESSAGE_SECONDS + 5.3), pytest.approx(24.3))


async def test_a_campaign_that_waits_for_its_hours_says_until_when(town: Town) -> None:
    opens = Window(start="18:00", end="19:00")
    campaign = await town.run([FIRST], Options(per_second=100, windows=(opens,), zone="UTC", zone_by_number=False))
    await town.pass_seconds(1)
    found = await town.campaigns.counts(town.account.id, campaign.id)
    assert found.due is not None and datetime.fromtimestamp(found.due, UTC).hour == 18
    assert (await town.campaigns.plan(town.account.id, campaign.id)).begins == found.due


async def test_a_shorter_wait_of_a_paused_campaign_counts_for_those_who_wait_already(town: Town) -> None:
    town.network.everybody = BUSY
    slow = (Retry(outcome=Status.BUSY, times=1, wait_seconds=86_400),)
    campaign = await town.run([FIRST], Options(per_second=100, retries=slow))
    await town.pass_seconds(10)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    quick = (Retry(outcome=Status.BUSY, times=1, wait_seconds=30),)
    change = CampaignChange(options=Options(per_second=100, retries=quick))
    await town.campaigns.update(SYSTEM, town.account.id, campaign.id, change)
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(60)
    assert town.network.numbers == [FIRST, FIRST]
    first, second = (one.at for one in town.network.dialled)
    assert second - first >= 30


@pytest.mark.parametrize(
    "change",
    [
        CampaignChange(message=Message(text="Other.")),
        CampaignChange(kind="text"),
        CampaignChange(options=Options(per_second=100, machine="hang_up")),
        CampaignChange(options=Options(per_second=100, opt_out_key="9")),
    ],
)
async def test_what_its_calls_depend_on_cannot_be_changed_while_they_are_up(town: Town, change: CampaignChange) -> None:
    campaign = await paused(town)
    with pytest.raises(StillUsed, match="is paused"):
        await town.campaigns.update(SYSTEM, town.account.id, campaign, change)


# Over a restart


async def test_the_call_of_who_asked_for_no_more_ends_though_the_controller_was_killed_before_it_hung_up(
    town: Town,
) -> None:
    town.network.people = {FIRST: Person(presses="9", hears=100), SECOND: Person(presses="1", hears=100)}
    await town.run([FIRST, SECOND], Options(per_second=100, keys=True, opt_out_key="9"))
    await town.pass_seconds(1.5)
    town.network.open.clear()
    await town.pass_seconds(2)
    assert [entry.number for entry in await town.lists.page(town.account.id)] == [FIRST]
    call = next(one.call for one in town.network.dialled if one.number == FIRST)
    for _ in range(2):
        await town.kill()
        await town.begin()
        await town.pass_seconds(2)
    assert town.network.hung_up == []
    town.network.open.set()
    await town.pass_seconds(1)
    assert town.network.hung_up == [call]


async def test_the_hold_of_a_campaign_ends_with_it(town: Town) -> None:
    priced(town)
    await town.set_account(balance=1000)
    await town.run([FIRST, SECOND], QUICK)
    await town.pass_seconds(60)
    assert await town.database.read(lambda conn: holds.list(conn, town.account.id)) == []
