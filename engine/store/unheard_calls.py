"""Calls by trunks that Asterisk ended because nothing was heard of their party (`rtp_timeout`)."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from engine.model.cause import HangupCause
from engine.store.tables import calls

LOOKED_AT = 500
"""Of so many newest calls of all trunks those that were answered are counted."""
OF_A_TRUNK = 10
"""So many newest answered calls of a trunk count."""
_newest = (
    select(calls.c.trunk, calls.c.cause, calls.c.answered)
    .where(calls.c.trunk.is_not(None), calls.c.ended.is_not(None))
    .order_by(calls.c.created.desc())
    .limit(LOOKED_AT)
)


class Unheard(NamedTuple):
    """Of `answered` calls by a trunk `unheard` ended because nothing was heard for 30 s."""

    answered: int
    unheard: int


def by_trunk(conn: Connection) -> dict[str, Unheard]:
    """Return how each trunk's newest answered calls ended."""
    found: dict[str, list[bool]] = {}
    for trunk, cause, answered in conn.execute(_newest):
        if answered is not None:
            found.setdefault(trunk, []).append(cause == HangupCause.MEDIA_TIMEOUT)
    newest = {trunk: ended[:OF_A_TRUNK] for trunk, ended in found.items()}
    return {trunk: Unheard(len(ended), sum(ended)) for trunk, ended in newest.items()}
