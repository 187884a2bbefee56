"""Calls that are led to a party: an extension of the account, or a number."""

import contextlib
from collections.abc import Iterable

from engine.calls.directory import Answering, NoDestination
from engine.commands import NumberRefused
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.accounts.emergency import NEVER
from engine.features.accounts.high_risk import range_of
from engine.features.errors import InvalidNumber, InvalidSetting, NotThere
from engine.features.numbers.phone_numbers import checked, is_emergency, normalise
from engine.model.cause import HangupCause
from engine.model.destination import Diversions
from engine.model.leg_options import LegOptions
from engine.platform.destination_kind import DestinationKind
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account
from engine.store.extensions import Extension
from engine.tasks.dial import Dial
from engine.tasks.go_to import GoTo

RING_SECONDS = 25.0  # of an extension that leads on where nobody answers, and does not say how long it rings
LONGEST_SHORT = 6  # digits of a number that is never an international one


class ExtensionKind(DestinationKind):
    """`extension:101`: its phone rings, and what the phone does not take goes where the extension says."""

    name = "extension"

    def __init__(self, cache: SettingsCache) -> None:
        self._cache = cache

    def checked(self, account: Account, target: str) -> str:
        return self._found(account, target, NotThere(f"The account has no extension {target}.")).number

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        missing = NoDestination(f"The account has no extension {target}.", HangupCause.USER_UNKNOWN)
        found = self._found(account, target, missing)
        if found.always:
            leads_on = GoTo(destination=found.always, hops=hops, diverted_by=found.number)
            return Answering(account=account.id, tasks=(leads_on,))
        diversions = Diversions(no_answer=found.no_answer, busy=found.busy, unregistered=found.unregistered)
        if diversions == Diversions():
            dial = Dial(to=found.number, leg=LegOptions(ring_seconds=found.ring_seconds))
        else:
            leg = LegOptions(ring_seconds=found.ring_seconds or (RING_SECONDS if found.no_answer else None))
            dial = Dial(to=found.number, leg=leg, diversions=diversions, hops=hops)
        return Answering(account=account.id, tasks=(dial,))

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        found = self._cache.extension_named(account.id, target)
        return (found.always, found.no_answer, found.busy, found.unregistered) if found else ()

    def _found(self, account: Account, target: str, missing: Exception) -> Extension:
        found = self._cache.extension_named(account.id, target)
        if found is None:
            raise missing
        return found


class ForwardKind(DestinationKind):
    """`forward:+1…`: a call to a number, which the account pays for and must be allowed to make (admission).

    Nothing is led to an emergency number, nor to one of high risk that the account may not call.
    A number of the account's own is not called: what it leads to takes the call.
    """

    name = "forward"

    def __init__(self, cache: SettingsCache) -> None:
        self._cache = cache

    def checked(self, account: Account, target: str) -> str:
        if own := self._own(account, target):
            return own
        if is_emergency(target, account.country):
            raise InvalidSetting(NEVER)
        digits = self._digits(account, target)
        if range_of(digits) and (why := not_allowed(digits, self._prefixes(account))):
            raise InvalidSetting(why)
        return f"+{digits}"

    def answering(self, account: Account, target: str, hops: int) -> Answering:
        if own := self._own(account, target):
            led = next(iter(self.leads_on(account, own)), "")
            if not led:
                raise NoDestination(f"The number {own} leads to nobody.")
            return Answering(account=account.id, tasks=(GoTo(destination=led, hops=hops),))
        try:
            return Answering(account=account.id, tasks=(Dial(to=self._digits(account, target)),))
        except InvalidNumber as error:
            raise NoDestination(str(error), HangupCause.INVALID_NUMBER) from error

    def leads_on(self, account: Account, target: str) -> Iterable[str]:
        own = self._own(account, target)
        number = self._cache.number(own.removeprefix("+")) if own else None
        return (str(number.leads_to),) if number and number.leads_to else ()

    def _prefixes(self, account: Account) -> tuple[str, ...]:
        try:
            return self._cache.rules(account.id).prefixes
        except NumberRefused:
            return ()  # of an account that is disabled

    def _own(self, account: Account, target: str) -> str:
        """The account's own number that is meant, as it is stored here; "" for none."""
        tried = [target.removeprefix("+")]
        with contextlib.suppress(InvalidNumber):
            tried.append(self._digits(account, target))
        for digits in tried:
            if (number := self._cache.number(digits)) and number.account == account.id:
                return f"+{digits}" if len(digits) > LONGEST_SHORT else digits
        return ""

    def _digits(self, account: Account, target: str) -> str:
        return checked(target) if target.startswith("+") else normalise(target, account.country)
