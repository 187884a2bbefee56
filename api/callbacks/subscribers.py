"""The account's subscriptions as hearers of its events. Bodies are those of Standard Webhooks 1.0."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from api.callbacks.audience import Addressed
from api.callbacks.callback import JSON, Callback, address
from api.callbacks.mail import MAIL, MAIL_TO, mail_of
from api.callbacks.model import DeliveryRow
from api.callbacks.publisher import row_of
from api.dialects import OWN
from api.vendors.vendor import Vendor
from engine.events import Event
from engine.features.subscriptions import bodies
from engine.features.subscriptions.model import Sink, Subscription
from engine.features.subscriptions.service import SubscriptionService
from engine.ids import new_id
from engine.model.call import Call
from engine.store.events import StoredEvent

CallOf = Callable[[str], Awaitable[Call | None]]
NO_VENDORS: Mapping[str, Vendor] = {}


class SubscriptionHearers:
    """What the accounts' subscriptions want. `call_of` reads a call by its id, where one is wanted; `vendors` write
    the messages of those in their dialects.
    """

    def __init__(
        self, subscriptions: SubscriptionService, call_of: CallOf, vendors: Mapping[str, Vendor] = NO_VENDORS
    ) -> None:
        self._index, self._catalogue, self._call_of = subscriptions.index, subscriptions.catalogue, call_of
        self._vendors = vendors

    async def callbacks(self, stored: StoredEvent) -> Sequence[Addressed]:
        """Return one callback for each subscription that wants the event; raises StoreError."""
        event = stored.event
        found: list[Addressed] = []
        for entry in self._catalogue.of(event):
            if wanting := self._index.wanting(event.account, entry.name):
                call = await self._call_of(event.subject)
                application = call.application if call else getattr(event, "application", None)
                written = _Written(bodies.message(event, entry, call))
                ours = (each for each in wanting if not each.dialect and _concerns(each, application))
                found += [_addressed(each, written) for each in ours]
                found += self._in_dialects(wanting, event, call)
        return found

    def _in_dialects(self, wanting: Iterable[Subscription], event: Event, call: Call | None) -> Iterator[Addressed]:
        for each in wanting:
            vendor = self._vendors.get(each.dialect)
            if vendor and (body := vendor.message(each.topic, event, call)) is not None:
                callback = Callback(url=each.address, body=body, content_type=JSON)
                yield Addressed(each.id, OWN.name, callback)

    def published(self, published: Sequence[StoredEvent]) -> None:
        """Note nothing: what subscriptions want does not depend on what was."""


def checked_url(url: str) -> object:
    """Check the URL of a subscription as all addresses of callbacks are; raises ValueError."""
    return address(url, credentials=True)


def trial_of(subscription: Subscription, now: float) -> DeliveryRow:
    """Return the delivery of a message that says that messages arrive."""
    event = Event(
        id=new_id("event"), account=subscription.account, subject=subscription.id, root=subscription.id, at=now
    )
    message = bodies.trial_message(event.id, now, subscription.id)
    return row_of(event, 0, 0, _addressed(subscription, _Written(message)), now)


class _Written:
    """A message in each form, made once for all who are sent it."""

    def __init__(self, message: bodies.Message) -> None:
        self._message = message

    @cached_property
    def json(self) -> str:
        return bodies.encoded(self._message)

    @cached_property
    def mail(self) -> str:
        return mail_of(self._message)


def _addressed(subscription: Subscription, written: _Written) -> Addressed:
    if subscription.sink is Sink.EMAIL:
        callback = Callback(url=MAIL_TO + subscription.address, body=written.mail, content_type=MAIL)
    else:
        callback = Callback(url=subscription.address, body=written.json, content_type=JSON)
    return Addressed(subscription.id, OWN.name, callback)


def _concerns(subscription: Subscription, application: str | None) -> bool:
    return subscription.application in (None, application)
