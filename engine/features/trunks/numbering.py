"""How numbers are written to a carrier: the called one in the request URI and To, the caller's in From and PAI or RPID.

A number is known as its E.164 digits. What is no possible number of any country, such as a short code, is written as it
is in every format.
"""

import re
from ipaddress import ip_address

import msgspec
import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from engine.calls.called import user_of
from engine.features.numbers.phone_numbers import LAB_PREFIX
from engine.features.trunks.settings import must, one_of, within
from engine.store.trunk_groups import Numbering
from engine.store.trunks import Trunk

FORMATS = ("e164", "e164-plus", "national", "as-dialled")
IDENTITIES = ("pai", "rpid", "from", "none")
_TECH_PREFIX = re.compile(r"[0-9*#]{0,16}", re.ASCII)
_CALLER = re.compile(r"\+?[0-9]{2,15}|", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}", re.ASCII)  # RFC 3261 section 25.1, token
_MOST_STRIPPED = 14


class CallerWriter(msgspec.Struct, frozen=True):
    """Writes the caller's number as a trunk's carrier is to see it."""

    trunk: Trunk

    def __call__(self, digits: str) -> str:
        """Return it; "" where there is none to show."""
        return caller(self.trunk, digits)


def checked(trunk: Trunk) -> Numbering:
    """Return a trunk's numbering, which is safe to give to Asterisk; raises InvalidSetting."""
    numbering = trunk.numbering
    one_of("number_format", numbering.number_format, FORMATS)
    one_of("caller_format", numbering.caller_format or numbering.number_format, FORMATS)
    for field in ("number_format", "caller_format"):
        must(
            getattr(numbering, field) != "national" or trunk.country,
            f"{field} national needs the trunk's country, such as US: national numbers are those of a country.",
        )
    within("strip_digits", numbering.strip_digits, 0, _MOST_STRIPPED)
    must(
        not numbering.strip_digits or numbering.number_format != "e164-plus",
        "strip_digits cannot go with number_format e164-plus: a number with a + keeps its country code.",
    )
    must(
        _TECH_PREFIX.fullmatch(numbering.tech_prefix),
        f"tech_prefix must be at most 16 of 0-9, * and # (got {numbering.tech_prefix!r}).",
    )
    one_of("identity", numbering.identity, IDENTITIES)
    must(
        _CALLER.fullmatch(numbering.default_caller),
        f"default_caller must be a number in digits, such as 12015550123 (got {numbering.default_caller!r}).",
    )
    must(
        _HEADER.fullmatch(numbering.called_in),
        f"called_in must be uri, to or the name of a header, such as P-Called-Party-ID (got {numbering.called_in!r}).",
    )
    _check_verstat(numbering)
    return numbering


def _check_verstat(numbering: Numbering) -> None:
    place, attestation = numbering.verstat_in, numbering.attestation_in
    must(
        _HEADER.fullmatch(place),
        f"verstat_in must be pai, from, none or the name of a header, such as X-Verstat (got {place!r}).",
    )
    must(
        not attestation or _HEADER.fullmatch(attestation),
        f"attestation_in must be the name of a header, such as P-Attestation-Indicator (got {attestation!r}).",
    )


def fields(trunk: Trunk) -> dict[str, str]:
    """Return what Asterisk's endpoint has of it."""
    identity = trunk.numbering.identity
    return {"send_pai": "yes" if identity == "pai" else "no", "send_rpid": "yes" if identity == "rpid" else "no"}


def header_of(trunk: Trunk) -> str:
    """Return the name of the header that has the called number of a trunk's calls; "" for the request URI."""
    called_in = trunk.numbering.called_in
    return {"uri": "", "to": "To"}.get(called_in.lower(), called_in)


def number_in(header: str) -> str:
    """Return the number in a header: the user of its URI, or all of it where it has none, as X- headers do."""
    return user_of(header) or header.strip()


def called(trunk: Trunk, digits: str) -> str:
    """Return a called number as this carrier is to see it, e.g. `+12015550123`.

    What is left of a number that is shorter than the digits to strip is nothing but the prefix; such a number is not
    stripped.
    """
    numbering = trunk.numbering
    written = _written(digits, numbering.number_format, trunk.country)
    kept = written[numbering.strip_digits :] or written
    return numbering.tech_prefix + kept


def caller(trunk: Trunk, digits: str) -> str:
    """Return the caller's number as this carrier is to see it; "" where there is none to show.

    The numbers of the lab are fictitious, so that no other network is shown one.
    """
    numbering = trunk.numbering
    if numbering.identity == "none":
        return ""
    shown = digits if digits and (not digits.startswith(LAB_PREFIX) or _is_here(trunk.host)) else ""
    known = shown or numbering.default_caller.removeprefix("+")
    return _written(known, numbering.caller_format or numbering.number_format, trunk.country) if known else ""


def _written(digits: str, form: str, country: str) -> str:
    number = _possible(digits) if form in ("e164-plus", "national") else None
    if number is None:
        return digits
    if form == "e164-plus":
        return f"+{digits}"
    if number.country_code == phonenumbers.country_code_for_region(country):
        written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    else:
        written = phonenumbers.format_out_of_country_calling_number(number, country)
    return re.sub(r"[^0-9]", "", written)


def _possible(digits: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _is_here(host: str) -> bool:
    """Whether a host is this machine's own loopback, where only the lab and tests are."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
