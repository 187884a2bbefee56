"""Finds the user that signs in; each function is a part of a transaction."""

from collections.abc import Iterable

from sqlalchemy import Connection

from engine.features.accounts.lookup import find as find_account
from engine.features.errors import FeatureError
from engine.features.users import rules, store
from engine.features.users.model import User


def known(conn: Connection, account: str | None, email: str) -> tuple[User, str] | None:
    """Return who may sign in, with the hash: a user of an account, or the first of any (None) with this address.

    No user of a disabled account, no disabled user, and none without a password.
    """
    if not ((account or "").isprintable() and email.isprintable()):
        return None  # nobody's, and nothing to hand to a database
    try:
        found = _anywhere(conn, email) if account is None else [_of(conn, account, email)]
    except FeatureError:
        return None
    hashes = ((user, store.password(conn, user.id)) for user in found if _may_sign_in(conn, user))
    return next(((user, hashed) for user, hashed in hashes if hashed), None)


def _of(conn: Connection, account: str, email: str) -> User:
    return rules.find(conn, find_account(conn, account).id, email)


def _anywhere(conn: Connection, email: str) -> Iterable[User]:
    return store.by_email_anywhere(conn, email.strip().lower())


def _may_sign_in(conn: Connection, user: User) -> bool:
    try:
        return not user.disabled and not find_account(conn, user.account).disabled
    except FeatureError:
        return False  # the account was removed
