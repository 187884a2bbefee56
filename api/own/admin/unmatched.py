"""Renders calls from trunks that reached no number among the calls; their account is "-"."""

from api.own import render
from engine.features.call_history.model import UnmatchedCall
from engine.model.call import CallState, Direction, Party
from engine.model.cause import HangupCause

NO_ACCOUNT = "-"


def shape(row: UnmatchedCall) -> render.Shape:
    """Return an unmatched call with the fields of a call, the reason, and how often it came."""
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
    """Return an unmatched call in the form of a timeline."""
    nothing = ("legs", "tasks", "events", "questions", "callbacks", "recordings")
    return {"call": shape(row), **{name: [] for name in nothing}}
