"""Renders objects for our own API: times as RFC 3339 in UTC, money as decimals, seconds as numbers."""

import time
from collections.abc import Sequence
from typing import Any

import msgspec

from api.callbacks.callback import action_of
from api.callbacks.mail import MAIL
from api.callbacks.mail import kind_of as kind_of_mail
from api.callbacks.masking import masked
from api.callbacks.model import DeliveryRow
from api.recordings import Recordings
from engine.events import Event
from engine.features.accounts import Account
from engine.features.accounts.allowed_prefixes import shown as shown_prefix
from engine.features.billing.model import Hold
from engine.features.call_history.model import TaskRow
from engine.features.questions.model import QuestionAttempt
from engine.features.recordings.model import RecordingRow
from engine.features.uploads.model import UploadRow
from engine.media.upload_files import SCHEME
from engine.model.call import Call, Direction
from engine.model.moment import moment as rfc3339
from engine.model.money import decimal
from engine.model.verstat import fields_of
from engine.tasks.kinds import kind_of, shown
from engine.tasks.results import Outcome
from engine.tasks.secret import MASK

Shape = dict[str, Any]
LONGEST_EXTENSION = 6
_DATA = frozenset({"data", "call_data", "stopped_data"})


def moment(at: float | None) -> str | None:
    """Return Unix seconds as e.g. 2030-01-31T23:59:59.123Z; None for None."""
    return None if at is None else rfc3339(at)


def money(millionths: int | None) -> str | None:
    """Return millionths as a decimal, at least two places: 1230000 is "1.23"."""
    return None if millionths is None else decimal(millionths)


def account(row: Account, prefixes: Sequence[str] = (), callers: Sequence[str] = ()) -> Shape:
    """Return an account without its secrets."""
    return {
        "account": row.id,
        "name": row.name,
        "created": moment(row.created),
        "disabled": row.disabled,
        "allow_private": row.allow_private,
        "country": row.country,
        "currency": row.currency,
        "balance": money(row.balance),
        "daily_spend": money(row.daily_spend),
        "max_calls": row.max_calls,
        "calls_per_second": row.calls_per_second,
        "max_attempts": row.max_attempts,
        "settings": row.settings,
        "allowed": [shown_prefix(prefix) for prefix in prefixes],
        "callers": list(callers),
    }


def hold(row: Hold) -> Shape:
    """Return a hold: money of an account that is reserved for something in progress."""
    return {"kind": row.kind, "id": row.id, "amount": money(row.amount), "for": row.note, "since": moment(row.at)}


def call(row: Call, application_name: str | None = None) -> Shape:
    """Return a call as last committed; `seconds` of a live call count until now. docs/api.md lists the fields."""
    return {
        "id": row.id,
        "root": row.root,
        "account": row.account,
        "direction": row.direction,
        "origin": origin(row),
        "caller": row.caller,
        "private": row.private,
        "verstat": fields_of(row.verstat),
        "callee": row.callee,
        "state": row.state,
        "created": moment(row.created),
        "answered": moment(row.answered),
        "ended": moment(row.ended),
        "seconds": round(_seconds(row, time.time()), 3),
        "cause": row.cause,
        "sip_status": row.sip_status,
        "hung_up_by": row.hung_up_by,
        "price": money(row.price),
        "currency": row.currency,
        "trunk": row.trunk,
        "sip_call_id": row.sip_call_id,
        "application": row.application,
        "application_name": application_name,
    }


def origin(row: Call) -> str:
    """Return the origin of a call: `api` for a request, a task or a conference, `extension` or `trunk`."""
    if row.direction is Direction.OUTBOUND:
        return "api"
    short = row.caller.isascii() and row.caller.isdigit() and len(row.caller) <= LONGEST_EXTENSION
    return "extension" if row.trunk is None and short else "trunk"


def _seconds(row: Call, now: float) -> float:
    if row.answered is None or row.ended is not None:
        return row.duration
    return max(now - row.answered, 0.0)


def task(row: TaskRow, *, reveal: bool = False) -> Shape:
    """Return a task of a queue with its progress and outcome; secret digits only with `reveal`."""
    parameters = _without_data(shown(row.task))
    return {
        "id": row.id,
        "kind": kind_of(row.task),
        "state": row.state,
        "position": row.position,
        "queued": moment(row.queued),
        "begun": moment(row.begun),
        "started": moment(row.started),
        "ended": moment(row.ended),
        "parameters": {name: value for name, value in parameters.items() if name not in ("kind", "id")},
        "outcome": _outcome(row.outcome, reveal=reveal) if row.outcome else None,
    }


def _outcome(outcome: Outcome, *, reveal: bool = False) -> Shape:
    shown = _with_reason(msgspec.to_builtins(outcome))
    return shown if reveal else _discreet(shown)


def _with_reason(outcome: Shape) -> Shape:
    """Add the reason "n/a" to a detection for which Asterisk gave no known reason."""
    result = outcome.get("result")
    if isinstance(result, dict) and result["type"] == "detected":
        return {**outcome, "result": {**result, "reason": result["reason"] or "n/a"}}
    return outcome


def _discreet(outcome: Shape) -> Shape:
    """Mask the digits in the result of a task that hides them."""
    result = outcome.get("result")
    if not (isinstance(result, dict) and result.get("secret")):
        return outcome
    masked = {name: MASK for name in ("digits", "value") if result.get(name)}
    return {**outcome, "result": {**result, **masked}}


def _without_data(value: Any) -> Any:
    """Remove the dialects' data of tasks and of tasks within tasks, which may contain scripts with credentials."""
    if isinstance(value, dict):
        return {name: _without_data(inner) for name, inner in value.items() if name not in _DATA}
    return [_without_data(inner) for inner in value] if isinstance(value, list | tuple) else value


def event(row: Event) -> Shape:
    """Return an event, its kind first."""
    fields = msgspec.to_builtins(row)
    kind, at = fields.pop("event"), fields.pop("at")
    for name in ("account", "root", "data"):
        fields.pop(name, None)
    if "seconds" in fields:
        fields["seconds"] = round(fields["seconds"], 3)
    if fields.get("outcome"):
        fields["outcome"] = _discreet(_with_reason(fields["outcome"]))
    if "price" in fields:
        fields["price"] = money(fields["price"])
    return {"event": kind, "at": moment(at), **fields}


def question(row: QuestionAttempt) -> Shape:
    """Return a question and its answer; secrets are masked, long bodies are cut."""
    return {
        "id": row.id,
        "at": moment(row.at),
        "name": row.name,
        "subject": row.subject,
        "task": row.question or None,
        "dialect": row.dialect,
        "url": row.url,
        "status": row.status,
        "milliseconds": round(row.seconds * 1000),
        "error": row.error,
        "asked": row.asked,
        "answered": row.answered,
        "answered_bytes": row.answered_bytes,
    }


def delivery(row: DeliveryRow) -> Shape:
    """Return a callback with its attempts."""
    subscription = {"subscription": row.subscriber} if row.subscriber else {}
    return {
        "id": row.id,
        "event": row.event,
        **subscription,
        "subject": row.subject,
        "dialect": row.dialect,
        "action": kind_of_mail(row.body) if row.content_type == MAIL else action_of(row.content_type, row.body),
        "url": masked(row.url),
        "body": row.body,
        "state": row.state,
        "created": moment(row.created),
        "ended": moment(row.ended),
        "error": row.error,
        "remark": row.remark,
        "attempts": [
            {
                "number": attempt.number,
                "at": moment(attempt.at),
                "seconds": round(attempt.seconds, 3),
                "status": attempt.status,
                "error": attempt.error,
            }
            for attempt in row.tries
        ],
    }


def upload(row: UploadRow) -> Shape:
    """Return an uploaded prompt, and the source that plays it."""
    return {
        "name": row.name,
        "source": SCHEME + row.name,
        "created": moment(row.created),
        "seconds": round(row.seconds, 3),
        "bytes": row.bytes,
    }


def recording(row: RecordingRow, links: Recordings) -> Shape:
    """Return a recording with a link that expires, without one if it was deleted."""
    return {
        "id": row.id,
        "account": row.account,
        "owner": row.owner,
        "name": row.name,
        "created": moment(row.created),
        "seconds": row.seconds,
        "bytes": row.bytes,
        "deleted": moment(row.deleted),
        "format": row.format,
        "destination": row.destination or None,
        "available": moment(row.available),
        "error": row.error,
        "url": None if row.deleted else links.url(row.id, row.name, row.format),
    }
