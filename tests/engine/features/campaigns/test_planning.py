"""A plan: what a start would do, which is then compared with what it does."""

import asyncio
import time

import pytest

from engine.features.campaigns import hours
from engine.features.campaigns.contact import ContactChange, NewContact, Status
from engine.features.campaigns.errors import UnknownTag, WrongState
from engine.features.campaigns.model import CampaignChange, Message, NewCampaign, Options, Plan, Retry, Start, Window
from engine.features.errors import InvalidSetting, NotThere, StillUsed
from engine.platform.audit import SYSTEM
from tests.engine.features.campaigns.town import BUSY, Town

NUMBERS = [f"12125550{number}" for number in range(100, 140)]


async def test_a_plan_is_what_then_happens(town: Town) -> None:
    town.network.people = dict.fromkeys(NUMBERS[2::4], BUSY)
    retries = (Retry(outcome=Status.BUSY, times=1, wait_seconds=20),)
    options = Options(per_second=2, at_once=5, retries=retries)
    campaign = await town.run(NUMBERS, options)
    await town.pass_seconds(200)
    assert await town.state(campaign) == "ended"
    again = Start(statuses=(Status.BUSY, Status.COMPLETED))
    plan = await town.campaigns.plan(town.account.id, campaign.id, again)
    began, placed = town.clock(), len(town.network.dialled)
    await town.start(campaign, again)
    await town.pass_seconds(200)
    now = await town.campaigns.get(town.account.id, campaign.id)
    assert now.ended and plan.begins and plan.ends
    assert plan.ends - plan.begins == pytest.approx(now.ended - began, rel=0.1)
    assert plan.calls == pytest.approx(len(town.network.dialled) - placed, rel=0.1)


async def test_a_plan_says_who_is_skipped_and_dials_nobody(town: Town) -> None:
    options = Options(windows=(Window(),))
    campaign = await town.campaign([*NUMBERS[:3], "870773111632"], options)
    await town.lists.add(SYSTEM, town.account.id, ["+" + NUMBERS[0]])
    plan = await town.campaigns.plan(town.account.id, campaign.id)
    assert {skipped.reason: skipped.numbers for skipped in plan.skipped} == {
        "do_not_call": (NUMBERS[0],), "no_time_zone": ("870773111632",),
    }  # fmt: skip
    assert plan.contacts == plan.calls == 2
    assert not town.network.dialled and await town.state(campaign) == "draft"


async def test_ten_thousand_contacts_are_added_planned_and_listed_within_a_second_a_page(town: Town) -> None:
    account = town.account.id
    campaign = await town.campaigns.create(SYSTEM, account, NewCampaign(name="many", message=Message(text="Hello.")))
    numbers = [f"1212555{number:04}" for number in range(10_000)]
    took = []
    for begin in range(0, len(numbers), 1000):
        began = time.perf_counter()
        page = [NewContact(number="+" + number) for number in numbers[begin : begin + 1000]]
        assert (await town.campaigns.add_contacts(SYSTEM, account, campaign.id, page)).added == 1000
        took.append(time.perf_counter() - began)
    began = time.perf_counter()
    listed = await town.campaigns.contacts(account, campaign.id, limit=1000, after=9000)
    listing = time.perf_counter() - began
    began = time.perf_counter()
    plan = await town.campaigns.plan(account, campaign.id)
    planning = time.perf_counter() - began
    assert (len(listed), plan.contacts) == (1000, 10_000)
    print(f"added {sum(took) / len(took):.2f} s a page, listed {listing:.3f} s, planned {planning:.2f} s")
    assert sorted(took)[len(took) // 2] < 2 and listing < 1, (took, listing)


async def test_a_tag_that_a_contact_has_not_is_named_with_its_line(town: Town) -> None:
    campaign = await town.campaign([], text="Hello {name}.")
    contacts = [
        NewContact(number="+" + NUMBERS[0], tags={"name": "Ann"}, line=2),
        NewContact(number="+" + NUMBERS[1], tags={}, line=3),
    ]
    await town.campaigns.add_contacts(SYSTEM, town.account.id, campaign.id, contacts)
    with pytest.raises(UnknownTag, match=f"'name'.*{NUMBERS[1]} in line 3"):
        await town.start(campaign)


async def test_bad_contacts_are_named_and_the_others_added(town: Town) -> None:
    town.refused = {NUMBERS[2]}
    campaign = await town.campaign([])
    wanted = ("+" + NUMBERS[0], "(212) 555-0100", "12", "+" + NUMBERS[2], "911", "call me")
    contacts = [NewContact(number=number, line=line) for line, number in enumerate(wanted, start=1)]
    added = await town.campaigns.add_contacts(SYSTEM, town.account.id, campaign.id, contacts)
    assert (added.added, added.duplicates, [bad.line for bad in added.bad]) == (1, 1, [3, 4, 5, 6])


async def test_what_is_not_possible_is_refused(town: Town) -> None:
    account = town.account.id
    empty = await town.campaign([])
    with pytest.raises(InvalidSetting, match="nobody to call"):
        await town.start(empty)
    silent = await town.campaign(NUMBERS[:1], text="")
    with pytest.raises(InvalidSetting, match="must have a text or an audio file"):
        await town.start(silent)
    campaign = await town.campaign(NUMBERS[:2])
    with pytest.raises(InvalidSetting, match="a time to come"):
        await town.start(campaign, Start(at=town.clock() - 1))
    with pytest.raises(NotThere):
        await town.start(campaign, Start(contacts=(99,)))
    with pytest.raises(WrongState, match="cannot be paused"):
        await town.campaigns.pause(SYSTEM, account, campaign.id)
    await town.start(campaign, Start(at=town.clock() + 100))
    for refused in (
        town.campaigns.remove(SYSTEM, account, campaign.id),
        town.campaigns.update(SYSTEM, account, campaign.id, CampaignChange(name="other")),
        town.campaigns.remove_contact(SYSTEM, account, (await town.contacts(campaign))[NUMBERS[0]].id),
    ):
        with pytest.raises(StillUsed, match="is scheduled"):
            await refused
    with pytest.raises(NotThere):
        await town.campaigns.get("acct-other", campaign.id)
    await town.campaigns.stop(SYSTEM, account, campaign.id)
    await town.campaigns.remove(SYSTEM, account, campaign.id)
    assert await town.campaigns.count(account) == 2


async def test_a_campaign_has_so_many_different_tags(town: Town) -> None:
    account = town.account.id
    campaign = await town.campaign([])

    def given(place: int) -> NewContact:
        return NewContact(number="+" + NUMBERS[place], tags={f"t{place}.{number}": "x" for number in range(50)})

    await town.campaigns.add_contacts(SYSTEM, account, campaign.id, [given(place) for place in range(4)])
    with pytest.raises(InvalidSetting, match="at most 200 different tags"):
        await town.campaigns.add_contacts(SYSTEM, account, campaign.id, [given(4)])
    (first, *others) = await town.campaigns.contacts(account, campaign.id)
    assert len(others) == 3
    with pytest.raises(InvalidSetting, match="at most 200 different tags"):
        await town.campaigns.change_contact(SYSTEM, account, first.id, ContactChange(tags={"another": "x"}))
    assert len((await town.campaigns.get(account, campaign.id)).tags) == 200


@pytest.mark.parametrize("ids", [(2**63,), (0,), tuple(range(1, 10_002))])
async def test_ids_that_no_contact_can_have_are_refused(town: Town, ids: tuple[int, ...]) -> None:
    campaign = await town.campaign(NUMBERS[:2])
    for going in (town.campaigns.plan(town.account.id, campaign.id, Start(contacts=ids)),
                  town.start(campaign, Start(contacts=ids))):  # fmt: skip
        with pytest.raises(InvalidSetting, match="contacts must be"):
            await going


async def test_a_plan_over_many_days_looks_at_each_contact_few_times(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []
    opens_in = hours.opens_in

    def counted(zones: hours.Zones, options: Options, now: float) -> float | None:
        looked.append(now)
        return opens_in(zones, options, now)

    monkeypatch.setattr(hours, "opens_in", counted)
    numbers = [f"12125550{number}" for number in range(100, 400)]
    options = Options(per_second=0.01, windows=(Window(start="09:00", end="09:17"),))
    campaign = await town.campaign(numbers, options)
    plan = await town.campaigns.plan(town.account.id, campaign.id)
    assert plan.calls == 300 and plan.begins and plan.ends
    assert plan.ends - plan.begins > 20 * 86_400
    assert len(looked) < 3 * len(numbers)


async def test_an_account_makes_one_plan_at_a_time(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = await town.campaign(NUMBERS[:2])
    under_way, most = 0, 0
    plan = town.campaigns._plan

    async def counted(*given: object) -> Plan:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await plan(*given)  # type: ignore[arg-type]
        finally:
            under_way -= 1

    monkeypatch.setattr(town.campaigns, "_plan", counted)
    await asyncio.gather(*(town.campaigns.plan(town.account.id, campaign.id) for _ in range(3)))
    assert most == 1
