"""What can be wrong with subscriptions."""

from engine.features.subscriptions.live import TooManyListeners

ERRORS = {TooManyListeners: (429, "limit_reached")}
