"""The parts of texts that are sent: the queue of each carrier."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from engine.features.messaging.model import VERIFICATION, Part, PartState
from engine.features.messaging.store.messages import TEXT_COLUMNS, Text
from engine.features.messaging.tables import message_parts, messages
from engine.store.rows import Mapped, seal_of
from engine.store.statement import Statement, insert_into


class Lane(NamedTuple):
    """What takes turns at a carrier: an account, or at `sip` the phone of one of its extensions."""

    account: str
    extension: str = ""


class Claimed(NamedTuple):
    """A part that is to be submitted."""

    text: Text
    content: str
    number: int
    reference: int
    attempts: int
    lane: Lane


class PartView(NamedTuple):
    """What counts of a part for what became of its text; `carrier_id` None: it was not accepted."""

    number: int
    state: str
    carrier_id: str | None
    reason: str


_parts = message_parts.c
_part = Mapped(Part, message_parts)
_insert = insert_into(message_parts)
_OF_MESSAGE = _parts.message == bindparam("the_message")
_ONE = (_OF_MESSAGE, _parts.number == bindparam("the_number"))
# Written out, not bound: else SQLite does not use the indexes of these states.
_WAITING = _parts.state == literal_column("'waiting'")
_SUBMITTING = _parts.state == literal_column("'submitting'")
_views = Statement(select(*(_parts[name] for name in PartView._fields)).where(_OF_MESSAGE).order_by(_parts.number))
_of_message = Statement(_part.select.where(_OF_MESSAGE).order_by(_parts.number))
_OF_LANE = (
    _parts.carrier == bindparam("the_carrier"),
    _parts.account == bindparam("the_account"),
    _parts.extension == bindparam("the_extension"),
    _WAITING,
)
_next = Statement(
    select(*TEXT_COLUMNS, messages.c.text, _parts.number, _parts.reference, _parts.attempts)
    .select_from(message_parts.join(messages, messages.c.id == _parts.message))
    .where(*_OF_LANE, _parts.due <= bindparam("now"), messages.c.expires > bindparam("now"))
    .order_by(_parts.due, _parts.message, _parts.number)
    .limit(bindparam("most"))
)
_next_due = Statement(select(func.min(_parts.due)).where(*_OF_LANE))
_claim = Statement(update(message_parts).where(*_ONE).values(state=PartState.SUBMITTING.value, at=bindparam("the_at")))
_accept = Statement(
    update(message_parts)
    .where(*_ONE, _SUBMITTING)
    .values(state=PartState.ACCEPTED.value, carrier_id=bindparam("the_id"), at=bindparam("the_at"), reason="")
)
_wait = Statement(
    update(message_parts)
    .where(*_ONE, _SUBMITTING)
    .values(
        state=PartState.WAITING.value,
        due=bindparam("the_due"),
        attempts=bindparam("the_attempts"),
        at=bindparam("the_at"),
        reason=bindparam("the_reason"),
    )
)
_ENDED: dict[str, Any] = {"state": bindparam("the_state"), "at": bindparam("the_at"), "reason": bindparam("the_reason")}
_end_submitting = Statement(update(message_parts).where(*_ONE, _SUBMITTING).values(_ENDED))
_end = Statement(update(message_parts).where(*_ONE).values(_ENDED))
_drop = Statement(update(message_parts).where(_OF_MESSAGE, _WAITING).values(_ENDED))
_lanes = Statement(
    select(_parts.account, _parts.extension, func.min(_parts.due))
    .where(_parts.carrier == bindparam("the_carrier"), _WAITING)
    .group_by(_parts.account, _parts.extension)
)
_carriers = Statement(select(_parts.carrier, func.count()).where(_WAITING).group_by(_parts.carrier))
_queued = Statement(
    select(_parts.account, func.count(_parts.message.distinct())).where(_WAITING).group_by(_parts.account)
)
_recover = Statement(
    update(message_parts)
    .where(_SUBMITTING)
    .values(state=PartState.UNKNOWN.value, at=bindparam("the_at"), reason=bindparam("the_reason"))
    .returning(_parts.message)
)
_waiting_at = Statement(
    select(_parts.message)
    .where(_parts.carrier == bindparam("the_carrier"), _WAITING, _parts.message > bindparam("after"))
    .distinct()
    .order_by(_parts.message)
    .limit(bindparam("most"))
)
_waiting_of = Statement(
    select(_parts.message)
    .where(
        _parts.carrier == bindparam("the_carrier"),
        _parts.account == bindparam("the_account"),
        _WAITING,
        _parts.message > bindparam("after"),
    )
    .distinct()
    .order_by(_parts.message)
    .limit(bindparam("most"))
)
_move = Statement(
    update(message_parts).where(_OF_MESSAGE, _WAITING).values(carrier=bindparam("the_carrier"), attempts=0)
)


def insert(conn: Connection, message: str, lane: Lane, carrier: str, count: int, reference: int, due: float) -> None:
    """Store the parts of a new text, waiting."""
    common = {
        "message": message,
        "account": lane.account,
        "extension": lane.extension,
        "carrier": carrier,
        "carrier_id": None,
        "reference": reference,
        "state": PartState.WAITING.value,
        "due": due,
        "attempts": 0,
        "at": None,
        "reason": "",
    }
    if count == 1:
        _insert.run(conn, **common, number=1)
    else:
        _insert.many(conn, ({**common, "number": number} for number in range(1, count + 1)))


def of(conn: Connection, message: str) -> list[Part]:
    """Return the parts of a text."""
    return _part.all(conn, _of_message, the_message=message)


def views(conn: Connection, message: str) -> list[PartView]:
    """Return what counts of the parts of a text."""
    return [PartView(*row) for row in _views.all(conn, the_message=message)]


def claim(conn: Connection, carrier: str, lane: Lane, now: float, most: int) -> list[Claimed]:
    """Take the next parts of a lane that are due, as submitting."""
    rows = _next.all(conn, **_named(carrier, lane), now=now, most=most)
    width, seal = len(Text._fields), seal_of(conn)
    claimed = []
    for row in rows:
        content, number, reference, attempts = row[width:]
        text = Text(*row[:width])
        if seal and text.origin == VERIFICATION:
            content = seal.open(content)
        claimed.append(Claimed(text, content, number, reference, attempts, lane))
    _claim.many(conn, ({"the_message": one.text.id, "the_number": one.number, "the_at": now} for one in claimed))
    return claimed


def next_due(conn: Connection, carrier: str, lane: Lane) -> float | None:
    """Return when the next part of a lane is due; None: no part waits."""
    found: float | None = _next_due.value(conn, **_named(carrier, lane))
    return found


def lanes(conn: Connection, carrier: str) -> dict[Lane, float]:
    """Return the lanes of a carrier in which parts wait, and when the first of each is due."""
    return {Lane(account, extension): due for account, extension, due in _lanes.all(conn, the_carrier=carrier)}


def waiting(conn: Connection) -> dict[str, int]:
    """Return how many parts wait at each carrier."""
    return {carrier: int(count) for carrier, count in _carriers.all(conn)}


def queued(conn: Connection) -> dict[str, int]:
    """Return of how many texts of each account parts wait."""
    return {account: int(count) for account, count in _queued.all(conn)}


def accept(conn: Connection, message: str, number: int, carrier_id: str, at: float) -> bool:
    """Note that the carrier took a part that was submitted; False: it is not submitting any more."""
    return _accept.run(conn, the_message=message, the_number=number, the_id=carrier_id, the_at=at) > 0


def wait(conn: Connection, message: str, number: int, *, due: float, attempts: int, at: float, reason: str) -> bool:
    """Let a part that did not leave wait again; False: it is not submitting any more."""
    values = {"the_due": due, "the_attempts": attempts, "the_at": at, "the_reason": reason}
    return _wait.run(conn, the_message=message, the_number=number, **values) > 0


def end_submitting(conn: Connection, message: str, number: int, state: PartState, at: float, reason: str) -> bool:
    """End a part that is submitting: refused, or unknown; False: it is not submitting any more."""
    values = {"the_state": state.value, "the_at": at, "the_reason": reason}
    return _end_submitting.run(conn, the_message=message, the_number=number, **values) > 0


def end(conn: Connection, message: str, number: int, state: PartState, at: float, reason: str) -> None:
    """Note what a receipt says of a part."""
    _end.run(conn, the_message=message, the_number=number, the_state=state.value, the_at=at, the_reason=reason)


def drop_waiting(conn: Connection, message: str, state: PartState, at: float, reason: str) -> int:
    """End the parts of a text that still wait; returns how many."""
    return _drop.run(conn, the_message=message, the_state=state.value, the_at=at, the_reason=reason)


def recover(conn: Connection, at: float, reason: str) -> Iterable[str]:
    """End, as unknown, what was being submitted when a controller died; returns the texts of those parts."""
    return sorted({message for (message,) in _recover.all(conn, the_at=at, the_reason=reason)})


def waiting_at(conn: Connection, carrier: str, after: str, most: int) -> list[str]:
    """Return the next texts, by their ids, of which parts wait at a carrier."""
    return [message for (message,) in _waiting_at.all(conn, the_carrier=carrier, after=after, most=most)]


def waiting_of(conn: Connection, carrier: str, account: str, after: str, most: int) -> list[str]:
    """Return the next texts of an account, by their ids, of which parts wait at a carrier."""
    rows = _waiting_of.all(conn, the_carrier=carrier, the_account=account, after=after, most=most)
    return [message for (message,) in rows]


def move(conn: Connection, message: str, carrier: str) -> None:
    """Let the parts of a text that still wait go by another carrier."""
    _move.run(conn, the_message=message, the_carrier=carrier)


def _named(carrier: str, lane: Lane) -> dict[str, str]:
    return {"the_carrier": carrier, "the_account": lane.account, "the_extension": lane.extension}
