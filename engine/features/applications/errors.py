"""What can be wrong with an application's settings."""

from engine.features.errors import InvalidSetting


class ApplicationInvalid(InvalidSetting):
    """An application cannot be made or changed as it was asked."""
