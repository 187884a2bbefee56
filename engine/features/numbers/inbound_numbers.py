"""Which of our numbers a call by a trunk is for, however the carrier writes it.

What decides, in this order; the first that finds something ends it:

1. The very digits, without a plus and visual separators: `- . ( )` (RFC 3966 section 5.1.1). Parameters of the number
   are no part of it: ext, isub and phone-context (RFC 3966 section 5), npdi, rn and cic, which say how it was routed
   (RFC 4694), tgrp and trunk-context (RFC 4904). A number that is there but leads to nobody is found, too.
2. A global number, `+…`: its E.164 digits. A local number with a global phone-context: as dialled in that country
   (RFC 3966 section 5.1.5).
3. Any other number of 7 digits and more: as somebody dials it in the trunk's country or, where the trunk has none, as
   it is dialled in the country of the account that owns the number found. Reading is libphonenumber's (national
   form, the country's own international prefix such as 011), which must find a valid number; 00 is taken as the
   international prefix (ITU-T E.164 section 8.1, E.123) where the country reads it as nothing else.

4. A national number behind 00 or 011, as some carriers write it: `0112015552005` for +1 201 555 2005. By the book it is
   +20 15552005, in Egypt; so this counts only where that number is not one of ours either.

A number stored in its national form is found by its international one if its account is in that country. Never is any
other part of a number compared. Where two of our numbers fit, neither gets the call.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, Protocol

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber

from engine.calls.directory import Unmatched, UnmatchedReason
from engine.store.accounts import Account
from engine.store.numbers import Number

_FEWEST = 7  # digits of a number that is read in other ways than as it stands
_ACCESS_CODES = ("00", "011")  # international prefixes: ITU-T E.164's, and that of the North American Numbering Plan
_WRITTEN = re.compile(r"(?P<plus>\+?)(?P<digits>[0-9 ().\-]*[0-9][0-9 ().\-]*)", re.ASCII)
_SEPARATORS = re.compile(r"[ ().\-]")


class Numbers(Protocol):
    """Numbers of ours of one capability, and whose they are."""

    def number(self, digits: str) -> Number | None:
        """Return a number (exactly these digits)."""

    def find(self, account: str) -> Account | None:
        """Return an account."""

    @property
    def countries(self) -> Collection[str]:
        """The countries (ISO 3166) of the accounts that have numbers."""


class DialledNumber(NamedTuple):
    """A number as it was dialled: its digits, whether it is a global one, and the digits of its global context."""

    digits: str
    plus: bool = False
    context: str = ""


def dialled(user: str) -> DialledNumber | None:
    """Read a user part such as `+1-201-555-2005;npdi`; None where it is not a telephone number."""
    number, *parameters = user.split(";")
    found = _WRITTEN.fullmatch(number.partition(":")[0])
    if found is None:
        return None
    digits = _SEPARATORS.sub("", found["digits"])
    named = {name.lower(): value for name, _, value in (each.partition("=") for each in parameters)}
    context = _WRITTEN.fullmatch(named.get("phone-context", ""))
    prefix = _SEPARATORS.sub("", context["digits"]) if context and context["plus"] else ""
    return DialledNumber(digits, bool(found["plus"]), prefix)


def find(known: Numbers, wanted: DialledNumber, country: str) -> str | Unmatched:
    """Return the number of ours that was dialled; `country` is the trunk's (ISO 3166), "" for none."""
    if known.number(wanted.digits) and not wanted.context:
        return wanted.digits
    found = set(_readings(known, wanted, country)) or set(_behind_access_code(known, wanted, country))
    if len(found) == 1:
        return found.pop()
    return Unmatched(reason=UnmatchedReason.AMBIGUOUS if found else UnmatchedReason.NO_NUMBER)


def _readings(known: Numbers, wanted: DialledNumber, country: str) -> Iterator[str]:
    if wanted.plus:
        yield from _owned(known, wanted.digits, None)
    elif wanted.context:
        yield from _owned(known, _as_dialled(wanted.digits, _country_of(wanted.context)), None)
    elif len(wanted.digits) >= _FEWEST:
        yield from _owned(known, wanted.digits, None)
        for each in [country] if country else known.countries:
            yield from _owned(known, _as_dialled(wanted.digits, each), None if country else each)


def _behind_access_code(known: Numbers, wanted: DialledNumber, country: str) -> Iterator[str]:
    if wanted.plus or wanted.context:
        return
    for code in _ACCESS_CODES:
        national = wanted.digits.removeprefix(code)
        if len(national) == len(wanted.digits) or len(national) < _FEWEST or any(_owned(known, national, None)):
            continue
        for each in [country] if country else known.countries:
            yield from _owned(known, _as_dialled(national, each), None if country else each)


def _owned(known: Numbers, international: str, country: str | None) -> Iterator[str]:
    """The numbers of ours that these international digits are, of accounts in `country` (None: in any)."""
    for digits in _written(international):
        number = known.number(digits)
        owner = known.find(number.account) if number else None
        near = owner and (country is None or owner.country == country)
        if owner and near and international_of(digits, owner.country) == international:
            yield digits


def _written(international: str) -> Iterable[str]:
    """The ways in which a number may be stored: international, national, national with its prefix."""
    number = _parsed("+" + international, None) if international else None
    region = phonenumbers.region_code_for_number(number) if number else None
    if number is None or region is None:
        return (international,)
    national = phonenumbers.national_significant_number(number)
    return dict.fromkeys((international, national, _national_prefix(region) + national))


def international_of(stored: str, country: str) -> str:
    """The international digits of a number of ours as an account in `country` wrote it, without a plus.

    It is national where that is how one writes a national number there: with the country's prefix such as 0, or with
    none where there is none or (North America) nobody writes it.
    """
    prefix = _national_prefix(country)
    national = _as_dialled(stored, country) if prefix in ("", "1") or stored.startswith(prefix) else ""
    return national or stored


def _national_prefix(country: str) -> str:
    metadata = PhoneMetadata.metadata_for_region(country)
    return (metadata.national_prefix or "") if metadata else ""


def _as_dialled(digits: str, country: str) -> str:
    """The international digits of what somebody in `country` dials; "" for nothing valid."""
    number = _parsed(digits, country)
    if number and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    abroad = _parsed("+" + digits[2:], None) if digits.startswith("00") else None
    return digits[2:] if abroad and phonenumbers.is_valid_number(abroad) else ""


def _country_of(context: str) -> str:
    """The country of a global context such as 1 or 4420; the main one where several share a code; "" for none."""
    for length in (1, 2, 3):
        region = phonenumbers.region_code_for_country_code(int(context[:length]))
        if region != "ZZ":
            return region
    return ""


def _parsed(text: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
