"""The delivery: a callback on its way to a customer, with its attempts."""

from engine.store.deliveries import Attempt, DeliveryRow

__all__ = ["Attempt", "DeliveryRow"]
