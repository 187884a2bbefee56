"""How many parts of longer texts are kept: somebody may send first parts for ever.

Beyond that the parts that came first are given up. Those of a complete text only told doubles. An incomplete text is
delivered as it is then, with a mark for what is missing, as it is after a day.
"""

from sqlalchemy import Connection

from engine.features.messaging.receiving import assembly, store
from engine.features.messaging.receiving.assembly import Whole

OF_A_SENDER = 1000
"""Parts of incomplete texts of one sender at one carrier: at least three texts of 255 parts."""
IN_ALL = 100_000
LOOK_EACH = 100
"""After how many parts all are counted, since that reads all of them."""


class Bounds:
    """Looks after each part that was stored."""

    def __init__(self, of_a_sender: int = OF_A_SENDER, in_all: int = IN_ALL, look_each: int = LOOK_EACH) -> None:
        self._of_a_sender, self._in_all, self._look_each = of_a_sender, in_all, look_each
        self._stored = 0

    def enforce(self, conn: Connection, carrier: str, sender: str) -> list[tuple[str, Whole]]:
        """Take out what is too much after a part of this sender; returns the incomplete texts, with their carriers."""
        given_up = []
        excess = store.count_of_sender(conn, carrier, sender) - self._of_a_sender
        if excess > 0:
            given_up += assembly.give_up(conn, store.oldest_of_sender(conn, carrier, sender, excess))
        self._stored += 1
        if self._stored % self._look_each == 0:
            excess = store.count_parts(conn) - self._in_all
            if excess > 0:
                excess -= store.forget_oldest(conn, excess)
            if excess > 0:
                given_up += assembly.give_up(conn, store.oldest_groups(conn, excess))
        return given_up
