"""Calls by trunks that reached no number, shown among the calls: nobody's, so their account is "-"."""

from sqlalchemy import Connection

from api.own import render
from engine.calls.call import Direction, Party
from engine.calls.cause import HangupCause
from engine.calls.state import CallState
from engine.store import calls, unmatched_calls
from engine.store.unmatched_calls import UnmatchedCall

NO_ACCOUNT = "-"


def moment_of(conn: Connection, id: str) -> tuple[float, str] | None:
    """Return where a call or an unmatched call stands in the list: its time and id; None where there is none."""
    if call := calls.get(conn, id):
        return call.created, call.id
    found = unmatched_calls.get(conn, id)
    return (found.at, found.id) if found else None


def shape(row: UnmatchedCall) -> render.Shape:
    """Return it with the fields of a call, and why and how often it reached no number."""
    at = render.moment(row.at)
    return {
        "id": row.id,
        "root": row.id,
        "account": NO_ACCOUNT,
        "direction": Direction.INBOUND,
        "caller": row.caller,
        "callee": row.callee,
        "state": CallState.ENDED,
        "created": at,
        "answered": None,
        "ended": at,
        "seconds": 0.0,
        "cause": HangupCause.UNKNOWN_NUMBER,
        "sip_status": 404,
        "hung_up_by": Party.US,
        "price": render.money(0),
        "currency": None,
        "trunk": row.trunk or None,
        "sip_call_id": row.sip_call_id or None,
        "application": None,
        "reason": row.reason,
        "times": row.times,
    }


def timeline_of(row: UnmatchedCall) -> render.Shape:
    """Return it as `calls show` has a call."""
    nothing = ("legs", "tasks", "events", "questions", "callbacks", "recordings")
    return {"call": shape(row), **{name: [] for name in nothing}}
