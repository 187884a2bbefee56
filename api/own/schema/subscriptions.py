"""Subscriptions to an account's events, and dialects."""

from typing import Annotated

from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says

EVENTS = "Names of events and patterns such as call.*."


class NewSubscription(Given, frozen=True, kw_only=True):
    """A subscription to add, with either a `url` or an `email`."""

    events: Annotated[tuple[str, ...], says(EVENTS)]
    url: Annotated[str | None, says("The URL that events are posted to.")] = None
    email: Annotated[str | None, says("The e-mail address that a mail is sent to for each event.")] = None
    application: Annotated[str | None, says("The name of an application; only events of its calls are sent.")] = None


class ChangedSubscription(Given, frozen=True, kw_only=True):
    """What changes of a subscription. Null and what is left out stay."""

    events: Annotated[tuple[str, ...] | None, says(EVENTS)] = None
    disabled: Annotated[bool | None, says("Whether nothing is sent.")] = None


class Subscription(Shown, frozen=True, kw_only=True):
    """A subscription."""

    id: Annotated[str, says("Its id.")]
    events: Annotated[tuple[str, ...], says(EVENTS)]
    sink: Annotated[str, says("http or email.")]
    url: Annotated[str | None, says("The URL that events are posted to, secrets masked.")]
    email: Annotated[str | None, says("The e-mail address that mails are sent to.")]
    application: Annotated[str | None, says("The id of the application whose events alone are sent.")]
    disabled: Annotated[bool, says("Whether nothing is sent.")]
    created: Moment
    old_secret_until: MomentOrNone


class SubscriptionWithSecret(Subscription, frozen=True, kw_only=True):
    """A subscription, and its secret, which is shown here alone."""

    secret: Annotated[str | None, says("The secret of its signatures; only if something is signed.")] = None


class Subscriptions(Shown, frozen=True, kw_only=True):
    """An account's subscriptions."""

    subscriptions: Annotated[tuple[Subscription, ...], says("The subscriptions, the oldest first.")]


class Replayed(Shown, frozen=True, kw_only=True):
    """Callbacks that are delivered again."""

    replayed: Annotated[int, says("How many.")]


class Dialect(Shown, frozen=True, kw_only=True):
    """A vendor's dialect."""

    name: Annotated[str, says("Its name.")]
    keys_of: Annotated[str, says("What has a key and a secret: account or application.")]
    key: Annotated[str, says("What the dialect calls a key.")]
    secret: Annotated[str, says("What the dialect calls a secret.")]
    settings: Annotated[dict[str, tuple[str, ...]], says("The settings of an account, with their possible values.")]
    url: Annotated[bool, says("Whether its applications have a URL.")]
    fallback: Annotated[bool, says("Whether its applications have a second URL.")]
    asks: Annotated[bool, says("Whether its applications are asked what a call does.")]
    signs: Annotated[bool, says("Whether its requests to applications are signed.")]
    first_call: Annotated[str, says("How to place a first call.")]


class Dialects(Shown, frozen=True, kw_only=True):
    """The dialects that the installation serves."""

    dialects: Annotated[tuple[Dialect, ...], says("The dialects.")]
