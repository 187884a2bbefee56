"""Tokens: an id that is looked up, a dot, and a secret of which only the digest is stored."""

import hashlib
import secrets

from engine.features.users.model import NewToken, TokenEntry

PREFIX = "user"
"""What a token begins with, so that people and secret scanners know it."""


def new_token(name: str, now: float, seconds: float | None) -> NewToken:
    """Return a token that is good for `seconds` (None: for ever) from `now` (Unix seconds)."""
    entry = TokenEntry(
        id=f"{PREFIX}{secrets.token_hex(12)}",
        name=name,
        created=now,
        expires=None if seconds is None else now + seconds,
    )
    return NewToken(token=f"{entry.id}.{secrets.token_urlsafe(32)}", entry=entry)


def secret_of(token: str) -> str:
    """Return the secret part of a token."""
    return token.partition(".")[2]


def digest_of(secret: str) -> str:
    """Return what is stored of a secret: SHA-256 in hex. It has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
