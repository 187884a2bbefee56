"""Documents wait for their turn to be converted: accounts take turns, none takes all places, and no slot is lost."""

import asyncio

import pytest

from engine.commands import EngineUnavailable, LimitReached
from engine.features.fax.pages import queue
from engine.features.fax.pages.queue import AT_ONCE, MOST_OF_ACCOUNT, MOST_WAITING, ConversionQueue


class Office:
    """A queue, and documents that are converted until they are let go."""

    def __init__(self) -> None:
        self.queue, self.begun = ConversionQueue(), list[str]()
        self._ends = dict[str, asyncio.Event]()
        self.tasks = dict[str, asyncio.Task[None]]()

    async def joins(self, account: str, count: int = 1) -> None:
        """Documents of an account join the queue."""
        for _ in range(count):
            name = f"{account}{sum(each.startswith(account) for each in self.tasks) + 1}"
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._converts(account, name))
            await settle()

    async def _converts(self, account: str, name: str) -> None:
        async with self.queue.turn(account):
            self.begun.append(name)
            await self._ends[name].wait()

    async def ends(self, *names: str) -> None:
        """Conversions end."""
        for name in names:
            self._ends[name].set()
            await self.tasks[name]
        await settle()

    async def cancels(self, name: str) -> None:
        """A document is waited for no more."""
        self.tasks[name].cancel()
        await asyncio.gather(self.tasks[name], return_exceptions=True)
        await settle()

    async def empties(self) -> list[str]:
        """Let everything end; returns what was converted in its order."""
        while left := [name for name in self.begun if not self.tasks[name].done()]:
            await self.ends(*left)
        return self.begun


async def settle() -> None:
    """Let every task go on that can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_account_leaves_a_slot_for_another_that_comes_later() -> None:
    office = Office()
    await office.joins("a", 5)
    assert office.begun == ["a1"]
    await office.joins("b")
    assert office.begun == ["a1", "b1"]
    assert await office.empties() == ["a1", "b1", "a2", "a3", "a4", "a5"]


async def test_accounts_take_turns_however_many_documents_one_of_them_has() -> None:
    office = Office()
    await office.joins("a", 4)
    await office.joins("b", 2)
    await office.joins("c", 2)
    assert office.begun == ["a1", "b1"]
    await office.ends("a1")
    assert office.begun[2:] == ["a2"], "its first turn was before the third account came"
    await office.ends("a2")
    assert office.begun[3:] == ["c1"], "its second turn was after that, though its third document came before"
    await office.ends("b1")
    assert office.begun[4:] == ["b2"]
    await office.ends("c1")
    assert office.begun[5:] == ["a3"]
    assert sorted(await office.empties()) == ["a1", "a2", "a3", "a4", "b1", "b2", "c1", "c2"]


async def test_an_account_has_so_many_places_and_the_others_keep_theirs() -> None:
    office = Office()
    await office.joins("a", MOST_OF_ACCOUNT)
    with pytest.raises(LimitReached, match="has 10 documents that wait to be converted"):
        async with office.queue.turn("a"):
            pass
    await office.joins("b")
    assert office.begun == ["a1", "b1"]
    await office.ends("a1")
    await office.joins("a")
    assert len(await office.empties()) == MOST_OF_ACCOUNT + 2


async def test_all_accounts_together_have_so_many_places(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    for account in "abcde":
        await office.joins(account, MOST_WAITING // 5)
    with pytest.raises(EngineUnavailable, match="Too many documents"):
        async with office.queue.turn("f"):
            pass
    assert len(office.begun) == AT_ONCE
    assert len(await office.empties()) == MOST_WAITING
    monkeypatch.setattr(queue, "MOST_WAITING", 1)
    await office.joins("f")
    assert office.begun[-1] == "f1", "every place is free again"


async def test_what_is_cancelled_leaves_its_place_and_its_slot() -> None:
    office = Office()
    await office.joins("a", 3)
    await office.cancels("a2")
    await office.cancels("a1")
    assert office.begun == ["a1", "a3"], "what waited was skipped, what ran made room"
    await office.ends("a3")
    await office.joins("a", 2)
    office.tasks["a4"].cancel()
    await asyncio.gather(office.tasks["a4"], return_exceptions=True)
    await settle()
    assert office.begun[-1] == "a5"
    await office.ends("a5")
    await office.joins("b")
    await office.joins("c")
    assert office.begun[-2:] == ["b1", "c1"], "both slots are free"
    await office.empties()


async def test_what_is_cancelled_in_the_moment_of_its_turn_gives_the_slot_on() -> None:
    office = Office()
    async with office.queue.turn("a"):
        await office.joins("a", 2)
    office.tasks["a1"].cancel()  # it has the turn, and has not gone on yet
    await asyncio.gather(office.tasks["a1"], return_exceptions=True)
    await settle()
    assert office.begun == ["a2"]
    assert await office.empties() == ["a2"]
