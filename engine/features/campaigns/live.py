"""The calls and texts of campaigns that are under way, in memory: every other call costs a look there."""

import time
from collections.abc import Callable

from sqlalchemy import Connection

from engine.features.campaigns import claiming
from engine.features.campaigns.contact import Status
from engine.features.campaigns.store import campaigns, contacts
from engine.features.campaigns.store.contacts import Row
from engine.model.call import Call
from engine.platform import ledger
from engine.platform.ledger import Purpose

GONE = "The contact is not to be called any more."


class Live:
    """By the ids of calls and texts: which contact it is."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._contacts: dict[str, tuple[str, int]] = {}

    def __contains__(self, call: str) -> bool:
        return call in self._contacts

    def add(self, row: Row) -> None:
        """Follow a contact's call or text."""
        assert row.call
        self._contacts[row.call] = (row.account, row.id)

    def drop(self, call: str | None) -> None:
        """Do not follow it any more."""
        if call is not None:
            self._contacts.pop(call, None)

    def barred(self, conn: Connection, call: Call) -> str | None:
        """Return why a call of a campaign must not be placed now; None: it may, or it is none of a campaign.

        A step of the transaction that stores the call.
        """
        found = self._contacts.get(call.id)
        if found is None:
            return None
        row = contacts.get(conn, *found)
        if row is None or (row.call, row.status) != (call.id, Status.ACTIVE):
            return GONE
        return claiming.barred(conn, row, self.clock())

    def backing(self, conn: Connection, purpose: Purpose) -> Purpose | None:
        """Return the purpose of the campaign of which a call is a part (engine.platform.money.Backing)."""
        found = self._contacts.get(purpose.id) if purpose == ledger.for_call(purpose.id) else None
        row = contacts.get(conn, *found) if found else None
        return campaigns.purpose(row.campaign) if row else None
