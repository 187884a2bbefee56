"""What an account sets for its texts, and who gets none of them because of a STOP."""

from collections.abc import Awaitable, Callable

import msgspec
from sqlalchemy import Connection

from engine.features.errors import AlreadyThere, InvalidSetting, NotThere
from engine.features.messaging.configuration import store
from engine.features.messaging.configuration.model import OptOut
from engine.features.messaging.model import TextingRules
from engine.features.messaging.receiving.numbers import FEWEST
from engine.features.numbers.phone_numbers import digits_of, normalise
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform
from engine.store import numbers
from engine.store.accounts import Account
from engine.store.numbers import SMS

FASTEST = 1000.0


class RulesChange(msgspec.Struct, frozen=True, kw_only=True):
    """What changes; None stays. `sender` "": the first of the account's numbers for texts."""

    sender: str | None = None
    per_second: float | None = None
    stop_words: bool | None = None


class TextingSettings:
    """Reads and changes them. `changed` makes a change count at once."""

    def __init__(self, platform: Platform, changed: Callable[[], Awaitable[None]]) -> None:
        self._db, self._writer, self._changed = platform.database, platform.writer, changed
        self._clock = platform.clock

    async def rules(self, account: str) -> TextingRules:
        """Return an account's rules, by its id."""
        return await self._db.read(lambda conn: store.rules(conn, account))

    async def change(self, by: Actor, account: Account, change: RulesChange) -> TextingRules:
        """Change an account's rules; raises InvalidSetting, InvalidNumber, NotThere."""
        given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
        if not 0 < given.get("per_second", 1.0) <= FASTEST:
            raise InvalidSetting(f"per_second must be above 0 and at most {FASTEST:g} (got {change.per_second:g}).")
        if change.sender:
            given["sender"] = digits_of(change.sender)

        def unit(conn: Connection) -> TextingRules:
            if sender := given.get("sender"):
                _check_sender(conn, account, sender)
            before = store.rules(conn, account.id)
            after = msgspec.structs.replace(before, **given)
            store.put_rules(conn, after)
            old, new = audit.changed(msgspec.structs.asdict(before), msgspec.structs.asdict(after))
            audit.record(
                conn, by, account=account.id, what="texting.changed", subject=account.name, before=old, after=new
            )
            return after

        changed = await self._writer.write(unit)
        await self._changed()
        return changed

    async def opt_outs(self, account: str, *, after: str = "", limit: int = 100) -> list[OptOut]:
        """Return the numbers that get no texts of an account, by number; those `after` one."""
        return await self._db.read(lambda conn: store.opt_outs_of(conn, account, after=after, limit=limit))

    async def opt_out(self, by: Actor, account: Account, number: str) -> OptOut:
        """Let a number get no texts of an account any more; raises InvalidNumber, AlreadyThere."""
        row = OptOut(account=account.id, number=_read(number, account.country), since=self._clock())

        def unit(conn: Connection) -> OptOut:
            if store.opt_out(conn, account.id, row.number):
                raise AlreadyThere(f"{row.number} gets no texts of this account already.")
            store.put_opt_out(conn, row)
            audit.record(conn, by, account=account.id, what="opt_out.added", subject=row.number)
            return row

        return await self._writer.write(unit)

    async def opt_in(self, by: Actor, account: Account, number: str) -> None:
        """Let a number get an account's texts again; raises InvalidNumber, NotThere."""
        digits = _read(number, account.country)

        def unit(conn: Connection) -> None:
            if not store.remove_opt_out(conn, account.id, digits):
                raise NotThere(f"{digits} gets the texts of this account: it has not opted out.")
            audit.record(conn, by, account=account.id, what="opt_out.removed", subject=digits)

        await self._writer.write(unit)


def _read(number: str, country: str) -> str:
    digits = digits_of(number)
    short = len(digits) < FEWEST and not number.strip().startswith("+")
    return digits if short else normalise(number, country)


def _check_sender(conn: Connection, account: Account, digits: str) -> None:
    row = numbers.get(conn, digits, SMS)
    if row is None or row.account != account.id:
        raise NotThere(f"The account {account.name} has no number {digits} for texts.")
