"""Which application answers an account's number, for dialects whose customers say so themselves."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.features.errors import NotThere
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.refresh import Refresh
from engine.store import applications, numbers
from engine.store.database import Database
from engine.store.numbers import Number
from engine.store.writer import Writer

Spellings = Sequence[str]
"""The digits by which a number may be stored; the first that the account has is meant."""


class NumberAssignments:
    """Lets an account's numbers lead to its applications."""

    def __init__(self, db: Database, writer: Writer, refresh: Refresh) -> None:
        self._db, self._writer, self._refresh = db, writer, refresh

    async def of_account(self, account: str) -> list[Number]:
        """Return an account's numbers that lead to an application or to nothing, one entry a capability.

        Those that lead elsewhere, such as to the account's rooms, are for nobody's program.
        """
        found = await self._db.read(lambda conn: numbers.list(conn, account))
        return [row for row in found if row.destination is None]

    async def lead(
        self, by: Actor, account: str, wanted: Sequence[Spellings], capability: str, application: str
    ) -> None:
        """Let numbers lead to an application: all of them, or none if the account lacks one. Raises NotThere."""

        def unit(conn: Connection) -> None:
            _check_application(conn, account, application)
            for spellings in wanted:
                had = _owned(conn, account, spellings, capability)
                numbers.lead(conn, account, had.number, capability, application)
                _record(conn, by, "number.changed", had, application)

        await self._writer.write(unit)
        await self._refresh()

    async def unassign(self, by: Actor, account: str, spellings: Spellings, capability: str, application: str) -> None:
        """Let a number that leads to an application lead to nobody; raises NotThere if it does not lead there."""

        def unit(conn: Connection) -> None:
            for digits in spellings:
                had = numbers.get(conn, digits, capability)
                if had and numbers.unassign(conn, account, digits, capability, application):
                    return _record(conn, by, "number.changed", had, None)
            raise NotThere("This account has no such number that leads to this application.")

        await self._writer.write(unit)
        await self._refresh()


def _check_application(conn: Connection, account: str, application: str) -> None:
    found = applications.get(conn, application)
    if found is None or found.account != account:
        raise NotThere("This account has no such application.")


def _owned(conn: Connection, account: str, spellings: Spellings, capability: str) -> Number:
    """Return the first of these digits that is a number of the account with this capability; raises NotThere."""
    for digits in spellings:
        found = numbers.get(conn, digits, capability)
        if found and found.account == account:
            return found
    raise NotThere(f"This account has no number {spellings[0]} for {capability}.")


def _record(conn: Connection, by: Actor, what: str, had: Number, application: str | None) -> None:
    audit.record(
        conn,
        by,
        account=had.account,
        what=what,
        subject=had.number,
        before={"capability": had.capability, "application": had.application, **_led(had)},
        after={"capability": had.capability, "application": application},
    )


def _led(had: Number) -> dict[str, str]:
    """Return what a number led to where that was no application."""
    led = {} if had.application or had.leads_to is None else {"destination": had.leads_to.noted}
    return {**led, "fax_to": had.fax_to} if had.fax_to else led
