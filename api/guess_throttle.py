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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import structlog
from aiohttp import web

from api.clients import Clients
from api.most_recent import MostRecent
from api.request_limit import RequestLimit
from api.token_bucket import TokenBucket

log = structlog.get_logger(__name__)
ADMIN = "admin"
"""The administrator's API, as a dialect: its requests are not limited."""
BURST = 100
"""How many wrong credentials a client may send at once."""
PER_SECOND = 1.0
"""How many more it may send each second."""
NO_LIMIT = RequestLimit()


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


def _bucket(now: float, left: float) -> TokenBucket:
    return TokenBucket(now, most=BURST, per_second=PER_SECOND, left=left)


class Guesses:
    """Counts the wrong credentials of each client, and what valid ones are used for: `limit`.

    `clock` returns monotonic seconds.
    """

    def __init__(
        self,
        clients: Clients | None = None,
        *,
        limit: RequestLimit = NO_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clients, self.limit, self._clock = clients or Clients(), limit, clock
        self._salt = secrets.token_bytes(16)
        self._budgets: MostRecent[tuple[str, str], TokenBucket] = MostRecent()
        self._wrong: MostRecent[tuple[str, bytes], TokenBucket] = MostRecent()
        self._right: MostRecent[tuple[str, bytes], bool] = MostRecent()
        self._keys: MostRecent[str, bool] = MostRecent()

    def __len__(self) -> int:
        """The number of entries of all kinds."""
        return len(self._budgets) + len(self._wrong) + len(self._right) + len(self._keys)

    @contextmanager
    def attempt(
        self, request: web.BaseRequest, shown: ShownCredential | None, wrong: Callable[[Exception], bool]
    ) -> Iterator[None]:
        """Check a credential in the block: it is wrong if the block raises one of `wrong`, valid if it raises nothing.

        Raises TooManyGuesses before the block if the credential must not be checked, and TooManyRequests behind it if
        a valid one is used too often. None means that there is no credential: nothing is counted.
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
        if shown.dialect != ADMIN:
            self.limit.take(proof[1], shown.dialect)

    def _taken(self, proof: tuple[str, bytes], shown: ShownCredential) -> TokenBucket:
        """Take a token of the budget that counts this credential; raises TooManyGuesses."""
        client, now = proof[0], self._clock()
        key = f"{shown.dialect} {shown.key}"
        name = (client, key if self._keys.get(key) else "")
        budget = self._wrong.get(proof) or self._budgets.get(name) or self._budgets.put(name, _bucket(now, BURST))
        if budget.take(now):
            return budget
        if budget.is_logged(now):
            log.warning("too many wrong keys: this client is throttled", client=client, dialect=shown.dialect)
        raise TooManyGuesses(budget.seconds)

    def _note_wrong(self, proof: tuple[str, bytes], budget: TokenBucket | None, was_wrong: bool) -> None:
        if budget and not was_wrong:
            budget.put_back()
        elif budget and proof not in self._wrong:
            self._wrong.put(proof, _bucket(self._clock(), BURST - 1))

    def _digest(self, shown: ShownCredential) -> bytes:
        text = f"{shown.dialect}\0{shown.proof}".encode("utf-8", "surrogateescape")
        return hashlib.blake2b(text, key=self._salt, digest_size=16).digest()
