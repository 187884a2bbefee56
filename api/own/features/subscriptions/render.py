"""Subscriptions as they are shown."""

from api.callbacks.masking import masked
from api.own import render
from engine.features.subscriptions.model import Sink, Subscription, WithSecret


def subscription(row: Subscription) -> render.Shape:
    """A subscription, without its secrets."""
    return {
        "id": row.id,
        "events": list(row.events),
        "sink": row.sink,
        "url": masked(row.address) if row.sink is Sink.HTTP and row.address else None,
        "email": row.address if row.sink is Sink.EMAIL else None,
        "application": row.application,
        "disabled": row.disabled,
        "dialect": row.dialect or None,
        "topic": row.topic or None,
        "created": render.moment(row.created),
        "old_secret_until": render.moment(row.old_until),
    }


def with_secret(made: WithSecret) -> render.Shape:
    """A subscription with the secret that was made for it, if there is one."""
    return subscription(made.subscription) | ({} if made.secret is None else {"secret": made.secret})
