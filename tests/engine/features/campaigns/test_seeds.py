"""Campaigns at random, in the scheduler under the virtual clock: what must never happen does not, whatever happens.

Each seed is a campaign of its own: numbers of several zones, hours, retries, a pace. Meanwhile numbers are put on
lists, keys are pressed, the campaign is paused, stopped and started again, and the controller is killed. CARILLON_SEEDS
says how many seeds are tried (`make campaigns`: 10,000), CARILLON_FIRST_SEED from which one on.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from engine.features.campaigns import hours
from engine.features.campaigns.contact import RETRIED, Status
from engine.features.campaigns.do_not_call import ALL_ACCOUNTS
from engine.features.campaigns.model import Options, Retry, Start, Window
from engine.features.errors import InvalidSetting, StillUsed
from engine.model.cause import HangupCause
from engine.platform import scheduler
from engine.platform.audit import SYSTEM
from engine.store.database import Database
from tests.engine.features.campaigns.town import Person, Town
from tests.support import clock
from tests.support.stores import migrated_file

SEEDS = int(os.environ.get("CARILLON_SEEDS", "200"))
FIRST = int(os.environ.get("CARILLON_FIRST_SEED", "0"))
IN_ONE = 20
"""Seeds in one test."""
PREFIXES = ("1212555", "1213555", "1312555", "44207946", "97798412", "4930901", "81901234", "8707731", "1800555")
CAUSES = (HangupCause.BUSY, HangupCause.NO_ANSWER, HangupCause.REJECTED, HangupCause.CONGESTION)
STEPS = 14


class Ledger:
    """What the rules allow, told by what was asked for alone; `look` says what was broken."""

    def __init__(self, town: Town, options: Options) -> None:
        self.town, self.options = town, options
        self.barred: dict[str, float] = {}
        self.starts = Counter[str]()
        self.seen = 0

    def look(self) -> None:
        calls = self.town.network.dialled
        for one in calls[self.seen :]:
            assert one.number not in self.barred, f"{one.number} is on a list and was called"
            assert hours.is_open(one.number, self.options, one.at), f"{one.number} was called outside of its hours"
            assert hours.zones(one.number, self.options) or not self.options.windows
        self.seen = len(calls)
        most = 1 + sum(retry.times for retry in self.options.retries)
        for number, count in Counter(one.number for one in calls).items():
            assert count <= most * self.starts[number], f"{number} was called {count} times"
        assert len({one.call for one in calls}) == len(calls), "a call's id was used twice"


def the_options(rng: random.Random) -> Options:
    begin = rng.choice((0, 7, 9, 12))
    windows = (Window(start=f"{begin:02}:00", end=f"{begin + rng.choice((2, 8, 12)):02}:00"),)
    outcomes = rng.sample(RETRIED, rng.randint(0, 3))
    retries = tuple(
        Retry(outcome=outcome, times=rng.randint(1, 2), wait_seconds=rng.choice((5.0, 60.0, 7200.0)))
        for outcome in outcomes
    )
    return Options(
        per_second=rng.choice((0.5, 2.0, 20.0)),
        at_once=rng.choice((1, 3, 20)),
        windows=windows if rng.random() < 0.85 else (),
        zone=rng.choice(("", "", "Asia/Kathmandu", "Europe/Berlin")),
        zone_by_number=rng.random() < 0.85,
        retries=retries,
        machine=rng.choice(("play", "hang_up")),
        keys=True,
        opt_out_key="9",
        key_seconds=0,
    )


def a_person(rng: random.Random) -> Person:
    if rng.random() < 0.35:
        return Person(rings=rng.uniform(0.5, 8), cause=rng.choice(CAUSES))
    presses = rng.choice(("", "", "", "1", "9", "19"))
    return Person(
        rings=rng.uniform(0.5, 8), hears=rng.choice((1.0, 1.0, 0.4)), presses=presses, machine=rng.random() < 0.1
    )


async def follow(town: Town, rng: random.Random) -> None:
    """Run one campaign, whatever comes."""
    options = the_options(rng)
    numbers = [f"{rng.choice(PREFIXES)}{rng.randint(1000, 9999)}" for _ in range(rng.randint(3, 14))]
    numbers = list(dict.fromkeys(numbers))
    town.network.people = {number: a_person(rng) for number in numbers}
    ledger = Ledger(town, options)
    campaign = await town.campaign(numbers, options)
    numbers = list(await town.contacts(campaign))
    await town.start(campaign)
    ledger.starts.update(numbers)
    for _ in range(STEPS):
        await one_step(town, rng, ledger, campaign.id, numbers)
        ledger.look()
    await to_the_end(town, campaign.id, ledger)


async def one_step(town: Town, rng: random.Random, ledger: Ledger, id: str, numbers: list[str]) -> None:
    account, what = town.account.id, rng.random()
    try:
        if what < 0.15:
            number = rng.choice(numbers)
            await town.lists.add(SYSTEM, rng.choice((account, ALL_ACCOUNTS)), ["+" + number])
            ledger.look()  # what was called until now was allowed
            ledger.barred[number] = town.clock()
        elif what < 0.22:
            await town.campaigns.pause(SYSTEM, account, id)
        elif what < 0.35:
            await town.campaigns.resume(SYSTEM, account, id)
        elif what < 0.38:
            await town.campaigns.stop(SYSTEM, account, id)
        elif what < 0.48:
            await town.kill()
            await town.restart(cause=rng.choice((HangupCause.MEDIA_NODE_LOST, HangupCause.CONTROLLER_LOST)))
        elif what < 0.53:
            statuses = (Status.BUSY, Status.UNANSWERED, Status.TERMINATED, Status.FAILED)
            before = await town.statuses(await town.campaigns.get(account, id))
            await town.start(await town.campaigns.get(account, id), Start(statuses=statuses))
            ledger.starts.update(number for number, status in before.items() if status in statuses)
        elif what < 0.75:
            town.leap(rng.choice((600.0, 3600.0, 6 * 3600.0, 13 * 3600.0)))
    except (StillUsed, InvalidSetting):
        pass  # it is not in that state
    await note_opted_out(town, ledger)
    await town.pass_seconds(rng.choice((0.3, 2.0, 9.0)))
    await note_opted_out(town, ledger)


async def note_opted_out(town: Town, ledger: Ledger) -> None:
    """Who pressed the key is not called from then on."""
    ledger.look()
    for entry in await town.lists.page(town.account.id, limit=1000):
        ledger.barred.setdefault(entry.number, entry.at)


async def to_the_end(town: Town, id: str, ledger: Ledger) -> None:
    """Let a campaign end: nobody is forgotten."""
    account = town.account.id
    for _ in range(60):
        campaign = await town.campaigns.get(account, id)
        if campaign.state == "paused":
            await town.campaigns.resume(SYSTEM, account, id)
        elif campaign.state in ("ended", "stopped"):
            break
        else:
            due = [one.due for one in (await town.contacts(campaign)).values() if one.due is not None]
            if due and min(due) > town.clock():
                town.leap(min(due) - town.clock())
        await town.pass_seconds(30)
        await note_opted_out(town, ledger)
    campaign = await town.campaigns.get(account, id)
    left = {number: status for number, status in (await town.statuses(campaign)).items() if status.open}
    assert campaign.state in ("ended", "stopped") and not left, f"{campaign.state}: {left}"
    assert await town.due_rows() == 0


def remove_files(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder in memory where the machine has one: a seed commits hundreds of times, and nothing here tests a disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.mark.parametrize("first", range(FIRST, SEEDS, IN_ONE))
async def test_nothing_is_broken(first: int, in_memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "LOOK_SECONDS", 5.0)
    monkeypatch.setattr(clock, "GRACE_SECONDS", 0.0)  # there is no socket, and every thread is announced
    for seed in range(first, min(first + IN_ONE, SEEDS)):
        town = Town(Database(migrated_file(in_memory / "carillon.db")), tmp_path)
        await town.open()
        try:
            await follow(town, random.Random(seed))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        finally:
            await town.close()
            remove_files(in_memory)
