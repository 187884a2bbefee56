"""What can be wrong with a text that is to be heard without a call."""

from engine.features.speech.errors import TooManyPreviews

ERRORS = {TooManyPreviews: (429, "limit_reached")}
