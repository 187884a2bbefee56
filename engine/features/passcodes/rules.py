"""Which passcodes are taken: what is wrong with a wish, and how many are sent."""

import ipaddress
import re

import phonenumbers
from sqlalchemy import Connection

from engine.commands import LimitReached
from engine.features.errors import InvalidNumber, InvalidSetting
from engine.features.numbers import phone_numbers
from engine.features.passcodes import model, store
from engine.features.passcodes.errors import CountryRefused
from engine.features.passcodes.model import CODE, HOUR, LAST_DIGITS, Passcode, PasscodeSettings, WantedPasscode

_DIGITS = re.compile(rf"[0-9]{{{model.SHORTEST},{model.LONGEST}}}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MOST = 100_000
"""The highest limit that may be set."""
_LIMITS = ("most_to_number", "most_to_range", "most_of_address", "most_of_account")


def check(wanted: WantedPasscode) -> None:
    """Refuse what cannot be sent; raises InvalidSetting. No sentence has the code."""
    code, message = wanted.code, wanted.message
    if code is not None and not _DIGITS.fullmatch(code.value):
        raise InvalidSetting(
            f"code must be {model.SHORTEST} to {model.LONGEST} digits (got {len(code.value)} characters)."
        )
    if not model.SHORTEST <= wanted.length <= model.LONGEST:
        raise InvalidSetting(f"length must be {model.SHORTEST} to {model.LONGEST} digits (got {wanted.length}).")
    if message and CODE not in message:
        raise InvalidSetting(f"message must have {CODE} where the code is to be.")
    if len(message) > model.LONGEST_MESSAGE:
        raise InvalidSetting(f"message must have at most {model.LONGEST_MESSAGE} characters (got {len(message)}).")
    if message.count(CODE) > 2:
        raise InvalidSetting(f"message must have {CODE} once or twice (got it {message.count(CODE)} times).")
    if not _LANGUAGE.fullmatch(wanted.locale):
        raise InvalidSetting(f"locale must be a language as in BCP 47, such as en-US (got {wanted.locale[:32]!r}).")
    _within("valid_seconds", wanted.valid_seconds, model.SHORTEST_SECONDS, model.LONGEST_SECONDS)
    if wanted.fallback_seconds is not None:
        _within("fallback_seconds", wanted.fallback_seconds, model.SHORTEST_FALLBACK, model.LONGEST_FALLBACK)


def address_of(text: str) -> str:
    """Return what counts of an IP address: an IPv4 address, or the /64 of an IPv6 one; raises InvalidSetting.

    A person has a whole /64 (RFC 6177 §2), so a single address of it limits nobody.
    """
    if not text:
        return ""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        raise InvalidSetting(f"address must be an IP address, such as 203.0.113.7 (got {text[:64]!r}).") from None
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


def number_of(text: str, country: str) -> str:
    """Return the international digits of a number as somebody in `country` writes it; raises InvalidNumber.

    One that is too long or begins with zeros is refused: networks may take it for another number's spelling, which
    the limits would count as a number of its own.
    """
    digits = phone_numbers.normalise(text, country)
    if not phone_numbers.is_possible(digits):
        raise InvalidNumber(f"+{digits} has not as many digits as the numbers of its country have.")
    return digits


def check_country(settings: PasscodeSettings, digits: str) -> None:
    """Refuse a number outside of the account's countries; raises CountryRefused."""
    if not settings.countries:
        return
    region = phone_numbers.region_of(digits)
    if region not in settings.countries:
        raise CountryRefused(
            f"This account sends passcodes to numbers in {', '.join(settings.countries)} only; "
            f"+{digits} is in {region or 'no country that is known'}."
        )


def checked_settings(settings: PasscodeSettings) -> PasscodeSettings:
    """Return settings; raises InvalidSetting for what is outside of what is allowed."""
    for country in settings.countries:
        if not _COUNTRY.fullmatch(country) or country not in phonenumbers.SUPPORTED_REGIONS:
            raise InvalidSetting(f"countries must be two letters each, such as US (got {country[:16]!r}).")
    for name in _LIMITS:
        if not 1 <= (value := getattr(settings, name)) <= MOST:
            raise InvalidSetting(f"{name} must be 1 to {MOST} (got {value}).")
    if not 1 <= settings.least_sent <= MOST:
        raise InvalidSetting(f"least_sent must be 1 to {MOST} (got {settings.least_sent}).")
    if not 0 <= settings.least_verified <= 100:
        raise InvalidSetting(f"least_verified must be 0 to 100 percent (got {settings.least_verified}).")
    return settings


def range_of(digits: str) -> str:
    """Return a number without its last digits."""
    return digits[:-LAST_DIGITS]


def check_limits(conn: Connection, settings: PasscodeSettings, passcode: Passcode, now: float) -> None:
    """Refuse one more attempt to send a passcode; raises LimitReached.

    Attempts are counted in the transaction that stores the next one, so many at once cannot pass together.
    """
    account, number = passcode.account, passcode.number
    if store.count(conn, now - model.AGAIN_SECONDS, account=account, number=number):
        raise LimitReached(f"A passcode was sent to this number less than {model.AGAIN_SECONDS:g} seconds ago.")
    hour, day = now - HOUR, now - model.DAY
    own = {"account": account}
    limits = [
        (settings.most_to_number, hour, own | {"number": number}, "to this number"),
        (settings.most_to_range, hour, own | {"range": range_of(number)}, "to numbers of this range"),
        (settings.most_of_account, hour, own, "by this account"),
        (model.MOST_TO_NUMBER, hour, {"number": number}, "to this number"),
        (model.MOST_TO_NUMBER_A_DAY, day, {"number": number}, "to this number"),
    ]
    if passcode.address:
        limits.append((settings.most_of_address, hour, own | {"address": passcode.address}, "for this address"))
    for most, since, counted, place in limits:
        if store.count(conn, since, **counted) >= most:
            raise LimitReached(f"Too many passcodes were sent {place}. Try again later.")


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise InvalidSetting(f"{name} must be {least:g} to {most:g} (got {value:g}).")
