"""What can be wrong with a text that is to be heard without a call."""

from engine.features.errors import FeatureError, InvalidSetting


class NoSuchVoice(InvalidSetting):
    """There is no voice of that name."""


class TooManyPreviews(FeatureError):
    """The account has as many texts spoken at once as it may."""
