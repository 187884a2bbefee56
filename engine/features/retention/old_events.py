"""Events that nobody needs any more."""

from sqlalchemy import Connection, delete, func, select

from engine.store.tables import calls, conferences, cursors, deliveries, events


def expire_events(conn: Connection, before: float, most: int) -> int:
    """Delete at most so many events that are older than a moment (Unix seconds), the oldest; returns how many.

    What stays in any case: events that a consumer has not handled, those of calls and conferences that go on, and those
    whose callbacks are still to be delivered.
    """
    handled = select(func.coalesce(func.min(cursors.c.position), 0)).scalar_subquery()
    live = select(calls.c.root).where(calls.c.ended.is_(None))
    open_conferences = select(conferences.c.id).where(conferences.c.ended.is_(None))
    pending = select(deliveries.c.event).where(deliveries.c.state == "pending")
    old = (
        select(events.c.id)
        .where(
            events.c.at < before,
            events.c.position <= handled,
            events.c.root.not_in(live),
            events.c.root.not_in(open_conferences),
            events.c.id.not_in(pending),
        )
        .order_by(events.c.position)
        .limit(most)
    )
    return conn.execute(delete(events).where(events.c.id.in_(old))).rowcount
