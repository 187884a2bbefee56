"""What a user may be, and who may change it; each function is a part of a transaction."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.features.errors import InvalidSetting, NotThere
from engine.features.users import store
from engine.features.users.errors import LastOwner, NotPermitted
from engine.features.users.model import User
from engine.features.users.role import Role
from engine.platform.audit import Actor

_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]+@[^\s@\"(),:;<>\[\\\]]+")
_LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, less the two brackets
_LONGEST_NAME = 100


def email_of(text: str) -> str:
    """Return an e-mail address as it is stored, in lower case; raises InvalidSetting."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email) or not email.isprintable() or len(email) > _LONGEST_EMAIL or "=?" in email:
        raise InvalidSetting(f"email must be an e-mail address, such as ann@example.com (got {text[:80]!r}).")
    return email


def name_of(text: str) -> str:
    """Return a person's name as it is stored; raises InvalidSetting."""
    name = text.strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidSetting(f"name must be at most {_LONGEST_NAME} printable characters.")
    return name


def find(conn: Connection, account: str, user: str) -> User:
    """Return an account's user by its id or its e-mail address; raises NotThere."""
    found = store.get(conn, user) or store.by_email(conn, account, user.strip().lower())
    if found is None or found.account != account:
        raise NotThere(f"The account has no user {user[:80]}.")
    return found


def check_permitted(conn: Connection, by: Actor, account: str, *roles: Role) -> None:
    """Refuse a user who may not change users of these roles; others than users may. Raises NotPermitted."""
    if by.kind != "user":
        return
    acting = store.get(conn, by.id)
    if acting is None or acting.account != account or acting.disabled or not acting.role.may_change:
        raise NotPermitted("Only owners and admins of the account may change its users.")
    if Role.OWNER in roles and acting.role is not Role.OWNER:
        raise NotPermitted("Only an owner of the account may add, change or remove an owner.")


def check_owner_left(conn: Connection, user: User, after: User | None) -> None:
    """Refuse what leaves an account without an owner: `after` is the user as it will be. Raises LastOwner."""
    stays = after is not None and after.role is Role.OWNER and not after.disabled
    if stays or [owner.id for owner in store.owners(conn, user.account)] != [user.id]:
        return
    raise LastOwner(f"{user.email} is the last owner of the account: make another user an owner first.")


def audited(user: User) -> Mapping[str, Any]:
    """Return the fields of a user of which the audit keeps the changes."""
    return {"email": user.email, "name": user.name, "role": str(user.role), "disabled": user.disabled}
