"""Ids sort by the order in which they were made, also within a millisecond, and no two are the same."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import ids
from engine.ids import new_id

SOME = 20_000


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id("call") for _ in range(SOME)]
    assert made == sorted(made) and len(set(made)) == SOME
    assert all(re.fullmatch("call-[0-9a-f]{28}", each) for each in made)


def test_threads_never_make_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id("call") for _ in range(SOME // 10)], range(8)))
    assert all(each == sorted(each) for each in made)
    assert len({id for each in made for id in each}) == 8 * (SOME // 10)


def test_a_clock_that_is_set_back_does_not_change_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id("call")
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000_000)
    made = [new_id("call") for _ in range(SOME)]
    assert [first, *made] == sorted([first, *made])


def test_a_millisecond_whose_ids_are_used_up_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000_000)
    monkeypatch.setattr(ids, "_last", (1_000_000, (1 << 64) - 2))
    made = [new_id("call") for _ in range(3)]
    assert made == sorted(made) and made[0].startswith(f"call-{1_000_001:012x}")
