"""Who may call what, how much at once, and what it costs: asked before every leg out (engine.calls.admission)."""

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection

from engine.calls.admission import Admitted, Price, Route
from engine.calls.call import Direction
from engine.commands import (
    CallerRefused,
    CreditSpent,
    EngineUnavailable,
    LimitReached,
    NoSuchExtension,
    NumberRefused,
)
from engine.features import destinations, rating, routing, sip_addresses
from engine.features.book import Book, Rules
from engine.features.errors import InvalidNumber
from engine.redis.errors import TooLittleLeft, TooLongToWait, TooManyCalls, Unavailable
from engine.store import accounts, calls, ledger
from engine.store.accounts import Account
from engine.store.database import Database
from engine.store.rates import Rate
from engine.tasks.manner import PLAIN, Manner

LONGEST_WAIT = 30.0  # seconds that a call may wait QUEUED for its turn


class Counters(Protocol):
    """Places, reserved money and pace per account, each step atomic over all processes (engine.redis)."""

    async def take(self, account: str, call: str, *, most: int, available: int | None, least: int, wanted: int) -> int:
        """Take a place and reserve money for a call; returns what was reserved, `wanted` or the rest of `available`.

        Raises TooManyCalls, or TooLittleLeft where less than `least` is left. A call that holds a place keeps it.
        """

    async def restore(self, account: str, call: str, reserved: int) -> None:
        """Note the place of a call that is up, whatever the limits say."""

    async def give_back(self, account: str, call: str) -> None:
        """Give place and reservation back; harmless where there is none."""

    def count(self, account: str, call: str) -> None:
        """Note the place of a call that comes in, without waiting: soon known to all processes, at once to this one."""

    def leave(self, account: str, call: str) -> None:
        """Give place and reservation back, without waiting; harmless where there is none."""

    async def pace(self, account: str, per_second: float, longest: float) -> float:
        """Return the seconds until the account's next turn and take it; raises TooLongToWait and takes none."""


class Admission:
    """The rules for calls out. An account's prepaid balance and its daily spend are reserved while a call lasts, so
    that calls at once cannot spend the same money; what a call does not use is free again when it is released."""

    def __init__(self, db: Database, book: Book, counters: Counters) -> None:
        self._db, self._book, self._counters = db, book, counters

    async def admit(
        self,
        account: str,
        call: str,
        callee: str,
        caller: str | None,
        *,
        max_seconds: float,
        party: str | None = None,
        manner: Manner = PLAIN,
    ) -> Admitted:
        """Admit one leg, taking its place, its money and its turn; `release` gives them back.

        `party` is a number that may be shown though the account does not own it: the other leg's own.
        Numbers are international, as who asks has read them: nobody's country is guessed here.
        Raises NumberRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
        """
        rules = self._book.rules(account)
        digits, routes = await self._reached(rules, callee, manner)
        inside = routes[0].trunk is None
        shown = self._shown(rules, caller, party, inside=inside)
        rate = None if inside else self._rate_of(account, digits)
        try:
            lasting = await self._take(rules, call, rate, max_seconds, inside=inside)
            try:
                wait = await self._turn(rules)
            except BaseException:
                await self._counters.give_back(account, call)
                raise
        except Unavailable as error:
            raise EngineUnavailable("New calls are not taken now: Redis does not answer. Try again.") from error
        return Admitted(
            digits=digits,
            routes=routes,
            caller=shown,
            max_seconds=lasting,
            short_of_credit=lasting < max_seconds,
            wait=wait,
        )

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse what `admit` would refuse for its numbers, taking nothing; raises NumberRefused, CallerRefused."""
        rules = self._book.rules(account)
        _, routes = self._destination(rules, callee)
        self._shown(rules, caller, None, inside=routes[0].trunk is None)

    async def count(self, account: str, call: str) -> None:
        """Take the place of a call that comes in: nothing is reserved for it, and it is never refused here."""
        self._counters.count(account, call)

    async def resume(self, account: str, call: str) -> None:
        """Take the place of a call that lives since before a restart; never refuses."""
        row = await self._db.read(lambda conn: calls.get(conn, call))
        rate = self._rate_of(account, row.callee) if row and row.direction is Direction.OUTBOUND else None
        await self._note(account, call, rating.price(rate, row.max_seconds) if rate and row else 0)

    async def _note(self, account: str, call: str, reserved: int) -> None:
        try:
            await self._counters.restore(account, call, reserved)
        except Unavailable as error:
            raise EngineUnavailable("Redis does not answer.") from error

    async def release(self, account: str, call: str) -> None:
        """Give the place back; harmless where none is held."""
        self._counters.leave(account, call)

    def price(self, account: str, digits: str, seconds: float) -> Price:
        """What an answered outbound leg of `seconds` costs; 0 where no rate is loaded."""
        owner = self._book.find(account)
        currency = owner.currency if owner else "USD"
        rate = self._rate_of(account, digits)
        return Price(amount=rating.price(rate, seconds) if rate else 0, currency=currency)

    def routes(self, account: str, digits: str, manner: Manner = PLAIN) -> tuple[Route, ...]:
        """The routes of a leg that was admitted before a restart."""
        if manner.over == "sip":
            return (Route(endpoint=sip_addresses.dial_string(sip_addresses.address_of(digits), manner.transport)),)
        extension = self._book.extensions.get(digits)
        if extension and extension.account == account:
            return (Route(endpoint=f"PJSIP/{extension.number}"),)
        trunks = routing.choose(self._book.trunks, digits)
        return tuple(
            Route(
                endpoint=routing.dial_string(trunk, digits),
                trunk=trunk.name,
                last_resort=routing.is_last_resort(trunk, digits),
            )
            for trunk in trunks
        )

    def allow_private(self, account: str) -> bool:
        """Whether this account's announcements may come from private addresses."""
        owner = self._book.find(account)
        return bool(owner and owner.allow_private)

    async def _reached(self, rules: Rules, callee: str, manner: Manner) -> tuple[str, tuple[Route, ...]]:
        if manner.over == "sip":
            return await self._sip_address(rules, callee, manner)
        if manner.over == "extension":
            return self._extension(rules, callee)
        return self._destination(rules, callee)

    def _extension(self, rules: Rules, callee: str) -> tuple[str, tuple[Route, ...]]:
        found = self._book.extension_named(rules.account.id, callee)
        if found is None:
            raise NoSuchExtension("This account has no extension of that name.")
        return found.number, self.routes(rules.account.id, found.number)

    async def _sip_address(self, rules: Rules, callee: str, manner: Manner) -> tuple[str, tuple[Route, ...]]:
        account = rules.account
        try:
            address = sip_addresses.address_of(callee)
        except InvalidNumber as error:
            raise NumberRefused(str(error)) from error
        if destinations.is_emergency(address.user, account.country):
            raise NumberRefused("Emergency numbers are not dialled; use a phone of your own.")
        if not sip_addresses.allowed(address, rules.prefixes):
            raise NumberRefused("This account may not call that SIP host: it is not among those it is allowed.")
        if not await sip_addresses.reachable(address, allow_private=account.allow_private):
            raise NumberRefused("That SIP host has no address, or a private one that this account may not reach.")
        return address.text, self.routes(account.id, address.text, manner)

    def _destination(self, rules: Rules, callee: str) -> tuple[str, tuple[Route, ...]]:
        account = rules.account
        if destinations.is_emergency(callee, account.country):
            raise NumberRefused("Emergency numbers are not dialled; use a phone of your own.")
        if (written := callee.strip()) in self._book.extensions and self._book.extensions[
            written
        ].account == account.id:
            return written, self.routes(account.id, written)
        try:
            digits = destinations.checked(callee)
        except InvalidNumber as error:
            raise NumberRefused(str(error)) from error
        if destinations.is_emergency(digits, account.country):
            raise NumberRefused("Emergency numbers are not dialled; use a phone of your own.")
        if not destinations.allowed(digits, rules.prefixes):
            raise NumberRefused("This account may not call that number: no allowed prefix matches it.")
        routes = self.routes(account.id, digits)
        if not routes:
            raise NumberRefused("No trunk carries that number.")
        return digits, routes

    def _shown(self, rules: Rules, caller: str | None, party: str | None, *, inside: bool) -> str | None:
        """Choose the caller id: an owned or verified one; an extension's number only inside."""
        default = next(iter(rules.owned), None)
        if not caller:
            return self._shown_party(rules, party, default, inside=inside) if party else default
        if self._is_own_extension(rules, caller):
            return caller.strip() if inside else default
        try:
            digits = destinations.checked(caller)
        except InvalidNumber:
            digits = caller.strip()  # an owned short number, e.g. 500, is no telephone number
        if digits not in rules.owned and not (inside and self._owns(rules, digits)):
            raise CallerRefused("The caller id is neither owned nor verified by this account.")
        return digits

    def _shown_party(self, rules: Rules, party: str, default: str | None, *, inside: bool) -> str | None:
        if self._is_own_extension(rules, party):
            return party if inside else default
        digits = party.removeprefix("+")
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= 15 else default

    def _is_own_extension(self, rules: Rules, number: str) -> bool:
        extension = self._book.extensions.get(number.strip())
        return extension is not None and extension.account == rules.account.id

    def _owns(self, rules: Rules, digits: str) -> bool:
        application = self._book.application_of(digits)
        return application is not None and application.account == rules.account.id

    def _rate_of(self, account: str, digits: str) -> Rate | None:
        return self._book.rate_of(account, digits)

    async def _take(self, rules: Rules, call: str, rate: Rate | None, longest: float, *, inside: bool) -> float:
        """Take a place and the money for `longest` seconds, or for as long as the money lasts; returns the seconds."""
        account = rules.account
        available = None if inside else await self._available(account)
        if available is not None and available <= 0:
            raise CreditSpent("The balance or the daily spend is used up.")
        tariff = rate if available is not None and rate and rate.per_minute > 0 else None
        least, wanted = (rating.price(tariff, 0.001), rating.price(tariff, longest)) if tariff else (0, 0)
        try:
            granted = await self._counters.take(
                account.id, call, most=account.max_calls, available=available, least=least, wanted=wanted
            )
        except TooManyCalls:
            raise LimitReached(f"This account has {account.max_calls} calls at once, and may have no more.") from None
        except TooLittleLeft:
            raise CreditSpent("The balance or the daily spend does not cover this call.") from None
        covered = rating.max_seconds(tariff, granted) if tariff else None
        return longest if covered is None else min(longest, covered)

    async def _available(self, account: Account) -> int | None:
        """Return what the account may still spend, in millionths; None: there is no limit."""
        if account.balance is None and account.daily_spend is None:
            return None
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

        def read(conn: Connection) -> int | None:
            row = accounts.get(conn, account.id)
            if row is None:
                return 0
            limits = [] if row.balance is None else [row.balance]
            if row.daily_spend is not None:
                limits.append(row.daily_spend - ledger.spent_since(conn, account.id, today))
            return min(limits, default=None)

        return await self._db.read(read)

    async def _turn(self, rules: Rules) -> float:
        """Take the account's turn under its pace."""
        account = rules.account
        try:
            return await self._counters.pace(account.id, account.calls_per_second, LONGEST_WAIT)
        except TooLongToWait:
            raise LimitReached(
                f"This account may start {account.calls_per_second:g} calls a second; {LONGEST_WAIT:g} s of them wait."
            ) from None
