"""What an SMSC's answer to a submit_sm means."""

from aiosmpplib.state import SmppCommandStatus

from engine.features.messaging.carrier import Accepted, Answer, PutOff, Refused
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.receipts import accepted_id
from engine.features.messaging.smpp.settings import SmscSettings

_S = SmppCommandStatus
_FROM_VENDOR = range(0x400, 0x500)
"""Statuses that each SMSC defines for itself (§5.1.3)."""

_TEMPORARY = frozenset({_S.ESME_RSYSERR, _S.ESME_RMSGQFUL, _S.ESME_RX_T_APPN, _S.ESME_RINVBNDSTS})
"""The same texts may be taken later. A full queue may be one recipient's: it does not slow down the others."""

_WHAT_TO_DO = {
    _S.ESME_RINVSRCADR: "use a sender that the carrier has registered for you",
    _S.ESME_RINVSRCTON: "use a sender of another kind (a number, a short code or letters)",
    _S.ESME_RINVSRCNPI: "use a sender of another kind (a number, a short code or letters)",
    _S.ESME_RINVDSTADR: "check the recipient's number, which must have its country code",
    _S.ESME_RINVDSTTON: "check the recipient's number, which must have its country code",
    _S.ESME_RINVDSTNPI: "check the recipient's number, which must have its country code",
    _S.ESME_RINVMSGLEN: "shorten the text",
    _S.ESME_RINVEXPIRY: "use another validity",
}


def name_of(status: int) -> str:
    """Return a status as carriers write it, such as `ESME_RINVDSTADR (0x0B: Invalid Dest Addr)`."""
    try:
        known = SmppCommandStatus(status)
    except ValueError:
        origin = "a status of the carrier's own" if status in _FROM_VENDOR else "an unknown status"
        return f"0x{status:02X} ({origin})"
    return f"{known.name} (0x{status:02X}: {known.description})"


def answer_of(response: pdu.Pdu, settings: SmscSettings) -> Answer:
    """Return the answer that a submit_sm_resp, or a generic_nack in its place, is."""
    status = response.status
    if response.command == pdu.GENERIC_NACK:
        if status in _TEMPORARY:
            return PutOff(f"The carrier could not take the text: {name_of(status)}.")
        return Refused(f"The carrier did not understand the request (generic_nack): {name_of(status)}.")
    if status == _S.ESME_ROK:
        return Accepted(accepted_id(pdu.text_of(response.body), settings.receipt_ids))
    if status == _S.ESME_RTHROTTLED:
        return PutOff(f"The carrier wants fewer texts a second: {name_of(status)}.", slower=True)
    if status in _TEMPORARY:
        return PutOff(f"The carrier cannot take the text now: {name_of(status)}.")
    advice = _WHAT_TO_DO.get(status, "ask the carrier what it means")
    return Refused(f"The carrier refused the text with {name_of(status)}: {advice}.")
