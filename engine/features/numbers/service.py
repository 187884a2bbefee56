"""The rules of numbers: whose they are, and what they lead to. The only writer of their table."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import Connection

from engine.features import accounts as account_settings
from engine.features.destinations.choosing import LeadsTo
from engine.features.destinations.registry import Destinations
from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.numbers.faxing import check_listens, checked_for_faxes
from engine.features.numbers.model import NewNumber, NumberView
from engine.features.numbers.phone_numbers import digits_of, is_emergency
from engine.features.numbers.texting import checked_for_texts
from engine.model.destination import Destination
from engine.platform import audit
from engine.platform.audit import Actor
from engine.store import accounts, applications, extensions, numbers
from engine.store.accounts import Account
from engine.store.applications import Application
from engine.store.database import Database
from engine.store.numbers import CAPABILITIES, SMS, VOICE, Number
from engine.store.writer import Writer

FEWEST, MOST = 2, 15  # digits of a number, or of a short one such as 500
_APPLICATION = "application"


class Numbers:
    """Gives numbers to accounts, and lets them lead to destinations. `refresh` makes a change of an
    account's number count at once."""

    def __init__(
        self, db: Database, writer: Writer, destinations: Destinations, refresh: Callable[[str, str], Awaitable[None]]
    ) -> None:
        self._db, self._writer, self._destinations, self._refresh = db, writer, destinations, refresh

    async def list(self) -> list[NumberView]:
        """All numbers, one entry a capability."""
        return await self._db.read(lambda conn: [self._view(conn, row) for row in numbers.list(conn)])

    async def add(self, by: Actor, wanted: NewNumber, leads_to: LeadsTo) -> NumberView:
        """Give an account a number; raises InvalidNumber, InvalidSetting, NotThere, AlreadyThere, Conflict."""
        digits = digits_of(wanted.number)
        if not FEWEST <= len(digits) <= MOST:
            raise InvalidSetting(f"A number must have {FEWEST} to {MOST} digits (got {len(digits)}).")
        _check_capability(wanted.capability)

        def unit(conn: Connection) -> NumberView:
            account = account_settings.find(conn, wanted.account)
            _refuse_emergency(account, digits)
            _refuse_extension(conn, account, digits)
            had = numbers.get(conn, digits, wanted.capability)
            if had and had.account == account.id and not wanted.replace:
                raise _already(self._view(conn, had))
            row = Number(number=digits, account=account.id, capability=wanted.capability)
            row = msgspec.structs.replace(row, fax_to=self._fax_to(account, wanted.fax_to))
            return self._put(conn, by, had, self._leading(conn, account, row, leads_to))

        return await self._written(unit)

    async def lead(
        self,
        by: Actor,
        number: str,
        leads_to: LeadsTo | None,
        *,
        capability: str = VOICE,
        fax_to: str | None = None,
    ) -> NumberView:
        """Let a number lead elsewhere, or its faxes; None stays. Raises InvalidNumber, InvalidSetting, NotThere.

        `fax_to` is a destination of the kind fax as it is written; with "" the number's calls are not listened to.
        """
        digits = digits_of(number)
        _check_capability(capability)

        def unit(conn: Connection) -> NumberView:
            had = numbers.get(conn, digits, capability)
            if had is None:
                raise NotThere(f"There is no number {digits} for {capability}.")
            account, row = _owner(conn, had), had
            if fax_to is not None:
                row = msgspec.structs.replace(had, fax_to=self._fax_to(account, fax_to))
            return self._put(conn, by, had, self._leading(conn, account, row, leads_to))

        return await self._written(unit)

    async def remove(self, by: Actor, number: str) -> None:
        """Take a number away, and the application that was made for it alone; raises InvalidNumber, NotThere."""
        digits = digits_of(number)

        for account in await self._writer.write(lambda conn: self.removed(conn, by, digits)):
            await self._refresh(account, digits)

    def removed(self, conn: Connection, by: Actor, digits: str, account: str | None = None) -> set[str]:
        """Take a number away (of an account, or None: of any) as a part of a transaction; raises NotThere.

        Returns the ids of the accounts that had it.
        """
        rows = [row for row in numbers.of(conn, digits) if account in (None, row.account)]
        if not rows or not numbers.release(conn, digits):
            raise NotThere(f"There is no number {digits}.")
        for row in rows:
            application = applications.get(conn, row.application) if row.application else None
            if application and application.name == digits and not _is_used(conn, application):
                applications.delete(conn, application.id)
            self._note(conn, by, "number.removed", row, None)
        return {row.account for row in rows}

    async def _written(self, unit: Callable[[Connection], NumberView]) -> NumberView:
        view = await self._writer.write(unit)
        await self._refresh(view.account_id, view.number)
        return view

    def _fax_to(self, account: Account, written: str) -> str:
        return checked_for_faxes(self._destinations.read(account, written)) if written else ""

    def _leading(self, conn: Connection, account: Account, row: Number, leads_to: LeadsTo | None) -> Number:
        led = row if leads_to is None else self._led(account, row, leads_to(conn, account))
        check_listens(conn, led)
        return led

    def _led(self, account: Account, row: Number, text: str) -> Number:
        if row.capability == SMS:
            checked_for_texts(text)
        self._destinations.refuse_loop(account, f"forward:{_international(row.number)}", text)
        found = Destination.read(text) if text else None
        application = found.target if found and found.kind == _APPLICATION else None
        destination = text if text and application is None else None
        return msgspec.structs.replace(row, application=application, destination=destination)

    def _put(self, conn: Connection, by: Actor, had: Number | None, row: Number) -> NumberView:
        numbers.assign(conn, row)
        self._note(conn, by, "number.changed" if had else "number.added", had, row)
        return self._view(conn, row)

    def _note(self, conn: Connection, by: Actor, what: str, before: Number | None, after: Number | None) -> None:
        row = after or before
        assert row
        audit.record(
            conn,
            by,
            account=row.account,
            what=what,
            subject=row.number,
            before=self._fields(conn, before),
            after=self._fields(conn, after),
        )

    def _fields(self, conn: Connection, row: Number | None) -> dict[str, Any] | None:
        if row is None:
            return None
        view = self._view(conn, row)
        faxes = {"fax_to": view.fax_to["text"]} if view.fax_to else {}
        leads_to = view.leads_to and view.leads_to["text"]
        return {"number": row.number, "capability": row.capability, "leads_to": leads_to, **faxes}

    def _view(self, conn: Connection, row: Number) -> NumberView:
        account = accounts.get(conn, row.account)
        application = applications.get(conn, row.application) if row.application else None
        shown: dict[str, Any] | None = None
        if application:
            shown = {"kind": _APPLICATION, "text": f"{_APPLICATION}:{application.name}", "target": application.name}
        elif account and row.leads_to:
            shown = self._destinations.shown(account, str(row.leads_to))
        return NumberView(
            number=row.number,
            account=account.name if account else row.account,
            account_id=row.account,
            capability=row.capability,
            application=application,
            leads_to=shown,
            fax_to=self._destinations.shown(account, row.fax_to) if account else None,
        )


def _is_used(conn: Connection, application: Application) -> bool:
    others = any(each.application == application.id for each in numbers.list(conn, application.account))
    return others or applications.is_led_to(conn, application.id)


def _already(view: NumberView) -> AlreadyThere:
    by = str(view.leads_to["text"]).removeprefix("application:") if view.leads_to else "nobody"
    return AlreadyThere(
        f"The account {view.account} has the number {view.number} already, answered by {by}:"
        f' "replace" (carillon numbers add {view.number} --replace …) changes what answers it, carillon numbers assign'
        f" {view.number} APPLICATION leads it to another application."
    )


def _international(number: str) -> str:
    return f"+{number}" if len(number) > 6 else number


def _owner(conn: Connection, row: Number) -> Account:
    owner = accounts.get(conn, row.account)
    if owner is None:
        raise NotThere(f"There is no account {row.account}.")
    return owner


def _refuse_emergency(account: Account, digits: str) -> None:
    if is_emergency(digits, account.country):
        raise InvalidSetting("An emergency number cannot be one of ours.")


def _refuse_extension(conn: Connection, account: Account, digits: str) -> None:
    if extensions.get(conn, account.id, digits):
        raise AlreadyThere(
            f"{digits} is an extension of the account {account.name} already: a number must have other digits."
        )


def _check_capability(capability: str) -> None:
    if capability not in CAPABILITIES:
        raise InvalidSetting(f"A number's capability must be {' or '.join(sorted(CAPABILITIES))} (got {capability!r}).")
