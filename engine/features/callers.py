"""Which number a call shows its callee: one that the account owns or has verified."""

from engine.commands import CallerRefused, NumberRefused
from engine.features.errors import InvalidNumber, InvalidSetting
from engine.features.numbers import phone_numbers
from engine.platform.cached_account import AccountRules
from engine.platform.settings_cache import SettingsCache
from engine.store.accounts import Account


class Callers:
    """Chooses and checks, from the settings in memory. `inside` is a leg that no trunk carries."""

    def __init__(self, cache: SettingsCache) -> None:
        self._cache = cache

    def outbound(self, account: Account, text: str) -> str:
        """Return the digits of a number that an account may show, as somebody in its country writes it; "" is none.

        Raises InvalidSetting.
        """
        if not text.strip():
            return ""
        try:
            digits = phone_numbers.normalise(text, account.country)
            owned = self._cache.rules(account.id).owned
        except (InvalidNumber, NumberRefused) as error:
            raise InvalidSetting(f"The outbound caller cannot be {text[:40]!r}. {error}") from error
        if digits not in owned:
            raise InvalidSetting(
                f"The outbound caller must be a number that the account owns or has verified (got {text[:40]!r})."
            )
        return digits

    def shown(
        self, rules: AccountRules, caller: str | None, party: str | None, *, inside: bool, party_by_trunk: bool = False
    ) -> str | None:
        """Choose what a leg shows; None: it is anonymous. An extension's number is shown inside only.

        `caller` is what was asked for, else `party`, the other leg's number, counts; one by a trunk is no extension.
        Raises CallerRefused for a `caller` that the account may not show.
        """
        default = next(iter(rules.owned), None)
        if not caller:
            return self._of_party(rules, party, default, inside=inside, by_trunk=party_by_trunk) if party else default
        if self._cache.extension(rules.account.id, caller.strip()):
            return caller.strip() if inside else self._outside(rules, caller, default)
        try:
            digits = phone_numbers.checked(caller)
        except InvalidNumber:
            digits = caller.strip()  # an owned short number, e.g. 500, is no telephone number
        if digits not in rules.owned and not (inside and self._owns(rules, digits)):
            raise CallerRefused("The caller id is neither owned nor verified by this account.")
        return digits

    def _of_party(
        self, rules: AccountRules, party: str, default: str | None, *, inside: bool, by_trunk: bool
    ) -> str | None:
        if self._cache.extension(rules.account.id, party.strip()):
            if inside:
                return party
            return default if by_trunk else self._outside(rules, party, default)
        digits = party.removeprefix("+")
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= 15 else default

    def _outside(self, rules: AccountRules, extension: str, default: str | None) -> str | None:
        """What an extension's calls to numbers outside show: its own choice, while the account may show that."""
        found = self._cache.extension(rules.account.id, extension.strip())
        return found.outbound_caller if found and found.outbound_caller in rules.owned else default

    def _owns(self, rules: AccountRules, digits: str) -> bool:
        number = self._cache.number(digits)
        return bool(number and number.leads_to and number.account == rules.account.id)
