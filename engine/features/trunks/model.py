"""The plain types of trunks."""

from engine.store.trunks import Trunk

__all__ = ["Trunk"]
