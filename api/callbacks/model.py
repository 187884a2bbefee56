"""What a delivery is: a callback on its way to a customer, with each attempt to deliver it."""

from engine.store.deliveries import Attempt, DeliveryRow

__all__ = ["Attempt", "DeliveryRow"]
