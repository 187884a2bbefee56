"""Puts texts into the queue: what is accepted is stored with its parts and its hold in one transaction."""

from collections.abc import Callable
from itertools import count
from random import randrange

from sqlalchemy import Connection

from engine.commands import CreditSpent, NumberRefused
from engine.features.messaging.accepting import Checks, Plan
from engine.features.messaging.backlog import Backlog
from engine.features.messaging.configuration import store as settings_store
from engine.features.messaging.model import PREFIX, Direction, Message, NewMessage, State
from engine.features.messaging.progress import KIND, hold_of
from engine.features.messaging.sending.expiry import Expiry
from engine.features.messaging.sending.senders import Senders
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store import messages, parts
from engine.features.messaging.store.parts import Lane
from engine.ids import new_id
from engine.platform import holds, money
from engine.platform.settings_cache import SettingsCache


class Queueing:
    """Accepts texts in a transaction of the caller's (engine.features.messaging.receiving.outgoing.Outgoing)."""

    def __init__(
        self,
        cache: SettingsCache,
        settings: MessagingSettings,
        backlog: Backlog,
        senders: Senders,
        expiry: Expiry,
        clock: Callable[[], float],
    ) -> None:
        self._checks, self._clock = Checks(cache, settings), clock
        self._backlog, self._senders, self._expiry = backlog, senders, expiry
        self._references = count(randrange(65_536))

    def plan(self, account: str, wanted: NewMessage, *, trusted: bool = False) -> Plan:
        """Return how a text will go; raises CommandRefused."""
        self._backlog.check(account)
        return self._checks.plan(account, wanted, self._clock(), trusted=trusted)

    def accept(
        self,
        conn: Connection,
        account: str,
        wanted: NewMessage,
        *,
        origin: str = "",
        trusted: bool = False,
        key: str | None = None,
    ) -> Message:
        """Store a text, queued; raises CommandRefused, with nothing stored.

        `trusted`: its sender is not checked, and that its recipient sent STOP does not count. `key`: what names it at
        the carrier that brought it, so that it is taken once.
        """
        plan = self.plan(account, wanted, trusted=trusted)
        message = self.message(account, wanted, plan, origin=origin)
        self.store(conn, message, plan, trusted=trusted, key=key)
        return message

    def accepted(self, message: Message) -> None:
        """Note that the transaction is committed: it may leave."""
        self._backlog.enter(message.account)
        self._senders.note(message.carrier, lane_of(message), message.due)
        self._expiry.note(message.expires)

    def message(self, account: str, wanted: NewMessage, plan: Plan, *, origin: str = "") -> Message:
        """Return the text that goes as it was planned."""
        return Message(
            id=new_id(PREFIX),
            account=account,
            direction=Direction.OUT,
            sender=plan.sender,
            recipient=plan.recipient,
            text=plan.text,
            state=State.QUEUED,
            created=self._clock(),
            carrier=plan.carrier,
            parts=plan.parts,
            due=plan.due,
            expires=plan.expires,
            currency=plan.currency,
            application=wanted.application,
            data=wanted.data,
            origin=origin,
            files=wanted.files,
        )

    def store(
        self, conn: Connection, message: Message, plan: Plan, *, trusted: bool = False, key: str | None = None
    ) -> None:
        """Store a text with its parts and its hold; raises NumberRefused, CreditSpent."""
        account, recipient = message.account, message.recipient
        if not plan.inside and not trusted and settings_store.opt_out(conn, account, recipient):
            raise NumberRefused(f"{recipient} sent STOP to this account: it gets no texts until it sends START.")
        amount = plan.per_part * plan.parts
        if plan.limited:
            funds = holds.funds(conn, account, message.created)
            if why := money.refusal(conn, account, funds, amount, what=KIND):
                raise CreditSpent(why)
        money.add(conn, account, hold_of(account), amount, message.created, note="texts")
        messages.insert(conn, message, per_part=plan.per_part, watched=True, key=key)
        reference = next(self._references) % 65_536
        parts.insert(conn, message.id, plan.lane, plan.carrier, plan.parts, reference, plan.due)


def lane_of(message: Message) -> Lane:
    """Return the lane in which a text's parts wait."""
    return Lane(message.account, message.recipient if message.inside else "")
