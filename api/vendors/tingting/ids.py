"""TingTing's names and ids: of accounts, of numbers, of voices.

Campaigns and contacts are counted within their account, so that theirs are whole numbers as in the document's samples.
"""

import re
from collections.abc import Mapping
from zlib import crc32

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

DIALECT = "tingting"
"""The dialect's name in the store, in call data and on the command line."""
DOMAIN = "accounts.invalid"
"""Of the e-mail address that an account signs in with itself; no mail arrives there (RFC 2606 §2)."""
ACCESS_DAYS = ("1", "5")
"""The values of an account's setting `access_days`: how long an access token lives. The document's text says a day,
the tokens in its sample live for five."""
CREDIT = ("1", "0.01", "0.1", "0.5", "2", "5", "10", "100")
"""The values of an account's setting `credit`: how much money a credit is, in the account's currency."""
_SID = re.compile(r"[0-9a-fA-F]{32}")
_ZEROS = bytes(8)
ZONE = ("Asia/Kathmandu", "UTC", "Asia/Kolkata", "Asia/Dubai", "Europe/London", "America/New_York")
"""The values of an account's setting `zone`: that of dates without one."""


def email_of(key: str) -> str:
    """Return the e-mail address that an account signs in with itself, made of its key."""
    return f"{key}@{DOMAIN}"


def key_of(email: str) -> str | None:
    """Return the key that an account's own e-mail address is made of; None for any other address."""
    key, at, domain = email.strip().lower().rpartition("@")
    return key if at and domain == DOMAIN else None


def shown_with_keys(key: str, secret: str) -> Mapping[str, str]:
    """Return what an account is shown of its key: the address to sign in with, and the newer API's token."""
    return {"email": email_of(key), "token": f"{key}.{secret}"}


def whole_number(id: str) -> int:
    """Return a whole number for an id of ours that TingTing shows as one, and by which nothing is found again."""
    return crc32(id.encode()) & 0x7FFFFFFF


class NumberSids:
    """The SIDs of numbers: 32 hex digits, as in the document's samples, that say nothing and lead back to the number.

    The same number always has the same SID, so that one that was released is bought again by it. A SID is one block of
    AES: the number, and zeros by which one that others make up is known. `key`: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # a single block: there is nothing to chain

    def of(self, number: str) -> str:
        """Return the SID of a number (digits)."""
        block = int(f"1{number}").to_bytes(8, "big") + _ZEROS  # the 1 keeps zeros that a number begins with
        return self._cipher.encryptor().update(block).hex()

    def number(self, sid: str) -> str | None:
        """Return the number of a SID; None for what is not one."""
        if not _SID.fullmatch(sid):
            return None
        block = self._cipher.decryptor().update(bytes.fromhex(sid))
        digits = str(int.from_bytes(block[:8], "big"))
        return digits[1:] if block[8:] == _ZEROS and len(digits) > 1 else None
