"""Invitations: a user is sent a link by e-mail, and chooses a password at it.

1. An invitation is stored with the work to send it, in the transaction that adds the user (`put`).
2. Each attempt to send it makes a new token, of which only the digest is stored: the link of an earlier attempt is not
   valid any more. What the mail server does not take now is tried again for five days (RFC 5321 section 4.5.4.1).
3. The link is good for SECONDS and once. Until a password is chosen it may be opened again.
"""

import secrets
from functools import partial
from typing import NamedTuple

import msgspec
import structlog
from sqlalchemy import Connection

from engine.features.errors import InvalidSetting, NotThere
from engine.features.users import passwords, rules, store
from engine.features.users.invitation import (
    NO_MAIL_SERVER,
    SECONDS,
    Invitation,
    Invited,
    LinkNotValid,
    NoMailServer,
    State,
)
from engine.features.users.invitation_mail import letter
from engine.features.users.model import User
from engine.features.users.passwords import Passwords
from engine.features.users.tokens import digest_of
from engine.ids import new_id
from engine.platform import audit, due_work
from engine.platform.audit import Actor
from engine.platform.due_work import DueWork
from engine.platform.platform import Platform
from engine.platform.post import NotSent, Post, Refused
from engine.platform.scheduler import Finish, Later
from engine.store.accounts import Account

log = structlog.get_logger(__name__)
KIND = "users.invite"
AT_ONCE = 4
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
GIVEN_UP_AFTER = 5 * 86_400.0
_NOT_VALID = "This link is not valid any more."


class _Wanted(msgspec.Struct, frozen=True):
    """The payload: which user, and since when its mail waits (Unix seconds)."""

    user: str
    since: float


class _Open(NamedTuple):
    """An open link: the invitation, and the user and account that it is for."""

    invitation: Invitation
    user: User
    account: Account


class Invitations:
    """The invitations of users. `page` is the address that links begin with; without `post` none are sent.

    Methods that take an account and a user take the account's id and the user's id or e-mail address, and raise
    NotThere.
    """

    def __init__(self, platform: Platform, passwords: Passwords, page: str = "", post: Post | None = None) -> None:
        self._db, self._writer, self._clock = platform.database, platform.writer, platform.clock
        self._cache, self._scheduler, self._forget = platform.cache, platform.scheduler, platform.forget
        self._passwords, self._page, self._post = passwords, page, post

    @property
    def are_sent(self) -> bool:
        """Whether the installation sends mails."""
        return self._post is not None

    # What accounts ask

    async def get(self, account: str, user: str) -> Invitation:
        """Return a user's last invitation; raises NotThere if it has none, too."""

        def unit(conn: Connection) -> Invitation:
            found = rules.find(conn, account, user)
            invitation = store.invitation(conn, found.id)
            if invitation is None:
                raise NotThere(f"{found.email} was not invited.")
            return invitation

        return await self._db.read(unit)

    async def of_user(self, user: str) -> Invitation | None:
        """Return the last invitation of a user by its id; None: there was none."""
        return await self._db.read(lambda conn: store.invitation(conn, user))

    async def of_account(self, account: str) -> dict[str, Invitation]:
        """Return the invitations of an account's users, by the users' ids."""
        found = await self._db.read(lambda conn: store.invitations_of(conn, account))
        return {each.user: each for each in found}

    async def send_again(self, by: Actor, account: str, user: str) -> Invitation:
        """Invite a user, whether it was before or not; a link of before is not valid any more.

        Raises NoMailServer, NotPermitted, and InvalidSetting for a disabled user.
        """
        if self._post is None:
            raise NoMailServer(NO_MAIL_SERVER)

        def unit(conn: Connection) -> Invitation:
            found = rules.find(conn, account, user)
            rules.check_permitted(conn, by, account, found.role)
            if found.disabled:
                raise InvalidSetting(f"{found.email} is disabled: enable it before you invite it.")
            return self.put(conn, by, found)

        made = await self._writer.write(unit)
        self.wake()
        return made

    def put(self, conn: Connection, by: Actor, user: User, company: str = "") -> Invitation:
        """Store an invitation and the work to send it; `wake` begins it after the commit.

        `company` is the name in the mail; "": that of the invitation before, else the account's.
        """
        before, account, now = store.invitation(conn, user.id), self._cache.find(user.account), self._clock()
        invitation = Invitation(
            user=user.id,
            account=user.account,
            email=user.email,
            company=company or (before.company if before else "") or (account.name if account else ""),
            inviter=_inviter(conn, by),
            issued=now,
            expires=now + SECONDS,
            work=new_id(KIND),
        )
        store.put_invitation(conn, invitation)
        payload = msgspec.json.encode(_Wanted(user.id, now)).decode()
        work = DueWork(id=invitation.work, kind=KIND, at=now, account=user.account, payload=payload)
        due_work.put(conn, work)
        audit.record(conn, by, account=user.account, what="user.invited", subject=user.email)
        return invitation

    def wake(self) -> None:
        """Send what was stored."""
        self._scheduler.wake()

    # What the page asks

    async def opened(self, token: str) -> Invited:
        """Return whom an open link is for; raises LinkNotValid."""
        found = await self._db.read(partial(self._open, digest=digest_of(token)))
        return Invited(found.invitation.company, found.account.name, found.user.email)

    async def accept(self, token: str, password: str) -> Invited:
        """Set a password, end the user's tokens and close the link. Raises LinkNotValid, InvalidSetting."""
        invited, digest = await self.opened(token), digest_of(token)
        hashed = await self._passwords.hash(passwords.checked(password))

        def unit(conn: Connection) -> None:
            user = self._open(conn, digest).user
            store.update(conn, user.id, password=hashed)
            store.drop_tokens(conn, user.id)
            store.update_invitation(conn, user.id, digest=None, accepted=self._clock())
            audit.record(
                conn, user.actor, account=user.account, what="user.activated", subject=user.email,
                after={"password": "new"},
            )  # fmt: skip

        await self._writer.write(unit)
        self._forget()
        return invited

    def _open(self, conn: Connection, digest: str) -> _Open:
        invitation = store.invitation_by_digest(conn, digest)
        if invitation is None or invitation.expires <= self._clock():
            raise LinkNotValid(_NOT_VALID)
        user, account = store.get(conn, invitation.user), self._cache.find(invitation.account)
        if user is None or user.disabled or account is None or account.disabled or account.closed:
            raise LinkNotValid(_NOT_VALID)
        return _Open(invitation, user, account)

    # Sending

    async def send(self, work: DueWork, finish: Finish) -> None:
        """Send an invitation's mail with a link of its own (the work of the kind KIND)."""
        wanted = msgspec.json.decode(work.payload, type=_Wanted)
        token = secrets.token_urlsafe(32)
        found = await self._writer.write(
            partial(self._renewed, work=work.id, user=wanted.user, digest=digest_of(token))
        )
        if found is None or self._post is None:
            return
        invitation, name = found
        try:
            await self._post.send(invitation.account, letter(invitation, name, f"{self._page}/{token}"))
        except NotSent as error:
            now = self._clock()
            waited = now - wanted.since
            if waited < GIVEN_UP_AFTER:
                raise Later(now + min(max(waited, FIRST_PAUSE), LONGEST_PAUSE), str(error)) from error
            await self._end(invitation, finish, error=str(error))
        except Refused as error:
            await self._end(invitation, finish, error=str(error))
        else:
            await self._end(invitation, finish, sent=self._clock())

    def _renewed(self, conn: Connection, work: str, user: str, digest: str) -> tuple[Invitation, str] | None:
        """Open a new link; returns the invitation and the user's name, None if there is nothing to send any more."""
        found, now = store.invitation(conn, user), self._clock()
        person = store.get(conn, user)
        if found is None or found.work != work or person is None or found.state(now) is not State.WAITING:
            return None
        account = self._cache.find(found.account)
        if person.disabled or account is None or account.disabled:
            store.update_invitation(conn, user, error="The user or its account was disabled before the mail was sent.")
            return None
        changed = {"digest": digest, "email": person.email, "issued": now, "expires": now + SECONDS}
        store.update_invitation(conn, user, **changed)
        return msgspec.structs.replace(found, **changed), person.name

    async def _end(
        self, invitation: Invitation, finish: Finish, *, sent: float | None = None, error: str | None = None
    ) -> None:
        """Store how the sending ended, unless the user was invited again meanwhile."""
        if error:
            log.warning("The mail of an invitation was given up.", user=invitation.user, error=error)

        def unit(conn: Connection) -> None:
            now = store.invitation(conn, invitation.user)
            if now is not None and now.issued == invitation.issued:
                closed = {"digest": None} if error else {}
                store.update_invitation(conn, invitation.user, sent=sent, error=error, **closed)
            finish(conn)

        await self._writer.write(unit)


def _inviter(conn: Connection, by: Actor) -> str:
    """Return who invites, as the mail names it."""
    if by.kind == "user":
        found = store.get(conn, by.id)
        return f"{found.name} ({found.email})" if found and found.name else by.name
    return by.name if by.kind == "account" else "its administrator"
