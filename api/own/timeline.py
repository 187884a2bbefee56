"""One call's story: its queue, events, questions and their answers, callbacks with their attempts, recordings."""

from typing import Any

from sqlalchemy import Connection

from api.own import render
from api.own.services import OwnServices
from engine.calls.call import Call
from engine.store import calls, deliveries, events, question_attempts, recordings, tasks


async def timeline(services: OwnServices, call: Call) -> render.Shape:
    """Return the timeline of a call, with the other legs of its root."""

    def read(conn: Connection) -> dict[str, Any]:
        return {
            "legs": [services.call(leg) for leg in calls.by_root(conn, call.root) if leg.id != call.id],
            "tasks": [render.task(row) for row in tasks.of(conn, call.id)],
            "events": [render.event(stored.event) for stored in events.of_subject(conn, call.id)],
            "questions": [render.question(row) for row in question_attempts.of_call(conn, call.id, call.root)],
            "callbacks": [render.delivery(row) for row in deliveries.of_subject(conn, call.id)],
            "recordings": recordings.of_owner(conn, call.id),
        }

    found = await services.db.read(read)
    found["recordings"] = [render.recording(row, services.recordings) for row in found["recordings"]]
    return {"call": services.call(call), **found}
