"""A key that sends too many requests is refused for a while; no other key notices it."""

from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web
from multidict import CIMultiDict

from api.guess_throttle import ADMIN, Guesses, ShownCredential
from api.request_limit import RequestLimit, TooManyRequests


class Office:
    """A client that shows keys."""

    def __init__(self, per_second: float) -> None:
        self.now = 1000.0
        self.guesses = Guesses(limit=RequestLimit(per_second, clock=self._clock), clock=self._clock)

    def _clock(self) -> float:
        return self.now

    def ask(self, key: str = "a", *, dialect: str = "own", wrong: bool = False) -> bool:
        """Send a request; returns whether it was carried out."""
        request = cast(web.Request, SimpleNamespace(remote="192.0.2.1", headers=CIMultiDict[str]()))
        shown = ShownCredential(dialect, f"{key}.secret", key)
        try:
            with self.guesses.attempt(request, shown, wrong=lambda error: isinstance(error, ValueError)):
                if wrong:
                    raise ValueError
        except TooManyRequests as error:
            assert error.status == 429
            self.retry_after = error.headers["Retry-After"]
            return False
        except ValueError:
            return False
        return True


def test_a_key_sends_twice_its_rate_at_once_and_then_its_rate() -> None:
    office = Office(per_second=10)
    assert [office.ask() for _ in range(21)] == [True] * 20 + [False]
    assert office.retry_after == "1"
    office.now += 1
    assert [office.ask() for _ in range(11)] == [True] * 10 + [False]


def test_another_key_and_the_same_key_of_another_dialect_are_not_held_up() -> None:
    office = Office(per_second=1)
    assert [office.ask() for _ in range(3)] == [True, True, False]
    assert office.ask("b") and office.ask(dialect="ringful")


def test_wrong_keys_use_up_nothing_of_the_limit_and_the_administrator_has_none() -> None:
    office = Office(per_second=1)
    for _ in range(5):
        office.ask(wrong=True)
    assert [office.ask() for _ in range(3)] == [True, True, False]
    assert all(office.ask(dialect=ADMIN) for _ in range(10))


@pytest.mark.parametrize(("per_second", "wait"), [(0.25, "4"), (1000, "1")])
def test_the_answer_says_when_to_try_again(per_second: float, wait: str) -> None:
    office = Office(per_second)
    while office.ask():
        pass
    assert office.retry_after == wait


def test_without_a_limit_all_requests_are_carried_out() -> None:
    office = Office(per_second=0)
    assert all(office.ask() for _ in range(10_000))
