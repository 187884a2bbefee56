"""The delivery, a callback on its way to a customer, for who may not import the store."""

from engine.store.deliveries import DeliveryRow

__all__ = ["DeliveryRow"]
