"""Who may call what, how much at once, and what it costs: asked before every leg out (calls.admission_protocol)."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from engine.calls.admission_protocol import MOST_ATTEMPTS, Admitted, Bar, Cover, Held, Price, Route, Takes
from engine.commands import (
    CreditSpent,
    EngineUnavailable,
    LimitReached,
    NoSuchExtension,
    NumberRefused,
)
from engine.features.accounts import emergency
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.billing.call_rates import CallRates
from engine.features.billing.credit import CallCover, held_by
from engine.features.callers import Callers
from engine.features.endpoints import sip_addresses
from engine.features.endpoints.recorded_calls import is_recorded
from engine.features.errors import InvalidNumber
from engine.features.numbers import phone_numbers
from engine.features.trunks import outbound_routing
from engine.features.trunks.outbound_routing import CostOf, no_costs
from engine.model.call import Call, Direction
from engine.model.leg_options import PLAIN, LegOptions
from engine.platform import holds, ledger, money
from engine.platform.cached_account import AccountRules
from engine.platform.ledger import Purpose
from engine.platform.money import Backing
from engine.platform.settings_cache import SettingsCache
from engine.redis.errors import RedisUnavailable, TooLongToWait, TooManyCalls
from engine.store.accounts import Account
from engine.store.database import Database

LONGEST_WAIT = 30.0  # seconds that a call may wait QUEUED for its turn
UNHELD_SECONDS = 30.0  # that a restored call without a hold may go on until it has one


class Counters(Protocol):
    """Places and pace per account, each step atomic over all processes (engine.redis)."""

    async def take(self, account: str, call: str, *, most: int) -> None:
        """Take a place; raises TooManyCalls. A call that holds a place keeps it."""

    async def restore(self, account: str, call: str) -> None:
        """Note the place of a call that is up, whatever the limits say."""

    async def give_back(self, account: str, call: str) -> None:
        """Give a place back; harmless where there is none."""

    def count(self, account: str, call: str) -> None:
        """Note the place of a call that comes in, without waiting: soon known to all processes, at once to this one."""

    def leave(self, account: str, call: str) -> None:
        """Give a place back, without waiting; harmless where there is none."""

    async def pace(self, account: str, per_second: float, longest: float) -> float:
        """Return the seconds until the account's next turn and take it; raises TooLongToWait and takes none."""


class Admission:
    """The rules for calls out. Money of an account with a balance or a daily spend is held for each of its calls, in
    the transaction that stores the call (engine.features.billing.credit): calls at once cannot spend the same money.
    `bars` are what features have against calls; `backings` say whose holds pay for a call too; `cost_of` is what trunks
    cost, `max_attempts` how many routes are dialled for a call of an account that has no limit of its own.
    """

    def __init__(
        self,
        db: Database,
        cache: SettingsCache,
        rates: CallRates,
        counters: Counters,
        clock: Callable[[], float] = time.time,
        bars: Sequence[Bar] = (),
        backings: Sequence[Backing] = (),
        *,
        cost_of: CostOf = no_costs,
        max_attempts: int = MOST_ATTEMPTS,
    ) -> None:
        self._bars, self._backings = bars, backings
        self._callers = Callers(cache)
        self._cost_of, self._max_attempts = cost_of, max_attempts
        self._db, self._cache, self._rates, self._counters, self._clock = db, cache, rates, counters, clock

    async def admit(
        self,
        account: str,
        call: str,
        callee: str,
        caller: str | None,
        *,
        max_seconds: float,
        party: str | None = None,
        party_by_trunk: bool = False,
        options: LegOptions = PLAIN,
    ) -> Admitted:
        """Admit one leg, taking its place and its turn; `release` gives the place back. Its money is its `cover`'s.

        `party` is a number that may be shown though the account does not own it: the other leg's own. An extension
        cannot call itself; one by a trunk (`party_by_trunk`), such as a PBX's, is none of ours.
        Numbers are international, as who asks has read them: nobody's country is guessed here.
        Raises NumberRefused, CallerRefused, LimitReached, CreditSpent, EngineUnavailable.
        """
        rules = self._cache.rules(account)
        digits, routes = await self._reached(rules, call, callee, options)
        inside = routes[0].trunk is None
        if inside and party and party.strip() == digits and not party_by_trunk:
            raise NumberRefused("An extension cannot call itself.")
        shown = self._callers.shown(rules, caller, party, inside=inside, party_by_trunk=party_by_trunk)
        cover = None if inside else await self._covered(rules.account, call, digits, max_seconds)
        try:
            await self._take(rules, call)
            try:
                wait = await self._turn(rules)
            except BaseException:
                await self._counters.give_back(account, call)
                raise
        except RedisUnavailable as error:
            raise EngineUnavailable("New calls are not taken now: Redis does not answer. Try again.") from error
        return Admitted(
            digits=digits,
            routes=routes,
            caller=shown,
            max_seconds=max_seconds,
            cover=cover,
            wait=wait,
            max_attempts=self.max_attempts(account),
            is_recorded=self._is_recorded(account, "" if party_by_trunk and party else party, digits, options),
        )

    def check(self, account: str, callee: str, caller: str | None) -> None:
        """Refuse what `admit` would refuse for its numbers, taking nothing; raises NumberRefused, CallerRefused."""
        rules = self._cache.rules(account)
        _, routes = self._destination(rules, "", callee)
        self._callers.shown(rules, caller, None, inside=routes[0].trunk is None)

    def barred(self, conn: Connection, call: Call) -> str | None:
        """Return why a feature does not let a call be placed now; None: nothing speaks against it."""
        return next((why for bar in self._bars if (why := bar(conn, call))), None)

    async def count(self, account: str, call: str) -> None:
        """Take the place of a call that comes in: nothing is reserved for it, and it is never refused here."""
        self._counters.count(account, call)

    async def resume(self, account: str, call: str) -> None:
        """Take the place of a call that lives since before a restart; never refuses."""
        try:
            await self._counters.restore(account, call)
        except RedisUnavailable as error:
            raise EngineUnavailable("Redis does not answer.") from error

    async def cover_of(self, call: Call) -> Cover | None:
        """Return the money held for a call that lives since before a restart; None where none has to be.

        One that a version without holds placed has some seconds until the first is taken.
        """
        account = self._cache.find(call.account)
        if account is None or call.direction is not Direction.OUTBOUND:
            return None
        make = partial(CallCover, account, call.id, call.callee, backing=self._backing)
        found = await self._db.read(partial(holds.get, purpose=ledger.for_call(call.id)))
        if found:
            rate, held = held_by(found)
            return make(rate, call.max_seconds, held)
        priced = self._rates.rate_of(account.id, call.callee)
        if not _is_limited(account) or priced is None or priced.per_minute <= 0:
            return None
        lasted = self._clock() - call.answered if call.answered else 0.0
        return make(priced, call.max_seconds, Held(seconds=lasted + UNHELD_SECONDS))

    async def release(self, account: str, call: str) -> None:
        """Give the place back; harmless where none is held."""
        self._counters.leave(account, call)

    def price(self, account: str, digits: str, seconds: float) -> Price:
        """What an answered outbound leg of `seconds` costs; 0 where no rate is loaded."""
        return self._rates.price(account, digits, seconds)

    def settle(self, conn: Connection, call: Call, cover: Cover | None, at: float) -> None:
        """Charge what a call that ended costs, and hold nothing for it any more; `at` is now (Unix seconds)."""
        if call.price or cover:
            purpose, note = ledger.for_call(call.id), f"call to {call.callee}"
            money.settle(conn, call.account, purpose, call.price, at, note=note, held=cover is not None)

    def drop(self, conn: Connection, call: str) -> None:
        """Hold nothing for a call that was not placed after all."""
        holds.end(conn, ledger.for_call(call))

    def is_extension(self, account: str, number: str) -> bool:
        """Whether a number is an extension of this account."""
        return self._cache.extension(account, number.strip()) is not None

    def takes(self, account: str, callee: str, options: LegOptions | None) -> Takes:
        """Which calls the callee of a leg takes, as is set of an extension; anything else takes all."""
        found = None if options and options.reach == "sip" else self._cache.extension(account, callee)
        if found is None:
            return Takes.ALL
        if found.do_not_disturb:
            return Takes.NONE
        return Takes.ALL if found.call_waiting else Takes.ONE

    def max_attempts(self, account: str) -> int:
        """How many routes are dialled for a call of this account at most."""
        owner = self._cache.find(account)
        return self._max_attempts if owner is None or owner.max_attempts is None else owner.max_attempts

    def routes(self, account: str, digits: str, options: LegOptions = PLAIN, *, call: str = "") -> tuple[Route, ...]:
        """The routes of a leg that was admitted before a restart; `call` is its id."""
        if options.reach == "sip":
            return (Route(endpoint=sip_addresses.dial_string(sip_addresses.address_of(digits), options.transport)),)
        if extension := self._cache.extension(account, digits):
            return (Route(endpoint=f"PJSIP/{extension.sip_user}", phones=extension.sip_users),)
        return outbound_routing.routes(self._cache.trunks, digits, call=call, cost_of=self._cost_of)

    def allow_private(self, account: str) -> bool:
        """Whether this account's announcements may come from private addresses."""
        owner = self._cache.find(account)
        return bool(owner and owner.allow_private)

    async def _reached(
        self, rules: AccountRules, call: str, callee: str, options: LegOptions
    ) -> tuple[str, tuple[Route, ...]]:
        if options.reach == "sip":
            return await self._sip_address(rules, callee, options)
        if options.reach == "extension":
            return self._extension(rules, callee)
        return self._destination(rules, call, callee)

    def _extension(self, rules: AccountRules, callee: str) -> tuple[str, tuple[Route, ...]]:
        found = self._cache.extension_named(rules.account.id, callee)
        if found is None:
            raise NoSuchExtension("This account has no extension of that name.")
        return found.number, self.routes(rules.account.id, found.number)

    async def _sip_address(
        self, rules: AccountRules, callee: str, options: LegOptions
    ) -> tuple[str, tuple[Route, ...]]:
        account = rules.account
        try:
            address = sip_addresses.address_of(callee)
        except InvalidNumber as error:
            raise NumberRefused(str(error)) from error
        if why := emergency.refusal(address.user, account.country):
            raise NumberRefused(why)
        if not sip_addresses.allowed(address, rules.prefixes):
            raise NumberRefused("This account may not call that SIP host: it is not among those it is allowed.")
        if not await sip_addresses.reachable(address, allow_private=account.allow_private):
            raise NumberRefused("That SIP host has no address, or a private one that this account may not reach.")
        return address.text, self.routes(account.id, address.text, options)

    def _destination(self, rules: AccountRules, call: str, callee: str) -> tuple[str, tuple[Route, ...]]:
        account = rules.account
        if phone_numbers.is_emergency(callee, account.country):
            raise NumberRefused(emergency.NEVER)
        if self._cache.extension(account.id, written := callee.strip()):
            return written, self.routes(account.id, written)
        try:
            digits = phone_numbers.checked(callee)
        except InvalidNumber as error:
            raise NumberRefused(str(error)) from error
        for dialled in (callee, digits):
            if why := emergency.refusal(dialled, account.country):
                raise NumberRefused(why)
        if why := not_allowed(digits, rules.prefixes):
            raise NumberRefused(why)
        routes = self.routes(account.id, digits, call=call)
        if not routes:
            raise NumberRefused("No trunk carries that number.")
        return digits, routes

    def _is_recorded(self, account: str, party: str | None, callee: str, options: LegOptions) -> bool:
        """Whether a leg that connects `party`, an extension or a number outside, is recorded; `callee` as admitted."""
        if party is None:  # a program calls, which records if it wants to
            return False
        called = None if options.reach == "sip" else self._cache.extension(account, callee)
        return is_recorded(self._cache.extension(account, party), called)

    async def _covered(self, account: Account, call: str, digits: str, longest: float) -> CallCover | None:
        """Return the cover of a leg to `digits`, None where nothing limits it; raises CreditSpent.

        What is refused here takes no turn; what calls at once may spend is decided when they are stored.
        """
        if not _is_limited(account):
            return None
        cover = CallCover(
            account, call, digits, self._rates.rate_of(account.id, digits), longest, backing=self._backing
        )
        if why := await self._db.read(partial(cover.refusal, at=self._clock())):
            raise CreditSpent(why)
        return cover

    def _backing(self, conn: Connection, purpose: Purpose) -> Purpose | None:
        return next((found for backing in self._backings if (found := backing(conn, purpose))), None)

    async def _take(self, rules: AccountRules, call: str) -> None:
        account = rules.account
        try:
            await self._counters.take(account.id, call, most=account.max_calls)
        except TooManyCalls:
            raise LimitReached(f"This account has {account.max_calls} calls at once, and may have no more.") from None

    async def _turn(self, rules: AccountRules) -> float:
        """Take the account's turn under its pace."""
        account = rules.account
        try:
            return await self._counters.pace(account.id, account.calls_per_second, LONGEST_WAIT)
        except TooLongToWait:
            raise LimitReached(
                f"This account may start {account.calls_per_second:g} calls a second; {LONGEST_WAIT:g} s of them wait."
            ) from None


def _is_limited(account: Account) -> bool:
    return account.balance is not None or account.daily_spend is not None
