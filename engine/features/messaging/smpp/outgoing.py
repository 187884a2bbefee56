"""Parts of texts as submit_sm."""

import re
from datetime import timedelta

from aiosmpplib.protocol import SubmitSm

from engine.features.messaging.carrier import Submission
from engine.features.messaging.encoding import text_of_septets
from engine.features.messaging.smpp import pdu
from engine.features.messaging.smpp.settings import SmscSettings, TypeOfNumber

GSM7, UNICODE = 0, 8
"""Values of data_coding (§5.2.19)."""

_LONGEST_SHORT_MESSAGE = 254
"""Octets (§5.2.21)."""
_LONGEST_UNICODE = (140, 134)
"""Octets of UCS-2 in a text that is whole, and in a part."""
_LONGEST_VALIDITY = timedelta(weeks=63)
"""TS 23.040 §9.2.3.12.1."""
_SHORT_CODE_DIGITS = 8
_ADDRESS = re.compile(r"[ -~]{1,20}")


class CannotSubmit(Exception):
    """A part cannot be a submit_sm to this SMSC; the message is a sentence for the customer."""


def submit_of(part: Submission, settings: SmscSettings) -> bytes:
    """Return the body of a part's submit_sm. Raises CannotSubmit."""
    source, dest = _address(part.sender, "sender"), _address(part.recipient, "recipient")
    coding, content = _coded(part, settings)
    esm_class, options = 0, dict[int, bytes]()
    in_header = settings.parts_by == "udh"
    if part.total > 1 and in_header:
        esm_class, content = pdu.WITH_HEADER, _header(part) + content
    elif part.total > 1:
        options = {
            pdu.SAR_REFERENCE: (part.reference & 0xFFFF).to_bytes(2),
            pdu.SAR_TOTAL: bytes((part.total,)),
            pdu.SAR_NUMBER: bytes((part.number,)),
        }
    text = pdu.Message(
        source=source,
        source_type=settings.source_type or type_of(source),
        dest=dest,
        dest_type=settings.dest_type,
        esm_class=esm_class,
        validity=_validity(part.valid_seconds),
        receipts=1,  # of success and of failure (§5.2.17)
        coding=coding,
        content=content,
        options=options,
    )
    return pdu.message(text, short=settings.parts_by != "payload" and len(content) <= _LONGEST_SHORT_MESSAGE)


def type_of(sender: str) -> TypeOfNumber:
    """Return the type and plan of a sender: letters 5/0, a short code 3/0, a number 1/1 (see SmscSettings)."""
    if not sender.isdigit():
        return 5, 0
    return (3, 0) if len(sender) <= _SHORT_CODE_DIGITS else (1, 1)


def _address(text: str, what: str) -> str:
    address = text[1:] if text.startswith("+") and text[1:].isdigit() else text
    if not _ADDRESS.fullmatch(address):
        raise CannotSubmit(f"The {what} must be 1 to 20 characters of ASCII (got {text!r}).")
    return address


def _header(part: Submission) -> bytes:
    """Return a part's user data header (TS 23.040 §9.2.3.24.1).

    The reference is 8 bits of the part's: with 16 bits there is room for 152 septets only, and parts have 153.
    """
    return bytes((5, 0, 3, part.reference & 0xFF, part.total, part.number))


def _coded(part: Submission, settings: SmscSettings) -> tuple[int, bytes]:
    """Return data_coding and the content in the alphabet that the SMSC takes it for."""
    if part.unicode:
        return UNICODE, part.content
    if settings.alphabet == "gsm7":
        return GSM7, part.content
    text = text_of_septets(part.content)
    try:
        return GSM7, text.encode("latin-1")
    except UnicodeEncodeError as error:
        content, missing = text.encode("utf-16-be"), text[error.start]
    if len(content) > _LONGEST_UNICODE[part.total > 1]:
        raise CannotSubmit(f"The carrier's alphabet is Latin-1, which lacks {missing}: write the text without it.")
    return UNICODE, content


def _validity(seconds: float | None) -> str:
    """Return a relative time (§7.1.1), at least a second; "": the SMSC's own."""
    if seconds is None:
        return ""
    return str(
        SubmitSm.datetime_to_smpp_time(min(max(timedelta(seconds=seconds), timedelta(seconds=1)), _LONGEST_VALIDITY))
    )
