"""The do-not-call lists: numbers that no campaign of an account, or of the installation, calls or texts."""

from collections.abc import Sequence

from sqlalchemy import Connection

from engine.features.campaigns.contact import BadContact
from engine.features.campaigns.model import DoNotCall, TrunkLimit
from engine.features.campaigns.store import do_not_call, trunks
from engine.features.errors import InvalidNumber, InvalidSetting, NotThere
from engine.features.numbers import phone_numbers
from engine.platform import audit
from engine.platform.audit import Actor
from engine.platform.platform import Platform

ALL_ACCOUNTS = do_not_call.ALL_ACCOUNTS
"""Instead of an account: the installation's list, which holds for all accounts."""
MOST_AT_ONCE = 10_000
LONGEST_WHY = 200


class DoNotCallLists:
    """Adds, lists and removes numbers. `account` is an account's id, or ALL_ACCOUNTS."""

    def __init__(self, platform: Platform) -> None:
        self._db, self._writer, self._cache = platform.database, platform.writer, platform.cache
        self._clock = platform.clock

    async def add(
        self, by: Actor, account: str, numbers: Sequence[str], why: str = ""
    ) -> tuple[list[DoNotCall], list[BadContact]]:
        """Put numbers on a list; returns those that are new, and what is not a number, by its place (from 1)."""
        if len(numbers) > MOST_AT_ONCE:
            raise InvalidSetting(f"numbers must be at most {MOST_AT_ONCE} at once (got {len(numbers)}).")
        if len(why) > LONGEST_WHY or not (why.isprintable() or not why):
            raise InvalidSetting(f"why must have at most {LONGEST_WHY} printable characters.")
        now, bad = self._clock(), list[BadContact]()
        wanted: dict[str, DoNotCall] = {}
        for place, written in enumerate(numbers, start=1):
            try:
                digits = self._digits(account, written)
            except InvalidNumber as error:
                bad.append(BadContact(place, written, str(error)))
                continue
            wanted[digits] = DoNotCall(account=account, number=digits, at=now, why=why)

        def unit(conn: Connection) -> list[DoNotCall]:
            added = [entry for entry in wanted.values() if do_not_call.put(conn, entry)]
            if added:
                what, after = "do_not_call.added", {"numbers": len(added)}
                audit.record(conn, by, account=account or None, what=what, subject=added[0].number, after=after)
            return added

        return await self._writer.write(unit), bad

    async def remove(self, by: Actor, account: str, number: str) -> None:
        """Take a number off a list; raises InvalidNumber, NotThere."""
        digits = self._digits(account, number)

        def unit(conn: Connection) -> None:
            if not do_not_call.remove(conn, account, digits):
                raise NotThere(f"{digits} is not on this do-not-call list.")
            audit.record(conn, by, account=account or None, what="do_not_call.removed", subject=digits)

        await self._writer.write(unit)

    async def page(self, account: str, *, limit: int = 100, after: str = "") -> list[DoNotCall]:
        """Return a list's entries by number, those after one."""
        return await self._db.read(lambda conn: do_not_call.page(conn, account, limit, after))

    def _digits(self, account: str, written: str) -> str:
        owner = self._cache.find(account) if account else None
        return phone_numbers.normalise(written, owner.country) if owner else phone_numbers.checked(written)


class TrunkLimits:
    """What campaigns may take of trunks: the administrator's to set."""

    def __init__(self, platform: Platform) -> None:
        self._db, self._writer, self._cache = platform.database, platform.writer, platform.cache

    async def set(self, by: Actor, limit: TrunkLimit) -> TrunkLimit:
        """Set a trunk's limit; raises NotThere for a trunk that is none, InvalidSetting."""
        if limit.trunk not in {trunk.name for trunk in self._cache.trunks}:
            raise NotThere(f"There is no trunk {limit.trunk!r}.")
        if limit.per_second is not None and not 0.01 <= limit.per_second <= 1000:
            raise InvalidSetting(f"per_second must be 0.01 to 1000 (got {limit.per_second:g}).")
        if limit.at_once is not None and not 1 <= limit.at_once <= 100_000:
            raise InvalidSetting(f"at_once must be 1 to 100000 (got {limit.at_once}).")

        def unit(conn: Connection) -> TrunkLimit:
            trunks.put(conn, limit)
            after = {"per_second": limit.per_second, "at_once": limit.at_once}
            audit.record(conn, by, account=None, what="campaign_trunk.limited", subject=limit.trunk, after=after)
            return limit

        return await self._writer.write(unit)

    async def remove(self, by: Actor, trunk: str) -> None:
        """Take a trunk's limit away; raises NotThere."""

        def unit(conn: Connection) -> None:
            if not trunks.remove(conn, trunk):
                raise NotThere(f"The trunk {trunk!r} has no limit for campaigns.")
            audit.record(conn, by, account=None, what="campaign_trunk.unlimited", subject=trunk)

        await self._writer.write(unit)

    async def list_all(self) -> list[TrunkLimit]:
        """Return all limits by trunk."""
        return list((await self._db.read(trunks.all)).values())
