"""What an account may call: prefixes of numbers, hosts of SIP addresses, and a word of its own for high risk."""

from collections.abc import Sequence

from engine.features.accounts.high_risk import opens, range_of
from engine.features.endpoints.sip_addresses import SCHEME, prefix_or_host
from engine.features.errors import InvalidSetting
from engine.features.numbers.phone_numbers import prefix_of

EVERYTHING = "*"
"""What stands for every number that is not of high risk; it is stored as the empty prefix."""


def not_allowed(digits: str, prefixes: Sequence[str]) -> str | None:
    """Return why none of an account's prefixes lets it call a number; None: one does.

    A number of high risk needs a prefix that is at least as long as its range, such as 882; `*` is never enough.
    """
    risk = range_of(digits)
    if any(opens(prefix, digits, risk) for prefix in prefixes):
        return None
    if risk is None or not any(digits.startswith(prefix) for prefix in prefixes):
        return "This account may not call that number: no allowed prefix matches it."
    return (
        f"This account may not call that number: +{risk.prefix} is a range of high risk ({risk.kind}), which is allowed"
        f" by name only (carillon accounts allow NAME +{risk.prefix} --high-risk)."
    )


def allowance_of(text: str, *, high_risk: bool = False) -> str:
    """Read what an account is to be allowed, as it is stored: `*`, a prefix such as +44, or sip:host[:port].

    `high_risk` is the word that a prefix within a range of high risk needs, and that no other one takes.
    Raises InvalidNumber, InvalidSetting.
    """
    written = text.strip()
    if written == EVERYTHING:
        if high_risk:
            raise InvalidSetting("Numbers of high risk are allowed range by range, such as +882 (got '*').")
        return ""
    if written in ("", "+"):
        raise InvalidSetting("prefix must be digits, such as +44, or * for every number (got '').")
    stored = prefix_or_host(written)
    risk = None if stored.startswith(SCHEME) else range_of(stored)
    if risk and not high_risk:
        raise InvalidSetting(
            f"+{stored} is within a range of high risk, +{risk.prefix} ({risk.kind}): it is allowed with high_risk"
            " (--high-risk) only."
        )
    if high_risk and not risk:
        raise InvalidSetting(f"high_risk is for a prefix within a range of high risk, such as +882 (got {written!r}).")
    return stored


def stored_form(text: str) -> str:
    """Read a prefix that is to be taken back, as it is stored; empty is every number too. Raises InvalidNumber."""
    return prefix_or_host(text) if text.strip().lower().startswith(SCHEME) else prefix_of(text)


def shown(stored: str) -> str:
    """Return an allowance as it is shown: every number is `*`."""
    return stored or EVERYTHING
