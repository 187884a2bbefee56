"""How faxes and their boxes are shown."""

from collections.abc import Sequence

from api.own import render
from engine.features.fax.model import Attempt, Box, Fax


def fax(row: Fax, box: str | None = None) -> render.Shape:
    """Return a fax; `box`: the name of the box that it came into."""
    return {
        "id": row.id,
        "way": row.way.value,
        "state": row.state.value,
        "number": row.number or None,
        "own": row.own or None,
        "pages": row.pages,
        "confirmed": row.confirmed,
        "file": row.file or None,
        "box": box,
        "from_name": row.from_name,
        "to_name": row.to_name,
        "subject": row.subject,
        "cover": row.cover,
        "emails": list(row.emails),
        "created": render.moment(row.created),
        "at": render.moment(row.at),
        "ended": render.moment(row.ended),
        "attempts": row.attempts,
        "call": row.call or None,
        "error": row.error or None,
        "detail": row.detail or None,
        "rate": row.rate or None,
        "ecm": row.ecm,
        "t38": row.t38,
        "station": row.station or None,
    }


def attempts(rows: Sequence[Attempt]) -> list[render.Shape]:
    """Return a fax's attempts."""
    return [
        {
            "call": row.call,
            "begun": render.moment(row.begun),
            "ended": render.moment(row.ended),
            "sent": row.sent,
            "pages": row.pages,
            "error": row.error or None,
            "detail": row.detail or None,
            "rate": row.rate or None,
            "ecm": row.ecm,
            "t38": row.t38,
        }
        for row in rows
    ]


def box(row: Box) -> render.Shape:
    """Return a box."""
    return {"id": row.id, "name": row.name, "emails": list(row.emails), "created": render.moment(row.created)}
