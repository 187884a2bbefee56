"""A new user, in two steps: its password is hashed before the transaction that stores it."""

import time

import msgspec
from sqlalchemy import Connection

from engine.features.users import passwords, rules, store
from engine.features.users.model import NewUser, User, UserDraft, WithPassword
from engine.features.users.passwords import Passwords
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor


async def draft(hashing: Passwords, wanted: NewUser) -> UserDraft:
    """Return a user that `put` adds to an account; without a password a random one is made. Raises InvalidSetting."""
    password = passwords.random() if wanted.password is None else passwords.checked(wanted.password)
    user = User(
        id=new_id("user"),
        account="",
        email=rules.email_of(wanted.email),
        name=rules.name_of(wanted.name),
        role=wanted.role,
        created=time.time(),
    )
    made = password if wanted.password is None else None
    return UserDraft(user=user, hashed=await hashing.hash(password), password=made)


def put(conn: Connection, by: Actor, account: str, drafted: UserDraft) -> WithPassword:
    """Add a user to an account (its id) as a part of a transaction; raises AlreadyThere, NotPermitted.

    The caller reloads the account's users in memory.
    """
    user = msgspec.structs.replace(drafted.user, account=account)
    rules.check_permitted(conn, by, account, user.role)
    store.add(conn, user, drafted.hashed)
    audit.record(conn, by, account=account, what="user.added", subject=user.email, after=rules.audited(user))
    return WithPassword(user=user, password=drafted.password)
