"""Who asks: the key in the path, and `sig` where the account wants it.

Ringful's document shows `seq` and `sig` in every example and says nowhere what they are.
Our reading: an account's setting `sig` is "off" (the default) or "kvmd5"; `seq` is never judged.
"""

import hmac
from collections.abc import Sequence

from api.accounts import Accounts, KeyHolder
from api.forms import digest_of
from api.vendors.ringful.errors import RingfulUnauthorized
from api.vendors.ringful.ids import DIALECT
from engine.features.accounts import Account

SIGNING = ("off", "kvmd5")
"""The values of an account's setting `sig`; the first is the default."""


async def authenticate(accounts: Accounts, key: str, pairs: Sequence[tuple[str, str]]) -> Account:
    """Return the account that a request with these parameters comes from; raises RingfulUnauthorized."""
    holder = await accounts.by_key(DIALECT, key)
    if holder is None:
        raise RingfulUnauthorized("The API key is unknown.")
    if holder.account.settings.get(DIALECT, {}).get("sig", "off") != "off":
        _check(holder, pairs)
    return holder.account


def kvmd5(pairs: Sequence[tuple[str, str]], secret: str) -> str:
    """Return the signature of a request: MD5 in hex of its decoded parameters and the secret.

    Every `key=value` but `sig`, sorted by key, without anything between, then the secret.
    """
    return digest_of(pairs, secret, without="sig")


def _check(holder: KeyHolder, pairs: Sequence[tuple[str, str]]) -> None:
    given = next((value for key, value in pairs if key == "sig"), "")
    if not given:
        raise RingfulUnauthorized("The parameter sig is missing; this account signs its requests (kvmd5).")
    if not hmac.compare_digest(kvmd5(pairs, holder.secret).encode(), given.lower().encode()):
        raise RingfulUnauthorized("The signature (sig) does not match the request.")
