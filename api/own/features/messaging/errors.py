"""The errors of texts."""

from engine.commands.once import KeyReused
from engine.features.messaging.commands import TextRefused

ERRORS = {TextRefused: (400, "text_refused"), KeyReused: (409, "idempotency_key_reused")}
