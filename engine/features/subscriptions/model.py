"""What subscriptions are: plain types."""

from enum import StrEnum

import msgspec

from engine.features.errors import FeatureError

ROTATION_SECONDS = 24 * 3600.0
"""For how long the secret before a rotation signs too."""


class TooManySubscriptions(FeatureError):
    """The account has as many subscriptions as it may have."""


class Sink(StrEnum):
    """Where events go: `http` is posted to, `email` gets one mail an event."""

    HTTP = "http"
    EMAIL = "email"


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """An account's wish to hear of events, wherever they come from.

    `events` are names or patterns of engine.platform.catalogue. `address` is a URL or an e-mail address.
    `secret` and `old_secret` are as they are stored, that is sealed; "" where nothing is signed. The old one signs too
    until `old_until` (Unix seconds). `application`: the id of the one of whose calls alone it hears. A `disabled` one
    hears nothing. `dialect`: whose messages it gets, for what that dialect calls `topic`; "": ours.
    """

    id: str
    account: str
    events: tuple[str, ...]
    sink: Sink
    address: str
    created: float
    secret: str = ""
    old_secret: str = ""
    old_until: float | None = None
    application: str | None = None
    disabled: bool = False
    dialect: str = ""
    topic: str = ""


class InDialect(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription to add for a dialect: what it calls `topic`, by the events of ours that it is told by.

    `url` "": none is known yet; it hears nothing until it has one.
    """

    dialect: str
    topic: str
    events: tuple[str, ...]
    url: str = ""


class NewSubscription(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A subscription to add: to a `url`, or to an `email` address. `application`: its name."""

    events: tuple[str, ...]
    url: str | None = None
    email: str | None = None
    application: str | None = None


class SubscriptionChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes of a subscription; None leaves it."""

    events: tuple[str, ...] | None = None
    disabled: bool | None = None


class WithSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription, and the secret that was made for it; None where nothing is signed. It is never shown again."""

    subscription: Subscription
    secret: str | None = None
