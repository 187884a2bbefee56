"""Sentences about the SIP requests that Asterisk refused."""

from api.own import render
from engine.features.trunks.refused_requests import RefusedKind, address_of

_SENTENCES = {
    "unknown": "from an address of no trunk and of no phone (answered 401), last {detail}; "
    "of a carrier: carillon trunks set NAME --from {address}",
    "password": "with a wrong password (answered 401), last {detail}",
    "phone_at_trunk": "to register a phone at an address of the trunk {detail} (answered 404): "
    "carillon trunks set {detail} --from HOST:PORT with the trunk's own host and port leaves the other ports to phones",
    "malformed": "that are not SIP and get no answer (RFC 3261 section 25.1), last for its {detail} header",
    "extension": "to call what cannot be a number (answered 404), last {detail}",
    "call_id": "whose {detail} is not ASCII (answered 400)",
}


def sentence(refused: RefusedKind) -> str:
    """Return a sentence about refused requests: what, how often, and the source and time of the last one."""
    text = _SENTENCES[refused.kind].format(detail=refused.detail, address=address_of(refused.source))
    times = "1 request" if refused.count == 1 else f"{refused.count} requests"
    return f"{times} {text}; from {refused.source} at {render.moment(refused.at)}"
