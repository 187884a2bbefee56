"""Passwords: argon2id hashes, made and verified outside of the event loop, one at a time."""

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.features.errors import InvalidSetting

FEWEST, MOST = 12, 256  # characters
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""The parameters are those of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane."""


class Passwords:
    """Hashes and verifies. One at a time: a hash takes a core for a while, and calls need the others."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._turn = asyncio.Semaphore(1)
        self._dummy: str | None = None

    async def hash(self, password: str) -> str:
        """Return the hash to store, with its parameters and its salt."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Whether a password is the one that was hashed.

        Without a hash the answer is False after the same time, so that it does not show who has an account.
        """
        async with self._turn:
            return await asyncio.to_thread(self._fits, password, hashed)

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(hashed)

    def _fits(self, password: str, hashed: str | None) -> bool:
        if self._dummy is None:
            self._dummy = self._hasher.hash(secrets.token_hex())
        try:
            return self._hasher.verify(hashed or self._dummy, _normal(password)) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False


def checked(password: str) -> str:
    """Return a password that a user may have: 12 to 256 characters, any of them; raises InvalidSetting."""
    if not FEWEST <= len(password) <= MOST:
        raise InvalidSetting(f"password must have {FEWEST} to {MOST} characters (it has {len(password)}).")
    return password


def random() -> str:
    """Return a new password of 120 random bits."""
    return secrets.token_urlsafe(15)


def _normal(password: str) -> bytes:
    """Return a password's bytes, the same for every spelling of its characters (NIST SP 800-63B §3.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
