"""Which texts are taken: to whom, from which number, by which carrier, and at what price."""

from typing import NamedTuple

from engine.commands import CallerRefused, NumberRefused
from engine.features.accounts import emergency
from engine.features.accounts.allowed_prefixes import not_allowed
from engine.features.errors import InvalidNumber
from engine.features.messaging.commands import TextRefused
from engine.features.messaging.encoding import TextTooLong, parts_of
from engine.features.messaging.model import SIP, NewMessage
from engine.features.messaging.receiving.numbers import FEWEST
from engine.features.messaging.settings import MessagingSettings
from engine.features.messaging.store.parts import Lane
from engine.features.numbers import phone_numbers
from engine.platform.cached_account import AccountRules
from engine.platform.settings_cache import SettingsCache
from engine.store.numbers import SMS

LONGEST_TEXT = 255 * 153
"""Characters: 255 parts of GSM-7."""
LONGEST_TO_PHONE = 4096
"""Bytes of a text to a phone, as the carrier of phones has it (engine.features.messaging.sip)."""
LONGEST_SECONDS = 72 * 3600.0
"""For how long a text may be tried."""
LONGEST_AHEAD = 366 * 86_400.0
"""How far ahead a text may be scheduled, in seconds."""
_TOO_LONG = f"text must have at most 255 parts, which is {LONGEST_TEXT:,} characters of GSM-7 or 17,085 of others"


class Plan(NamedTuple):
    """How a text goes. `limited`: its account has a balance or a daily spend that must cover it."""

    text: str
    parts: int
    sender: str
    recipient: str
    carrier: str
    lane: Lane
    due: float
    expires: float
    per_part: int
    currency: str
    limited: bool

    @property
    def inside(self) -> bool:
        """Whether it goes to a phone of its account."""
        return self.carrier == SIP


class Checks:
    """The rules of a text, by the settings in memory."""

    def __init__(self, cache: SettingsCache, settings: MessagingSettings) -> None:
        self._cache, self._settings = cache, settings

    def plan(self, account: str, wanted: NewMessage, now: float, *, trusted: bool = False) -> Plan:
        """Return how a text goes; raises TextRefused, NumberRefused, CallerRefused.

        `trusted`: its sender is not checked.
        """
        rules = self._cache.rules(account)
        text = _checked_text(wanted.text)
        due, expires = times(wanted, now)
        owner = rules.account
        extension = self._cache.extension(account, wanted.to.strip())
        recipient = extension.number if extension else self._number(rules, wanted.to)
        carrier = SIP if extension else self._carrier(account, recipient)
        if extension and len(text.encode()) > LONGEST_TO_PHONE:
            raise TextRefused(f"text must have at most {LONGEST_TO_PHONE} bytes to the phone of an extension.")
        written = wanted.sender if trusted else None
        sender = written or self._sender(account, wanted.sender, inside=extension is not None)
        return Plan(
            text=text,
            parts=1 if extension else _count(text),
            sender=sender,
            recipient=recipient,
            carrier=carrier,
            lane=Lane(account, recipient if extension else ""),
            due=due,
            expires=expires,
            per_part=0 if extension else self._settings.per_part(account, owner.currency, recipient),
            currency=owner.currency,
            limited=extension is None and (owner.balance is not None or owner.daily_spend is not None),
        )

    def _number(self, rules: AccountRules, to: str) -> str:
        """Return the digits of a number that the account may text, by the rules of calls."""
        country = rules.account.country
        if phone_numbers.is_emergency(to, country):
            raise NumberRefused(emergency.NEVER)
        short = to.strip()
        if short.isascii() and short.isdigit() and len(short) < FEWEST:
            raise NumberRefused(
                f"There is no extension {short} in this account, and a number to text has 7 to 15 digits."
            )
        try:
            digits = phone_numbers.checked(to)
        except InvalidNumber as error:
            raise NumberRefused(str(error)) from error
        for written in dict.fromkeys((to, digits)):
            if why := emergency.refusal(written, country):
                raise NumberRefused(why)
        if why := not_allowed(digits, rules.prefixes):
            raise NumberRefused(why.replace("may not call", "may not text"))
        return digits

    def _carrier(self, account: str, digits: str) -> str:
        carrier = self._settings.carrier_for(account, digits)
        if carrier is None:
            raise NumberRefused("No route leads texts to that number: add one to an SMSC that carries it.")
        return carrier

    def _sender(self, account: str, wanted: str | None, *, inside: bool) -> str:
        """Return the number that a text comes from: the one wanted, or else the account's default."""
        own = [row.number for row in self._cache.numbers(account, SMS)]
        if not wanted:
            default = self._settings.rules(account).sender
            if found := default if default in own else min(own, key=_short_codes_last, default=None):
                return found
            raise CallerRefused("This account has no number for texts: assign it one with the capability sms.")
        written = wanted.strip()
        if inside and self._cache.extension(account, written):
            return written
        digits = written.removeprefix("+")
        if digits not in own:
            raise CallerRefused(
                f"sender must be one of this account's numbers for texts (got {written[:20]!r});"
                " assign it with the capability sms, or leave sender out."
            )
        return digits


def _short_codes_last(number: str) -> tuple[bool, str]:
    return len(number) < FEWEST, number


def _checked_text(text: str) -> str:
    """Return a text as any database takes it: no NUL, and no half of a surrogate pair; raises TextRefused."""
    if not text.strip():
        raise TextRefused("text must not be empty.")
    if len(text) > LONGEST_TEXT:
        raise TextRefused(f"{_TOO_LONG} (got {len(text)} characters).")
    if text.isascii():
        return text.replace("\0", "\ufffd")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")


def _count(text: str) -> int:
    try:
        return len(parts_of(text)[1])
    except TextTooLong as error:
        raise TextRefused(f"{_TOO_LONG} (got {len(text)} characters).") from error


def times(wanted: NewMessage, now: float) -> tuple[float, float]:
    """Return when a text is due, and when it expires; raises TextRefused."""
    if wanted.at is not None and not wanted.at <= now + LONGEST_AHEAD:
        raise TextRefused(f"at must be within {LONGEST_AHEAD / 86400:g} days from now (got {wanted.at:.15g}).")
    due = now if wanted.at is None else max(now, wanted.at)
    seconds = LONGEST_SECONDS if wanted.valid_seconds is None else wanted.valid_seconds
    if not 0 < seconds <= LONGEST_SECONDS:
        raise TextRefused(f"valid_seconds must be more than 0, at most {LONGEST_SECONDS:g} (got {seconds:g}).")
    return due, due + seconds
