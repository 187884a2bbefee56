"""The signatures of what is sent to subscriptions, with two secrets during a rotation.

Headers are those of Standard Webhooks 1.0: webhook-id, webhook-timestamp, webhook-signature.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from api.callbacks.model import DeliveryRow
from api.callbacks.signer_protocol import NotToBeSent
from api.dialects import OWN
from engine.features.subscriptions.service import SubscriptionService
from engine.tasks.secret import Unreadable


class SubscriptionSigner:
    """Signs what is sent to subscriptions, at each attempt anew. `clock` returns Unix seconds.

    The subscriptions must be loaded before the first delivery: one that is not in memory counts as removed.
    """

    name = OWN.name

    def __init__(self, subscriptions: SubscriptionService, clock: Callable[[], float]) -> None:
        self._subscriptions, self._clock = subscriptions, clock

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Return the headers; raises NotToBeSent where there is no such subscription any more."""
        subscription = self._subscriptions.index.get(delivery.subscriber)
        if subscription is None:
            raise NotToBeSent("The subscription was removed.")
        if subscription.disabled:
            raise NotToBeSent("The subscription is disabled.")
        try:
            secrets = self._subscriptions.secrets(subscription)
        except Unreadable as error:
            raise NotToBeSent(str(error)) from None
        now = datetime.fromtimestamp(int(self._clock()), UTC)
        signatures = [Webhook(secret).sign(delivery.key, now, delivery.body) for secret in secrets]
        return {
            "webhook-id": delivery.key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """Return nothing: the status says it all."""
        return ""
