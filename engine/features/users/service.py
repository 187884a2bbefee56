"""The rules of users: every change of one goes through here, and is audited."""

import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features.errors import InvalidSetting, NotThere
from engine.features.users import adding, passwords, rules, signing_in, store
from engine.features.users.errors import NotPermitted, SignInRefused
from engine.features.users.invitation import NO_MAIL_SERVER, NoMailServer
from engine.features.users.invitations import Invitations
from engine.features.users.model import NewToken, NewUser, TokenEntry, User, UserChange, UserDraft, WithPassword
from engine.features.users.passwords import Passwords
from engine.features.users.role import Role
from engine.features.users.tokens import digest_of, new_token, secret_of
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store.database import Database
from engine.store.writer import Writer

SIGNED_IN_SECONDS = 12 * 3600.0
"""How long the token of a sign-in is good for."""
MOST_SIGNED_IN = 50
"""How many sign-ins of one name a user has; the next one ends the oldest."""
_LONGEST_TOKEN_NAME = 100
_LONGEST_TOKEN_SECONDS = 10 * 366 * 86_400


class UserService:
    """Adds, changes, shows and removes users, and gives them tokens. A user is named by its id or its e-mail address.

    `dialect` is the API in which tokens are shown. `forget` makes a committed change of tokens count at once, `reload`
    one of an account's users (None: nobody has to know). `leaving` are called in the transaction that removes a user of
    an account (their ids). Without `invitations` none are sent.
    Every method that takes an account takes its id, and raises NotThere where there is no such user; the writing ones
    raise NotPermitted where `by` is a user whose role does not permit the change.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        dialect: str,
        forget: Callable[[], None],
        passwords: Passwords | None = None,
        reload: Callable[[str], Awaitable[None]] | None = None,
        leaving: Sequence[Callable[[Connection, str, str], None]] = (),
        invitations: Invitations | None = None,
    ) -> None:
        self._db, self._writer, self._dialect, self._forget = db, writer, dialect, forget
        self._reload = reload or _kept_nowhere
        self._passwords, self._leaving = passwords or Passwords(), leaving
        self._invitations = invitations if invitations and invitations.are_sent else None

    # Reading

    async def list_all(self, account: str) -> list[User]:
        """Return an account's users by their addresses."""
        return await self._db.read(lambda conn: store.list(conn, account))

    async def get(self, account: str, user: str) -> User:
        """Return one user."""
        return await self._db.read(lambda conn: rules.find(conn, account, user))

    async def tokens(self, account: str, user: str) -> list[TokenEntry]:
        """Return a user's tokens, the oldest first; their secrets are not kept."""
        return await self._db.read(lambda conn: store.tokens(conn, rules.find(conn, account, user).id))

    # Writing

    async def add(self, by: Actor, account: str, wanted: NewUser) -> WithPassword:
        """Add a user, and invite it if that is wanted; raises InvalidSetting, AlreadyThere, NoMailServer."""
        inviting = self._inviting(wanted)
        drafted = await self.draft(wanted)

        def unit(conn: Connection) -> WithPassword:
            added = adding.put(conn, by, account, drafted)
            if inviting:
                inviting.put(conn, by, added.user, wanted.company)
            return added

        added = await self._writer.write(unit)
        if inviting:
            inviting.wake()
        await self._reload(account)
        return msgspec.structs.replace(added, invited=inviting is not None)

    async def draft(self, wanted: NewUser) -> UserDraft:
        """Return a user that `adding.put` adds in the transaction that makes its account; raises InvalidSetting."""
        return await adding.draft(self._passwords, wanted)

    async def change(self, by: Actor, account: str, user: str, change: UserChange) -> WithPassword:
        """Change a user; a new password or being disabled ends its tokens. Raises InvalidSetting, AlreadyThere,
        LastOwner."""
        made, hashed = await self._new_password(change)
        fields = _fields(change)

        def unit(conn: Connection) -> User:
            before = rules.find(conn, account, user)
            after = msgspec.structs.replace(before, **fields)
            rules.check_permitted(conn, by, account, before.role, after.role)
            rules.check_owner_left(conn, before, after)
            store.update(conn, before.id, **fields, **({} if hashed is None else {"password": hashed}))
            if hashed or after.disabled:
                store.drop_tokens(conn, before.id)
            if hashed or after.disabled or after.email != before.email:
                store.close_link(conn, before.id, ends=hashed is not None)
            old, new = audit.changed(rules.audited(before), rules.audited(after))
            if old or hashed:
                new |= {"password": "new"} if hashed else {}
                audit.record(
                    conn, by, account=account, what="user.changed", subject=before.email, before=old, after=new
                )
            return after

        changed = await self._writer.write(unit)
        self._forget()
        await self._reload(account)
        return WithPassword(user=changed, password=made)

    async def remove(self, by: Actor, account: str, user: str) -> User:
        """Remove a user and its tokens; its extensions belong to nobody then. Raises LastOwner."""

        def unit(conn: Connection) -> User:
            found = rules.find(conn, account, user)
            rules.check_permitted(conn, by, account, found.role)
            rules.check_owner_left(conn, found, None)
            for forget in self._leaving:
                forget(conn, account, found.id)
            store.delete(conn, found.id)
            audit.record(
                conn, by, account=account, what="user.removed", subject=found.email, before=rules.audited(found)
            )
            return found

        removed = await self._writer.write(unit)
        self._forget()
        await self._reload(account)
        return removed

    async def add_token(
        self, by: Actor, account: str, user: str, name: str = "", seconds: float | None = None
    ) -> NewToken:
        """Make a token for a user, which is shown once; raises InvalidSetting. A user makes them for itself only."""
        if len(name) > _LONGEST_TOKEN_NAME or not name.isprintable():
            raise InvalidSetting(f"name must be at most {_LONGEST_TOKEN_NAME} printable characters.")
        if seconds is not None and not 1 <= seconds <= _LONGEST_TOKEN_SECONDS:
            raise InvalidSetting(f"seconds must be 1 to {_LONGEST_TOKEN_SECONDS} (got {seconds:g}).")
        made = new_token(name, time.time(), seconds)

        def unit(conn: Connection) -> None:
            found = rules.find(conn, account, user)
            if by.kind == "user" and by.id != found.id:
                raise NotPermitted("A user makes tokens for itself only.")
            if found.disabled:
                raise InvalidSetting(f"{found.email} is disabled: a token of it would be refused.")
            self._keep_token(conn, by, found, made)

        await self._writer.write(unit)
        return made

    async def drop_token(self, by: Actor, account: str, user: str, token: str) -> None:
        """Delete a user's token by its id; one's own, or where the role permits changing that user."""

        def unit(conn: Connection) -> None:
            found = rules.find(conn, account, user)
            if by.id != found.id:
                rules.check_permitted(conn, by, account, found.role)
            if not store.drop_token(conn, found.id, token):
                raise NotThere(f"{found.email} has no token {token[:80]}.")
            audit.record(conn, by, account=account, what="token.removed", subject=found.email, before={"id": token})

        await self._writer.write(unit)
        self._forget()

    # Signing in

    async def sign_in(
        self,
        account: str | None,
        email: str,
        password: str,
        *,
        seconds: float = SIGNED_IN_SECONDS,
        name: str = "signed in",
    ) -> tuple[User, NewToken]:
        """Return the user and a token that is good for so long; raises SignInRefused.

        `account` is a name or an id; None: the first user of this address that may sign in. No other one is tried, so
        that who has an address in an account of its own learns nothing of a user of that address elsewhere.
        """
        while True:
            user, hashed = await self._verified(account, email, password)
            renewed = await self._passwords.hash(password) if self._passwords.outdated(hashed) else None
            made = new_token(name, time.time(), seconds)
            unit = partial(self._sign_in, user=user, hashed=hashed, renewed=renewed, made=made)
            if await self._writer.write(unit):
                return user, made

    async def change_own_password(self, user: User, password: str, new_password: str) -> None:
        """Change a password where the old one is shown; ends all tokens. Raises SignInRefused, InvalidSetting."""
        passwords.checked(new_password)
        new = None
        while True:
            _, hashed = await self._verified(user.account, user.id, password)
            new = new or await self._passwords.hash(new_password)
            if await self._writer.write(partial(_replace_password, user=user, hashed=hashed, new=new)):
                break
        self._forget()

    async def _verified(self, account: str | None, email: str, password: str) -> tuple[User, str]:
        """Return the user and the hash that its password fits; raises SignInRefused.

        That takes a while: who writes then looks whether the user still has that password (`_unchanged`).
        """
        known = await self._db.read(lambda conn: signing_in.known(conn, account, email))
        fits = await self._fits(password, known[1] if known else None)  # for nobody it takes as long
        if known is None or not fits:
            raise SignInRefused("The account, the e-mail address or the password is wrong.")
        return known

    async def _fits(self, password: str, hashed: str | None) -> bool:
        return len(password) <= passwords.MOST and await self._passwords.fits(password, hashed)

    def _sign_in(self, conn: Connection, *, user: User, hashed: str, renewed: str | None, made: NewToken) -> bool:
        """Keep a sign-in's token; False where the user has changed since it was verified."""
        if not _unchanged(conn, user, hashed):
            return False
        if renewed:
            store.update(conn, user.id, password=renewed)
        self._keep_token(conn, user.actor, user, made)
        store.trim_tokens(conn, user.id, made.entry, MOST_SIGNED_IN)
        return True

    def _inviting(self, wanted: NewUser) -> Invitations | None:
        """Return what invites a new user, None if it is not invited; raises NoMailServer."""
        if wanted.invite and self._invitations is None:
            raise NoMailServer(NO_MAIL_SERVER)
        invites = wanted.password is None if wanted.invite is None else wanted.invite
        return self._invitations if invites else None

    async def _new_password(self, change: UserChange) -> tuple[str | None, str | None]:
        """Return the password that was made, if one was, and the hash to store; raises InvalidSetting."""
        if change.new_password and change.password is not None:
            raise InvalidSetting("Give either password or new_password, not both.")
        made = passwords.random() if change.new_password else None
        wanted = made or (None if change.password is None else passwords.checked(change.password))
        return made, None if wanted is None else await self._passwords.hash(wanted)

    def _keep_token(self, conn: Connection, by: Actor, user: User, made: NewToken) -> None:
        store.add_token(conn, user, self._dialect, made.entry, digest_of(secret_of(made.token)))
        after = {"id": made.entry.id, "name": made.entry.name}
        audit.record(conn, by, account=user.account, what="token.added", subject=user.email, after=after)


async def _kept_nowhere(account: str) -> None:
    """Nobody keeps the users of an account in memory."""


def _fields(change: UserChange) -> dict[str, Any]:
    """Return the fields that change, as they are stored; raises InvalidSetting."""
    fields: dict[str, Any] = {}
    if change.email is not None:
        fields["email"] = rules.email_of(change.email)
    if change.name is not None:
        fields["name"] = rules.name_of(change.name)
    if change.role is not None:
        fields["role"] = Role(change.role)
    if change.disabled is not None:
        fields["disabled"] = change.disabled
    return fields


def _unchanged(conn: Connection, user: User, hashed: str) -> bool:
    """Whether a user that was verified is still there, may sign in, and has the same password."""
    found = store.get(conn, user.id)
    return found is not None and not found.disabled and store.password(conn, user.id) == hashed


def _replace_password(conn: Connection, *, user: User, hashed: str, new: str) -> bool:
    """Store a user's own new password and end its tokens; False where it has changed since it was verified."""
    if not _unchanged(conn, user, hashed):
        return False
    store.update(conn, user.id, password=new)
    store.drop_tokens(conn, user.id)
    store.close_link(conn, user.id)
    after = {"password": "new"}
    audit.record(conn, user.actor, account=user.account, what="user.changed", subject=user.email, after=after)
    return True
