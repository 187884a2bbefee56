"""Texts that nobody may see but who needs them, and how they are kept in the database."""

import base64
import hashlib
import hmac
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASK = "***"
"""What is shown in place of a secret."""
SEALED = "sealed:"
"""What a sealed text begins with; the rest is a Fernet token (AES-128-CBC with HMAC-SHA256)."""
_PURPOSE = b"carillon: secrets in the database"


class Unreadable(Exception):
    """A stored secret cannot be opened."""

    def __init__(self) -> None:
        super().__init__(
            "The stored credentials cannot be read: CARILLON_SECRET is not the one they were stored with. "
            "Set the former CARILLON_SECRET again, or enter the credentials again."
        )


class Secret:
    """A secret text. It is masked wherever it is shown; JSON holds it only where a hook for the store is given.

    `sealed`: `value` is what the database holds, which `Seal.open` reads.
    """

    __slots__ = ("sealed", "value")

    def __init__(self, value: str, *, sealed: bool = False) -> None:
        self.value, self.sealed = value, sealed

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (other.value, other.sealed) == (self.value, self.sealed)

    def __hash__(self) -> int:
        return hash((Secret, self.value))


class Seal:
    """Seals secrets with a key that is derived (HKDF, RFC 5869) from the installation's own, CARILLON_SECRET.

    `encoder` writes JSON whose secrets are sealed.
    """

    def __init__(self, installation_secret: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(installation_secret.encode())
        self._secret = installation_secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))
        self.encoder = msgspec.json.Encoder(enc_hook=self.hook)

    def close(self, text: str) -> str:
        """Return a text as the database holds it."""
        return SEALED + self._fernet.encrypt(text.encode()).decode()

    def open(self, text: str) -> str:
        """Return what was sealed; a text that was not stays as it is. Raises Unreadable."""
        if not text.startswith(SEALED):
            return text
        try:
            return self._fernet.decrypt(text.removeprefix(SEALED).encode()).decode()
        except (InvalidToken, ValueError):  # ValueError: it is no text of ASCII
            raise Unreadable from None

    def digest(self, purpose: str, text: str) -> str:
        """Return a keyed hash (HMAC-SHA256, RFC 2104) of a text: what is kept of a short one that is only compared."""
        info = f"carillon: {purpose}".encode()
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._secret)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def hook(self, found: Any) -> Any:
        """For msgspec's encoders (enc_hook): a secret, sealed. For the store."""
        if isinstance(found, Secret):
            return found.value if found.sealed else self.close(found.value)
        raise NotImplementedError(f"{type(found).__name__} has no JSON")


def revealed(found: Any) -> Any:
    """For msgspec's encoders (enc_hook): a secret in the clear. For a store without a seal only."""
    if isinstance(found, Secret):
        return found.value
    raise NotImplementedError(f"{type(found).__name__} has no JSON")


def masked(found: Any) -> Any:
    """For msgspec's encoders (enc_hook): that there is a secret, for whoever looks."""
    if isinstance(found, Secret):
        return MASK
    raise NotImplementedError(f"{type(found).__name__} has no JSON")


def read(kind: type, found: Any) -> Any:
    """For msgspec's decoders (dec_hook): a secret as a customer gives it."""
    if kind is Secret and isinstance(found, str):
        return Secret(found)
    raise ValueError("Expected a text.")


def stored(kind: type, found: Any) -> Any:
    """For msgspec's decoders (dec_hook): a secret as the database holds it, sealed or of before there was a seal."""
    if kind is Secret and isinstance(found, str):
        return Secret(found, sealed=found.startswith(SEALED))
    raise ValueError("Expected a text.")
