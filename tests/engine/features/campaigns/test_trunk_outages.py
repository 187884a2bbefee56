"""Campaigns whose trunk takes no calls: contacts wait until it does, and no attempt counts."""

from engine.commands import PlaceCall
from engine.events import CallDialing, CallRinging, RouteFailed
from engine.features.campaigns.contact import Status
from engine.features.campaigns.model import Options
from engine.features.campaigns.trunk_outages import OFFLINE_SECONDS
from engine.model.cause import HangupCause
from tests.engine.features.campaigns.town import Person, Town

NUMBERS = [f"120155501{place:02}" for place in range(10, 40)]
QUICK = Options(per_second=100, at_once=50)
UNCARRIED = Person(rings=0.1, cause=HangupCause.NO_RESPONSE)


class Carrier:
    """A trunk that is down: what the engine notes of a call that it cannot take."""

    def __init__(self, town: Town, trunk: str = "lab", *, reason: str = "no_response") -> None:
        self.town, self.trunk, self.reason = town, trunk, reason
        town.network.before_end = self.note

    async def note(self, command: PlaceCall, cause: HangupCause) -> None:
        if cause is HangupCause.NO_RESPONSE:
            await self.town.tell(command, CallDialing, trunk=self.trunk)
        elif cause is HangupCause.OVER_LIMIT:
            await self.town.tell(command, RouteFailed, trunk=self.trunk, reason=self.reason)


async def test_contacts_wait_while_their_trunk_answers_nothing_and_all_are_called_once_it_is_back(town: Town) -> None:
    Carrier(town)
    town.network.everybody = UNCARRIED
    campaign = await town.run(NUMBERS, QUICK)
    await town.pass_seconds(5 * OFFLINE_SECONDS)
    tried = len(town.network.dialled)
    assert tried <= len(NUMBERS) + 5, "one call in a while finds out"
    assert set((await town.statuses(campaign)).values()) <= {Status.QUEUED, Status.ACTIVE}
    waiting = next(iter((await town.contacts(campaign)).values()))
    assert waiting.attempts == 0
    assert waiting.reason == "The trunk lab takes no calls (no_response)."

    town.network.everybody = Person()
    await town.pass_seconds(2 * OFFLINE_SECONDS + 20)
    found = await town.contacts(campaign)
    assert {contact.status for contact in found.values()} == {Status.COMPLETED}
    assert {contact.attempts for contact in found.values()} == {1}
    assert await town.state(campaign) == "ended"


async def test_a_call_that_rings_lets_the_others_go_at_once(town: Town) -> None:
    Carrier(town)
    town.network.everybody = UNCARRIED
    await town.run(NUMBERS, QUICK)
    await town.pass_seconds(OFFLINE_SECONDS - 1)
    town.network.everybody = Person(rings=60)
    tried = len(town.network.dialled)
    await town.pass_seconds(3)
    assert len(town.network.dialled) == tried + 1, "one call tries the trunk"
    probe = town.network.dialled[-1].command
    await town.tell(probe, CallRinging)
    await town.pass_seconds(2)
    assert len(town.network.dialled) == tried + len(NUMBERS)


async def test_contacts_of_another_trunk_do_not_wait(town: Town) -> None:
    Carrier(town)
    theirs, others = NUMBERS[:10], NUMBERS[10:]
    for number in theirs:
        town.network.people[number] = UNCARRIED
    for number in others:
        town.trunks[number] = "second"
    campaign = await town.run(NUMBERS, QUICK)
    await town.pass_seconds(OFFLINE_SECONDS)
    statuses = await town.statuses(campaign)
    assert {statuses[number] for number in others} == {Status.COMPLETED}
    assert await town.state(campaign) == "running"


async def test_a_full_trunk_s_contacts_are_called_soon_after(town: Town) -> None:
    Carrier(town, reason="full")
    town.network.everybody = Person(rings=0.1, cause=HangupCause.OVER_LIMIT)
    campaign = await town.run(NUMBERS[:3], QUICK)
    await town.pass_seconds(1)
    town.network.everybody = Person()
    await town.pass_seconds(20)
    assert set((await town.statuses(campaign)).values()) == {Status.COMPLETED}


async def test_a_number_that_no_trunk_carries_fails_at_once(town: Town) -> None:
    town.network.everybody = Person(rings=0.1, cause=HangupCause.NO_ROUTE)
    campaign = await town.run(NUMBERS[:2], QUICK)
    await town.pass_seconds(5)
    assert {(c.status, c.reason) for c in (await town.contacts(campaign)).values()} == {(Status.FAILED, "no_route")}


async def test_two_trunks_that_take_nothing_are_waited_for_and_one_that_said_no_is_not(town: Town) -> None:
    carrier, said = Carrier(town), "no_response"

    async def both(command: PlaceCall, cause: HangupCause) -> None:
        await town.tell(command, CallDialing, trunk=carrier.trunk)
        await town.tell(command, RouteFailed, trunk=carrier.trunk, reason=said)
        await town.tell(command, CallDialing, trunk="second")

    town.network.before_end = both
    town.network.everybody = UNCARRIED
    campaign = await town.run(NUMBERS[:1], QUICK)
    await town.pass_seconds(5)
    (waiting,) = (await town.contacts(campaign)).values()
    assert (waiting.status, waiting.reason) == (Status.QUEUED, "The trunk lab takes no calls (no_response).")
    said = "congestion"
    await town.pass_seconds(2 * OFFLINE_SECONDS)
    (ended,) = (await town.contacts(campaign)).values()
    assert (ended.status, ended.reason, ended.attempts) == (Status.UNANSWERED, "no_response", 1)
