"""Users, their tokens and invitations in the database."""

import builtins
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError

from engine.features.errors import AlreadyThere
from engine.features.users.invitation import Invitation
from engine.features.users.model import TokenEntry, User
from engine.features.users.role import Role
from engine.features.users.tables import invitations
from engine.store import extensions
from engine.store.rows import Mapped, plain
from engine.store.statement import Statement, Updates, insert_into
from engine.store.tables import credentials, users

HAS_PASSWORD = "The user got a password before the mail was sent."
TOKEN = "token"
"""The kind of a credential that is a user's token; `secret` is the digest of its secret part."""

_user = Mapped(User, users)
_insert = insert_into(users)
_updates = Updates(users, "id")
_get = Statement(_user.select.where(users.c.id == bindparam("id")))
_by_email = Statement(_user.select.where(users.c.account == bindparam("account"), users.c.email == bindparam("email")))
_by_email_anywhere = Statement(
    _user.select.where(users.c.email == bindparam("email"), users.c.disabled.is_(False)).order_by(
        users.c.created, users.c.id
    )
)
_list = Statement(_user.select.where(users.c.account == bindparam("account")).order_by(users.c.email))
_password = Statement(select(users.c.password).where(users.c.id == bindparam("id")))
_delete = Statement(delete_from(users).where(users.c.id == bindparam("id")))
_add_token = insert_into(credentials)
_of_user = (credentials.c.user == bindparam("user"), credentials.c.kind == TOKEN)
_tokens = Statement(
    select(credentials.c.key, credentials.c.name, credentials.c.created, credentials.c.expires)
    .where(*_of_user)
    .order_by(credentials.c.created, credentials.c.key)
)
_drop_tokens = Statement(delete_from(credentials).where(*_of_user))
_drop_token = Statement(delete_from(credentials).where(*_of_user, credentials.c.key == bindparam("key")))
_drop_expired = Statement(delete_from(credentials).where(*_of_user, credentials.c.expires <= bindparam("now")))
_invitation = Mapped(Invitation, invitations)
_insert_invitation = insert_into(invitations)
_update_invitation = Updates(invitations, "user")
_get_invitation = Statement(_invitation.select.where(invitations.c.user == bindparam("the_user")))
_by_digest = Statement(_invitation.select.where(invitations.c.digest == bindparam("digest")))
_invitations = Statement(_invitation.select.where(invitations.c.account == bindparam("account")))
_delete_invitation = Statement(delete_from(invitations).where(invitations.c.user == bindparam("the_user")))


def add(conn: Connection, user: User, password: str) -> None:
    """Store a new user with the hash of its password; raises AlreadyThere where the address is taken."""
    try:
        _insert.run(conn, **plain(user), password=password)
    except IntegrityError as error:
        raise _taken(user.email) from error


def update(conn: Connection, id: str, **fields: Any) -> None:
    """Change fields of a user; raises AlreadyThere where the address is taken."""
    try:
        _updates.run(conn, id, fields)
    except IntegrityError as error:
        raise _taken(fields.get("email", "")) from error


def get(conn: Connection, id: str) -> User | None:
    """Return a user by its id."""
    return _user.one(conn, _get, id=id)


def by_email(conn: Connection, account: str, email: str) -> User | None:
    """Return an account's user by its address, which is in lower case."""
    return _user.one(conn, _by_email, account=account, email=email)


def by_email_anywhere(conn: Connection, email: str) -> builtins.list[User]:
    """Return the users of any account with this address, which is in lower case, the oldest first; none is disabled."""
    return _user.all(conn, _by_email_anywhere, email=email)


def list(conn: Connection, account: str) -> builtins.list[User]:
    """Return an account's users by their addresses."""
    return _user.all(conn, _list, account=account)


def owners(conn: Connection, account: str) -> builtins.list[User]:
    """Return an account's owners that are not disabled."""
    return [user for user in list(conn, account) if user.role is Role.OWNER and not user.disabled]


def password(conn: Connection, id: str) -> str | None:
    """Return the hash of a user's password."""
    hashed: str | None = _password.value(conn, id=id)
    return hashed


def delete(conn: Connection, id: str) -> None:
    """Delete a user, its tokens and its invitation; its extensions belong to nobody then."""
    drop_tokens(conn, id)
    _delete_invitation.run(conn, the_user=id)
    extensions.disown(conn, id)
    _delete.run(conn, id=id)


def add_token(conn: Connection, user: User, dialect: str, entry: TokenEntry, digest: str) -> None:
    """Store a token by the digest of its secret; tokens of the user that have expired go."""
    _drop_expired.run(conn, user=user.id, now=entry.created)
    _add_token.run(
        conn,
        dialect=dialect,
        key=entry.id,
        account=user.account,
        application=None,
        secret=digest,
        created=entry.created,
        kind=TOKEN,
        user=user.id,
        name=entry.name,
        expires=entry.expires,
    )


def trim_tokens(conn: Connection, user: str, newest: TokenEntry, most: int) -> None:
    """Delete the oldest of a user's tokens that expire and are named as `newest` is, which stays; `most` are left."""
    same = [each for each in tokens(conn, user) if each.expires is not None and each.name == newest.name]
    older = [each.id for each in same if each.id != newest.id]
    for id in older[: max(0, len(same) - most)]:
        drop_token(conn, user, id)


def tokens(conn: Connection, user: str) -> builtins.list[TokenEntry]:
    """Return a user's tokens, the oldest first."""
    rows = _tokens.all(conn, user=user)
    return [TokenEntry(id=key, name=name, created=created, expires=expires) for key, name, created, expires in rows]


def drop_token(conn: Connection, user: str, id: str) -> bool:
    """Delete a user's token; False where there is none."""
    return _drop_token.run(conn, user=user, key=id) > 0


def drop_tokens(conn: Connection, user: str) -> None:
    """Delete all tokens of a user."""
    _drop_tokens.run(conn, user=user)


def put_invitation(conn: Connection, invitation: Invitation) -> None:
    """Store an invitation in place of the user's one of before."""
    _delete_invitation.run(conn, the_user=invitation.user)
    _insert_invitation.run(conn, **plain(invitation))


def update_invitation(conn: Connection, user: str, **fields: Any) -> None:
    """Change fields of a user's invitation, if there is one."""
    _update_invitation.run(conn, user, fields)


def close_link(conn: Connection, user: str, *, ends: bool = True) -> None:
    """Close the link of a user's invitation, if one is open; `ends`: one whose mail was not sent yet is given up."""
    found = invitation(conn, user)
    if found is None:
        return
    waits = found.sent is None and found.accepted is None and found.error is None
    update_invitation(conn, user, digest=None, **({"error": HAS_PASSWORD} if waits and ends else {}))


def invitation(conn: Connection, user: str) -> Invitation | None:
    """Return a user's invitation."""
    return _invitation.one(conn, _get_invitation, the_user=user)


def invitation_by_digest(conn: Connection, digest: str) -> Invitation | None:
    """Return the invitation whose open link has the token of this digest."""
    return _invitation.one(conn, _by_digest, digest=digest)


def invitations_of(conn: Connection, account: str) -> builtins.list[Invitation]:
    """Return the invitations of an account's users."""
    return _invitation.all(conn, _invitations, account=account)


def _taken(email: str) -> AlreadyThere:
    return AlreadyThere(f"The account already has a user {email}.")
