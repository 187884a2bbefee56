"""Who guesses keys is stopped; who has a right one is not, though both come from one address."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web
from multidict import CIMultiDict

from api import most_recent
from api.clients import Clients
from api.guess_throttle import BURST, Guesses, ShownCredential, TooManyGuesses, same


class Wrong(Exception):
    """The credential was wrong."""


class Time:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def request_from(address: str, **headers: str) -> web.Request:
    """A request that came from an address, as far as it is looked at."""
    return cast(web.Request, SimpleNamespace(remote=address, headers=CIMultiDict(headers)))


class Door:
    """A dialect with one right credential: `key.secret`."""

    def __init__(self, clients: Clients | None = None, address: str = "192.0.2.1") -> None:
        self.time = Time()
        self.guesses = Guesses(clients, clock=self.time)
        self.address = address
        self.looked_at = 0

    def show(self, proof: str, key: str = "", *, address: str = "", right: str = "key.secret", **headers: str) -> bool:
        """Show a credential; returns whether it was right, raises TooManyGuesses."""
        request = request_from(address or self.address, **headers)
        try:
            with self.guesses.attempt(
                request, ShownCredential("own", proof, key), lambda error: isinstance(error, Wrong)
            ):
                self.looked_at += 1
                if proof != right:
                    raise Wrong
        except Wrong:
            return False
        return True

    def refuses(self, proof: str, key: str = "", **more: str) -> bool:
        """Whether it is not even looked at."""
        try:
            self.show(proof, key, **more)
        except TooManyGuesses:
            return True
        return False

    def guess(self, count: int, guess: Callable[[int], str] = "guess-{}".format, **more: str) -> int:
        """Guess so often; returns how many were looked at."""
        return sum(not self.refuses(guess(number), **more) for number in range(count))


def test_guesses_are_looked_at_until_the_budget_is_used_up_and_then_one_a_second() -> None:
    door = Door()
    assert door.guess(6370) == BURST == door.looked_at
    with pytest.raises(TooManyGuesses) as refused:
        door.show("another")
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    door.time.now += 60
    assert door.guess(2000, "later-{}".format) == 60


def test_who_was_right_from_there_goes_on_while_somebody_else_guesses() -> None:
    door = Door()
    assert door.show("key.secret")
    door.guess(1000)
    assert all(door.show("key.secret") for _ in range(500))
    assert door.refuses("key.secret", address="192.0.2.1", right="another.secret") is False, "it is only wrong now"


def test_a_program_with_an_old_key_locks_nobody_out() -> None:
    door = Door()
    assert door.guess(1000, lambda _: "old.secret") == BURST, "the same wrong one has its own budget"
    assert door.show("key.secret"), "a first request from the same address"
    assert not door.show("other.mistake")


def test_a_key_that_is_known_has_a_budget_of_its_own() -> None:
    door = Door()
    assert door.show("key.secret", "key", address="198.51.100.7")
    door.guess(1000)
    assert door.refuses("unknown.secret", "unknown")
    assert door.show("key.secret", "key"), "never shown from here, but its name is known"
    assert door.guess(1000, "key.guess-{}".format, key="key") == BURST, "and its secret is not guessed either"


def test_another_address_and_another_dialect_have_budgets_of_their_own() -> None:
    door = Door()
    door.guess(1000)
    assert not door.refuses("guess-x", address="192.0.2.2")
    assert not door.refuses("guess-x", address="2001:db8:1::1")
    door.guess(1000, address="2001:db8:2::1")
    assert door.refuses("guess-x", address="2001:db8:2::ffff"), "one IPv6 client is a /64"


def test_behind_a_trusted_proxy_each_client_is_its_own() -> None:
    door = Door(Clients.read("192.0.2.0/24"))
    door.guess(1000, **{"X-Forwarded-For": "10.9.9.9, 203.0.113.5"})
    assert door.refuses("guess-x", **{"X-Forwarded-For": "1.1.1.1, 203.0.113.5"}), "only the last hop is the proxy's"
    assert not door.refuses("guess-x", **{"X-Forwarded-For": "203.0.113.6"})
    untrusted = Door()
    untrusted.guess(1000, **{"X-Forwarded-For": "203.0.113.5"})
    assert untrusted.refuses("guess-x", **{"X-Forwarded-For": "203.0.113.6"}), "anybody can send the header"


def test_what_is_no_guess_costs_nothing() -> None:
    door = Door()

    def broken() -> None:
        with door.guesses.attempt(
            request_from("192.0.2.1"), ShownCredential("own", "x"), lambda error: isinstance(error, Wrong)
        ):
            raise OSError

    for _ in range(3 * BURST):
        with pytest.raises(OSError):
            broken()
        with door.guesses.attempt(request_from("192.0.2.1"), None, lambda error: True):
            pass
    assert not door.refuses("guess")


def test_memory_is_bounded_however_many_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(most_recent, "MOST_KEPT", 50)
    door = Door()
    assert door.show("key.secret", "key")
    for number in range(1000):
        door.show(f"guess-{number}", address=f"10.0.{number // 250}.{number % 250}")
    assert len(door.guesses) <= 4 * 50
    assert door.show("key.secret", "key")


def test_a_secret_of_bytes_that_are_not_utf_8_is_wrong_and_no_accident() -> None:
    assert same("ä", "ä") and not same("\udcff", "ÿ") and not same("", "x")
