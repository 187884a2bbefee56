"""How a service makes a committed change count at once."""

from collections.abc import Awaitable, Callable

Refresh = Callable[[], Awaitable[None]]
"""Reads what is kept in memory of the store again."""
