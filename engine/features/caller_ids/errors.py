"""What can be wrong with a code."""

from engine.features.errors import FeatureError


class WrongCode(FeatureError):
    """The code is not the one that was sent."""


class NoCode(FeatureError):
    """No code waits for an answer: none was sent, it is too old, or it was answered wrongly too often."""
