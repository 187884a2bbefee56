"""How the members of a ring group are rung."""

from typing import Literal

Strategy = Literal["all", "in_order"]
"""Every member at once, or one after the other."""
