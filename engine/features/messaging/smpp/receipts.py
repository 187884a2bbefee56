"""Receipts (SMPP 3.4 §5.2.12, §5.3.2.12, §5.3.2.35, appendix B), in the forms that SMSCs really send."""

import re
from typing import Literal

from engine.features.messaging.carrier import Receipt, ReceiptState
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.incoming import receipt_text_of
from engine.features.messaging.smpp.settings import SmscSettings

ReceiptIds = Literal["same", "hex_to_decimal", "decimal_to_hex"]

_TYPE_BITS, _RECEIPT, _INTERMEDIATE = 0x3C, 0x04, 0x20
"""The message's type in esm_class: an SMSC delivery receipt, an intermediate notification."""

_STATES = {
    1: ReceiptState.UNDER_WAY,
    2: ReceiptState.DELIVERED,
    3: ReceiptState.EXPIRED,
    4: ReceiptState.FAILED,
    5: ReceiptState.FAILED,
    6: ReceiptState.UNDER_WAY,
    7: ReceiptState.UNKNOWN,
    8: ReceiptState.FAILED,
    0: ReceiptState.UNDER_WAY,  # SCHEDULED and SKIPPED are of SMPP 5.0
    9: ReceiptState.FAILED,
}
"""message_state (§5.2.28)."""

_WORDS = {
    "ENROU": ReceiptState.UNDER_WAY,
    "ACCEP": ReceiptState.UNDER_WAY,
    "BUFFE": ReceiptState.UNDER_WAY,
    "SCHED": ReceiptState.UNDER_WAY,
    "DELIV": ReceiptState.DELIVERED,
    "EXPIR": ReceiptState.EXPIRED,
    "DELET": ReceiptState.FAILED,
    "UNDEL": ReceiptState.FAILED,
    "REJEC": ReceiptState.FAILED,
    "FAILE": ReceiptState.FAILED,
    "SKIPP": ReceiptState.FAILED,
}
"""The beginning of `stat:`: some SMSCs write DELIVERED for DELIVRD."""

LONGEST = 255
"""Characters of an id and of an error that are kept; SMPP allows 64 of an id (§5.2.23, §5.3.2.12)."""
_FIELD = re.compile(r"\b(id|stat|err):(?:(\S+)| +(?!\w+:)(\S+))?", re.IGNORECASE)
_FORM = re.compile(r"\s*id:.*\bstat:|\s*stat:.*\bid:", re.IGNORECASE | re.DOTALL)
_TEXT = re.compile(r"\btext:", re.IGNORECASE)


def receipt_of(message: pdu.Message, settings: SmscSettings) -> Receipt | None:
    """Return the receipt that a deliver_sm or data_sm is; None if it is a text.

    It is one by esm_class, by receipted_message_id, or by its text's form. An `id` of "" names no part.
    """
    kind = message.esm_class & _TYPE_BITS
    text = _TEXT.split(receipt_text_of(message), 1)[0]
    by_option = pdu.RECEIPTED_MESSAGE_ID in message.options
    if kind not in (_RECEIPT, _INTERMEDIATE) and not by_option and not _FORM.match(text):
        return None
    fields = {name.lower(): near or after for name, near, after in reversed(_FIELD.findall(text))}
    receipted = pdu.text_of(message.options.get(pdu.RECEIPTED_MESSAGE_ID, b"")).strip()
    error = fields.get("err", "") or _network_error(message)
    state = _state(message, fields.get("stat", ""))
    if kind == _INTERMEDIATE:
        state = ReceiptState.UNDER_WAY
    return Receipt(
        id=receipt_id(receipted or fields.get("id", ""), settings.receipt_ids),
        state=state,
        error="" if error.strip("0") == "" else error[:LONGEST],
    )


def accepted_id(id_: str, ids: ReceiptIds) -> str:
    """Return the id of a submit_sm_resp in the form of `receipt_id`, so that both are the same text."""
    id_ = id_[:LONGEST]
    match ids:
        case "hex_to_decimal":
            return str(int(id_)) if _is_decimal(id_) else id_
        case "decimal_to_hex":
            return f"{int(id_, 16):x}" if _is_hex(id_) else id_
        case "same":
            return id_


def receipt_id(id_: str, ids: ReceiptIds) -> str:
    """Return the id that a receipt names, as `accepted_id` writes it.

    `hex_to_decimal`: receipts are hexadecimal, answers decimal; `decimal_to_hex`: the other way round. Zeros before a
    number do not count, nor does the case of its letters. An id that is not a number stays as it is, and with `same`
    every id does.
    """
    id_ = id_[:LONGEST]
    match ids:
        case "hex_to_decimal":
            return str(int(id_, 16)) if _is_hex(id_) else id_
        case "decimal_to_hex":
            return f"{int(id_):x}" if _is_decimal(id_) else id_
        case "same":
            return id_


def _is_decimal(id_: str) -> bool:
    return re.fullmatch("[0-9]{1,65}", id_) is not None


def _is_hex(id_: str) -> bool:
    return re.fullmatch("[0-9A-Fa-f]{1,65}", id_) is not None


def _state(message: pdu.Message, word: str) -> ReceiptState:
    value = message.options.get(pdu.MESSAGE_STATE)
    if value is not None and (state := _STATES.get(pdu.number_of(value))) is not None:
        return state
    return _WORDS.get(word.upper()[:5], ReceiptState.UNKNOWN)


def _network_error(message: pdu.Message) -> str:
    """Return the code of network_error_code (§5.3.2.31): a type of network, then two octets."""
    value = message.options.get(pdu.NETWORK_ERROR_CODE, b"")
    return f"{int.from_bytes(value[1:3]):03d}" if len(value) == 3 else ""
