"""The rules of subscriptions: every change of one goes through here, and is audited."""

import base64
import re
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from engine.features.applications.service import named
from engine.features.errors import InvalidSetting, NotThere
from engine.features.subscriptions import store
from engine.features.subscriptions.index import SubscriptionIndex
from engine.features.subscriptions.model import (
    ROTATION_SECONDS,
    InDialect,
    NewSubscription,
    Sink,
    Subscription,
    SubscriptionChange,
    TooManySubscriptions,
    WithSecret,
)
from engine.features.subscriptions.patterns import checked
from engine.features.users.rules import email_of
from engine.ids import new_id
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.catalogue import Catalogue
from engine.store.database import Database
from engine.store.writer import Writer
from engine.tasks.secret import Seal

MOST = 1000
"""How many subscriptions an account has, at most."""
_SECRET_BYTES = 32  # Standard Webhooks: between 24 and 64
SECRET_PREFIX = "whsec_"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MAILABLE = re.compile(rf"[!-~]{{1,64}}@(?:{_LABEL}\.)+(?!\d+$){_LABEL}")
"""What any mail server takes (RFC 5321 §4.1.2, §4.5.3.1.1): no SMTPUTF8, no host of its own network."""


class SubscriptionService:
    """Adds, changes, shows and removes subscriptions; `index` has them in memory once `load` has run, `catalogue`
    the events that there are.

    `seal` is the one that the database seals secrets with. `mails`: whether this installation sends mail. `check_url`
    raises a ValueError with what is wrong with a URL. Every method that takes an account takes its id, and raises
    NotThere where the account has no such subscription.
    """

    def __init__(
        self,
        db: Database,
        writer: Writer,
        catalogue: Catalogue,
        check_url: Callable[[str], object],
        *,
        seal: Seal | None = None,
        mails: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._writer, self._check_url = db, writer, check_url
        self.catalogue = catalogue
        self._seal, self._mails, self._clock = seal, mails, clock
        self.index = SubscriptionIndex(catalogue)

    async def load(self) -> None:
        """Read all of them, at the start."""
        self.index.load(await self._db.read(store.all))

    def secrets(self, subscription: Subscription) -> list[str]:
        """Return what a message is signed with now, the newest first; raises engine.tasks.secret.Unreadable."""
        stored = [subscription.secret]
        if subscription.old_until is not None and subscription.old_until > self._clock():
            stored.append(subscription.old_secret)
        return [self._seal.open(each) if self._seal else each for each in stored if each]

    async def list_all(self, account: str) -> list[Subscription]:
        """Return an account's subscriptions, the oldest first."""
        return await self._db.read(lambda conn: store.list(conn, account))

    async def get(self, account: str, id: str) -> Subscription:
        """Return one subscription."""
        return await self._db.read(lambda conn: _find(conn, account, id))

    async def add(self, by: Actor, account: str, wanted: NewSubscription) -> WithSecret:
        """Add a subscription; raises InvalidSetting, NotThere for an application, TooManySubscriptions."""
        sink, address = self._target(wanted)
        subscription = Subscription(
            id=new_id("subscription"),
            account=account,
            events=checked(self.catalogue, wanted.events),
            sink=sink,
            address=address,
            created=self._clock(),
        )
        return await self._added(by, subscription, wanted.application)

    async def add_in_dialect(self, by: Actor, account: str, wanted: InDialect) -> WithSecret:
        """Add a subscription that gets a dialect's messages; raises InvalidSetting, TooManySubscriptions."""
        if wanted.url:
            self._check(wanted.url)
        subscription = Subscription(
            id=new_id("subscription"),
            account=account,
            events=checked(self.catalogue, wanted.events),
            sink=Sink.HTTP,
            address=wanted.url,
            created=self._clock(),
            disabled=not wanted.url,
            dialect=wanted.dialect,
            topic=wanted.topic,
        )
        return await self._added(by, subscription, None)

    async def redirect(self, by: Actor, account: str, dialect: str, url: str) -> None:
        """Send the messages of all of an account's subscriptions of a dialect to a URL; raises InvalidSetting."""
        self._check(url)
        for each in await self.list_all(account):
            if each.dialect == dialect:
                await self._updated(by, account, each.id, "subscription.redirected", partial(_redirected, url=url))

    async def _added(self, by: Actor, subscription: Subscription, application: str | None) -> WithSecret:
        account = subscription.account
        secret = _new_secret() if subscription.sink is Sink.HTTP else None

        def unit(conn: Connection) -> Subscription:
            if store.count(conn, account) >= MOST:
                raise TooManySubscriptions(f"An account has at most {MOST} subscriptions: remove one first.")
            id = named(conn, account, application).id if application else None
            sealed = store.sealed(conn, secret) if secret else ""
            added = msgspec.structs.replace(subscription, secret=sealed, application=id)
            store.add(conn, added)
            _record(conn, by, "subscription.added", None, added)
            return added

        added = await self._writer.write(unit)
        self.index.put(added)
        return WithSecret(subscription=added, secret=secret)

    async def change(self, by: Actor, account: str, id: str, change: SubscriptionChange) -> Subscription:
        """Change what a subscription hears; raises InvalidSetting."""
        fields: dict[str, Any] = {} if change.events is None else {"events": checked(self.catalogue, change.events)}
        fields |= {} if change.disabled is None else {"disabled": change.disabled}
        return await self._updated(by, account, id, "subscription.changed", lambda conn, before: fields)

    async def rotate(self, by: Actor, account: str, id: str) -> WithSecret:
        """Renew a subscription's secret; the one before signs too for a day. Raises InvalidSetting for a mail's."""
        secret, now = _new_secret(), self._clock()

        def fields(conn: Connection, before: Subscription) -> dict[str, Any]:
            if before.sink is not Sink.HTTP:
                raise InvalidSetting("A mail is not signed: this subscription has no secret.")
            sealed = store.sealed(conn, secret)
            return {"secret": sealed, "old_secret": before.secret, "old_until": now + ROTATION_SECONDS}

        changed = await self._updated(by, account, id, "subscription.rotated", fields)
        return WithSecret(subscription=changed, secret=secret)

    async def remove(self, by: Actor, account: str, id: str) -> Subscription:
        """Remove a subscription; what is still to be delivered to it is given up."""

        def unit(conn: Connection) -> Subscription:
            found = _find(conn, account, id)
            store.delete(conn, id)
            _record(conn, by, "subscription.removed", found, None)
            return found

        removed = await self._writer.write(unit)
        self.index.drop(id)
        return removed

    async def _updated(
        self, by: Actor, account: str, id: str, what: str, fields: Callable[[Connection, Subscription], dict[str, Any]]
    ) -> Subscription:
        def unit(conn: Connection) -> Subscription:
            before = _find(conn, account, id)
            values = fields(conn, before)
            after = msgspec.structs.replace(before, **values)
            if after == before:
                return before
            store.update(conn, id, **values)
            _record(conn, by, what, before, after)
            return after

        changed = await self._writer.write(unit)
        self.index.put(changed)
        return changed

    def _target(self, wanted: NewSubscription) -> tuple[Sink, str]:
        if (wanted.url is None) == (wanted.email is None):
            raise InvalidSetting("A subscription must have either a url or an email.")
        if wanted.email is not None:
            if not self._mails:
                raise InvalidSetting("This installation sends no mail: its administrator must set CARILLON_SMTP_URL.")
            return Sink.EMAIL, _mailable(email_of(wanted.email))
        assert wanted.url is not None
        self._check(wanted.url)
        return Sink.HTTP, wanted.url

    def _check(self, url: str) -> None:
        try:
            self._check_url(url)
        except ValueError as error:
            raise InvalidSetting(f"The URL cannot be used. {error}") from None


def _mailable(email: str) -> str:
    """Return an e-mail address that mails can be sent to; raises InvalidSetting."""
    if not _MAILABLE.fullmatch(email) or ".." in email or email.startswith(".") or ".@" in email:
        raise InvalidSetting(
            f"email must be an address in ASCII at a domain, such as ann@example.com (got {email[:80]!r})."
        )
    return email


def _redirected(conn: Connection, before: Subscription, *, url: str) -> dict[str, Any]:
    """Return the fields of a subscription that goes to another URL; one that had none begins to hear."""
    return {"address": url, "disabled": before.disabled and bool(before.address)}


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _find(conn: Connection, account: str, id: str) -> Subscription:
    found = store.get(conn, id)
    if found is None or found.account != account:
        raise NotThere(f"The account has no subscription {id[:80]}.")
    return found


def _record(conn: Connection, by: Actor, what: str, before: Subscription | None, after: Subscription | None) -> None:
    changed = after or before
    assert changed is not None
    old, new = (None if each is None else _audited(each) for each in (before, after))
    if old is not None and new is not None:
        old, new = audit.changed(old, new)
    audit.record(conn, by, account=changed.account, what=what, subject=changed.id, before=old, after=new)


_AUDITED = ("events", "sink", "address", "application", "disabled", "dialect", "topic")


def _audited(subscription: Subscription) -> dict[str, Any]:
    """Return its fields without its secrets: of a URL without its user, its password and its query."""
    fields: dict[str, Any] = msgspec.to_builtins(subscription)
    if subscription.sink is Sink.HTTP:
        parts = urlsplit(subscription.address)
        fields["address"] = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return {name: fields[name] for name in _AUDITED}
