"""What leads to destinations: asked of all features before something that may be a destination is removed."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import Connection


class Lead(NamedTuple):
    """What leads somewhere, in words such as "the number 500", and the destination, as stored or as written."""

    what: str
    to: str


LeadsOf = Callable[[Connection, str], Iterable[Lead]]
"""Says what of an account (its id) leads to destinations; "" is nowhere."""
