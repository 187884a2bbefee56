"""Accounts by their names or ids."""

from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.store import accounts
from engine.store.accounts import Account


def find(conn: Connection, name: str, *, closed: bool = False) -> Account:
    """Return an account by its name or id, one that was removed too where `closed`; raises NotThere."""
    account = accounts.by_name(conn, name) or accounts.get(conn, name)
    if account is None or (account.closed is not None and not closed):
        raise NotThere(f"There is no account {name}.")
    return account
