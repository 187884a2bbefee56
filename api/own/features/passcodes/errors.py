"""What can be wrong with passcodes."""

from engine.features.passcodes.errors import CountryRefused, PasscodesStopped

ERRORS = {PasscodesStopped: (429, "passcodes_stopped"), CountryRefused: (403, "country_refused")}
