"""What our own API shows: times as RFC 3339 in UTC, money as decimals, seconds as numbers."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from api.callbacks.callback import action_of
from api.callbacks.masking import masked
from api.callbacks.model import DeliveryRow
from api.recordings import Recordings
from engine.calls.call import Call, Direction
from engine.events import Event
from engine.features.accounts import Account
from engine.features.accounts.allowed_prefixes import shown as shown_prefix
from engine.features.billing.model import Hold
from engine.features.billing.rating import decimal
from engine.features.call_history.model import TaskRow
from engine.features.questions.model import QuestionAttempt
from engine.features.recordings.model import RecordingRow
from engine.features.uploads.model import UploadRow
from engine.media.upload_files import SCHEME
from engine.tasks.kinds import kind_of, shown
from engine.tasks.results import Outcome
from engine.tasks.secret import MASK

Shape = dict[str, Any]
LONGEST_EXTENSION = 6
_DATA = frozenset({"data", "call_data", "stopped_data"})


def moment(at: float | None) -> str | None:
    """Return Unix seconds as e.g. 2030-01-31T23:59:59.123Z; None for none."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def money(millionths: int | None) -> str | None:
    """Return millionths as a decimal, at least two places: 1230000 is "1.23"."""
    return None if millionths is None else decimal(millionths)


def account(row: Account, prefixes: Sequence[str] = (), callers: Sequence[str] = ()) -> Shape:
    """An account without its secrets."""
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
        "settings": row.settings,
        "allowed": [shown_prefix(prefix) for prefix in prefixes],
        "callers": list(callers),
    }


def hold(row: Hold) -> Shape:
    """Money of an account that is kept for something that goes on."""
    return {"kind": row.kind, "id": row.id, "amount": money(row.amount), "for": row.note, "since": moment(row.at)}


def call(row: Call, application_name: str | None = None) -> Shape:
    """A call as last committed; `seconds` of one that is up are those until now. docs/api.md tells the fields."""
    return {
        "id": row.id,
        "root": row.root,
        "account": row.account,
        "direction": row.direction,
        "origin": origin(row),
        "caller": row.caller,
        "private": row.private,
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
    """Return who placed a call: `api` a request, a task or a conference; `extension` a softphone; `trunk` a carrier."""
    if row.direction is Direction.OUTBOUND:
        return "api"
    short = row.caller.isascii() and row.caller.isdigit() and len(row.caller) <= LONGEST_EXTENSION
    return "extension" if row.trunk is None and short else "trunk"


def _seconds(row: Call, now: float) -> float:
    if row.answered is None or row.ended is not None:
        return row.duration
    return max(now - row.answered, 0.0)


def task(row: TaskRow, *, reveal: bool = False) -> Shape:
    """A task of a queue: where it stands and how it ended; digits of one that hides them only with `reveal`."""
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
    """Show a detection for which Asterisk gave no known reason with the reason "n/a"."""
    result = outcome.get("result")
    if isinstance(result, dict) and result["type"] == "detected":
        return {**outcome, "result": {**result, "reason": result["reason"] or "n/a"}}
    return outcome


def _discreet(outcome: Shape) -> Shape:
    """Mask what was pressed where the task hides it."""
    result = outcome.get("result")
    if not (isinstance(result, dict) and result.get("secret")):
        return outcome
    masked = {name: MASK for name in ("digits", "value") if result.get(name)}
    return {**outcome, "result": {**result, **masked}}


def _without_data(value: Any) -> Any:
    """Leave out what dialects note on tasks and on tasks within tasks: scripts with their credentials may be in it."""
    if isinstance(value, dict):
        return {name: _without_data(inner) for name, inner in value.items() if name not in _DATA}
    return [_without_data(inner) for inner in value] if isinstance(value, list | tuple) else value


def event(row: Event) -> Shape:
    """An event, its kind first."""
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
    """A request that asked what a call does next, and what was answered; secrets are masked, long bodies are cut."""
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
    """A callback and each attempt to deliver it."""
    return {
        "id": row.id,
        "event": row.event,
        "subject": row.subject,
        "dialect": row.dialect,
        "action": action_of(row.content_type, row.body),
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
    """A prompt that an account uploaded, and what plays it."""
    return {
        "name": row.name,
        "source": SCHEME + row.name,
        "created": moment(row.created),
        "seconds": round(row.seconds, 3),
        "bytes": row.bytes,
    }


def recording(row: RecordingRow, links: Recordings) -> Shape:
    """A recording and a link to it that expires; without one when it was deleted."""
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
