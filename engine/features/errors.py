"""What can be wrong with a feature's settings; a message is a sentence its reader can act on.

What goes wrong in the store (`StoreError`: the database does not answer; `StoreConflict`: a name is taken) passes
through a service as it is: it is exported here, so that who translates errors needs no store.
"""

from engine.store.errors import StoreConflict, StoreError

__all__ = [
    "AlreadyThere",
    "FeatureError",
    "InvalidNumber",
    "InvalidSetting",
    "NotProvisioned",
    "NotThere",
    "RatesInvalid",
    "StillUsed",
    "StoreConflict",
    "StoreError",
]  # fmt: skip


class FeatureError(Exception):
    """A setting cannot be taken as it was given."""


class InvalidNumber(FeatureError):
    """What was given is not a telephone number."""


class InvalidSetting(FeatureError):
    """A value is outside of what is allowed."""


class AlreadyThere(FeatureError):
    """There is one of that name."""


class NotThere(FeatureError):
    """There is none of that name."""


class StillUsed(FeatureError):
    """It cannot be removed while something of it goes on."""


class NotProvisioned(FeatureError):
    """Asterisk did not take a trunk or an extension as it was given."""


class RatesInvalid(FeatureError):
    """A rate file has lines that cannot be read; `problems` names each by its number."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        shown = "; ".join(problems[:5])
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        super().__init__(f"The rates were not loaded: {shown}{more}.")
