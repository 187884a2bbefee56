"""What can be wrong with boxes and messages."""

from engine.features.errors import AlreadyThere, FeatureError, InvalidSetting, NotThere


class NoSuchBox(NotThere):
    """The account has no such box."""


class NoSuchMessage(NotThere):
    """The account has no such message."""


class BoxTaken(AlreadyThere):
    """The account has a box of that number already."""


class PinRefused(InvalidSetting):
    """What was given cannot be a PIN."""


class BoxFull(FeatureError):
    """The box takes no more messages."""
