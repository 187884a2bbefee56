"""Which callbacks are sent if there are more of them than places."""

import asyncio
import random
from collections import Counter

from api.callbacks.concurrency import Places


class Crowd:
    """Requests that hold a place until the test ends them."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.running: list[tuple[str, str]] = []
        self._ends: dict[tuple[str, str], list[asyncio.Event]] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def send(self, account: str, *hosts: str) -> None:
        """One request to each host; returns when each has its place or waits for one."""
        for host in hosts:
            self.tasks.append(asyncio.create_task(self._request(account, host)))
        await settled()

    async def end(self, account: str, host: str) -> None:
        """End one request to this host."""
        self._ends[account, host].pop(0).set()
        await settled()

    async def break_off(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def count(self, account: str, host: str = "") -> int:
        """Return how many requests of an account (to one host) are in progress."""
        return sum(each == (account, host or each[1]) for each in self.running)

    async def _request(self, account: str, host: str) -> None:
        end = asyncio.Event()
        async with self._places.take(account, host):
            self.running.append((account, host))
            self._ends.setdefault((account, host), []).append(end)
            try:
                await end.wait()
            finally:
                self.running.remove((account, host))


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def names(count: int, prefix: str = "host") -> list[str]:
    return [f"{prefix}-{number}" for number in range(count)]


async def test_an_account_with_ninety_hanging_hosts_leaves_room_for_another_at_once() -> None:
    crowd = Crowd(Places(per_host=20, overall=500))
    for _ in range(12):
        await crowd.send("hog", *names(90))
    await crowd.send("other", "well")
    assert crowd.count("other") == 1
    assert 200 <= crowd.count("hog") <= 250
    await crowd.break_off()


async def test_there_is_room_for_one_more_account_however_many_hang() -> None:
    crowd = Crowd(Places(per_host=20, overall=100))
    for number in range(60):
        await crowd.send(f"account-{number}", *names(30))
        assert crowd.count(f"account-{number}") >= 1
    assert len(crowd.running) <= 100 + 60 * 4
    await crowd.break_off()


async def test_a_free_place_goes_to_the_account_with_the_fewest_not_to_the_first() -> None:
    crowd = Crowd(Places(per_host=20, overall=8, least=1))
    await crowd.send("hog", *names(20))
    await crowd.send("late", *names(20))
    had = crowd.count("late")
    assert (crowd.count("hog"), had) == (4, 2)
    await crowd.end("hog", "host-0")
    assert (crowd.count("hog"), crowd.count("late")) == (3, 3)
    await crowd.break_off()


async def test_a_hanging_host_uses_no_more_than_its_share_of_its_accounts_places() -> None:
    crowd = Crowd(Places(per_host=3, overall=100))
    await crowd.send("ann", *["slow"] * 10, "well")
    assert (crowd.count("ann", "slow"), crowd.count("ann", "well")) == (3, 1)
    await crowd.end("ann", "slow")
    assert crowd.count("ann", "slow") == 3
    await crowd.break_off()


async def test_another_accounts_requests_to_a_host_do_not_limit_ones_own() -> None:
    crowd = Crowd(Places(per_host=3, overall=100))
    await crowd.send("ann", *["shared"] * 10)
    await crowd.send("bob", "shared")
    assert crowd.count("bob") == 1
    await crowd.break_off()


async def test_a_new_host_of_an_account_at_its_limit_is_next_before_its_older_hosts() -> None:
    crowd = Crowd(Places(per_host=20, overall=20))
    for _ in range(5):
        await crowd.send("ann", *names(5))
    await crowd.send("ann", *names(3, "new"))
    taken = crowd.count("ann")
    for host in names(3, "new"):
        assert crowd.count("ann", host) <= 1
    await crowd.end("ann", "host-0")
    assert crowd.count("ann") == taken
    await crowd.break_off()


async def test_a_cancelled_request_leaves_its_turn_to_the_next() -> None:
    places = Places(per_host=1, overall=100)
    crowd = Crowd(places)
    await crowd.send("ann", "host", "host", "host")
    crowd.tasks[1].cancel()
    await settled()
    await crowd.end("ann", "host")
    assert crowd.count("ann") == 1
    crowd.tasks[2].cancel()
    await settled()
    assert crowd.count("ann") == 0
    await crowd.send("ann", "host")
    assert crowd.count("ann") == 1
    await crowd.break_off()


async def test_a_place_given_to_a_request_cancelled_at_the_same_moment_is_freed() -> None:
    crowd = Crowd(Places(per_host=1, overall=100))
    await crowd.send("ann", "host", "host", "host")
    crowd._ends["ann", "host"].pop(0).set()
    await asyncio.sleep(0)
    crowd.tasks[1].cancel()
    await settled()
    assert crowd.count("ann") == 1, "the third has it"
    await crowd.break_off()


async def test_a_thousand_random_requests_never_break_a_limit_and_all_have_their_turn() -> None:
    chance, limits = random.Random(9), Counter[str]()
    places, under_way, done = Places(per_host=4, overall=40, least=2), Counter[str](), 0

    async def request(account: str, host: str) -> None:
        nonlocal done
        async with places.take(account, host):
            under_way.update(("all", account, f"{account} {host}"))
            limits["all"] = max(limits["all"], under_way["all"])
            limits["host"] = max(limits["host"], under_way[f"{account} {host}"])
            try:
                for _ in range(chance.randrange(5)):
                    await asyncio.sleep(0)
            finally:
                under_way.subtract(("all", account, f"{account} {host}"))
        done += 1

    wanted = [(f"account-{chance.randrange(6)}", f"host-{chance.randrange(8)}") for _ in range(1000)]
    tasks = [asyncio.create_task(request(*one)) for one in wanted]
    cancelled = 0
    for task in chance.sample(tasks, 100):
        await asyncio.sleep(0)
        cancelled += task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert done == sum(result is None for result in results) >= 1000 - cancelled
    assert limits["all"] <= 40 + 6 * 2 and limits["host"] <= 4
    assert not places._accounts and places._waiting.first() is None and places._free == 40, "nothing is left over"
