"""Who asks: the account whose key is in the path."""

from api.vendors.echo.errors import EchoError
from api.vendors.echo.ids import DIALECT

from api.accounts import Accounts
from engine.features.accounts import Account


async def authenticate(accounts: Accounts, key: str) -> Account:
    """Return the account with this key; raises EchoError."""
    holder = await accounts.by_key(DIALECT, key)
    if holder is None:
        raise EchoError(401, "The key is unknown.")
    return holder.account
