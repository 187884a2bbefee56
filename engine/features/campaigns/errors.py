"""What can be wrong with campaigns, beside what every feature's settings may have."""

from engine.features.errors import InvalidSetting, StillUsed


class UnknownTag(InvalidSetting):
    """The message names a tag that a contact does not have."""


class WrongState(StillUsed):
    """A campaign cannot be paused, resumed or stopped as it is."""
