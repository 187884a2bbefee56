"""What can be wrong with users, beside the errors of every feature (engine.features.errors)."""

from engine.features.errors import FeatureError


class LastOwner(FeatureError):
    """The account's last owner cannot be removed, disabled or given another role."""


class NotPermitted(FeatureError):
    """The user's role does not permit this."""


class SignInRefused(FeatureError):
    """The account, the e-mail address or the password is wrong."""
