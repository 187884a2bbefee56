"""Why a passcode is not sent; those of answers are engine.features.caller_ids.errors."""

from engine.commands import LimitReached, NumberRefused


class PasscodesStopped(LimitReached):
    """Sending was stopped because few of the account's passcodes were verified."""


class CountryRefused(NumberRefused):
    """The number is in a country to which the account sends no passcodes."""
