"""Deliveries: callbacks to customers, and every attempt."""

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from engine.store.rows import Mapped, plain
from engine.store.statement import Statement
from engine.store.tables import deliveries, delivery_attempts

PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt: its duration in seconds, and the HTTP status or the error."""

    number: int
    at: float
    seconds: float
    status: int | None
    error: str | None


class DeliveryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A callback: part `part` of those that `event` causes. `position` is the event's.

    `subscriber` is the subscription that it is for; "": the address of the call's request or application.
    `fallback` ("": none) is the URL of every second attempt. `state` is pending, delivered or dead; `due` (Unix
    seconds) is when the next attempt may be made. `remark` is about the server's answer, if its dialect reads that.
    `tries` is filled by `of_subject` and `dead` only.
    """

    id: str
    event: str
    part: int
    position: int
    account: str
    root: str
    subject: str
    dialect: str
    host: str
    url: str
    body: str
    content_type: str
    subscriber: str = ""
    fallback: str = ""
    due: float
    created: float
    state: str = PENDING
    attempts: int = 0
    ended: float | None = None
    error: str | None = None
    remark: str | None = None
    tries: tuple[Attempt, ...] = ()

    @property
    def key(self) -> str:
        """What names the callback in every attempt, so that a repeat is known as one."""
        return f"{self.event}-{self.part}" if self.part else self.event


_delivery = Mapped(DeliveryRow, deliveries)
_add = Statement(
    lambda insert: (
        insert(deliveries)
        .values({c.name: bindparam(c.name) for c in deliveries.c})
        .on_conflict_do_nothing(index_elements=[deliveries.c.event, deliveries.c.subscriber, deliveries.c.part])
    )
)
_attempt = Statement(
    lambda insert: (
        insert(delivery_attempts)
        .values({c.name: bindparam(c.name) for c in delivery_attempts.c})
        .on_conflict_do_nothing()
    )
)
_one = deliveries.c.id == bindparam("the_id")
_count = Statement(update(deliveries).where(_one).values(attempts=bindparam("attempts")))
_finish = Statement(
    update(deliveries).where(_one).values({name: bindparam(name) for name in ("state", "ended", "error", "remark")})
)
_postpone = Statement(update(deliveries).where(_one).values(due=bindparam("due"), error=bindparam("error")))
_revive = Statement(
    update(deliveries)
    .where(_one, deliveries.c.state == bindparam("dead"))
    .values(state=bindparam("pending"), due=bindparam("due"), ended=None, error=None)
)
_repeat = Statement(
    update(deliveries)
    .where(_one, deliveries.c.state != bindparam("pending"))
    .values(state=bindparam("pending"), due=bindparam("due"), ended=None, error=None)
)
_replace = Statement(
    update(deliveries)
    .where(deliveries.c.event == bindparam("the_event"))
    .values(body=func.replace(deliveries.c.body, bindparam("old"), bindparam("new")))
)
_ordered = _delivery.select.order_by(deliveries.c.position, deliveries.c.part)
_get = Statement(_delivery.select.where(_one))
_pending = Statement(_ordered.where(deliveries.c.state == bindparam("state")))
_pending_of = Statement(
    _ordered.where(
        deliveries.c.state == bindparam("state"), deliveries.c.subscriber == bindparam("subscriber")
    ).limit(bindparam("most"))
)
_awaited = Statement(
    select(deliveries.c.subscriber)
    .where(deliveries.c.state == bindparam("state"), deliveries.c.subscriber != "")
    .distinct()
)
_of_subject = Statement(_ordered.where(deliveries.c.subject == bindparam("subject")))
_about = Statement(
    _ordered.where(
        deliveries.c.subject == bindparam("subject"), deliveries.c.created >= bindparam("since")
    ).limit(bindparam("most"))
)
_of_event = Statement(_ordered.where(deliveries.c.event == bindparam("event")))
_of_subscriber = Statement(
    _ordered.where(
        deliveries.c.subscriber == bindparam("subscriber"),
        deliveries.c.subscriber != "",
        deliveries.c.created >= bindparam("since"),
        deliveries.c.position > bindparam("position"),
    ).limit(bindparam("most"))
)
_attempts = Statement(
    select(*(delivery_attempts.c[name] for name in Attempt.__struct_fields__))
    .where(delivery_attempts.c.delivery == bindparam("delivery"))
    .order_by(delivery_attempts.c.number)
)
_counts = Statement(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))


def add(conn: Connection, delivery: DeliveryRow) -> bool:
    """Store a delivery; returns False if this part of this event is already stored for this subscriber."""
    return _add.run(conn, **plain(delivery)) > 0


def attempt(
    conn: Connection, id: str, number: int, at: float, seconds: float, status: int | None, error: str | None
) -> None:
    """Store attempt `number` (from 1) of a delivery; an attempt that is stored twice counts once."""
    if _attempt.run(conn, delivery=id, number=number, at=at, seconds=seconds, status=status, error=error):
        _count.run(conn, the_id=id, attempts=number)


def finish(
    conn: Connection, id: str, state: str, at: float, error: str | None = None, remark: str | None = None
) -> None:
    """Store that a delivery ended: delivered, with a remark on the answer, or dead, with the reason."""
    _finish.run(conn, the_id=id, state=state, ended=at, error=error, remark=remark)


def postpone(conn: Connection, id: str, due: float, error: str | None = None) -> None:
    """Store when the next attempt is due, and why the last one failed."""
    _postpone.run(conn, the_id=id, due=due, error=error)


def get(conn: Connection, id: str) -> DeliveryRow | None:
    """Return a delivery by its id."""
    return _delivery.one(conn, _get, the_id=id)


def pending(conn: Connection) -> list[DeliveryRow]:
    """Return the pending deliveries in the order of events."""
    return _delivery.all(conn, _pending, state=PENDING)


def mask_digit(conn: Connection, event: str, digit: str, mask: str) -> None:
    """Mask the digit of an event in what was sent of it, as JSON or as a mail: it turned out to be secret."""
    for old, new in ((f'"digit":"{digit}"', f'"digit":"{mask}"'), (f"\ndigit: {digit}\r", f"\ndigit: {mask}\r")):
        _replace.run(conn, the_event=event, old=old, new=new)


def pending_of(conn: Connection, subscriber: str, limit: int = 2**31 - 1) -> list[DeliveryRow]:
    """Return the pending deliveries to a subscription, or "": to addresses of calls, in the order of events."""
    return _delivery.all(conn, _pending_of, state=PENDING, subscriber=subscriber, most=limit)


def awaited(conn: Connection) -> list[str]:
    """Return the subscriptions that have pending deliveries."""
    return [row[0] for row in _awaited.all(conn, state=PENDING)]


def of_subject(conn: Connection, subject: str) -> list[DeliveryRow]:
    """Return a call's or conference's deliveries with their attempts, in the order of events."""
    return [_with_tries(conn, row) for row in _delivery.all(conn, _of_subject, subject=subject)]


def about(conn: Connection, subject: str, since: float, limit: int) -> list[DeliveryRow]:
    """Return a call's or conference's deliveries that were made since (Unix seconds), without their attempts."""
    return _delivery.all(conn, _about, subject=subject, since=since, most=limit)


def of_event(conn: Connection, event: str) -> list[DeliveryRow]:
    """Return an event's deliveries, without their attempts."""
    return _delivery.all(conn, _of_event, event=event)


def of_subscriber(
    conn: Connection, subscriber: str, since: float, *, behind: int = -1, limit: int = 1000
) -> list[DeliveryRow]:
    """Return a subscription's deliveries that were made since (Unix seconds), in the order of events.

    `behind` is the position of the last event of the page before. They are without their attempts.
    """
    return _delivery.all(conn, _of_subscriber, subscriber=subscriber, since=since, position=behind, most=limit)


def dead(conn: Connection, account: str | None = None, limit: int = 1000) -> list[DeliveryRow]:
    """Return the dead deliveries with their attempts, oldest first."""
    query = _ordered.where(deliveries.c.state == DEAD).limit(limit)
    if account is not None:
        query = query.where(deliveries.c.account == account)
    return [_with_tries(conn, row) for row in _delivery.each(conn.execute(query))]


def counts(conn: Connection) -> dict[str, int]:
    """Return the number of deliveries by state."""
    return {row[0]: row[1] for row in _counts.all(conn)}


def revive(conn: Connection, id: str) -> bool:
    """Make a dead delivery pending and due at once; returns False if it is not dead. Its attempts stay."""
    return _revive.run(conn, the_id=id, dead=DEAD, pending=PENDING, due=0.0) > 0


def repeat(conn: Connection, id: str) -> bool:
    """Make a delivery that is over pending and due at once; False for one that is pending. Its attempts stay."""
    return _repeat.run(conn, the_id=id, pending=PENDING, due=0.0) > 0


def _with_tries(conn: Connection, delivery: DeliveryRow) -> DeliveryRow:
    tries = tuple(
        Attempt(**dict(zip(Attempt.__struct_fields__, row, strict=True)))
        for row in _attempts.all(conn, delivery=delivery.id)
    )
    return msgspec.structs.replace(delivery, tries=tries)
