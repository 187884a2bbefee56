"""Texts that reached no number of ours: the newest are kept, and a log line tells of them now and then."""

import structlog
from sqlalchemy import Connection

from engine.calls.directory import Unmatched
from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.allowance import Allowance
from engine.features.messaging.receiving.assembly import Whole
from engine.features.messaging.receiving.store import UnmatchedMessage
from engine.features.trunks.unmatched_calls import masked
from engine.ids import new_id

log = structlog.get_logger(__name__)
LOG_SECONDS = 10.0
"""From one line of the log to the next."""


class LostTexts:
    """Takes them."""

    def __init__(self) -> None:
        self._lines, self._unlogged = Allowance(1, LOG_SECONDS), 0
        self.count = 0
        """How many there were."""

    def keep(self, conn: Connection, carrier: str, whole: Whole, sender: str, why: Unmatched, now: float) -> None:
        """Store one, and delete the oldest."""
        row = UnmatchedMessage(
            id=new_id("text"),
            at=now,
            carrier=carrier,
            sender=sender,
            recipient=whole.recipient,
            text=whole.text,
            reason=why.reason.value,
        )
        store.add_unmatched(conn, row)
        self.count += 1
        if not self._lines.take("", now):
            self._unlogged += 1
            return
        log.warning(
            "A text reached no number of ours.",
            carrier=carrier,
            sender=masked(sender),
            recipient=masked(whole.recipient),
            reason=why.reason.value,
            others_since_the_last_line=self._unlogged,
        )
        self._unlogged = 0
