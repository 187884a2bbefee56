"""Outgoing HTTP with a guard against addresses that are not public."""

from engine.net.guard import BlockedAddress, blocked
from engine.net.session import Net

__all__ = ["BlockedAddress", "Net", "blocked"]
