"""Throttles the guessing of keys and tokens, without refusing clients that have shown valid ones.

While a client's budget of wrong credentials is used up, credentials that were not valid before are not checked, so
that guessing yields nothing. Three rules keep an office with one wrong program in it from being locked out: a
credential that was valid from the same client is always checked; the same wrong credential, sent repeatedly, uses up
only a budget of its own; and so does a key whose name is known.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import Generic, NamedTuple, TypeVar

import structlog
from aiohttp import web

from api.clients import Clients

log = structlog.get_logger(__name__)
BURST = 100
"""How many wrong credentials a client may send at once."""
PER_SECOND = 1.0
"""How many more it may send each second."""
MOST_KEPT = 20_000
LOG_SECONDS = 60.0
K = TypeVar("K")
V = TypeVar("V")


class ShownCredential(NamedTuple):
    """The credential of a request to a dialect.

    `proof` is the whole credential, or the key's name if requests are signed (a signature cannot be guessed, and a
    valid one proves that the secret is known). `key` is the part that is not secret, "" for none.
    """

    dialect: str
    proof: str
    key: str = ""


def same(shown: str, kept: str) -> bool:
    """Return whether a secret is correct, in constant time; header bytes that are not UTF-8 are a wrong secret."""
    return hmac.compare_digest(shown.encode("utf-8", "surrogateescape"), kept.encode())


class TooManyGuesses(web.HTTPTooManyRequests):
    """Too many wrong credentials came from this client; this one was not checked."""

    def __init__(self, seconds: int) -> None:
        sentence = f"Too many wrong keys came from this address; try again in {seconds} s."
        super().__init__(reason=sentence, headers={"Retry-After": str(seconds)})


class _Kept(Generic[K, V]):
    """The most recently used entries, at most MOST_KEPT."""

    def __init__(self) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """Return an entry and mark it as used."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key]

    def put(self, key: K, value: V) -> V:
        """Store an entry; if there are too many, the least recently used one is removed."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > MOST_KEPT:
            self._entries.popitem(last=False)
        return value


class _Budget:
    """A token bucket: so many at once, and so many more a second."""

    def __init__(self, now: float, left: float) -> None:
        self._at, self._left = now, left
        self.quiet_until = now

    def take(self, now: float) -> bool:
        """Take a token; returns False if there is none."""
        self._left, self._at = min(float(BURST), self._left + (now - self._at) * PER_SECOND), now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def put_back(self) -> None:
        """Return a token: the credential was not wrong."""
        self._left = min(float(BURST), self._left + 1)

    @property
    def seconds(self) -> int:
        """The seconds until there is a token, from the last take."""
        return max(1, ceil((1 - self._left) / PER_SECOND))


class Guesses:
    """Counts the wrong credentials of each client. `clock` returns monotonic seconds."""

    def __init__(self, clients: Clients | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients, self._clock = clients or Clients(), clock
        self._salt = secrets.token_bytes(16)
        self._budgets: _Kept[tuple[str, str], _Budget] = _Kept()
        self._wrong: _Kept[tuple[str, bytes], _Budget] = _Kept()
        self._right: _Kept[tuple[str, bytes], bool] = _Kept()
        self._keys: _Kept[str, bool] = _Kept()

    def __len__(self) -> int:
        """The number of entries of all kinds."""
        return len(self._budgets) + len(self._wrong) + len(self._right) + len(self._keys)

    @contextmanager
    def attempt(
        self, request: web.BaseRequest, shown: ShownCredential | None, wrong: Callable[[Exception], bool]
    ) -> Iterator[None]:
        """Check a credential in the block: it is wrong if the block raises one of `wrong`, valid if it raises nothing.

        Raises TooManyGuesses before the block if the credential must not be checked. None means that there is no
        credential: nothing is counted.
        """
        if shown is None:
            yield
            return
        client = self._clients.of(request)
        proof = (client, self._digest(shown))
        budget = None if self._right.get(proof) else self._taken(proof, shown)
        try:
            yield
        except Exception as error:
            self._note_wrong(proof, budget, wrong(error))
            raise
        if budget:
            budget.put_back()
        self._right.put(proof, True)
        if shown.key:
            self._keys.put(f"{shown.dialect} {shown.key}", True)

    def _taken(self, proof: tuple[str, bytes], shown: ShownCredential) -> _Budget:
        """Take a token of the budget that counts this credential; raises TooManyGuesses."""
        client, now = proof[0], self._clock()
        key = f"{shown.dialect} {shown.key}"
        name = (client, key if self._keys.get(key) else "")
        budget = self._wrong.get(proof) or self._budgets.get(name) or self._budgets.put(name, _Budget(now, BURST))
        if budget.take(now):
            return budget
        if now >= budget.quiet_until:
            budget.quiet_until = now + LOG_SECONDS
            log.warning("too many wrong keys: this client is throttled", client=client, dialect=shown.dialect)
        raise TooManyGuesses(budget.seconds)

    def _note_wrong(self, proof: tuple[str, bytes], budget: _Budget | None, was_wrong: bool) -> None:
        if budget and not was_wrong:
            budget.put_back()
        elif budget and proof not in self._wrong:
            self._wrong.put(proof, _Budget(self._clock(), BURST - 1))

    def _digest(self, shown: ShownCredential) -> bytes:
        text = f"{shown.dialect}\0{shown.proof}".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(text, key=self._salt, digest_size=16).digest()
