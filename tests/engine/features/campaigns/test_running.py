"""Campaigns that run: everybody is called once at the pace that was asked for, and what became of each is told."""

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import Connection

from engine.commands import CreditSpent, EngineUnavailable, LimitReached, NumberRefused
from engine.events import CallDialing
from engine.features.campaigns import moves, rendering
from engine.features.campaigns.contact import NewContact, Status
from engine.features.campaigns.do_not_call import ALL_ACCOUNTS
from engine.features.campaigns.events import (
    CampaignEnded,
    CampaignPaused,
    CampaignStarted,
    ContactEnded,
    DoNotCallAdded,
)
from engine.features.campaigns.model import DoNotCall, Options, Retry, Start, State, TrunkLimit
from engine.features.campaigns.store import campaigns, contacts, do_not_call, trunks
from engine.features.errors import StillUsed
from engine.media.prompts import Prompt
from engine.model.cause import HangupCause
from engine.model.money import Price
from engine.platform import holds
from engine.platform.audit import SYSTEM
from engine.store.errors import StoreUnavailable
from tests.engine.features.campaigns.town import BUSY, MESSAGE_SECONDS, Person, Town

FIRST, SECOND, THIRD, FOURTH = "12015550101", "12015550102", "12015550103", "12015550104"
QUICK = Options(per_second=100)


async def test_everybody_is_called_once_and_hears_the_message(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND, THIRD], QUICK)
    await town.pass_seconds(30)
    assert await town.statuses(campaign) == dict.fromkeys((FIRST, SECOND, THIRD), Status.COMPLETED)
    assert sorted(town.network.numbers) == [FIRST, SECOND, THIRD]
    assert await town.state(campaign) == "ended"
    assert await town.due_rows() == 0
    (first, *_) = (await town.contacts(campaign)).values()
    assert (first.attempts, first.playback, first.due) == (1, 1.0, None)
    assert first.seconds == pytest.approx(MESSAGE_SECONDS, abs=0.1)


async def test_what_happens_is_told(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND], QUICK)
    await town.pass_seconds(30)
    (started,), (ended,) = await town.told(CampaignStarted), await town.told(CampaignEnded)
    assert (started.subject, started.contacts) == (campaign.id, 2)
    assert (ended.subject, ended.stopped, ended.counts) == (campaign.id, False, {"completed": 2})
    assert sorted(event.number for event in await town.told(ContactEnded)) == [FIRST, SECOND]


async def test_calls_begin_at_the_pace_and_no_more_are_up_than_allowed(town: Town) -> None:
    numbers = [f"120155501{place:02}" for place in range(10, 20)]
    await town.run(numbers, Options(per_second=2, at_once=4))
    await town.pass_seconds(120)
    begun = [one.at for one in town.network.dialled]
    assert len(begun) == 10
    up = [sum(at <= each < at + 2 + MESSAGE_SECONDS for at in begun) for each in begun]
    assert max(up) <= 4
    assert all(later - sooner >= 0.49 for sooner, later in pairwise(begun[:4]))


async def test_an_account_has_no_more_calls_than_it_may_and_the_higher_priority_goes_first(town: Town) -> None:
    await town.set_account(max_calls=2)
    low = await town.campaign([FIRST, SECOND], Options(per_second=100, priority=3))
    high = await town.campaign([THIRD, FOURTH], Options(per_second=100, priority=8))
    await town.start(high)
    await town.start(low)
    await town.pass_seconds(60)
    assert sorted(town.network.numbers[:2]) == [THIRD, FOURTH]
    assert sorted(town.network.numbers[2:]) == [FIRST, SECOND]


async def test_a_trunk_has_no_more_calls_than_it_may(town: Town) -> None:
    await town.writer.write(lambda conn: trunks.put(conn, TrunkLimit(trunk="slow", at_once=1)))
    town.trunks = {FIRST: "slow", SECOND: "slow"}
    await town.run([FIRST, SECOND, THIRD], QUICK)
    await town.pass_seconds(60)
    at = {one.number: one.at for one in town.network.dialled}
    assert at[THIRD] - at[FIRST] < 1
    assert at[SECOND] - at[FIRST] > MESSAGE_SECONDS


async def test_each_outcome_has_its_status(town: Town) -> None:
    people = {
        FIRST: BUSY,
        SECOND: Person(cause=HangupCause.NO_ANSWER),
        THIRD: Person(cause=HangupCause.UNKNOWN_NUMBER),
        FOURTH: Person(hears=0.5),
    }
    town.network.people = people
    campaign = await town.run(list(people), QUICK)
    await town.pass_seconds(60)
    found = await town.contacts(campaign)
    assert [found[number].status for number in people] == ["busy", "unanswered", "failed", "hung_up"]
    assert found[FOURTH].playback == pytest.approx(0.5, abs=0.05)
    assert found[THIRD].reason == "unknown_number"


async def test_each_outcome_is_tried_again_as_its_step_of_the_ladder_says(town: Town) -> None:
    town.network.people = {FIRST: BUSY, SECOND: Person(cause=HangupCause.NO_ANSWER)}
    busy = Retry(outcome=Status.BUSY, times=2, wait_seconds=30)
    campaign = await town.run([FIRST, SECOND, THIRD], Options(per_second=100, retries=(busy,)))
    await town.pass_seconds(20)
    assert (await town.statuses(campaign))[FIRST] is Status.RETRY
    await town.pass_seconds(100)
    assert [town.network.numbers.count(number) for number in (FIRST, SECOND, THIRD)] == [3, 1, 1]
    times = [one.at for one in town.network.dialled if one.number == FIRST]
    assert all(32 <= later - sooner <= 33 for sooner, later in pairwise(times))
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.attempts) == (Status.BUSY, 3)
    assert await town.state(campaign) == "ended"


async def test_a_call_that_the_restart_cut_has_failed_and_is_tried_again_only_by_the_ladder(town: Town) -> None:
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(3)
    await town.kill()
    await town.restart()
    await town.pass_seconds(30)
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.reason, found.attempts) == (Status.FAILED, "media_node_lost", 1)
    assert town.network.numbers == [FIRST]
    assert await town.state(campaign) == "ended"


async def test_who_was_claimed_and_not_called_when_the_controller_died_is_called_by_the_next(town: Town) -> None:
    stuck = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        await stuck.wait()

    town.prompts.say = never  # type: ignore[method-assign, assignment]
    campaign = await town.campaign([FIRST])
    campaigns, town.campaigns._prepare = town.campaigns, lambda account: _Ready()  # type: ignore[assignment, return-value]
    await campaigns.start(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(1)
    assert (await town.statuses(campaign))[FIRST] is Status.ACTIVE and not town.network.dialled
    await town.kill()
    del town.prompts.say
    await town.restart()
    await town.pass_seconds(30)
    assert town.network.numbers == [FIRST]
    assert (await town.contacts(campaign))[FIRST].attempts == 1


class _Ready:
    async def text(self, *_: object, **__: object) -> object:
        return Prompt(path="/prompts/said", seconds=MESSAGE_SECONDS)


async def test_a_number_that_is_put_on_the_list_between_claim_and_call_is_not_called(town: Town) -> None:
    entry = DoNotCall(account=town.account.id, number=FIRST, at=0.0)
    town.network.before_store = lambda conn, command: do_not_call.put(conn, entry) and None  # type: ignore[assignment]
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(10)
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.reason, found.attempts) == (Status.SKIPPED, "do_not_call", 0)
    assert not town.network.dialled


@pytest.mark.parametrize("of", ["account", "everybody"])
async def test_a_number_of_a_list_is_skipped(town: Town, of: str) -> None:
    await town.lists.add(SYSTEM, town.account.id if of == "account" else ALL_ACCOUNTS, ["+" + FIRST])
    campaign = await town.run([FIRST, SECOND], QUICK)
    await town.pass_seconds(30)
    found = await town.contacts(campaign)
    assert (found[FIRST].status, found[FIRST].reason) == (Status.SKIPPED, "do_not_call")
    assert town.network.numbers == [SECOND]


async def test_the_key_that_asks_for_no_more_calls_puts_the_number_on_the_list_and_ends_the_call(town: Town) -> None:
    town.network.people = {FIRST: Person(presses="19"), SECOND: Person(presses="1")}
    options = Options(per_second=100, keys=True, opt_out_key="9", key_seconds=0)
    campaign = await town.run([FIRST, SECOND], options)
    await town.pass_seconds(30)
    found = await town.contacts(campaign)
    assert (found[FIRST].status, found[SECOND].status) == (Status.OPTED_OUT, Status.COMPLETED)
    assert (found[FIRST].digits, found[SECOND].digits) == ("19", "1")
    assert [entry.number for entry in await town.lists.page(town.account.id)] == [FIRST]
    assert [event.number for event in await town.told(DoNotCallAdded)] == [FIRST]
    assert (found[FIRST].seconds or 0) < MESSAGE_SECONDS
    again = await town.run([FIRST], QUICK)
    await town.pass_seconds(30)
    assert await town.statuses(again) == {FIRST: Status.SKIPPED}


async def test_a_machine_that_is_hung_up_on_has_a_status_of_its_own(town: Town) -> None:
    town.network.people = {FIRST: Person(machine=True)}
    campaign = await town.run([FIRST, SECOND], Options(per_second=100, machine="hang_up"))
    await town.pass_seconds(30)
    found = await town.contacts(campaign)
    assert (found[FIRST].status, found[FIRST].machine) == (Status.MACHINE, True)
    assert (found[SECOND].status, found[SECOND].machine) == (Status.COMPLETED, False)


async def test_a_pause_begins_no_call_and_ends_none(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND], Options(per_second=0.2))
    await town.pass_seconds(1)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(60)
    assert town.network.numbers == [FIRST]
    assert await town.statuses(campaign) == {FIRST: Status.COMPLETED, SECOND: Status.QUEUED}
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(30)
    assert await town.state(campaign) == "ended"
    assert town.network.numbers == [FIRST, SECOND]


async def test_a_stop_hangs_up_at_once_and_calls_nobody_else(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND, THIRD], Options(per_second=1))
    await town.pass_seconds(1.5)
    began = town.clock()
    await town.campaigns.stop(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(0.5)
    assert all(life.done() for life in town.network.lives.values())
    assert town.clock() - began < 1
    await town.pass_seconds(30)
    assert await town.statuses(campaign) == dict.fromkeys((FIRST, SECOND, THIRD), Status.TERMINATED)
    assert town.network.numbers == [FIRST, SECOND]
    assert await town.state(campaign) == "stopped"
    (ended,) = await town.told(CampaignEnded)
    assert ended.stopped


async def test_a_campaign_that_is_begun_twice_at_once_runs_once(town: Town) -> None:
    campaign = await town.campaign([FIRST, SECOND], QUICK)
    found = await asyncio.gather(town.start(campaign), town.start(campaign), return_exceptions=True)
    assert [type(each) for each in found if each] == [StillUsed]
    await town.pass_seconds(30)
    assert sorted(town.network.numbers) == [FIRST, SECOND]


async def test_a_campaign_starts_at_its_time_also_over_a_restart(town: Town) -> None:
    campaign = await town.campaign([FIRST], QUICK)
    await town.start(campaign, Start(at=town.clock() + 3600))
    assert await town.state(campaign) == "scheduled"
    await town.pass_seconds(2)
    await town.kill()
    await town.restart()
    assert not town.network.dialled
    town.leap(3600)
    await town.pass_seconds(30)
    assert town.network.numbers == [FIRST]


async def test_those_of_a_status_are_called_again_and_so_are_chosen_ones(town: Town) -> None:
    town.network.people = {FIRST: BUSY}
    campaign = await town.run([FIRST, SECOND], QUICK)
    await town.pass_seconds(30)
    town.network.people = {}
    await town.start(campaign, Start(statuses=(Status.BUSY,)))
    await town.pass_seconds(30)
    assert town.network.numbers.count(FIRST) == 2 and town.network.numbers.count(SECOND) == 1
    found = await town.contacts(campaign)
    assert found[FIRST].status is Status.COMPLETED
    await town.start(campaign, Start(contacts=(found[SECOND].id,)))
    await town.pass_seconds(30)
    assert town.network.numbers.count(SECOND) == 2


@pytest.mark.parametrize("refusal", [LimitReached("So many."), EngineUnavailable("Not now.")])
async def test_who_cannot_be_called_now_is_called_later(town: Town, refusal: Exception) -> None:
    town.network.refusals = [refusal]  # type: ignore[list-item]
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(30)
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.attempts) == (Status.COMPLETED, 1)


async def test_a_campaign_whose_money_is_spent_is_paused_with_the_reason(town: Town) -> None:
    town.network.refusals = [CreditSpent("The balance is used up.")]
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(10)
    found = await town.campaigns.get(town.account.id, campaign.id)
    assert (found.state, found.reason) == ("paused", "The balance is used up.")
    assert (await town.statuses(campaign))[FIRST] is Status.QUEUED
    (paused,) = await town.told(CampaignPaused)
    assert paused.reason == "The balance is used up."


async def test_a_number_that_is_refused_is_skipped_with_the_reason(town: Town) -> None:
    town.network.refusals = [NumberRefused("This account may not call that number.")]
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(10)
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.reason) == (Status.SKIPPED, "This account may not call that number.")


async def test_tags_are_put_into_the_message_of_each(town: Town) -> None:
    campaign = await town.campaign([], QUICK, text="Hello {name}.")
    contacts = [
        NewContact(number="+" + FIRST, tags={"name": "Ann"}),
        NewContact(number="+" + SECOND, tags={"name": "Ben"}),
    ]
    await town.campaigns.add_contacts(SYSTEM, town.account.id, campaign.id, contacts)
    await town.start(campaign)
    await town.pass_seconds(30)
    assert {"Hello Ann.", "Hello Ben."} <= set(town.prompts.said)


async def test_the_money_of_those_who_wait_is_held_and_let_go(town: Town) -> None:
    class Prices:
        def price(self, account: str, to: str, quantity: float) -> object:
            return Price(amount=100, currency="USD")

    town.platform.prices.add("call", Prices())  # type: ignore[arg-type]
    await town.set_account(balance=250)
    campaign = await town.campaign([FIRST, SECOND, THIRD], Options(per_second=0.2))
    with pytest.raises(CreditSpent):
        await town.start(campaign)
    await town.set_account(balance=1000)
    started = await town.campaigns.start(SYSTEM, town.account.id, campaign.id)
    assert started.held == 300
    await town.pass_seconds(1)
    assert sum(hold.amount for hold in await town.database.read(lambda conn: holds.list(conn, town.account.id))) == 200
    await town.pass_seconds(60)
    assert await town.database.read(lambda conn: holds.list(conn, town.account.id)) == []


async def test_a_stop_that_the_engine_could_not_carry_out_ends_the_calls_of_the_next_controller(town: Town) -> None:
    town.network.everybody = Person(rings=600)
    await town.run([SECOND], QUICK)
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(2)
    (call,) = [one.call for one in town.network.dialled if one.number == FIRST]
    town.network.open.clear()
    await town.campaigns.stop(SYSTEM, town.account.id, campaign.id)
    await town.kill()
    await town.begin()
    await town.pass_seconds(60)
    assert town.network.hung_up == []
    town.network.open.set()
    await town.pass_seconds(1)
    assert town.network.hung_up == [call]


async def test_the_key_that_asks_for_no_more_calls_ends_the_call_also_if_the_engine_is_away_then(town: Town) -> None:
    town.network.people = {FIRST: Person(presses="9", hears=100)}
    await town.run([FIRST], Options(per_second=100, opt_out_key="9"))
    await town.pass_seconds(1.5)
    town.network.open.clear()
    await town.pass_seconds(30)
    assert town.network.hung_up == []
    town.network.open.set()
    await town.pass_seconds(1)
    assert town.network.hung_up == [town.network.dialled[0].call]


async def test_who_was_claimed_and_not_called_at_a_stop_is_not_called_by_the_next_start(town: Town) -> None:
    stuck, said = asyncio.Event(), town.prompts.say

    async def slow(*given: object, **named: object) -> Prompt:
        await stuck.wait()
        return await said(*given, **named)  # type: ignore[arg-type]

    campaign = await town.campaign([FIRST, SECOND], Options(per_second=100, at_once=1))
    town.prompts.say = slow  # type: ignore[method-assign, assignment]
    town.campaigns._prepare = lambda account: _Ready()  # type: ignore[assignment, return-value]
    await town.start(campaign)
    await town.pass_seconds(1)
    found = await town.contacts(campaign)
    (claimed,) = [number for number, contact in found.items() if contact.status is Status.ACTIVE]
    (other,) = {FIRST, SECOND} - {claimed}
    await town.campaigns.stop(SYSTEM, town.account.id, campaign.id)
    assert (await town.statuses(campaign))[claimed] is Status.TERMINATED
    await town.start(campaign, Start(contacts=(found[other].id,)))
    stuck.set()
    await town.pass_seconds(60)
    assert town.network.numbers == [other]
    assert (await town.statuses(campaign))[claimed] is Status.TERMINATED


@pytest.mark.parametrize("dialled", [False, True])
async def test_a_call_that_was_not_dialled_when_its_turn_came_waits_again(town: Town, dialled: bool) -> None:
    town.network.everybody = Person(rings=600)
    campaign = await town.run([FIRST], QUICK)
    await town.pass_seconds(2)
    await town.campaigns.pause(SYSTEM, town.account.id, campaign.id)
    call = town.network.dialled[0]
    if dialled:
        await town.tell(call.command, CallDialing, trunk="lab")
    await town.end_call(town.account.id, call.call, HangupCause.CANCELLED, "us", None)
    await town.pass_seconds(2)
    found = (await town.contacts(campaign))[FIRST]
    assert (found.status, found.attempts) == ((Status.FAILED, 1) if dialled else (Status.QUEUED, 0))
    await town.campaigns.resume(SYSTEM, town.account.id, campaign.id)
    await town.pass_seconds(2)
    assert len(town.network.dialled) == (1 if dialled else 2)


async def test_who_could_not_be_called_because_the_store_was_away_is_called_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [StoreUnavailable("The database cannot be reached now. Try again.")]
    found = rendering.prepared

    async def prepared(*given: object) -> Prompt:
        if away:
            raise away.pop()
        return await found(*given)  # type: ignore[arg-type]

    campaign = await town.campaign([FIRST], QUICK)
    town.campaigns._prepare = lambda account: _Ready()  # type: ignore[assignment, return-value]
    await town.start(campaign)
    monkeypatch.setattr(rendering, "prepared", prepared)
    await town.pass_seconds(30)
    contact = (await town.contacts(campaign))[FIRST]
    assert (contact.status, contact.attempts, away) == (Status.COMPLETED, 1, [])


async def test_a_scheduled_campaign_that_is_looked_at_before_its_time_does_not_begin(town: Town) -> None:
    campaign = await town.campaign([FIRST], QUICK)
    at = town.clock() + 3600
    await town.start(campaign, Start(at=at))
    await town.writer.write(lambda conn: moves.wake(conn, campaign, town.clock()))
    town.platform.scheduler.wake()
    await town.pass_seconds(60)
    assert await town.state(campaign) == "scheduled"
    await town.pass_seconds(3600)
    assert [one.at >= at for one in town.network.dialled] == [True]


async def test_a_campaign_whose_own_calls_hold_the_money_goes_on_when_they_have_ended(town: Town) -> None:
    campaign = await town.run([FIRST, SECOND], Options(per_second=1))
    await town.pass_seconds(0.5)
    town.network.refusals = [CreditSpent("The balance is held by calls.")]
    await town.pass_seconds(60)
    assert await town.statuses(campaign) == dict.fromkeys((FIRST, SECOND), Status.COMPLETED)
    assert await town.told(CampaignPaused) == []


async def test_a_campaign_stays_below_the_pace_of_its_account(town: Town) -> None:
    await town.set_account(calls_per_second=2.0)
    await town.run([f"120155501{place:02}" for place in range(10, 20)], Options(per_second=100, at_once=50))
    await town.pass_seconds(5)
    begun = [one.at for one in town.network.dialled]
    assert 8 <= len(begun) <= 10
    assert (len(begun) - 1) / (begun[-1] - begun[0]) <= 2.3  # the first look makes up for half a second


async def test_campaigns_of_the_same_priority_share_the_places_of_their_account(town: Town) -> None:
    await town.set_account(max_calls=1, calls_per_second=1000.0)
    first = [f"120155501{place:02}" for place in range(10, 20)]
    await town.run(first, QUICK)
    await town.run([f"120155502{place:02}" for place in range(10, 20)], QUICK)
    await town.pass_seconds(55)
    called = town.network.numbers
    assert len(called) >= 8
    assert abs(sum(number in first for number in called) - len(called) / 2) <= 1


async def test_a_slow_campaign_that_goes_first_leaves_the_places_that_it_cannot_take(town: Town) -> None:
    await town.set_account(max_calls=4)
    high = [f"120155501{place:02}" for place in range(10, 20)]
    await town.run(high, Options(per_second=0.1, priority=8))
    await town.run([FIRST, SECOND], Options(per_second=100, priority=3))
    await town.pass_seconds(3)
    assert sorted(number for number in town.network.numbers if number not in high) == [FIRST, SECOND]
    counted = await town.database.read(lambda conn: contacts.count_due(conn, _of(conn, high[0]), town.clock(), most=3))
    assert counted == 3


def _of(conn: Connection, number: str) -> str:
    return next(
        each.id for each in campaigns.of_state(conn, State.RUNNING) if contacts.numbers(conn, each.id, [number])
    )
