"""Subscriptions to an account's events."""

from typing import Annotated

from api.own.schema.fields import Given, Moment, MomentOrNone, Shown, says

PATH = {"event": "The event's id.", "subscription": "The subscription's id."}
NOUNS = ("subscriptions", "events")
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
    dialect: Annotated[str | None, says("The dialect whose messages are sent; null: those of this API.")]
    topic: Annotated[str | None, says("What that dialect calls the event.")]
    created: Moment
    old_secret_until: MomentOrNone


class SubscriptionWithSecret(Subscription, frozen=True, kw_only=True):
    """A subscription, and its secret, which is shown here alone."""

    secret: Annotated[str | None, says("The secret of its signatures; only if something is signed.")] = None


class Subscriptions(Shown, frozen=True, kw_only=True):
    """An account's subscriptions."""

    subscriptions: Annotated[tuple[Subscription, ...], says("The subscriptions, the oldest first.")]
