"""Whose turn it is: shares of slots, and accounts that are left alone for a while."""

from collections.abc import Mapping

from engine.platform.turns import HELD_SECONDS, NO_ACCOUNT, Turns, Waiting


def waiting(**counts: int) -> Mapping[str, Waiting]:
    """So much work of each account, which is due in this order."""
    return {account: Waiting(count, since) for since, (account, count) in enumerate(counts.items())}


def begun(turns: Turns, shares: Mapping[str, int]) -> None:
    for account, count in shares.items():
        for _ in range(count):
            turns.began(account)


def test_one_account_leaves_half_of_the_slots_and_the_next_one_half_of_those() -> None:
    turns = Turns(100)
    begun(turns, shares := turns.shares(waiting(ann=10_000), 100, 0))
    assert shares == {"ann": 50} and turns.closed(0) == ["ann"]
    begun(turns, shares := turns.shares(waiting(ann=9_950, bob=10_000), 50, 0))
    assert shares == {"bob": 25} and turns.closed(0) == ["ann", "bob"]
    assert turns.shares(waiting(ann=9_950, bob=9_975, cid=1), 25, 0) == {"cid": 1}


def test_those_who_come_together_get_as_much_each_and_leave_some_for_others() -> None:
    assert Turns(9).shares(waiting(ann=100, bob=100, cid=100), 9, 0) == {"ann": 3, "bob": 2, "cid": 2}
    assert Turns(9).shares(waiting(ann=100, bob=2, cid=1), 9, 0) == {"ann": 3, "bob": 2, "cid": 1}


def test_a_slot_that_is_free_goes_to_who_has_fewest_and_of_those_to_who_has_waited_longest() -> None:
    turns = Turns(8)
    begun(turns, {"ann": 1, "bob": 2})
    assert turns.shares(waiting(bob=5, ann=5), 1, 0) == {"ann": 1}
    assert turns.shares(waiting(bob=5, dan=5, cid=5), 1, 0) == {"dan": 1}


def test_everybody_gets_a_slot_while_there_is_one() -> None:
    turns = Turns(1)
    assert turns.shares(waiting(ann=5, bob=5), 1, 0) == {"ann": 1}
    turns = Turns(3)
    begun(turns, {"ann": 1, "bob": 1})
    assert turns.closed(0) == ["ann", "bob"]
    assert turns.shares(waiting(ann=5, bob=5, cid=5), 1, 0) == {"cid": 1}


def test_work_of_no_account_takes_all_that_is_free() -> None:
    turns = Turns(3)
    begun(turns, shares := turns.shares({NO_ACCOUNT: Waiting(300, 0)}, 3, 0))
    assert shares == {NO_ACCOUNT: 3} and turns.closed(0) == []


def test_an_account_that_must_wait_is_left_alone_for_longer_each_time() -> None:
    turns, now = Turns(100), 0.0
    for seconds in (*HELD_SECONDS, HELD_SECONDS[-1]):
        assert turns.hold("ann", now) == now + seconds == turns.opens(now)
        assert turns.hold("ann", now + 0.5) == now + seconds  # others that it had begun count once
        assert turns.closed(now) == ["ann"] and turns.shares(waiting(ann=10), 100, now) == {}
        now += seconds
        assert turns.closed(now) == [] and turns.opens(now) is None
        assert turns.shares(waiting(ann=10), 100, now) == {"ann": 1}


def test_an_account_that_goes_on_is_tried_by_one_then_two_then_four() -> None:
    turns = Turns(100)
    turns.hold("ann", 0.0)
    for most in (1, 2, 4, 8):
        assert turns.shares(waiting(ann=1000), 100, 1.0) == {"ann": most}
        turns.succeeded("ann", 1.0)
    for _ in range(10):
        turns.succeeded("ann", 1.0)
    assert turns.shares(waiting(ann=1000), 100, 1.0) == {"ann": 50}
    assert turns.hold("ann", 1.0) == 2.0, "it begins anew with a second"


def test_an_account_is_let_go_before_its_time() -> None:
    turns = Turns(100)
    turns.hold("ann", 0.0)
    turns.hold("ann", 1.0)
    assert turns.let_go("ann", 1.5) and turns.opens(1.0) == 1.5
    assert not turns.let_go("ann", 2.0) and not turns.let_go("bob", 0.0)
    assert turns.shares(waiting(ann=10), 100, 1.5) == {"ann": 1}


def test_what_ended_makes_room() -> None:
    turns = Turns(2)
    turns.began("ann")
    assert turns.closed(0) == ["ann"]
    turns.ended("ann")
    assert turns.closed(0) == []
