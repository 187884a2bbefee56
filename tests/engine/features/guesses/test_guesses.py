"""How many guesses are looked at, whom a lock holds back, what of it outlives a kill, and what a customer hears."""

import asyncio

import pytest

from engine.features.guesses.budgets import (
    BY_CALLER,
    BY_KNOWN,
    DAY,
    FIRST_LOCK_SECONDS,
    HOUR,
    Answer,
    Budget,
    Guess,
    Kind,
)
from engine.features.guesses.events import GuessesLocked
from engine.features.guesses.service import CHECK_SECONDS, Guesses
from engine.features.guesses.store import MOST_KNOWN
from engine.platform.platform import Platform
from engine.store import events
from engine.store.database import Database
from engine.store.writer import Writer
from tests.engine.features.subscriptions.conftest import Clock
from tests.support.digits import stands_in

BOX = Kind("box", Budget(9, DAY), Budget(30, HOUR))
OWNER, STRANGER = "12015550100", "12015550199"


class Caller:
    """Somebody who enters secrets; each box has the secret `right`."""

    def __init__(self, guesses: Guesses, caller: str = STRANGER, account: str = "acct-1") -> None:
        self.guesses, self.caller, self.account = guesses, caller, account
        self.looked = 0

    async def tries(self, secret: str = "wrong", at: str = "201", *, trusted: bool = False) -> Answer:
        async def look() -> bool:
            self.looked += 1
            return secret == "right"

        guess = Guess(self.account, BOX, at, self.caller, trusted, there=at == "201")
        return (await self.guesses.check(guess, look))[0]


def strangers(guesses: Guesses, count: int) -> list[Caller]:
    """Callers with a number each."""
    return [Caller(guesses, f"1201666{number:04}") for number in range(count)]


async def told(database: Database) -> list[GuessesLocked]:
    stored = await database.read(lambda conn: events.after(conn, 0, 1000))
    return [each.event for each in stored if isinstance(each.event, GuessesLocked)]


async def test_a_caller_is_locked_out_after_nine_wrong_ones_and_each_further_one_doubles_the_lock(
    guesses: Guesses, clock: Clock
) -> None:
    stranger = Caller(guesses)
    for box in range(BY_CALLER.free):
        assert await stranger.tries(at=f"20{box}") is Answer.WRONG
    assert await stranger.tries("right", "300") is Answer.LOCKED
    lock = FIRST_LOCK_SECONDS
    for _ in range(4):
        clock.now += lock - 1
        assert await stranger.tries("right", "300") is Answer.LOCKED
        clock.now += 2
        assert await stranger.tries(at="300") is Answer.WRONG
        lock *= 2
    assert stranger.looked == BY_CALLER.free + 4, "what is locked is not looked at"


async def test_a_target_is_locked_whoever_tries_and_whether_it_is_there_or_not(guesses: Guesses) -> None:
    for stranger in strangers(guesses, BOX.one.free):
        assert await stranger.tries() is Answer.WRONG
    late = Caller(guesses)
    assert await late.tries("right") is Answer.LOCKED
    assert await late.tries("right", "202") is Answer.RIGHT
    assert await Caller(guesses, account="acct-2").tries("right") is Answer.RIGHT


async def test_one_guess_at_each_of_many_targets_locks_the_account_for_strangers(guesses: Guesses) -> None:
    owner = Caller(guesses, OWNER)
    assert await owner.tries("right", "300") is Answer.RIGHT
    for number, stranger in enumerate(strangers(guesses, BOX.all.free)):
        assert await stranger.tries(at=f"4{number:02}") is Answer.WRONG
    assert await Caller(guesses).tries("right", "500") is Answer.LOCKED
    assert await owner.tries("right", "300") is Answer.RIGHT, "who was right before is not held back"
    assert await Caller(guesses, "101").tries("right", "500", trusted=True) is Answer.RIGHT


async def test_the_numbers_of_known_callers_help_a_forger_little(guesses: Guesses, clock: Clock) -> None:
    known = [Caller(guesses, f"1201777{number:04}") for number in range(20)]
    for caller in known:
        assert await caller.tries("right") is Answer.RIGHT
    for caller in known:
        for _ in range(BY_CALLER.free):
            await caller.tries()
    assert sum(caller.looked - 1 for caller in known) == BY_KNOWN.free
    clock.now += DAY
    assert await known[-1].tries("right") is Answer.RIGHT


async def test_a_right_one_counts_nothing_even_at_the_last_free_guess(guesses: Guesses) -> None:
    stranger = Caller(guesses)
    for box in range(BY_CALLER.free - 1):
        await stranger.tries(at=f"20{box}")
    for box in range(5):
        assert await stranger.tries("right", f"30{box}") is Answer.RIGHT
    assert await stranger.tries(at="400") is Answer.WRONG
    assert await stranger.tries(at="400") is Answer.LOCKED


async def test_withheld_callers_do_not_lock_each_other_out_but_are_counted(guesses: Guesses) -> None:
    withheld = Caller(guesses, "")
    for box in range(BY_CALLER.free + 2):
        assert await withheld.tries(at=f"2{box:02}") is Answer.WRONG
    for _ in range(BOX.one.free):
        await withheld.tries(at="300")
    assert await withheld.tries("right", "300") is Answer.LOCKED


async def test_a_guess_counts_before_it_is_looked_at_and_the_next_controller_knows_it(
    guesses: Guesses, platform: Platform, database: Database, clock: Clock
) -> None:
    async def killed() -> bool:
        raise asyncio.CancelledError

    for box in range(BY_CALLER.free):
        with pytest.raises(asyncio.CancelledError):
            await guesses.check(Guess("acct-1", BOX, f"20{box}", STRANGER), killed)
    next_one = Guesses(platform)
    assert await Caller(next_one).tries("right", "300") is Answer.LOCKED
    assert await told(database) == []
    clock.now += CHECK_SECONDS + 1
    assert await Caller(next_one).tries("right", "300") is Answer.LOCKED
    assert [(one.scope, one.caller) for one in await told(database)] == [("caller", STRANGER)]


async def test_wrong_ones_at_once_all_count(guesses: Guesses) -> None:
    callers = strangers(guesses, 2 * BOX.one.free)
    answers = await asyncio.gather(*(caller.tries() for caller in callers))
    assert answers.count(Answer.WRONG) == BOX.one.free
    assert answers.count(Answer.LOCKED) == BOX.one.free


async def test_each_lock_is_told_once_with_what_was_guessed_at_and_by_whom(
    guesses: Guesses, database: Database, clock: Clock
) -> None:
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries()
    for _ in range(3):
        assert await Caller(guesses).tries() is Answer.LOCKED
        clock.now += CHECK_SECONDS + 1
    (event,) = await told(database)
    last = f"1201666{BOX.one.free - 1:04}"
    assert (event.account, event.scope, event.kind, event.target, event.caller) == (
        "acct-1", "target", "box", "201", last,
    )  # fmt: skip
    assert event.until == event.at + FIRST_LOCK_SECONDS
    assert event.subject != "acct-1" and "right" not in str(event)


async def test_a_number_that_nothing_has_is_not_told_for_it_may_be_a_secret(
    guesses: Guesses, database: Database
) -> None:
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries(at="314159")
    (event,) = await told(database)
    assert (event.scope, event.target) == ("target", "***") and not stands_in("314159", event)


async def test_a_new_secret_unlocks_its_target_and_knows_nobody(guesses: Guesses, writer: Writer) -> None:
    await Caller(guesses, OWNER).tries("right")
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries()
    await writer.write(lambda conn: guesses.forget(conn, "acct-1", BOX, "201"))
    owner = Caller(guesses, OWNER)
    assert await owner.tries("right") is Answer.RIGHT
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries()
    assert await owner.tries("right") is Answer.RIGHT


async def test_a_new_secret_forgets_who_was_right_without_a_target_but_not_what_was_wrong_there(
    guesses: Guesses, writer: Writer
) -> None:
    owner = Caller(guesses, OWNER)
    await owner.tries("right", "")
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries(at="")
    assert await owner.tries("right", "") is Answer.RIGHT
    await writer.write(lambda conn: guesses.forget(conn, "acct-1", BOX, "201"))
    assert await owner.tries("right", "") is Answer.LOCKED


async def test_only_the_callers_who_were_right_last_are_known(guesses: Guesses, clock: Clock) -> None:
    first = Caller(guesses, OWNER)
    assert await first.tries("right") is Answer.RIGHT
    for number in range(MOST_KNOWN):
        clock.now += 1
        await Caller(guesses, f"1301555{number:04}").tries("right")
    for stranger in strangers(guesses, BOX.one.free):
        await stranger.tries()
    assert await first.tries("right") is Answer.LOCKED
    assert await Caller(guesses, "13015550400").tries("right") is Answer.RIGHT


async def test_what_is_forgotten_leaves_no_row(guesses: Guesses, database: Database, clock: Clock) -> None:
    await Caller(guesses).tries()
    clock.now += DAY + 1
    await Caller(guesses, OWNER).tries("right", "202")

    def rows(conn: object) -> int:
        return len(conn.exec_driver_sql("SELECT * FROM guesses WHERE target = '201'").all())  # type: ignore[attr-defined]

    assert await database.read(rows) == 0


def guessed_within(budget: Budget, days: float) -> int:
    """How many guesses somebody makes at one place who never waits longer than he must."""
    now, spent, at, count = 0.0, 0.0, 0.0, 0
    while now < days * DAY:
        spent, at, count = budget.left(spent, now - at) + 1, now, count + 1
        now += budget.lock(spent) or 1.0
    return count


@pytest.mark.parametrize(
    ("budget", "first_day", "a_day_later"),
    [(Budget(9, DAY), 16, 1.1), (Budget(30, HOUR), 60, 25), (Budget(60, 600.0), 210, 150)],
)
def test_the_pace_of_who_guesses_without_a_pause_is_what_the_decision_says(
    budget: Budget, first_day: int, a_day_later: float
) -> None:
    assert guessed_within(budget, 1) <= first_day
    year = guessed_within(budget, 366) - guessed_within(budget, 1)
    assert year / 365 <= a_day_later
