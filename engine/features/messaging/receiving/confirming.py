"""The texts that confirm a STOP or START: once a day for a number, and within limits, because the account pays them."""

from collections.abc import Iterator

import structlog
from sqlalchemy import Connection

from engine.commands import CommandRefused
from engine.features.messaging.model import Message, NewMessage
from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.allowance import Allowance
from engine.features.messaging.receiving.numbers import FEWEST
from engine.features.messaging.receiving.outgoing import CONFIRMATION, Outgoing
from engine.features.trunks.unmatched_calls import masked

log = structlog.get_logger(__name__)
CONFIRMED_SECONDS = 86_400.0
"""For how long no other confirmation is sent from a number to a number."""
HOUR = 3600.0
OF_A_SENDER = 3
"""Confirmations that one sender gets of an account in an hour, from all of the account's numbers."""
PER_HOUR = 100
"""Confirmations of an account in an hour, if the settings do not say otherwise."""


class Confirmations:
    """Sends them. `per_hour`: how many of an account in an hour; 0: none."""

    def __init__(self, outgoing: Outgoing, per_hour: int = PER_HOUR) -> None:
        self._outgoing, self._per_hour = outgoing, per_hour
        self._of_account, self._of_sender = Allowance(per_hour, HOUR), Allowance(OF_A_SENDER, HOUR)
        self._logged = Allowance(1, HOUR)
        self.left_out = 0
        """Those that were not sent because of a limit."""

    def confirm(self, conn: Connection, received: Message, text: str) -> Iterator[Message]:
        """Answer a STOP or START with a text; yields it, unless there is a reason for none."""
        here, there, now = received.recipient, received.sender, received.created
        may_answer = there.isdigit() and len(there) >= FEWEST
        if not may_answer or store.was_confirmed(conn, received.account, here, there, now - CONFIRMED_SECONDS):
            return
        if not self._is_within_limits(received, now):
            self._leave_out(received, now)
            return
        try:
            wanted = NewMessage(to=there, text=text, sender=here)
            yield self._outgoing.accept(conn, received.account, wanted, origin=CONFIRMATION, trusted=True)
        except CommandRefused as refused:
            log.warning("A STOP or START was not confirmed.", account=received.account, reason=str(refused))

    def _is_within_limits(self, received: Message, now: float) -> bool:
        sender = (received.account, received.sender)
        return bool(self._of_sender.left(sender, now)) and (
            self._of_account.take(received.account, now) and self._of_sender.take(sender, now)
        )

    def _leave_out(self, received: Message, now: float) -> None:
        """Count one that is not sent, and log it once an hour for each account."""
        self.left_out += 1
        if self._logged.take(received.account, now):
            log.warning(
                "A STOP or START was not confirmed because of a limit; it counts. This line comes once an hour.",
                account=received.account,
                sender=masked(received.sender),
                per_hour=self._per_hour,
                of_a_sender=OF_A_SENDER,
            )
