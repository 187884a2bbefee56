"""Maps the engine's refusals to HTTP statuses, for all dialects."""

from engine.commands import (
    CallerRefused,
    CommandRefused,
    CreditSpent,
    EngineUnavailable,
    LimitReached,
    NoSuchCall,
    NoSuchConference,
    NoSuchTask,
    NumberRefused,
)

_STATUS: dict[type[CommandRefused], int] = {
    NoSuchCall: 404,
    NoSuchConference: 404,
    NoSuchTask: 404,
    NumberRefused: 403,
    CallerRefused: 403,
    LimitReached: 429,
    CreditSpent: 402,
    EngineUnavailable: 503,
}


def status_of(refusal: CommandRefused) -> int:
    """Return the HTTP status of a refusal (RFC 9110 §15); 400 for one that has none of its own."""
    return next((_STATUS[kind] for kind in type(refusal).__mro__ if kind in _STATUS), 400)


def sentence_of(refusal: CommandRefused) -> str:
    """Return the sentence for the customer."""
    return str(refusal) or (type(refusal).__doc__ or "The request was refused.").strip()
