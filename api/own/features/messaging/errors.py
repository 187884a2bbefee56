"""The errors of texts."""

from engine.features.messaging.commands import TextRefused

ERRORS = {TextRefused: (400, "text_refused")}
