"""Renders the SIP messages of calls."""

from api.own import render
from engine.features.sip_traces.flow import Step, steps
from engine.features.sip_traces.model import Dialog


def dialog(found: Dialog, *, outbound: bool) -> render.Shape:
    """The messages of a Call-ID; `outbound`: we sent the first INVITE."""
    return {
        "call": found.call or None,
        "sip_call_id": found.sip_call_id,
        "left_out": found.left_out,
        "messages": [_message(step) for step in steps(found, outbound=outbound)],
    }


def _message(step: Step) -> render.Shape:
    message, read = step.message, step.read
    return {
        "time": render.moment(message.at),
        "sent": step.sent,
        "source": message.source,
        "target": message.target,
        "transport": read.transport,
        "method": read.method or None,
        "uri": read.uri or None,
        "status": read.status,
        "phrase": read.phrase or None,
        "cseq": read.cseq,
        "reason": read.reason or None,
        "sdp": read.sdp,
        "repeated": step.repeated,
        "gap": step.gap,
        "text": message.content.decode("utf-8", "backslashreplace"),
    }
