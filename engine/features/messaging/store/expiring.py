"""Texts that are older than the settings say."""

from sqlalchemy import Connection, delete, false, select

from engine.features.messaging.model import PREFIX, State
from engine.features.messaging.tables import message_marks, message_parts, messages, unmatched_messages


def id_of(moment: float) -> str:
    """Return what ids of texts from before a moment (Unix seconds) are less than."""
    return f"{PREFIX}-{int(moment * 1000):012x}"


def expire_messages(conn: Connection, before: float, most: int) -> int:
    """Delete at most so many texts from before a moment (Unix seconds) with their parts and marks, and so many that
    were for nobody; returns how many of the one or the other, whichever is more. One that is awaited stays.
    """
    settled = messages.c.watched == false(), messages.c.state != State.QUEUED
    # An id begins with its moment (engine.ids): its own index finds the oldest, and no other one is kept up.
    old = select(messages.c.id).where(messages.c.id < id_of(before), *settled).order_by(messages.c.id).limit(most)
    found = [row[0] for row in conn.execute(old)]
    conn.execute(delete(message_parts).where(message_parts.c.message.in_(found)))
    conn.execute(delete(message_marks).where(message_marks.c.message.in_(found)))
    conn.execute(delete(messages).where(messages.c.id.in_(found)))
    unmatched = unmatched_messages.c
    lost = select(unmatched.id).where(unmatched.at < before).order_by(unmatched.at).limit(most)
    return max(len(found), conn.execute(delete(unmatched_messages).where(unmatched.id.in_(lost))).rowcount)
