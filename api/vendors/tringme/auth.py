"""Who asks: the parameter `apikey`, and `sig` where the account wants it.

TringMe's document says that `sig` is a checksum made with the private key, and not how; its samples have dummies.
Our reading: an account's setting `sig` is "off" (the default) or "kvmd5".
"""

import hmac
from collections.abc import Sequence
from typing import NamedTuple

from api.accounts import Accounts
from api.forms import digest_of
from api.vendors.tringme.errors import TringMeUnauthorized
from api.vendors.tringme.ids import DIALECT
from engine.features.accounts import Account

SIGNING = ("off", "kvmd5")
"""The values of an account's setting `sig`; the first is the default."""


class Requester(NamedTuple):
    """Whose request it is, and the private key that belongs to the key that was shown."""

    account: Account
    secret: str


async def authenticate(accounts: Accounts, key: str, pairs: Sequence[tuple[str, str]]) -> Requester:
    """Return the account that a request with these parameters comes from; raises TringMeUnauthorized."""
    holder = await accounts.by_key(DIALECT, key)
    if holder is None:
        raise TringMeUnauthorized("The parameter apikey is unknown.")
    if holder.account.settings.get(DIALECT, {}).get("sig", "off") != "off":
        _check(pairs, holder.secret)
    return Requester(holder.account, holder.secret)


def kvmd5(pairs: Sequence[tuple[str, str]], secret: str) -> str:
    """Return the signature of a request or a notification: MD5 in hex of its parameters and the private key.

    Every decoded `key=value` but `sig`, sorted by key, without anything between, then the private key.
    """
    return digest_of(pairs, secret, without="sig")


def _check(pairs: Sequence[tuple[str, str]], secret: str) -> None:
    given = next((value for name, value in pairs if name == "sig"), "")
    if not given:
        raise TringMeUnauthorized("The parameter sig is missing; this account signs its requests (kvmd5).")
    if not hmac.compare_digest(kvmd5(pairs, secret).encode(), given.lower().encode()):
        raise TringMeUnauthorized("The parameter sig does not match the request.")
