"""What delivering asks of those whose callbacks are delivered."""

from collections.abc import Mapping
from typing import Protocol

from api.callbacks.model import DeliveryRow


class NotToBeSent(Exception):
    """A callback is not sent at all, and given up; the message is a sentence that says why."""


class Signer(Protocol):
    """Signs a dialect's callbacks and reads what is answered to them."""

    async def sign(self, delivery: DeliveryRow, attempt: int) -> Mapping[str, str]:
        """Return headers that prove one attempt's origin; called at each attempt. Raises NotToBeSent."""

    def heard(self, delivery: DeliveryRow, reply: bytes) -> str:
        """Return what the answer to a delivered callback says, in words to be kept with it; "" for nothing."""
