"""The Ringful dialect."""

from api.vendors.ringful.routes import Ringful

__all__ = ["Ringful"]
