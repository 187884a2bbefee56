"""The bodies of RingPlan's webhooks. Its document names four events, and shows no body: these are ours.

Each is `{event, type, id, company_id, created_at, data}`; `event` and `type` are the same name.
"""

from typing import Any

import msgspec

from api.vendors.ringplan.http.resources import date
from engine.events import CallDialing, CallEnded, Event
from engine.features.messaging.events import MessageReceived
from engine.model.call import Call

Body = dict[str, Any]


def written(topic: str, event: Event, data: Body) -> str:
    """Return a webhook's JSON."""
    created = date(event.at)
    body = {
        "event": topic,
        "type": topic,
        "id": event.id,
        "company_id": event.account,
        "created_at": created,
        "data": data,
    }
    return msgspec.json.encode(body).decode()


def of_call(call: Call, event: Event) -> Body:
    """Return what is told of a call: of one that has ended, how."""
    data: Body = {
        "call_id": call.id,
        "root_id": call.root,
        "direction": str(call.direction),
        "from": call.caller,
        "to": call.callee,
        "status": "ringing" if isinstance(event, CallDialing) else "answered",
        "started_at": date(call.created),
        "answered_at": date(call.answered),
    }
    if isinstance(event, CallEnded):
        ended = "completed" if event.answered else event.cause
        data |= {"status": ended, "ended_at": date(event.at), "duration": round(event.seconds, 3)}
        data |= {"cause": event.cause, "hung_up_by": event.hung_up_by}
    return data


def of_text(event: MessageReceived) -> Body:
    """Return a text that came in, as the document's message."""
    return {
        "id": event.subject,
        "company_id": event.account,
        "created_at": date(event.at),
        "direction": "inbound",
        "files": [],
        "frm": f"+{event.sender}" if event.sender.isdigit() else event.sender,
        "is_read": False,
        "is_visible": True,
        "success": True,
        "text": event.text,
        "to": f"+{event.recipient}" if event.recipient.isdigit() else event.recipient,
    }
