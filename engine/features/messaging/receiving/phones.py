"""Texts that phones of extensions send: to another extension, or to a number with the account's own as sender."""

import structlog
from sqlalchemy import Connection

from engine.commands import CommandRefused, NumberRefused
from engine.features.errors import InvalidNumber
from engine.features.messaging.carrier import Incoming
from engine.features.messaging.model import Message, NewMessage
from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.allowance import Allowance
from engine.features.messaging.receiving.numbers import FEWEST
from engine.features.messaging.receiving.outgoing import NOTICE, PHONE, Outgoing
from engine.features.messaging.receiving.wording import storable
from engine.features.numbers.phone_numbers import digits_of, normalise
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.extensions import Extension

log = structlog.get_logger(__name__)
PHONES = "sip"
"""The carrier of the phones of extensions."""
NOTICES, NOTICE_SECONDS = 3, 60.0
"""How many texts with a reason a phone gets at most in that time."""
SHORTEST_CODE = 3


class Phones:
    """Takes what phones send. Each is known by its SIP user name."""

    def __init__(self, cache: SettingsCache, outgoing: Outgoing) -> None:
        self._cache, self._outgoing = cache, outgoing
        self._notices = Allowance(NOTICES, NOTICE_SECONDS)

    def take(self, conn: Connection, incoming: Incoming, now: float) -> list[Message]:
        """Accept a phone's text, or answer it with the reason why not; returns what is sent."""
        own = self._cache.extension_of(incoming.sender)
        owner = self._cache.find(own.account) if own else None
        if own is None or owner is None or owner.disabled:
            log.warning("A text of a phone that is not known was dropped.", user=incoming.sender[:64])
            return []
        key = f"{PHONES}:{incoming.key}" if incoming.key else None
        if key and store.is_known(conn, key):
            return []
        try:
            return [self._accepted(conn, owner, own, incoming, key)]
        except CommandRefused as refused:
            return self._answered(conn, own, incoming, str(refused), key, now)

    def _accepted(
        self, conn: Connection, owner: Account, own: Extension, incoming: Incoming, key: str | None
    ) -> Message:
        dialled, text = incoming.recipient.strip(), storable(incoming.text)
        other = self._cache.extension_named(owner.id, dialled.removeprefix("+"))
        to, sender = (other.number, own.number) if other else (_number(dialled, owner.country), None)
        wanted = NewMessage(to=to, text=text, sender=sender)
        return self._outgoing.accept(conn, owner.id, wanted, origin=f"{PHONE}{own.number}", key=key)

    def _answered(
        self, conn: Connection, own: Extension, incoming: Incoming, reason: str, key: str | None, now: float
    ) -> list[Message]:
        if not self._notices.take(own.sip_user, now):
            return []
        wanted = NewMessage(to=own.number, text=f"Not sent: {reason}", sender=incoming.recipient[:32])
        try:
            return [self._outgoing.accept(conn, own.account, wanted, origin=NOTICE, trusted=True, key=key)]
        except CommandRefused as refused:
            log.warning("A phone was not told that its text was refused.", user=own.sip_user, reason=str(refused))
            return []


def _number(dialled: str, country: str) -> str:
    """Read a number as somebody in a country dials it, or a short code; raises NumberRefused."""
    try:
        digits = digits_of(dialled)
        if SHORTEST_CODE <= len(digits) < FEWEST and not dialled.startswith("+"):
            return digits
        return normalise(dialled, country)
    except InvalidNumber as error:
        raise NumberRefused(str(error)) from error
