"""Longer texts put together from their parts.

A group is what the parts of one text share: carrier, sender, recipient, reference and total. Senders use references
again, some the same one always. So a part begins another text if a part of its number is there with other words, if
the first part came more than a day ago, or if the text was complete. What is there of the text before is delivered as
it is, with a mark for what is missing.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.messaging.carrier import Incoming
from engine.features.messaging.receiving import store
from engine.features.messaging.receiving.store import Group, StoredPart
from engine.features.messaging.receiving.wording import joined
from engine.platform import due_work
from engine.platform.due_work import DueWork

KIND = "incoming_parts"
LIMIT_SECONDS = 86_400.0
"""How long the parts of a text are waited for, from the first one."""
LONGEST_PART = 255
"""Characters: as many octets has a part's short_message at most (SMPP 3.4 §4.4.1, sm_length), and none has several
characters.
"""
AGAIN_SECONDS = 600.0
"""For how long the same part of a text that is complete is a double, if the carrier has no name for what it sends."""


class Whole(NamedTuple):
    """A text of which no part is waited for any more. `number` and `key` are of the part that came last; "": none."""

    sender: str
    recipient: str
    text: str
    key: str = ""


def is_part(incoming: Incoming) -> bool:
    """Whether more belongs to it. What no part can be stands for itself: a number beyond the total, a longer text."""
    return 1 <= incoming.number <= incoming.total > 1 and len(incoming.text) <= LONGEST_PART


def take(conn: Connection, carrier: str, incoming: Incoming, now: float) -> list[tuple[str, Whole]]:
    """Store a part; returns the texts that are to be delivered now, with their carriers."""
    group = store.group_of(carrier, incoming)
    there = store.parts(conn, group)
    if any(_is_double(part, incoming, now) for part in there):
        return []
    found: list[tuple[str, Whole]] = []
    if there and _begins_another(there, incoming, now):
        if not there[0].complete:
            found.append((carrier, _whole(group, there)))
        store.drop(conn, group)
        there = []
    part = StoredPart(number=incoming.number, text=incoming.text, at=now, key=incoming.key, complete=False)
    store.add_part(conn, group, part)
    if len(there) + 1 == incoming.total:
        store.complete(conn, group)
        found.append((carrier, _whole(group, [*there, part])))
    _see_to_sweep(conn, now)
    return found


def overdue(conn: Connection, now: float, most: int) -> list[tuple[str, Whole]]:
    """Take out the texts whose time is over, at most so many, with their carriers, and schedule the next look."""
    found = give_up(conn, store.overdue(conn, now - LIMIT_SECONDS, most))
    store.forget_complete(conn, now - LIMIT_SECONDS)
    oldest = store.oldest_part(conn)
    if oldest is not None:
        due_work.put(conn, DueWork(id=KIND, kind=KIND, at=oldest + LIMIT_SECONDS))
    return found


def give_up(conn: Connection, groups: Iterable[Group]) -> list[tuple[str, Whole]]:
    """Take out incomplete texts; returns them as they are, with their carriers."""
    found = []
    for group in groups:
        found.append((group.carrier, _whole(group, store.parts(conn, group))))
        store.drop(conn, group)
    return found


def _see_to_sweep(conn: Connection, now: float) -> None:
    """Schedule the look at what misses parts; it is one row, which stands at the oldest part's limit."""
    if due_work.get(conn, KIND) is None:
        due_work.put(conn, DueWork(id=KIND, kind=KIND, at=now + LIMIT_SECONDS))


def _is_double(part: StoredPart, incoming: Incoming, now: float) -> bool:
    if part.number != incoming.number:
        return False
    if part.key and incoming.key and (part.key == incoming.key or part.complete):
        return part.key == incoming.key
    return part.text == incoming.text and (not part.complete or now - part.at <= AGAIN_SECONDS)


def _begins_another(there: list[StoredPart], incoming: Incoming, now: float) -> bool:
    old = now - min(part.at for part in there) >= LIMIT_SECONDS
    return old or there[0].complete or any(part.number == incoming.number for part in there)


def _whole(group: Group, parts: list[StoredPart]) -> Whole:
    text = joined({part.number: part.text for part in parts}, group.total)
    return Whole(group.sender, group.recipient, text)
