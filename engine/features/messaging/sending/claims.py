"""What a sender claims, and what it submits of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from engine.features.messaging import progress
from engine.features.messaging.carrier import Refused, Submission
from engine.features.messaging.encoding import parts_of
from engine.features.messaging.progress import Progress
from engine.features.messaging.sending.last_checks import refusal
from engine.features.messaging.store import parts
from engine.features.messaging.store.parts import Claimed, Lane

EXPIRED_SECONDS = 1.0
"""Until it is looked again at a lane whose next part has expired, which is taken away meanwhile."""


class OfLane(NamedTuple):
    """What was claimed of a lane, when its next part is due, and what became of texts that may not leave any more."""

    claimed: list[Claimed]
    next_at: float | None
    ended: list[Progress]


def claim(conn: Connection, carrier: str, shares: Mapping[Lane, int], now: float) -> list[OfLane]:
    """Claim of each lane its share; a text that may not leave any more ends instead."""
    claimed: list[OfLane] = []
    for lane, share in shares.items():
        found = parts.claim(conn, carrier, lane, now, share)
        next_at: float | None = now
        if len(found) < share:
            next_at = parts.next_due(conn, carrier, lane)
            if next_at is not None and next_at <= now:
                next_at = now + EXPIRED_SECONDS
        why = {one.text.id: said for one in found if (said := refusal(conn, one))}
        ended = [
            progress.answered(conn, one, Refused(why[one.text.id]), now)
            for one in found
            if one.text.id in why
        ]
        claimed.append(OfLane([one for one in found if one.text.id not in why], next_at, ended))
    return claimed


def contents(claimed: Sequence[Claimed]) -> dict[str, tuple[bool, list[bytes]]]:
    """Return the parts of each text once; a text to a phone is one part of UTF-8."""
    found: dict[str, tuple[bool, list[bytes]]] = {}
    for one in claimed:
        if one.text.id not in found:
            phone = bool(one.lane.extension)
            found[one.text.id] = (False, [one.content.encode()]) if phone else parts_of(one.content)
    return found


def submission(claimed: Claimed, recipient: str, unicode: bool, pieces: list[bytes], now: float) -> Submission:
    """Return a part as it is submitted; `pieces` is what all parts of its text contain."""
    text, total = claimed.text, claimed.text.parts
    return Submission(
        id=f"{text.id}.{claimed.number}",
        sender=text.sender,
        recipient=recipient,
        content=pieces[claimed.number - 1],
        unicode=unicode,
        reference=claimed.reference if total > 1 else 0,
        number=claimed.number,
        total=total,
        valid_seconds=max(1.0, text.expires - now),
    )
